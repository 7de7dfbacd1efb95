package step

import (
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// A calling is what would enter a person.
type calling struct {
	event  marque.Event // Name empty: an occasion
	id     string       // what is entered once by it
	at     time.Time    // of the occurrence
	due    time.Time    // the person's own instant
	signal string
}

// called finds out what calls the person in: a round, or a change of the date, for which that day's round may have been
// here before.
func (w *walk) called() (c calling, why record.Reason) {
	p, r := w.p, w.in.Round
	o := p.Entry.Occasion
	switch {
	case r != nil && r.Event != nil && p.Def().Entry.Signal != nil:
		c.event = *r.Event
		c.event.Profile = w.f.Profile
		c.id, c.at, c.signal = marque.Key(c.event.ID, w.f.Profile), r.At, sameOf(&p.Entry, *r.Event)
		if !plan.Test(p.Entry.When, w.f, w.now, w.scope(p.Entry.Scope, c.event)) {
			return c, record.Filtered
		}
		return c, ""
	case o == nil || r == nil && !o.Dated():
		return c, record.Filtered
	case r != nil:
		due, ok := o.DueFor(r.At, w.f, p.ZoneOf(w.f))
		if !ok || !due.After(r.From) || !o.Inside(r.At, w.f, w.now) {
			return c, record.Filtered
		}
		c.at, c.due = r.At, due
	default:
		for at := o.First(w.now); !o.Begins(at).After(w.now); at = o.Next(at) {
			if due, ok := o.DueFor(at, w.f, p.ZoneOf(w.f)); ok && due.After(w.now) {
				c.at, c.due = at, due
			}
		}
		if c.due.IsZero() {
			return c, record.Filtered
		}
	}
	c.event.Profile = w.f.Profile
	c.id = marque.Key(stamp(c.at), w.f.Profile)
	if !c.due.After(w.now) && !plan.Test(p.Entry.When, w.f, w.now, nil) {
		return c, record.Filtered
	}
	return c, ""
}

// await waits for the person's own instant.
func (w *walk) await(c calling) {
	s := w.s()
	s.Since, s.Due, s.Listens = c.at, c.due, w.p.Entry.Listens
	w.tally("", "pending")
}

// awaits reports whether somebody who is pending waits for an own instant, and not to see what does not happen.
func awaits(s *record.State) bool {
	return s.Node == "" && (len(s.Listens) == 0 || strings.HasPrefix(s.Listens[0], "="))
}

// instant is the person's own instant of the occurrence that is waited for; false where there is none any more. The newest
// definition says so.
func (w *walk) instant() (time.Time, bool) {
	s, o := w.s(), w.p.Entry.Occasion
	if newest := w.p.Set.Now[w.p.Def().Name]; newest != nil {
		o = newest.Entry.Occasion
	}
	if o == nil || !o.Holds(s.Since) {
		return time.Time{}, false
	}
	return o.DueFor(s.Since, w.f, w.p.ZoneOf(w.f))
}

// retime puts somebody who waits for an own instant off to another, earlier or later. Whoever has none any more is seen to
// when it would have come.
func (w *walk) retime() {
	s := w.s()
	due, ok := w.instant()
	if !ok || due.Equal(s.Due) || !w.at().Before(s.Due) {
		return
	}
	s.Due, w.res.Changed = due, true
	w.note("", "entry", "due", w.stamp(due))
}

// onTime looks at somebody whose instant came, whether it is that still.
func (w *walk) onTime() bool {
	s := w.s()
	due, ok := w.instant()
	if !ok {
		w.drop(record.Changed)
		return false
	}
	if due.Before(w.planned) { // in another zone, unheard
		w.planned = due
	}
	if due.After(w.now) { // in another zone by now
		s.Due = due
		return false
	}
	return true
}

// text writes a value for a key.
func text(v rule.Value) string {
	if !v.Known() {
		return ""
	}
	if v.Type() == rule.Time {
		return stamp(v.Instant().Time())
	}
	return fmt.Sprint(v.Any())
}
