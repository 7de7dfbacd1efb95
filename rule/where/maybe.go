package where

import (
	"math"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// maybe translates a part that has no exact translation to a condition that is true at least wherever the part is as wanted
// (true, or false). ok is false where nothing can be said.
func (c scope) maybe(n *rule.Node, want bool) (s sql, ok bool) {
	if s, err := c.condition(n); err == nil {
		if !want {
			s = not(s)
		}
		return s, true
	}
	if !fits(n) {
		return s, false
	}
	switch n.Op {
	case op.Not:
		return c.maybe(&n.Args[0], !want)
	case op.And, op.Or:
		return c.maybeAll(n, want)
	case op.Else:
		a, ok := c.maybe(&n.Args[0], want)
		b, also := c.maybe(&n.Args[1], want)
		return some(a, b), ok && also
	case op.If:
		b, ok := c.maybe(&n.Args[2], want)
		if !ok {
			return b, false
		}
		when, either := c.maybe(&n.Args[0], true)
		a, or := c.maybe(&n.Args[1], want)
		switch {
		case either && or:
			return some(all(when, a), b), true
		case either:
			return some(when, b), true
		case or:
			return some(a, b), true
		}
	case op.Did:
		if want {
			s, err := c.did(n, true)
			return s, err == nil
		}
	case op.Sequence:
		if want {
			return c.maybeSteps(n)
		}
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		return c.maybeCompared(n, want)
	}
	return s, false
}

func (c scope) maybeAll(n *rule.Node, want bool) (s sql, ok bool) {
	each := (n.Op == op.And) == want // each part must be as wanted, not only one
	var parts []sql
	for i := range n.Args {
		p, ok := c.maybe(&n.Args[i], want)
		if ok {
			parts = append(parts, p)
		} else if !each {
			return s, false
		}
	}
	switch {
	case len(parts) == 0:
		return s, false
	case each:
		return all(parts...), true
	}
	return some(parts...), true
}

// maybeSteps looks that each step of a sequence is in the history, in whatever order.
func (c scope) maybeSteps(n *rule.Node) (s sql, ok bool) {
	var parts []sql
	for _, step := range n.Args {
		step.Window = n.Window
		if p, err := c.did(&step, true); err == nil {
			parts = append(parts, p)
		}
	}
	if len(parts) == 0 {
		return s, false
	}
	return all(parts...), true
}

// maybeCompared looks at scores, and at histories of which at least so many are wanted.
func (c scope) maybeCompared(n *rule.Node, want bool) (s sql, ok bool) {
	o, x, y := n.Op, &n.Args[0], &n.Args[1]
	if x.Op == op.Const || y.Moves() {
		o, x, y = mirror(o), y, x
	}
	if t := y.Value.Type(); y.Op != op.Const || t != rule.Int && t != rule.Float {
		return s, false
	}
	if !want {
		o = opposite(o)
	}
	switch x.Op {
	case op.Score:
		return c.scored(o, x.Slot, y.Value.Float())
	case op.Times:
		k := y.Value.Float()
		if math.Abs(k) > 1<<53 || o != op.Ge && o != op.Gt && o != op.Eq {
			return s, false
		}
		least := math.Ceil(k)
		if o == op.Gt {
			least = math.Floor(k) + 1
		}
		s, err := c.counted(op.Ge, x, int64(least), true)
		return s, err == nil
	}
	return s, false
}

// opposite is the comparison that holds where o does not.
func opposite(o op.Op) op.Op {
	switch o {
	case op.Eq:
		return op.Ne
	case op.Ne:
		return op.Eq
	case op.Lt:
		return op.Ge
	case op.Le:
		return op.Gt
	case op.Gt:
		return op.Le
	}
	return op.Lt
}
