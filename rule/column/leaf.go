package column

import (
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// leaf looks for a kernel.
func (c *compiler) leaf(n *rule.Node) (p part, how string) {
	switch n.Op {
	case op.Const:
		return constant{yes: n.Value.Bool(), unknown: n.Value.Type() != rule.Bool}, "constant"
	case op.Attr:
		if c.typ(n) == rule.Bool {
			return boolean{n.Slot, false}, "bits"
		}
	case op.HasTag:
		if n.Slot < len(c.lex.Schema().Tags) {
			return mark{n.Slot, true}, "bits"
		}
	case op.InSegment:
		if n.Slot < len(c.lex.Schema().Segments) {
			return mark{n.Slot, false}, "bits"
		}
	case op.Has:
		return c.has(n)
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		if len(n.Args) == 2 {
			return c.comparison(n)
		}
	case op.In:
		return c.in(n)
	case op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		return c.text(n)
	case op.Did:
		return c.count(n, 1, many, false)
	}
	return nil, ""
}

// typ is the type of the column of an attribute; Any for what is none.
func (c *compiler) typ(n *rule.Node) rule.Type {
	if as := c.lex.Schema().Attributes; n.Op == op.Attr && n.Slot < len(as) {
		return as[n.Slot].Type
	}
	return rule.Any
}

// comparison compiles the comparison of two nodes: a constant, or what moves, as a range in which the other one
// lies.
func (c *compiler) comparison(n *rule.Node) (part, string) {
	o, a, b := n.Op, &n.Args[0], &n.Args[1]
	if a.Op == op.Const && b.Op != op.Const || b.Moves() && !a.Moves() {
		o, a, b = mirror(o), b, a
	}
	switch {
	case a.Op == op.Now:
		return c.within(b, sinceNow(o, a.Shift))
	case a.Op == op.DaysSince && len(a.Args) == 1 && number(b):
		return c.within(&a.Args[0], sinceDays(o, b.Value))
	case a.Op == op.Score && number(b) && a.Slot < len(c.lex.Schema().Scores):
		return score{a.Slot, o, b.Value.Float()}, "curves"
	case a.Op == op.Attr && b.Op == op.Attr:
		return c.pair(o, a, b)
	case b.Op != op.Const:
		return nil, ""
	}
	switch k := b.Value; {
	case a.Op == op.Times && number(b):
		return c.times(o, a, k)
	case a.Op == op.Total && number(b):
		return c.total(o, a, k)
	case k.Type() == rule.Time:
		return c.within(a, rangeOf(o, int64(k.Instant())))
	case c.typ(a) == rule.Int && number(b):
		return integers{slot: a.Slot, limits: intsOf(o, k)}, "range"
	case c.typ(a) == rule.Float && number(b):
		return floats{a.Slot, floatsOf(o, k)}, "range"
	case c.typ(a) == rule.Bool && k.Type() == rule.Bool && (o == op.Eq || o == op.Ne):
		return boolean{a.Slot, k.Bool() == (o == op.Ne)}, "bits"
	case c.typ(a) == rule.String && k.Type() == rule.String:
		return c.order(o, a, k.Text())
	}
	return nil, ""
}

func number(n *rule.Node) bool {
	return n.Op == op.Const && (n.Value.Type() == rule.Int || n.Value.Type() == rule.Float)
}

// within compiles the test whether a time lies between limits.
func (c *compiler) within(n *rule.Node, l limits) (part, string) {
	switch {
	case c.typ(n) == rule.Time:
		return integers{slot: n.Slot, limits: l}, "range"
	case n.Op == op.LastAt || n.Op == op.FirstAt:
		if h, ok := c.history(n); ok {
			return &moment{h, n.Op == op.FirstAt, l}, "history"
		}
	}
	return nil, ""
}

// has compiles op.Has.
func (c *compiler) has(n *rule.Node) (part, string) {
	if len(n.Args) != 1 {
		return nil, ""
	}
	x := &n.Args[0]
	switch {
	case x.Op == op.Now || x.Op == op.Score:
		return constant{yes: true}, "constant"
	case x.Op == op.DaysSince && len(x.Args) == 1:
		x = &x.Args[0]
	}
	switch x.Op {
	case op.Attr:
		if x.Slot < len(c.lex.Schema().Attributes) {
			return present{x.Slot}, "bits"
		}
	case op.FirstAt, op.LastAt:
		return c.count(x, 1, many, false)
	}
	return nil, ""
}

// in compiles op.In. What is of another type than the column is not equal to anything in it.
func (c *compiler) in(n *rule.Node) (part, string) {
	if len(n.Args) != 1 {
		return nil, ""
	}
	x := &n.Args[0]
	switch c.typ(x) {
	case rule.Int, rule.Time:
		var list []int64
		for _, v := range n.List {
			if c.typ(x) == rule.Time {
				if v.Type() == rule.Time {
					list = append(list, int64(v.Instant()))
				}
			} else if l := intsOf(op.Eq, v); v.Known() && (v.Type() == rule.Int || v.Type() == rule.Float) && l.lo <= l.hi {
				list = append(list, l.lo)
			}
		}
		return oneOf(x.Slot, list), "list"
	case rule.String:
		var list []string
		for _, v := range n.List {
			if v.Type() == rule.String {
				list = append(list, v.Text())
			}
		}
		return &equal{slot: x.Slot, texts: list, note: c.note()}, "dictionary"
	}
	return nil, ""
}
