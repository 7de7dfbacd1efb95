package column

import (
	"math"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// A filter is a condition over the event at a place.
type filter func(k *kind, h *history, i uint32) rule.Truth

// filterOf compiles a filter over events with so many properties; nil where it looks at more than the event.
func filterOf(n *rule.Node, props int) filter {
	switch n.Op {
	case op.And, op.Or:
		return both(n, props)
	case op.Not:
		if len(n.Args) == 1 {
			if x := filterOf(&n.Args[0], props); x != nil {
				return func(k *kind, h *history, i uint32) rule.Truth { return -x(k, h, i) }
			}
		}
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		if len(n.Args) == 2 {
			o, a, b := n.Op, &n.Args[0], &n.Args[1]
			if a.Op == op.Const {
				o, a, b = mirror(o), b, a
			}
			if a.Op == op.It && a.Slot < props && b.Op == op.Const {
				return compared(o, a.Slot, b.Value)
			}
		}
	case op.In:
		if len(n.Args) == 1 && n.Args[0].Op == op.It && n.Args[0].Slot < props {
			return within(n.Args[0].Slot, n.List)
		}
	case op.Has:
		if len(n.Args) == 1 && n.Args[0].Op == op.It && n.Args[0].Slot < props {
			p := n.Args[0].Slot
			return func(_ *kind, h *history, i uint32) rule.Truth { return truth(h.cells[p].is(i) != 0) }
		}
	case op.It:
		if p := n.Slot; p < props {
			return func(_ *kind, h *history, i uint32) rule.Truth {
				if c := &h.cells[p]; c.is(i) == uint8(rule.Bool)+1 {
					return truth(c.v[i] == 1)
				}
				return rule.Unknown
			}
		}
	}
	return nil
}

// is gives the type of a property plus one, 0 where it is missing.
func (c *cells) is(i uint32) uint8 {
	if c.typ == nil {
		return 0
	}
	return c.typ[i]
}

func both(n *rule.Node, props int) filter {
	var parts []filter
	for i := range n.Args {
		x := filterOf(&n.Args[i], props)
		if x == nil {
			return nil
		}
		parts = append(parts, x)
	}
	decides := rule.False
	if n.Op == op.Or {
		decides = rule.True
	}
	return func(k *kind, h *history, i uint32) rule.Truth {
		res := -decides
		for _, x := range parts {
			switch x(k, h, i) {
			case decides:
				return decides
			case rule.Unknown:
				res = rule.Unknown
			}
		}
		return res
	}
}

// compared compiles the comparison of a property with a constant.
func compared(o op.Op, p int, v rule.Value) filter {
	switch v.Type() {
	case rule.Int, rule.Float:
		whole, float := intsOf(o, v), floatsOf(o, v)
		return func(_ *kind, h *history, i uint32) rule.Truth {
			c := &h.cells[p]
			switch c.is(i) {
			case uint8(rule.Int) + 1:
				return truth(whole.has(int64(c.v[i])))
			case uint8(rule.Float) + 1:
				f := math.Float64frombits(c.v[i])
				return truth((float.lo <= f && f <= float.hi) != float.not)
			}
			return rule.Unknown
		}
	case rule.String:
		text := v.Text()
		return func(k *kind, h *history, i uint32) rule.Truth {
			c := &h.cells[p]
			if c.is(i) != uint8(rule.String)+1 {
				return rule.Unknown
			}
			return truth(holds(o, strings.Compare(k.props[p].texts.keys[c.v[i]], text)))
		}
	case rule.Time, rule.Bool:
		l, typ := rangeOf(o, int64(v.Instant())), uint8(v.Type())+1
		if v.Type() == rule.Bool {
			l = rangeOf(o, int64(bit(v.Bool())))
		}
		return func(_ *kind, h *history, i uint32) rule.Truth {
			c := &h.cells[p]
			if c.is(i) != typ {
				return rule.Unknown
			}
			return truth(l.has(int64(c.v[i])))
		}
	}
	return nil
}

// within compiles the look for a property in a list: what is of another type is just not equal.
func within(p int, list []rule.Value) filter {
	var same []filter
	for _, v := range list {
		if !v.Known() {
			continue
		}
		x := compared(op.Eq, p, v)
		if x == nil {
			return nil
		}
		same = append(same, x)
	}
	return func(k *kind, h *history, i uint32) rule.Truth {
		if h.cells[p].is(i) == 0 {
			return rule.Unknown
		}
		for _, x := range same {
			if x(k, h, i) == rule.True {
				return rule.True
			}
		}
		return rule.False
	}
}
