package step

import (
	"github.com/marque-go/marque/journey/migration"
	"slices"
	"time"

	"github.com/marque-go/marque/journey/graph"
)

// migrate binds the state to the version of the plan, once. Nothing is done again: who awaits the outcome of a command
// awaits it still, and who stands at a node stands there, or at the one that stands for it.
func (w *walk) migrate(m *migration.Def) {
	s := w.s()
	if s.Plan == w.p.id {
		return
	}
	var was *node
	if old := w.p.set.pins[s.Journey+"\x00"+s.Plan]; old != nil {
		if i, ok := old.byID[s.Node]; ok {
			was = &old.nodes[i]
		}
		if _, waits := old.InLine(*s); waits && !w.p.gates(m.Node(s.Node)) {
			w.res.Release = append(w.res.Release, key(s, s.Node, 0))
		}
	}
	w.res.Changed = true
	s.Plan, s.Priority, s.Hops, s.Cause = w.p.id, w.p.def.Priority, 0, ""
	w.note(s.Node, "migrate", w.p.id, m.Node(s.Node))
	if s.Node == "" {
		if w.p.def.Entry.Did == "" {
			w.drop(Gone)
			return
		}
		s.Listens = []string{w.p.def.Entry.Not}
		return
	}
	i, ok := w.p.byID[m.Node(s.Node)]
	if !ok {
		why := Gone
		if m.Reason != "" {
			why = Reason(m.Reason)
		}
		w.end(why, false)
		return
	}
	n := &w.p.nodes[i]
	s.Node, s.Listens = n.ID, n.listens
	w.rename(m)
	w.rebest(was, n)
	if s.Awaits == "" && !w.kept().Arrived {
		w.rewait(m, was, n)
	}
}

// gates reports whether the node is a gate.
func (p *Plan) gates(id string) bool {
	i, ok := p.byID[id]
	return ok && p.nodes[i].Gate != nil
}

// rename takes over what is kept by the names of nodes.
func (w *walk) rename(m *migration.Def) {
	s := w.s()
	s.Sent, s.Been = slices.Clone(s.Sent), slices.Clone(s.Been)
	for i := range s.Sent {
		s.Sent[i].Node = m.Node(s.Sent[i].Node)
	}
	for i := range s.Been {
		s.Been[i].Node = m.Node(s.Been[i].Node)
	}
}

// rebest finds the match that was kept among those of the new wait.
func (w *walk) rebest(was, n *node) {
	s, p := w.s(), w.kept()
	if s.Best == nil {
		return
	}
	at := -1
	if was != nil && s.Best.Match < len(was.matches) {
		name := was.matches[s.Best.Match].event
		at = slices.IndexFunc(n.matches, func(l listener) bool { return l.event == name })
	}
	if at < 0 {
		s.Best, p.Matched = nil, time.Time{}
		s.Pause = &p
		return
	}
	best := *s.Best
	best.Match, s.Best = at, &best
}

// rewait says when somebody goes on who waits.
func (w *walk) rewait(m *migration.Def, was, n *node) {
	s, p := w.s(), w.kept()
	parked, waited := !p.Due.IsZero(), was == nil || was.kind == "wait"
	switch {
	case n.kind != "wait" && (was == nil || was.kind != n.kind): // it stands there now, and did nothing yet
		p.Arrived, s.Pause = true, &p
		if !parked && (s.Due.IsZero() || m.Waits == "recompute") {
			s.Due = w.now
		}
	case n.kind != "wait": // it is in line, or its message is held
	case m.Waits == "keep" && len(n.cases) > 0 && was != nil && len(was.cases) > 0 && was.Wait.Within != 0 && n.Wait.Within != 0:
		p.Lost += was.Wait.Within - n.Wait.Within // so that it ends when it would have
		s.Pause, s.Kept = &p, false
		s.Due = w.now
	case m.Waits == "keep" && waited && len(n.cases) == 0 && (parked || !s.Due.IsZero() || len(n.matches) > 0):
		s.Kept = true
	case m.Waits == "next_wake" && (parked || !s.Due.IsZero()):
		s.Kept = false
	default:
		p.Due, s.Kept, s.Pause = time.Time{}, false, &p
		w.reckon(n)
	}
}

// Wakes is when the enrollment goes on by itself, or would if it were not paused. Zero: never.
func (s *State) Wakes() time.Time {
	if s.Due.IsZero() && s.Pause != nil {
		return s.Pause.Due
	}
	return s.Due
}

// Expected is the outcome of a command that does what it is told.
func (c Command) Expected() string {
	switch c.Do {
	case "send":
		return graph.Sent
	case "coupon":
		return "issued"
	case "assign":
		return "assigned"
	}
	return "done"
}

// All lists all versions of all journeys, in the order of the definitions.
func (s *Set) All() []*Plan { return slices.Clone(s.plans) }

// Pin is the version of that number, nil where there is none.
func (s *Set) Pin(journey string, version int) *Plan {
	i := slices.IndexFunc(s.plans, func(p *Plan) bool { return p.def.Name == journey && p.def.Version == version })
	if i < 0 {
		return nil
	}
	return s.plans[i]
}
