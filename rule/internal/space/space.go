package space

import (
	"github.com/marque-go/marque/rule"
)

const (
	steps = 4096 // how many combinations of parts Possible looks at
	most  = 3e7  // how much work a space does for all questions together: some hundred milliseconds
	pairs = 1e6  // how much of it goes into finding out which subjects say something of one another
)

// A Space is the subjects of some rules, with their cells.
type Space struct {
	Subjects []*Subject

	index     map[string]int
	atoms     map[*rule.Node]*Atom
	sets      map[Goal]Set
	relations []relation
	full      []Set
	left      int // work
}

// New makes the space of conditions over one lexicon and scope, and of all their parts. The conditions stay where
// they are: goals are given by their addresses, or those of their parts.
func New(conditions ...*rule.Node) *Space {
	s := &Space{index: map[string]int{}, atoms: map[*rule.Node]*Atom{}, sets: map[Goal]Set{}, left: most}
	for _, n := range conditions {
		s.collect(n)
	}
	for _, x := range s.Subjects {
		x.divide()
		all := newSet(len(x.Cells))
		for i := range x.Cells {
			all.add(i)
		}
		s.full = append(s.full, all)
	}
	for _, a := range s.atoms {
		if a.Subject >= 0 {
			a.settle(s.Subjects[a.Subject])
		}
	}
	s.relate()
	return s
}

func (s *Space) collect(n *rule.Node) {
	ways := Goal{n, True}.Expand()
	if ways == nil {
		a := s.atom(n)
		s.atoms[n] = &a
		return
	}
	seen := map[*rule.Node]bool{}
	for _, way := range ways {
		for _, g := range way {
			if !seen[g.Node] {
				seen[g.Node] = true
				s.collect(g.Node)
			}
		}
	}
}

func (s *Space) subject(k Kind, n, with *rule.Node) int {
	text := key(k, n, with)
	i, ok := s.index[text]
	if !ok {
		i = len(s.Subjects)
		s.index[text] = i
		s.Subjects = append(s.Subjects, &Subject{Kind: k, Node: n, With: with, key: text})
	}
	return i
}

// Atom is what a condition without parts asks.
func (s *Space) Atom(n *rule.Node) *Atom { return s.atoms[n] }

// Find is the number of the subject that is the value of a node, -1 where no condition asks about it.
func (s *Space) Find(n *rule.Node) int {
	if i, ok := s.index[key(Value, n, nil)]; ok {
		return i
	}
	return -1
}

// Where is the set of cells of its subject in which a condition without parts is as wanted.
func (s *Space) Where(g Goal) Set {
	set, ok := s.sets[g]
	if !ok {
		a := s.atoms[g.Node]
		set = newSet(len(a.truth))
		for i, t := range a.truth {
			if g.Mode.Holds(t) {
				set.add(i)
			}
		}
		s.sets[g] = set
	}
	return set
}

// Missing is the set of cells in which a subject is missing.
func (s *Space) Missing(subject int) Set {
	set := newSet(len(s.Subjects[subject].Cells))
	for i, c := range s.Subjects[subject].Cells {
		if c.Missing() {
			set.add(i)
		}
	}
	return set
}

// Possible reports whether there may be somebody for whom all goals are reached. False is certain. sure is false where
// it gave up: behind 4,096 combinations of parts, or when the questions to this space have been too much together.
func (s *Space) Possible(goals ...Goal) (possible, sure bool) { return s.PossibleIn(-1, nil, goals...) }

// PossibleIn is Possible for those of whom a subject is in one of the cells.
func (s *Space) PossibleIn(subject int, in Set, goals ...Goal) (possible, sure bool) {
	x := search{space: s, left: steps}
	sets := append([]Set(nil), s.full...)
	if subject >= 0 {
		sets[subject] = in
	}
	possible = x.reach(goals, nil, sets)
	return possible, x.left > 0 && s.left > 0
}

type search struct {
	space *Space
	left  int
}

// reach tries to reach all goals, and one of the ways of each choice.
func (x *search) reach(goals []Goal, choices [][][]Goal, sets []Set) bool {
	x.space.left -= len(sets)
	if x.left--; x.left <= 0 || x.space.left <= 0 {
		return true
	}
	for len(goals) > 0 {
		x.space.left -= 10
		g := goals[len(goals)-1]
		goals = goals[:len(goals)-1]
		switch ways := g.Expand(); {
		case len(ways) == 1:
			goals = append(goals[:len(goals):len(goals)], ways[0]...)
		case len(ways) > 1:
			choices = append(choices[:len(choices):len(choices)], ways)
		default:
			a := x.space.atoms[g.Node]
			if a.Subject < 0 {
				if !g.Mode.Holds(a.Fixed) {
					return false
				}
				continue
			}
			if sets[a.Subject] = sets[a.Subject].And(x.space.Where(g)); sets[a.Subject].Empty() {
				return false
			}
		}
	}
	if !x.space.consistent(sets) {
		return false
	}
	if len(choices) == 0 {
		return true
	}
	least := 0
	for i := range choices {
		if len(choices[i]) < len(choices[least]) {
			least = i
		}
	}
	ways := choices[least]
	rest := append(append([][][]Goal(nil), choices[:least]...), choices[least+1:]...)
	for _, way := range ways {
		if x.reach(way, rest, append([]Set(nil), sets...)) {
			return true
		}
	}
	return false
}
