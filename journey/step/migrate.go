package step

import (
	"slices"
	"time"

	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
)

// migrate binds the state to the version of the plan, once. Nothing is done again: who awaits the outcome of a command
// awaits it still, and who stands at a node stands there, or at the one that stands for it.
func (w *walk) migrate(m *migration.Def) {
	s := w.s()
	if s.Plan == w.p.Version() {
		return
	}
	var was *plan.Node
	if old := w.p.Set.Pins[s.Journey+"\x00"+s.Plan]; old != nil {
		if i, ok := old.ByID[s.Node]; ok {
			was = &old.Nodes[i]
		}
		if _, waits := InLine(old, *s); waits && !gates(w.p, m.Node(s.Node)) {
			w.res.Release = append(w.res.Release, key(s, s.Node, 0))
		}
	}
	w.res.Changed = true
	s.Plan, s.Priority, s.Hops, s.Cause = w.p.Version(), w.p.Def().Priority, 0, ""
	w.note(s.Node, "migrate", w.p.Version(), m.Node(s.Node))
	if s.Node == "" {
		switch own := awaits(s); {
		case own && w.p.Entry.Occasion == nil, !own && w.p.Def().Entry.Did == "":
			w.drop(record.Gone)
		case !own:
			s.Listens = []string{w.p.Def().Entry.Not}
		default:
			if s.Listens = w.p.Entry.Listens; m.Waits != "keep" {
				w.retime()
			}
		}
		return
	}
	i, ok := w.p.ByID[m.Node(s.Node)]
	if !ok {
		why := record.Gone
		if m.Reason != "" {
			why = record.Reason(m.Reason)
		}
		w.end(why, false)
		return
	}
	n := &w.p.Nodes[i]
	s.Node, s.Listens = n.ID, n.Listens
	w.rename(m)
	w.rebest(was, n)
	if s.Awaits == "" && !w.kept().Arrived {
		w.rewait(m, was, n)
	}
}

// gates reports whether the node is a gate.
func gates(p *plan.Plan, id string) bool {
	i, ok := p.ByID[id]
	return ok && p.Nodes[i].Gate != nil
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
func (w *walk) rebest(was, n *plan.Node) {
	s, p := w.s(), w.kept()
	if s.Best == nil {
		return
	}
	at := -1
	if was != nil && s.Best.Match < len(was.Matches) {
		name := was.Matches[s.Best.Match].Event
		at = slices.IndexFunc(n.Matches, func(l plan.Listener) bool { return l.Event == name })
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
func (w *walk) rewait(m *migration.Def, was, n *plan.Node) {
	s, p := w.s(), w.kept()
	parked, waited := !p.Due.IsZero(), was == nil || was.What == "wait"
	switch {
	case n.What != "wait" && (was == nil || was.What != n.What): // it stands there now, and did nothing yet
		p.Arrived, s.Pause = true, &p
		if !parked && (s.Due.IsZero() || m.Waits == "recompute") {
			s.Due = w.now
		}
	case n.What != "wait": // it is in line, or its message is held
	case m.Waits == "keep" && len(n.Cases) > 0 && was != nil && len(was.Cases) > 0 && was.Wait.Within != 0 && n.Wait.Within != 0:
		p.Lost += was.Wait.Within - n.Wait.Within // so that it ends when it would have
		s.Pause, s.Kept = &p, false
		s.Due = w.now
	case m.Waits == "keep" && waited && len(n.Cases) == 0 && (parked || !s.Due.IsZero() || len(n.Matches) > 0):
		s.Kept = true
	case m.Waits == "next_wake" && (parked || !s.Due.IsZero()):
		s.Kept = false
	default:
		p.Due, s.Kept, s.Pause = time.Time{}, false, &p
		w.reckon(n)
	}
}

// All lists all versions of all journeys, in the order of the definitions.
func All(s *plan.Set) []*plan.Plan { return slices.Clone(s.Versions) }

// Pin is the version of that number, nil where there is none.
func Pin(s *plan.Set, journey string, version int) *plan.Plan {
	i := slices.IndexFunc(s.Versions, func(p *plan.Plan) bool { return p.Def().Name == journey && p.Def().Version == version })
	if i < 0 {
		return nil
	}
	return s.Versions[i]
}
