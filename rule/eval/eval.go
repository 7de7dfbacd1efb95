package eval

import (
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// env is what a test sees. It goes by value, in registers, so that nothing escapes to the heap.
type env struct {
	now rule.Instant
	f   *rule.Facts
	row []rule.Value  // the scope's
	it  *[]rule.Value // the properties of the event that a filter looks at
}

// test gives a condition's truth, eval a value, and the instant until which it certainly stays so.
type (
	test func(env) (rule.Truth, rule.Instant)
	eval func(env) (rule.Value, rule.Instant)
)

func truth(b bool) rule.Truth {
	if b {
		return rule.True
	}
	return rule.False
}

func valueOf(t rule.Truth) rule.Value {
	if t == rule.Unknown {
		return rule.Value{}
	}
	return rule.BoolValue(t == rule.True)
}

func truthOf(v rule.Value) rule.Truth {
	if v.Type() != rule.Bool {
		return rule.Unknown
	}
	return truth(v.Bits() == 1)
}

// test compiles a node to a condition.
func testOf(n *rule.Node) test {
	switch n.Op {
	case op.And, op.Or:
		return junction(n)
	case op.Not:
		if len(n.Args) != 1 {
			return never
		}
		x := testOf(&n.Args[0])
		return func(e env) (rule.Truth, rule.Instant) {
			t, until := x(e)
			return -t, until
		}
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		if len(n.Args) != 2 {
			return never
		}
		return comparison(n.Op, &n.Args[0], &n.Args[1])
	case op.In:
		return inOf(n)
	case op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		return textOf(n)
	case op.Has:
		return hasOf(n)
	case op.HasTag, op.InSegment:
		return markOf(n)
	case op.Did:
		return didOf(n)
	case op.Sequence:
		return sequenceOf(n)
	case op.If, op.Else:
		if n.Condition() {
			return choice(n)
		}
	case op.Const:
		t := truthOf(n.Value)
		return func(env) (rule.Truth, rule.Instant) { return t, rule.Never }
	case op.Attr:
		slot := n.Slot
		return func(e env) (rule.Truth, rule.Instant) {
			if slot < len(e.f.Attrs) {
				return truthOf(e.f.Attrs[slot]), rule.Never
			}
			return rule.Unknown, rule.Never
		}
	}
	x := evalOf(n)
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		return truthOf(v), until
	}
}

func never(env) (rule.Truth, rule.Instant)   { return rule.Unknown, rule.Never }
func missing(env) (rule.Value, rule.Instant) { return rule.Value{}, rule.Never }

// eval compiles a node to a value.
func evalOf(n *rule.Node) eval {
	switch n.Op {
	case op.Const:
		v := n.Value
		return func(env) (rule.Value, rule.Instant) { return v, rule.Never }
	case op.Attr:
		slot := n.Slot
		return func(e env) (rule.Value, rule.Instant) {
			if slot < len(e.f.Attrs) {
				return e.f.Attrs[slot], rule.Never
			}
			return rule.Value{}, rule.Never
		}
	case op.Field:
		slot := n.Slot
		return func(e env) (rule.Value, rule.Instant) {
			if slot < len(e.row) {
				return e.row[slot], rule.Never
			}
			return rule.Value{}, rule.Never
		}
	case op.It:
		slot := n.Slot
		return func(e env) (rule.Value, rule.Instant) {
			if e.it != nil && slot < len(*e.it) {
				return (*e.it)[slot], rule.Never
			}
			return rule.Value{}, rule.Never
		}
	case op.Now, op.DaysSince, op.Score:
		return moving(n)
	case op.Add, op.Sub, op.Mul, op.Div, op.Mod, op.Neg:
		return arithmetic(n)
	case op.Times, op.Distinct, op.Total, op.FirstAt, op.LastAt:
		return historyOf(n)
	case op.Call:
		return callOf(n)
	case op.If, op.Else:
		if !n.Condition() {
			return choose(n)
		}
	}
	if !n.Condition() {
		return missing
	}
	x := testOf(n)
	return func(e env) (rule.Value, rule.Instant) {
		t, until := x(e)
		return valueOf(t), until
	}
}

// has compiles op.Has. A value that moves is there whenever what it is made of is.
func hasOf(n *rule.Node) test {
	if len(n.Args) != 1 {
		return never
	}
	x := &n.Args[0]
	switch {
	case x.Op == op.Now || x.Op == op.Score:
		return func(env) (rule.Truth, rule.Instant) { return rule.True, rule.Never }
	case x.Op == op.DaysSince && len(x.Args) == 1:
		x = &x.Args[0]
	}
	v := evalOf(x)
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := v(e)
		return truth(v.Known()), until
	}
}

// choice compiles op.If and op.Else over conditions, choose over values. An unknown condition takes the second
// way, as CASE does in SQL.
func choice(n *rule.Node) test {
	if n.Op == op.Else && len(n.Args) == 2 {
		a, b := testOf(&n.Args[0]), testOf(&n.Args[1])
		return func(e env) (rule.Truth, rule.Instant) {
			t, until := a(e)
			if t != rule.Unknown {
				return t, until
			}
			t, u := b(e)
			return t, min(until, u)
		}
	}
	if n.Op != op.If || len(n.Args) != 3 {
		return never
	}
	c, a, b := testOf(&n.Args[0]), testOf(&n.Args[1]), testOf(&n.Args[2])
	return func(e env) (rule.Truth, rule.Instant) {
		way := b
		t, until := c(e)
		if t == rule.True {
			way = a
		}
		t, u := way(e)
		return t, min(until, u)
	}
}

func choose(n *rule.Node) eval {
	if n.Op == op.Else && len(n.Args) == 2 {
		a, b := evalOf(&n.Args[0]), evalOf(&n.Args[1])
		return func(e env) (rule.Value, rule.Instant) {
			v, until := a(e)
			if v.Known() {
				return v, until
			}
			v, u := b(e)
			return v, min(until, u)
		}
	}
	if n.Op != op.If || len(n.Args) != 3 {
		return missing
	}
	c, a, b := testOf(&n.Args[0]), evalOf(&n.Args[1]), evalOf(&n.Args[2])
	return func(e env) (rule.Value, rule.Instant) {
		way := b
		t, until := c(e)
		if t == rule.True {
			way = a
		}
		v, u := way(e)
		return v, min(until, u)
	}
}
