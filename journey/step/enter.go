package step

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// Enter decides whether the event in.Event enters its person, or in.Round the one that f is about, and walks to the
// first pause. With in.Command, a goto, the person comes from another journey, and the entry's event and rule do not
// matter. The re-entry rule is a hold of the result, so that it is true under concurrency: a commit that is refused for
// it means the Reason that Refusal names. Where Reason is set nobody enters; there may still be something to commit (who
// is held out is said).
func Enter(p *plan.Plan, in record.Input, f *rule.Facts, now time.Time) record.Result {
	var h Hand
	return *h.Enter(p, &in, f, now)
}

// Enter is the function Enter.
func (h *Hand) Enter(p *plan.Plan, in *record.Input, f *rule.Facts, now time.Time) *record.Result {
	w := h.begin(p, &record.State{}, in, f, now)
	var e marque.Event
	var by calling
	if c := in.Command; c != nil {
		e = marque.Event{ID: c.Key, Name: "goto", At: now, Profile: c.Profile, Hops: c.Hops}
		if c.Via != (marque.ID{}) {
			e.IDs = []marque.ID{c.Via}
		}
	} else if in.Round != nil || p.Entry.Occasion != nil {
		var why record.Reason
		if by, why = w.called(); why != "" {
			return w.no(why)
		}
		e = by.event
	} else {
		e = *in.Event
		if e.Name != p.Entry.Event || p.Entry.Fact != "" && e.Fact != p.Entry.Fact {
			return w.no(record.Filtered)
		}
		if p.Entry.When != nil || p.Entry.Key != nil {
			w.scope(p.Entry.Scope, e)
		}
		if !plan.Test(p.Entry.When, f, now, w.row) {
			return w.no(record.Filtered)
		}
	}
	w.res.State = record.State{ // the person is not in the ID: the event again, after a merge, is still the same entry
		ID: marque.Key("journey", p.Def().Name, cmp.Or(by.id, e.ID)), Journey: p.Def().Name, Priority: p.Def().Priority, Plan: p.Version(), Profile: e.Profile,
		Signal: by.signal, Via: e.Via(), Entered: w.at(), Since: w.at(), Version: 1,
	}
	if c := in.Command; c != nil && c.Do == "start" {
		w.s().ID, w.s().Vars = child(c.Key), c.Args
		w.s().Parent = &record.Parent{Enrollment: c.Enrollment, Key: c.Key}
	} else if c != nil && c.Do == Call {
		w.s().Vars = c.Args
	}
	if c := in.Command; c != nil { // what it brings along stands for the event
		w.row = p.Set.Lexicon().Row(p.Entry.Scope, c.Args)
	}
	if by.due.Before(w.planned) && !by.due.IsZero() {
		w.planned = by.due
	}
	if w.res.Changed = true; e.Name != "" {
		w.consume(e)
	}
	switch {
	case p.Def().Entry.Did != "" && in.Command == nil:
		w.pend(e)
	case by.due.After(now):
		w.await(by)
	default:
		w.keep(p.Def().Entry.Keep, e.Props)
		w.admit()
	}
	if w.res.Reason != "" {
		if w.res.Reason == record.HeldOut { // once for each person and hold-out
			w.tally("", "no/"+string(record.HeldOut))
			w.hold(marque.Key("holdout", p.Def().Entry.Holdout.Name, e.Profile))
		}
		if w.res.Reason == record.Paused { // once for each occasion
			w.tally("", "no/"+string(record.Paused))
			if in.Command == nil {
				w.hold(marque.Key(w.s().ID, "paused"))
			}
		}
		w.res.State = record.State{}
		w.res.Changed = len(w.res.Emit)+len(w.res.Tally) > 0
		if c := in.Command; c != nil && c.Do == "start" {
			w.res.Commands, w.res.Changed = append(w.res.Commands, c.Return(record.Outcome{Result: graph.Refused, Reason: string(w.res.Reason)})), true
		}
	}
	return w.done()
}

// no is the result for somebody who does not enter, with nothing to commit.
func (w *walk) no(why record.Reason) *record.Result {
	w.res = record.Result{Reason: why}
	return &w.res
}

// pend waits to see what does not happen.
func (w *walk) pend(e marque.Event) {
	s, d := w.s(), w.p.Def().Entry
	s.Entered, s.Since = e.At, e.At
	s.Due = e.At.Add(time.Duration(d.Within))
	if !s.Due.After(w.now) {
		w.res.Reason = record.Late
		return
	}
	key, known := w.key()
	if !known {
		w.res.Reason = record.Keyless
		return
	}
	s.Listens = []string{d.Not}
	s.Vars = maps.Clone(e.Props) // until it enters
	w.hold(pending(s.ID), limit.Take{Counter: w.p.Pending(key), Own: true, N: 1, Limit: 1})
	w.tally("", "pending")
}

