package step

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
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
func (w *walk) called() (c calling, why Reason) {
	p, r := w.p, w.in.Round
	o := p.entry.occasion
	switch {
	case r != nil && r.Event != nil && p.def.Entry.Signal != nil:
		c.event = *r.Event
		c.event.Profile = w.f.Profile
		c.id, c.at, c.signal = marque.Key(c.event.ID, w.f.Profile), r.At, p.entry.sameOf(*r.Event)
		if !test(p.entry.when, w.f, w.now, w.scope(p.entry.scope, c.event)) {
			return c, Filtered
		}
		return c, ""
	case o == nil || r == nil && !o.Dated():
		return c, Filtered
	case r != nil:
		due, ok := o.due(r.At, w.f, p.zoneOf(w.f))
		if !ok || !due.After(r.From) || !o.inside(r.At, w.f, w.now) {
			return c, Filtered
		}
		c.at, c.due = r.At, due
	default:
		for at := o.First(w.now); !o.Begins(at).After(w.now); at = o.Next(at) {
			if due, ok := o.due(at, w.f, p.zoneOf(w.f)); ok && due.After(w.now) {
				c.at, c.due = at, due
			}
		}
		if c.due.IsZero() {
			return c, Filtered
		}
	}
	c.event.Profile = w.f.Profile
	c.id = marque.Key(stamp(c.at), w.f.Profile)
	if !c.due.After(w.now) && !test(p.entry.when, w.f, w.now, nil) {
		return c, Filtered
	}
	return c, ""
}

// await waits for the person's own instant.
func (w *walk) await(c calling) {
	s := w.s()
	s.Since, s.Due = c.at, c.due
	w.tally("", "pending")
}

// onTime looks at somebody whose instant came, whether it is that still. The newest definition says so.
func (w *walk) onTime() bool {
	s := w.s()
	o := w.p.entry.occasion
	if newest := w.p.set.now[w.p.def.Name]; newest != nil {
		o = newest.entry.occasion
	}
	if o == nil || !o.Holds(s.Since) {
		w.drop(Changed)
		return false
	}
	due, ok := o.due(s.Since, w.f, w.p.zoneOf(w.f))
	if !ok {
		w.drop(Changed)
		return false
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
