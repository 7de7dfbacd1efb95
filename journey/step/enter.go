package step

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// Enter decides whether the event in.Event enters its person, or in.Round the one that f is about, and walks to the
// first pause. With in.Command, a goto, the person comes from another journey, and the entry's event and rule do not
// matter. The re-entry rule is a hold of the result, so that it is true under concurrency: a commit that is refused for
// it means the Reason that Refusal names. Where Reason is set nobody enters; there may still be something to commit (who
// is held out is said).
func (p *Plan) Enter(in Input, f *rule.Facts, now time.Time) Result {
	w := walk{p: p, f: f, in: in, now: now, planned: planned(&State{}, &in, now)}
	w.begin()
	var e marque.Event
	var by calling
	if c := in.Command; c != nil {
		e = marque.Event{ID: c.Key, Name: "goto", At: now, Profile: c.Profile, Hops: c.Hops}
		if c.Via != (marque.ID{}) {
			e.IDs = []marque.ID{c.Via}
		}
	} else if in.Round != nil || p.entry.occasion != nil {
		var why Reason
		if by, why = w.called(); why != "" {
			return Result{Reason: why}
		}
		e = by.event
	} else {
		e = *in.Event
		if e.Name != p.entry.event || p.entry.fact != "" && e.Fact != p.entry.fact {
			return Result{Reason: Filtered}
		}
		if p.entry.when != nil || p.entry.key != nil {
			w.scope(p.entry.scope, e)
		}
		if !test(p.entry.when, f, now, w.row) {
			return Result{Reason: Filtered}
		}
	}
	w.res.State = State{ // the person is not in the ID: the event again, after a merge, is still the same entry
		ID: marque.Key("journey", p.def.Name, cmp.Or(by.id, e.ID)), Journey: p.def.Name, Priority: p.def.Priority, Plan: p.id, Profile: e.Profile,
		Signal: by.signal, Via: e.Via(), Entered: w.at(), Since: w.at(), Version: 1,
	}
	if c := in.Command; c != nil && c.Do == "start" {
		w.s().ID, w.s().Vars = child(c.Key), c.Args
		w.s().Parent = &Parent{Enrollment: c.Enrollment, Key: c.Key}
	} else if c != nil && c.Do == Call {
		w.s().Vars = c.Args
	}
	if c := in.Command; c != nil { // what it brings along stands for the event
		w.row = p.set.lex.Row(p.entry.scope, c.Args)
	}
	if by.due.Before(w.planned) && !by.due.IsZero() {
		w.planned = by.due
	}
	if w.res.Changed = true; e.Name != "" {
		w.consume(e)
	}
	switch {
	case p.def.Entry.Did != "" && in.Command == nil:
		w.pend(e)
	case by.due.After(now):
		w.await(by)
	default:
		w.keep(p.def.Entry.Keep, e.Props)
		w.admit()
	}
	if w.res.Reason != "" {
		if w.res.Reason == HeldOut { // once for each person and hold-out
			w.tally("", "no/"+string(HeldOut))
			w.hold(marque.Key("holdout", p.def.Entry.Holdout.Name, e.Profile))
		}
		w.res.State = State{}
		w.res.Changed = len(w.res.Emit) > 0
		if c := in.Command; c != nil && c.Do == "start" {
			w.res.Commands, w.res.Changed = append(w.res.Commands, c.Return(Outcome{Result: graph.Refused, Reason: string(w.res.Reason)})), true
		}
	}
	return w.done()
}

// pend waits to see what does not happen.
func (w *walk) pend(e marque.Event) {
	s, d := w.s(), w.p.def.Entry
	s.Entered, s.Since = e.At, e.At
	s.Due = e.At.Add(time.Duration(d.Within))
	if !s.Due.After(w.now) {
		w.res.Reason = Late
		return
	}
	key, known := w.key()
	if !known {
		w.res.Reason = Keyless
		return
	}
	s.Listens = []string{d.Not}
	s.Vars = e.Props // until it enters
	w.hold(pending(s.ID), limit.Take{Counter: "journey/" + s.Journey + "/pending" + key, Own: true, N: 1, Limit: 1})
	w.tally("", "pending")
}

// pending is the key of the hold of somebody who is pending.
func pending(id string) string { return marque.Key(id, "pending") }

// ripe: the time is over in which something must not happen. Out of order, it may have happened unheard.
func (w *walk) ripe() {
	s := w.s()
	if w.p.entry.occasion != nil && !w.onTime() {
		return
	}
	props := s.Vars
	from, to := rule.At(s.Entered), rule.At(s.Due)
	if slot := w.p.entry.not; slot >= 0 {
		for _, h := range w.f.Events[slot] {
			if h.At > from && h.At < to {
				w.drop(Did)
				return
			}
		}
	}
	w.row = w.p.set.lex.Row(w.p.entry.scope, props)
	if !test(w.p.entry.when, w.f, w.now, w.row) {
		w.drop(Filtered)
		return
	}
	w.res.Release = append(w.res.Release, pending(s.ID))
	s.Vars = nil
	w.keep(w.p.def.Entry.Keep, props)
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
func (w *walk) drop(why Reason) {
	s := w.s()
	s.Ended, s.Due = why, time.Time{}
	w.res.Release = append(w.res.Release, pending(s.ID))
	w.note("", "entry", string(why), "")
	w.tally("", "no/"+string(why))
}

// admit lets the person in, or says in Reason why not.
func (w *walk) admit() {
	s, d := w.s(), &w.p.def.Entry
	if !test(w.p.audience, w.f, w.now, nil) {
		w.res.Reason = Outside
		return
	}
	if w.in.Control.Refuses(s.Journey) {
		w.res.Reason = Paused
		return
	}
	key, known := w.key()
	if !known {
		w.res.Reason = Keyless
		return
	}
	if d.Holdout != nil {
		if d.Holdout.Has(s.Profile) {
			w.expose(d.Holdout.Name, "control")
			w.res.Reason = HeldOut
			return
		}
		w.expose(d.Holdout.Name, "treatment")
	}
	take, why := w.p.reentry(w.now)
	if take.Counter != "" {
		take.Counter += key
	}
	quota := w.quota()
	switch {
	case w.full(s.ID):
		why = Duplicate
	case take.Counter != "" && w.full(take.Counter):
	case slices.ContainsFunc(quota, func(t limit.Take) bool { return w.full(t.Counter) }):
		why = Capped
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
	w.say("journey.entered", map[string]any{"journey": s.Journey})
	w.run(w.p.nodes[0].ID)
}

// reentry is what an entry takes, and the reason where that is refused. An empty counter takes nothing.
func (p *Plan) reentry(now time.Time) (limit.Take, Reason) {
	d := &p.def.Entry
	take := limit.Take{Counter: p.ones, Own: true, N: 1, Limit: 1}
	switch d.Again() {
	case "once":
		return take, Once
	case "active":
		return take, Active
	case "window":
		take.Until = now.Add(time.Duration(d.Window))
		return take, Window
	}
	return limit.Take{}, ""
}

// Refusal is the reason that a full counter stands for, empty where it is not about entering.
func (p *Plan) Refusal(counter string) Reason {
	switch _, why := p.reentry(time.Time{}); {
	case strings.HasPrefix(counter, "journey/"+p.def.Name+"/pending"):
		return Active
	case p.limits(counter):
		return Capped
	case p.counts(counter):
		return why
	}
	return ""
}
