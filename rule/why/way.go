package why

import (
	"fmt"
	"maps"
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

// ways yields the ways of terms, the smallest first, each once.
func (t *turner) ways(terms []term) []Way {
	var out []Way
	said := map[string]bool{}
	var done []term
	for _, x := range terms {
		x = t.known(x)
		changed := t.changed(x)
		if len(changed) == 0 || t.covered(x, changed, done) {
			continue
		}
		w, ok := t.way(x, changed)
		if !ok {
			continue
		}
		done = append(done, x)
		if words := w.String(); !said[words] {
			said[words] = true
			out = append(out, w)
		}
	}
	return out
}

// known takes out of a term that it is long ago or not known since when, where it must be known.
func (t *turner) known(x term) term {
	for i, set := range x.sets {
		for j, other := range x.sets {
			a, b := t.space.Subjects[i], t.space.Subjects[j]
			if a.Kind == space.Age && b.Kind == space.Value && a.Node.String() == b.Node.String() &&
				other.And(t.space.Missing(j)).Empty() {
				if rest := set.Without(t.space.Missing(i)); !rest.Empty() {
					x.sets = maps.Clone(x.sets)
					x.sets[i] = rest
				}
			}
		}
	}
	return x
}

// covered reports whether a way that is known already asks no more than a term does.
func (t *turner) covered(x term, changed []int, done []term) bool {
	for _, y := range done {
		easier := true
		for _, i := range t.changed(y) {
			set, ok := x.sets[i]
			easier = easier && ok && slices.Contains(changed, i) && slices.Equal(set.And(y.sets[i]), set)
		}
		if easier {
			return true
		}
	}
	return false
}

// way makes the changes of a term, tries them, and puts them into words.
func (t *turner) way(x term, changed []int) (Way, bool) {
	p := t.copy()
	applied := true
	at := t.in.Now
	for _, i := range changed {
		if s := t.space.Subjects[i]; clockwork(s) {
			when := t.alone(i, x)
			if when.IsZero() {
				return Way{}, false
			}
			if when.After(at) {
				at = when
			}
		}
	}
	p.in.Now = at
	for _, i := range t.inOrder(changed) {
		s := t.space.Subjects[i]
		if !clockwork(s) {
			applied = p.move(s, nearest(s, x.sets[i], t.here[i])) && applied
		}
	}
	for i, set := range x.sets {
		s := t.space.Subjects[i]
		if now := s.Locate(p.at(s)); now >= 0 && set.Has(now) {
			continue
		}
		if !slices.Contains(changed, i) {
			return Way{}, false // a change disturbed it
		}
		applied = false
	}
	tangled := t.tangled(x, changed)
	if applied && !t.mode.Holds(t.rule.Test(p.in).Truth) || !applied && len(tangled) > 0 {
		return Way{}, false
	}
	w := Way{Tried: applied}
	for _, i := range changed {
		c := t.change(i, x)
		if slices.Contains(tangled, i) {
			t.narrow(&c, t.space.Subjects[i], p)
		}
		w.Changes = append(w.Changes, c)
	}
	return w, true
}

// clockwork reports whether only the clock moves a subject.
func clockwork(s *space.Subject) bool {
	return s.Kind == space.Value && s.Node.Op == op.Now || s.Kind == space.Age && s.Node.Op == op.Const
}

// inOrder puts what events' filters may read before the events.
func (t *turner) inOrder(changed []int) []int {
	out := slices.Clone(changed)
	late := func(i int) int {
		switch n := t.space.Subjects[i].Node; {
		case n.Op.History():
			return 2
		case n.Op == op.Attr || n.Op == op.Field:
			return 0
		}
		return 1
	}
	slices.SortStableFunc(out, func(a, b int) int { return late(a) - late(b) })
	return out
}

// tangled are the changed subjects whose change may disturb another that the term speaks of.
func (t *turner) tangled(x term, changed []int) []int {
	var out []int
	for _, i := range changed {
		a := t.space.Subjects[i]
		mine := map[string]bool{}
		reads(a, mine)
		for j := range x.sets {
			b := t.space.Subjects[j]
			theirs := map[string]bool{}
			reads(b, theirs)
			shared := false
			for k := range mine {
				shared = shared || theirs[k] && k != "now"
			}
			if i != j && shared && !t.harmless(i, j, x) {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

func reads(s *space.Subject, into map[string]bool) {
	space.Reads(s.Node, into)
	if s.With != nil {
		space.Reads(s.With, into)
	}
}

// harmless reports whether any change of the first subject within the term leaves the second where the term has it.
func (t *turner) harmless(i, j int, x term) bool {
	a, b := t.space.Subjects[i], t.space.Subjects[j]
	if a.Kind == space.Age && b.Kind == space.Value && a.Node.String() == b.Node.String() {
		for k, c := range b.Cells {
			if !c.Missing() && !x.sets[j].Has(k) {
				return false
			}
		}
		return true
	}
	if !counts(a) || !counts(b) || a.Node.Op != op.Times || b.Node.Op != op.Times {
		return false
	}
	return upward(x.sets[i], len(a.Cells)) && upward(x.sets[j], len(b.Cells)) || downward(x.sets[i], len(a.Cells)) && downward(x.sets[j], len(b.Cells))
}

func counts(s *space.Subject) bool {
	return s.Kind == space.Value && (s.Node.Op == op.Times || s.Node.Op == op.Distinct)
}

// upward reports whether a set has every cell above one that it has, downward every cell below.
func upward(set space.Set, n int) bool {
	for i := range n - 1 {
		if set.Has(i) && !set.Has(i+1) {
			return false
		}
	}
	return true
}

func downward(set space.Set, n int) bool {
	for i := range n - 1 {
		if set.Has(i+1) && !set.Has(i) {
			return false
		}
	}
	return true
}

// nearest is the cell of a set that lies nearest to where the subject is, a known one if there is one.
func nearest(s *space.Subject, set space.Set, here int) int {
	best, far := -1, 0
	for i, c := range s.Cells {
		if !set.Has(i) {
			continue
		}
		d := i - here
		if here < 0 {
			d = i
		}
		if d = max(d, -d); c.Missing() {
			d += 2 * len(s.Cells)
		}
		if best < 0 || d < far {
			best, far = i, d
		}
	}
	return best
}

// narrow leaves of what a subject may become the one value that was tried.
func (t *turner) narrow(c *Change, s *space.Subject, p *person) {
	v := p.at(s)
	if c.Missing = !v.Known(); c.Missing {
		return
	}
	c.Ranges, c.NoneOf, c.OneOf = nil, nil, []any{v.Any()}
	words := plain(v)
	switch {
	case s.Kind == space.Age:
		when := rule.Instant(int64(rule.At(p.in.Now)) - v.Int()).Time()
		c.OneOf, words = []any{when}, clock(when)
	case s.Kind == space.Sign:
		return
	}
	c.Words = fmt.Sprintf("%s would have to be %s (%s)", c.subject(), words, is(c.Is))
}
