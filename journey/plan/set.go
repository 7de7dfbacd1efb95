package plan

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
		at := slices.IndexFunc(s.Caps, func(x graph.Cap) bool { return x.Counter() == c.Counter() })
		if at < 0 {
			at = len(s.Caps)
			s.Caps = append(s.Caps, c)
		} else {
			events := append(slices.Clone(s.Caps[at].Events), c.Events...)
			slices.Sort(events)
			s.Caps[at].Events = slices.Compact(events)
		}
		return at
	}
	for _, c := range common {
		add(c)
	}
	for _, p := range s.Versions {
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
	for _, c := range s.Caps {
		for _, e := range c.Events {
			s.watched[e] = true
		}
	}
	for _, p := range s.Versions {
		p.Caps = make([]int64, len(s.Caps))
		for i := range p.Caps {
			p.Caps[i] = limit.NoLimit
		}
		for _, c := range append(slices.Clone(common), p.def.Caps...) {
			if at := add(c); p.Caps[at] == limit.NoLimit || c.N < p.Caps[at] {
				p.Caps[at] = c.N
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
	if e := p.Entry; e.Event != "" && s.Now[p.def.Name] == p {
		x := at(e.Event)
		x.entries = byPriority(append(x.entries, p))
		if e.Fact == "" {
			x.anyFact = true
		} else {
			x.facts[e.Fact] = true
		}
	}
	s.call(p)
	if p.def.Entry.Not != "" {
		at(p.def.Entry.Not).inside = true
	}
	for _, name := range p.listens {
		at(name).inside = true
	}
	facts := p.Entry.Listens
	for i := range p.Nodes {
		for _, m := range p.Nodes[i].Matches {
			at(m.Event).inside = true
		}
		facts = slices.Concat(facts, p.Nodes[i].Waits.Facts)
	}
	for _, name := range facts {
		if strings.HasPrefix(name, "=") {
			s.facts[name] = true
		} else {
			at(name).inside = true
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
	return gate.Exposures(s.Caps, e, loc)
}
