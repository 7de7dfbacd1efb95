package step

import (
	"slices"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/limit"
)

// countCaps gathers what is counted over all journeys, so that a message counts for the caps of others too.
func (s *Set) countCaps(common []graph.Cap) {
	add := func(c graph.Cap) int {
		at := slices.IndexFunc(s.caps, func(x graph.Cap) bool { return x.Counter() == c.Counter() })
		if at < 0 {
			at = len(s.caps)
			s.caps = append(s.caps, c)
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
		x.entries = append(x.entries, p)
		if e.fact == "" {
			x.anyFact = true
		} else {
			x.facts[e.fact] = true
		}
	}
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
	}
}
