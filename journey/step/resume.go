package step

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
)

// stopped reports whether the node is paused.
func (w *walk) stopped(node string) bool { return w.in.Control.Stops(w.s().Journey, node) }

// kept is what the state keeps of pauses, to be changed and put back.
func (w *walk) kept() record.Pause {
	if p := w.s().Pause; p != nil {
		return *p
	}
	return record.Pause{}
}

// since is when the state came to its node, as its wait reckons: time that a pause took does not count.
func (w *walk) since() time.Time { return w.s().Since.Add(time.Duration(w.kept().Lost)) }

// park puts off what the state would do now.
func (w *walk) park() {
	s, p := w.s(), w.kept()
	p.Due, s.Due = s.Due, time.Time{}
	s.Pause = &p
	w.note(s.Node, "pause", "due", w.stamp(p.Due))
}

// arrive comes to a node that is paused, and does nothing there yet.
func (w *walk) arrive(n *plan.Node) {
	p := w.kept()
	p.Arrived = true
	w.s().Pause = &p
	w.note(n.ID, "pause", "arrived", "")
}

// fresh is what a state that comes to a node keeps of pauses: those that are over do not concern it.
func (w *walk) fresh() *record.Pause {
	if _, pending := w.in.Control.Pending(); pending {
		return &record.Pause{N: w.in.Control.N}
	}
	return nil
}

// remember keeps the first event that the wait would have gone on by.
func (w *walk) remember(n *plan.Node, i int, e marque.Event) {
	s, p := w.s(), w.kept()
	if !p.Matched.IsZero() {
		return
	}
	w.consume(e)
	s.Best = nil
	w.rank(n, i, e.ID, e.Props)
	p.Matched = w.at()
	s.Pause = &p
}

// shelve takes a command out of the outbox until its node is resumed.
func (w *walk) shelve(c record.Command) {
	s, p := w.s(), w.kept()
	if s.Awaits != c.Key {
		return
	}
	p.Held, p.Due = &c, c.At
	s.Pause = &p
	w.res.Changed = true
	w.res.Done = append(w.res.Done, c.Key)
	w.note(s.Node, "pause", "held", c.Name)
}

// again does what was kept from the state; false: nothing was.
func (w *walk) again(n *plan.Node) bool {
	s, p := w.s(), w.kept()
	switch {
	case p.Arrived:
		s.Due, s.Pause = time.Time{}, w.fresh()
		w.visit(n, func() (string, bool) { return w.act(n) })
	case !p.Matched.IsZero():
		w.run(w.over(n))
	default:
		return false
	}
	return true
}

// catchUp treats the state for the resumes that it was not treated for. Nobody acts by it: who is to go on is due. It
// reports whether the step is over.
func (w *walk) catchUp() bool {
	n := w.kept().N
	for w.s().Ended == "" && w.s().Node != "" {
		h, ok := w.in.Control.After(n)
		if !ok || w.gone() {
			break
		}
		n = h.N
		if h.Node == "" || h.Node == w.s().Node {
			w.resume(h)
		}
	}
	return w.s().Ended != "" || w.res.Changed && w.in.Event == nil && w.in.Command == nil
}

// resume treats the state for the end of a pause.
func (w *walk) resume(h pause.Halt) {
	s, p, n := w.s(), w.kept(), w.node()
	stood := !p.Due.IsZero() || p.Arrived || p.Held != nil || !p.Matched.IsZero() || !p.From.IsZero()
	if !stood && !s.Since.Before(h.To) {
		return
	}
	from := later(h.From, s.Since)
	if !p.From.IsZero() && p.From.Before(from) {
		from = p.From
	}
	due, looks := later(s.Due, p.Due), n.Wait != nil && len(n.Cases)+len(n.Waits.Facts) > 0
	if w.stopped(s.Node) { // by another pause: the last one counts, for all the time
		p.N, p.From = h.N, from
		s.Pause, w.res.Changed = &p, true
		return
	}
	over := w.overdue(n, due)
	matched := !p.Matched.IsZero() && (h.Policy == pause.Freeze || h.Policy == pause.Restart || over.IsZero() || p.Matched.Before(over))
	if !stood && !looks && (due.IsZero() || h.Policy == pause.Elapse || h.Policy == pause.Expire && !over.Before(h.To)) {
		return
	}
	w.res.Changed = true
	w.note(s.Node, "resume", string(h.Policy), w.stamp(h.To))
	if h.Policy == pause.Expire && !matched && !over.IsZero() && over.Before(h.To) {
		w.end(record.Expired, false)
		return
	}
	next := &record.Pause{N: h.N, Lost: p.Lost, Arrived: p.Arrived}
	s.Pause = next
	ran := h.Policy == pause.Elapse || h.Policy == pause.Expire // so it is late
	switch {
	case matched:
		next.Matched, s.Due = p.Matched, w.now
		if ran {
			s.Due = p.Matched
		}
		return
	case p.Arrived:
		if s.Due = w.now; ran {
			s.Due = s.Since
		}
		return
	case p.Held != nil:
		c := w.handed(*p.Held)
		if !ran {
			c.Planned = w.now
		}
		w.res.Commands = append(w.res.Commands, c)
		return
	case !p.Matched.IsZero(): // too late
		s.Best = nil
	}
	switch s.Due = due; {
	case n.What == "send" && !ran && !due.IsZero(): // quiet hours held it; whoever is in line at a gate keeps the place
		s.Due, s.Planned = later(due, w.now), time.Time{}
	case n.Wait == nil || due.IsZero() && !looks:
	case h.Policy == pause.Freeze:
		w.thaw(n, next, h, from)
	case h.Policy == pause.Restart:
		next.Lost, s.Since, s.Kept = 0, h.To, false
		w.reckon(n)
	case looks && !s.Kept:
		s.Due = w.now
	}
}

// thaw lets a wait go on for what was left of it at from.
func (w *walk) thaw(n *plan.Node, p *record.Pause, h pause.Halt, from time.Time) {
	s, length := w.s(), max(h.To.Sub(from), 0)
	if s.Kept {
		s.Due = s.Due.Add(length)
		return
	}
	p.Lost += marque.Duration(length)
	w.reckon(n)
	if n.Waits.Hour == nil && n.Wait.At == "" {
		return
	}
	for !s.Due.IsZero() && s.Due.Before(h.To) { // a time of day that came meanwhile is past
		p.Lost += marque.Day
		w.reckon(n)
	}
}

// overdue is when the state would have gone on by itself; an instant at which it would only have looked at a condition
// is not.
func (w *walk) overdue(n *plan.Node, due time.Time) time.Time {
	if len(n.Cases) > 0 && n.Wait != nil && !w.s().Kept {
		due, _ = dueAt(w.p, n, w.since(), w.s().Vars, w.f, w.now)
	}
	return due
}

// reckon is when the wait is over, or now where there is more to look at.
func (w *walk) reckon(n *plan.Node) {
	at, edge := dueAt(w.p, n, w.since(), w.s().Vars, w.f, w.now)
	if w.s().Due = at; edge != "" || len(n.Cases) > 0 {
		w.s().Due = w.now
	}
}

// handed is a command that was held, for whoever the person is by now.
func (w *walk) handed(c record.Command) record.Command {
	c.Profile, c.At = w.s().Profile, w.now
	if c.Message != nil {
		m := *c.Message
		m.Profile, m.Zone, m.To = c.Profile, w.f.Zone, slices.Clone(w.f.IDs)
		c.Message = &m
	}
	return c
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
