package plan

import (
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// After a merge or a split all facts of a person may be others.
var moves = []string{"profile.merged", "profile.split"}

// reads lists what may change a rule that reads need: names of events, and "=" with facts.
func (c *compiler) reads(need rule.Need) []string {
	s := c.lex.Schema()
	var names []string
	for _, e := range need.Events {
		names = append(names, s.Events[e.Slot].Name)
	}
	for _, slot := range need.Attrs {
		names = append(names, "=attr/"+s.Attributes[slot].Name)
	}
	for _, slot := range need.Tags {
		names = append(names, "=tag/"+s.Tags[slot])
	}
	for _, slot := range need.Scores {
		fact := "score/" + s.Scores[slot]
		names = append(names, "="+fact)
		rest := slices.DeleteFunc(slices.Clone(c.scores), func(d rule.Derivation) bool { return d.Fact == fact })
		for _, d := range c.scores {
			if d.Fact == fact {
				inner := compiler{lex: c.lex, scores: rest}
				names = slices.Concat(names, d.On, inner.reads(d.Need))
			}
		}
	}
	for _, slot := range need.Segments {
		names = append(names, "=segment/"+s.Segments[slot])
	}
	return names
}

// sources notes which events set the attributes that somebody listens to.
func (s *Set) sources() {
	for _, a := range s.lex.Schema().Attributes {
		for _, from := range a.From {
			if event, _, ok := rule.Source(from); ok && s.facts["=attr/"+a.Name] {
				s.froms[event] = append(s.froms[event], "=attr/"+a.Name)
			}
		}
	}
}

// changes reports whether an event changes a fact that somebody under way listens to.
func (s *Set) changes(e marque.Event) bool {
	if len(s.facts) == 0 {
		return false
	}
	if e.Name == "profile.set" {
		for name := range e.Props {
			if s.facts["=attr/"+name] {
				return true
			}
		}
	}
	return e.Fact != "" && s.facts["="+e.Fact] || len(s.froms[e.Name]) > 0
}

// Facts lists the facts that an event changes and somebody under way listens to, as State.Listens has them, sorted. An
// event of the name profile.set changes the attributes that are its properties.
func (s *Set) Facts(e marque.Event) []string {
	if !s.changes(e) {
		return nil
	}
	facts := slices.Clone(s.froms[e.Name])
	if s.facts["="+e.Fact] {
		facts = append(facts, "="+e.Fact)
	}
	if e.Name == "profile.set" {
		for name := range e.Props {
			if s.facts["=attr/"+name] {
				facts = append(facts, "=attr/"+name)
			}
		}
	}
	slices.Sort(facts)
	return slices.Compact(facts)
}
