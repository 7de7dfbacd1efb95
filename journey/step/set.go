package step

import (
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// countCaps gathers what is counted over all journeys, so that a message counts for the caps of others too.
func (s *Set) countCaps(common []graph.Cap) {
	add := func(c graph.Cap) int {
		at := slices.IndexFunc(s.caps, func(x graph.Cap) bool { return x.Counter() == c.Counter() })
		if at < 0 {
			at = len(s.caps)
			s.caps = append(s.caps, c)
		} else {
			events := append(slices.Clone(s.caps[at].Events), c.Events...)
			slices.Sort(events)
			s.caps[at].Events = slices.Compact(events)
		}
		return at
	}
	for _, c := range common {
		add(c)
	}
	for _, p := range s.plans {
		for _, c := range p.def.Caps {
			add(c)
		}
	}
	s.watched = map[string]bool{}
	for _, x := range s.rules.Policy().Nuisance {
		for _, e := range x.Events {
			s.watched[e] = true
		}
	}
	for _, c := range s.caps {
		for _, e := range c.Events {
			s.watched[e] = true
		}
	}
	for _, p := range s.plans {
		p.caps = make([]int64, len(s.caps))
		for i := range p.caps {
			p.caps[i] = limit.NoLimit
		}
		for _, c := range append(slices.Clone(common), p.def.Caps...) {
			if at := add(c); p.caps[at] == limit.NoLimit || c.N < p.caps[at] {
				p.caps[at] = c.N
			}
		}
	}
}

// hear enters the plan into the table of who may care for an event.
func (s *Set) hear(p *Plan) {
	at := func(name string) *ear {
		if s.ears[name] == nil {
			s.ears[name] = &ear{facts: map[string]bool{}}
		}
		return s.ears[name]
	}
	if e := p.entry; e.event != "" && s.now[p.def.Name] == p {
		x := at(e.event)
		x.entries = byPriority(append(x.entries, p))
		if e.fact == "" {
			x.anyFact = true
		} else {
			x.facts[e.fact] = true
		}
	}
	s.call(p)
	if p.def.Entry.Not != "" {
		at(p.def.Entry.Not).inside = true
	}
	for _, name := range p.listens {
		at(name).inside = true
	}
	for i := range p.nodes {
		for _, m := range p.nodes[i].matches {
			at(m.event).inside = true
		}
		for _, name := range p.nodes[i].wait.facts {
			if strings.HasPrefix(name, "=") {
				s.facts[name] = true
			} else {
				at(name).inside = true
			}
		}
	}
}

// Watches reports whether events of that name count, whoever waits for them: for caps or as a nuisance.
func (s *Set) Watches(event string) bool { return s.watched[event] }

// Exposures are what an event from outside takes from the caps that count it, in the person's zone, else in UTC.
func (s *Set) Exposures(e marque.Event, f *rule.Facts) []limit.Hold {
	loc, err := s.zones.Load(f.Zone)
	if err != nil || f.Zone == "" {
		loc = time.UTC
	}
	return gate.Exposures(s.caps, e, loc)
}
