package why

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

// Options bound the answers of Enter and Leave.
type Options struct {
	// Most is how many ways are given. Default 5.
	Most int
	// Horizon is how far waiting looks ahead. Default 366d.
	Horizon marque.Duration
}

const (
	keep  = 64   // how many ways are kept of each part of a rule, the ones with the fewest changes
	waits = 1000 // how many instants waiting looks at
)

// Enter finds what would make the rule true for a person: the smallest sets of changes to what its conditions look at,
// and the instant at which time alone does it. The scope of the input counts as facts that may change.
//
// A way is right as it stands: with its changes made, and all else as it is, the rule is true. Where one change would
// disturb what another condition looks at, it is narrowed to the one value that was tried, or the way is left out. Of
// each part of a rule the 64 ways with the fewest changes are kept, so beyond that a smaller one may be missed. It
// takes milliseconds: for people, not for many.
func Enter(r *rule.Rule, in rule.Input, o *Options) Answer { return turn(r, in, space.True, o) }

// Leave finds what would make the rule not true for a person: false or unknown. Else it is as Enter.
func Leave(r *rule.Rule, in rule.Input, o *Options) Answer { return turn(r, in, space.NotTrue, o) }

func turn(r *rule.Rule, in rule.Input, m space.Mode, o *Options) Answer {
	var opt Options
	if o != nil {
		opt = *o
	}
	opt.Most, opt.Horizon = cmp.Or(opt.Most, 5), cmp.Or(opt.Horizon, 366*marque.Day)
	if in.Facts == nil {
		in.Facts = new(rule.Facts)
	}
	if m.Holds(r.Test(in).Truth) {
		return Answer{Already: true}
	}
	root := r.Root()
	t := &turner{rule: r, in: in, mode: m, space: space.New(&root), horizon: rule.At(in.Now) + rule.Instant(opt.Horizon/1000)}
	a := Answer{Wait: t.wait(func(in rule.Input) (bool, time.Time) {
		v := r.Test(in)
		return m.Holds(v.Truth), v.Until
	})}
	for _, s := range t.space.Subjects {
		t.here = append(t.here, s.Locate(at(s, in)))
	}
	terms := t.terms(space.Goal{Node: &root, Mode: m})
	a.More = t.cut
	for _, way := range t.ways(terms) {
		if len(a.Ways) == opt.Most {
			a.More = true
			break
		}
		a.Ways = append(a.Ways, way)
	}
	return a
}

type turner struct {
	rule    *rule.Rule
	in      rule.Input
	mode    space.Mode
	space   *space.Space
	here    []int // the cell that each subject is in
	horizon rule.Instant
	cut     bool // there were more terms than are kept
}

// at is the value of a subject, as Subject.Locate wants it.
func at(s *space.Subject, in rule.Input) rule.Value {
	switch s.Kind {
	case space.Age:
		v, _ := eval.Value(*s.Node, in)
		if v.Type() != rule.Time {
			return rule.Value{}
		}
		return rule.IntValue(int64(rule.At(in.Now)) - int64(v.Bits()))
	case space.Sign:
		for sign, o := range map[int64]op.Op{-1: op.Lt, 0: op.Eq, 1: op.Gt} {
			v, _ := eval.Value(rule.Node{Op: o, Type: rule.Bool, Args: []rule.Node{*s.Node, *s.With}}, in)
			if v.Bool() {
				return rule.IntValue(sign)
			}
		}
		return rule.Value{}
	}
	v, _ := eval.Value(*s.Node, in)
	if s.Node.Condition() && v.Type() != rule.Bool {
		return rule.Value{}
	}
	return v
}

// A term is a set of demands that together make the rule as wanted: the cells that subjects must lie in.
type term struct {
	sets    map[int]space.Set
	goals   []space.Goal // the conditions they come from
	changes int          // how many subjects lie elsewhere
}

// terms gives the ways to reach a goal, those with the fewest changes first.
func (t *turner) terms(g space.Goal) []term {
	ways := g.Expand()
	if ways == nil {
		a := t.space.Atom(g.Node)
		switch {
		case a.Subject >= 0:
			if set := t.space.Where(g); !set.Empty() {
				return t.best([]term{{sets: map[int]space.Set{a.Subject: set}, goals: []space.Goal{g}}})
			}
		case g.Mode.Holds(a.Fixed):
			return []term{{}}
		}
		return nil
	}
	var all []term
	for _, way := range ways {
		product := []term{{}}
		for _, g := range way {
			var next []term
			for _, b := range t.terms(g) {
				for _, a := range product {
					if c, ok := join(a, b); ok {
						next = append(next, c)
					}
				}
			}
			product = t.best(next)
		}
		all = append(all, product...)
	}
	return t.best(all)
}

func join(a, b term) (term, bool) {
	c := term{sets: make(map[int]space.Set, len(a.sets)+len(b.sets)), goals: slices.Concat(a.goals, b.goals)}
	maps.Copy(c.sets, a.sets)
	for i, set := range b.sets {
		if old, ok := c.sets[i]; ok {
			if set = set.And(old); set.Empty() {
				return term{}, false
			}
		}
		c.sets[i] = set
	}
	return c, true
}

func (t *turner) best(terms []term) []term {
	for i := range terms {
		terms[i].changes = len(t.changed(terms[i]))
	}
	slices.SortStableFunc(terms, func(a, b term) int { return a.changes - b.changes })
	if len(terms) > keep {
		terms, t.cut = terms[:keep], true
	}
	return terms
}

// changed are the subjects that a term wants elsewhere than they are, in order.
func (t *turner) changed(x term) []int {
	var out []int
	for i, set := range x.sets {
		if t.here[i] < 0 || !set.Has(t.here[i]) {
			out = append(out, i)
		}
	}
	slices.Sort(out)
	return out
}

// wait gives the first instant at which done is, walking over the instants until which it stays as it is.
func (t *turner) wait(done func(rule.Input) (bool, time.Time)) time.Time {
	in := t.in
	for range waits {
		ok, until := done(in)
		if ok {
			return in.Now
		}
		if until.IsZero() || rule.At(until) > t.horizon {
			return time.Time{}
		}
		in.Now = until
	}
	return time.Time{}
}

// alone is when time alone brings a subject to where a term wants it.
func (t *turner) alone(subject int, x term) time.Time {
	return t.wait(func(in rule.Input) (bool, time.Time) {
		all, first := true, rule.Never
		for _, g := range x.goals {
			if t.space.Atom(g.Node).Subject != subject {
				continue
			}
			v, until := eval.Value(*g.Node, in)
			truth := rule.Unknown
			if v.Type() == rule.Bool {
				truth = rule.Truth(2*int8(v.Bits()) - 1)
			}
			all = all && g.Mode.Holds(truth)
			if !until.IsZero() {
				first = min(first, rule.At(until))
			}
		}
		return all, first.Time()
	})
}

// far reports whether n is an end that a cell does not have.
func far(n int64) bool { return n == math.MinInt64 || n == math.MaxInt64 }