// pending is the key of the hold of somebody who is pending.
func pending(id string) string { return marque.Key(id, "pending") }

// ripe: the time is over in which something must not happen. Out of order, it may have happened unheard.
func (w *walk) ripe() {
	s := w.s()
	if w.p.Entry.Occasion != nil && !w.onTime() {
		return
	}
	props := s.Vars
	from, to := rule.At(s.Entered), rule.At(s.Due)
	if slot := w.p.Entry.Not; slot >= 0 {
		for _, h := range w.f.Events[slot] {
			if h.At > from && h.At < to {
				w.drop(record.Did)
				return
			}
		}
	}
	w.row = w.p.Set.Lexicon().Row(w.p.Entry.Scope, props)
	if !plan.Test(w.p.Entry.When, w.f, w.now, w.row) {
		w.drop(record.Filtered)
		return
	}
	w.res.Release = append(w.res.Release, pending(s.ID))
	s.Vars = nil
	w.keep(w.p.Def().Entry.Keep, props)
	s.Entered, s.Since, s.Due = w.now, w.now, time.Time{}
	w.admit()
	if w.res.Reason != "" {
		why := w.res.Reason
		w.res.Reason = ""
		w.res.State.Ended = why
		w.tally("", "no/"+string(why))
	}
}

// drop ends a state that never entered.
func (w *walk) drop(why record.Reason) {
	s := w.s()
	s.Ended, s.Due = why, time.Time{}
	w.res.Release = append(w.res.Release, pending(s.ID))
	w.note("", "entry", string(why), "")
	w.tally("", "no/"+string(why))
}

// admit lets the person in, or says in Reason why not.
func (w *walk) admit() {
	s, d := w.s(), &w.p.Def().Entry
	if !plan.Test(w.p.Audience, w.f, w.now, nil) {
		w.res.Reason = record.Outside
		return
	}
	if w.in.Control.Refuses(s.Journey) {
		w.res.Reason = record.Paused
		return
	}
	key, known := w.key()
	if !known {
		w.res.Reason = record.Keyless
		return
	}
	if d.Holdout != nil {
		if d.Holdout.Has(s.Profile) {
			w.expose(d.Holdout.Name, "control")
			w.res.Reason = record.HeldOut
			return
		}
		w.expose(d.Holdout.Name, "treatment")
	}
	take, why := reentry(w.p, w.now)
	if take.Counter != "" {
		take.Counter += key
	}
	quota := w.quota()
	switch {
	case w.full(s.ID):
		why = record.Duplicate
	case take.Counter != "" && w.full(take.Counter):
	case slices.ContainsFunc(quota, func(t limit.Take) bool { return w.full(t.Counter) }):
		why = record.Capped
	default:
		why = ""
	}
	if why != "" {
		w.res.Emit = nil
		w.res.Reason = why
		return
	}
	if take.Counter == "" {
		w.hold(s.ID)
	} else {
		w.hold(s.ID, take)
	}
	if len(quota) > 0 {
		w.hold(marque.Key(s.ID, "limit"), quota...)
	}
	w.tally("", "in")
	w.note("", "entry", "pass", "")
	w.say("journey.entered", w.p.Entered)
	w.run(w.p.Nodes[0].ID)
}

// reentry is what an entry takes, and the reason where that is refused. An empty counter takes nothing.
func reentry(p *plan.Plan, now time.Time) (limit.Take, record.Reason) {
	d := &p.Def().Entry
	take := limit.Take{Counter: p.Ones, Own: true, N: 1, Limit: 1}
	switch d.Again() {
	case "once":
		return take, record.Once
	case "active":
		return take, record.Active
	case "window":
		take.Until = now.Add(time.Duration(d.Window))
		return take, record.Window
	}
	return limit.Take{}, ""
}

// Refusal is the reason that a full counter stands for, empty where it is not about entering.
func Refusal(p *plan.Plan, counter string) record.Reason {
	switch _, why := reentry(p, time.Time{}); {
	case strings.HasPrefix(counter, p.Pending("")):
		return record.Active
	case p.Limits(counter):
		return record.Capped
	case p.Counts(counter):
		return why
	}
	return ""
}
