package rule

import "github.com/marque-go/marque/rule/op"

// env is what a test sees. It goes by value, in registers, so that nothing escapes to the heap.
type env struct {
	now Instant
	f   *Facts
	row []Value  // the scope's
	it  *[]Value // the properties of the event that a filter looks at
}

// test gives a condition's truth, eval a value, and the instant until which it certainly stays so.
type (
	test func(env) (Truth, Instant)
	eval func(env) (Value, Instant)
)

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

func (t Truth) value() Value {
	if t == Unknown {
		return Value{}
	}
	return BoolValue(t == True)
}

func (v Value) truth() Truth {
	if v.t != Bool {
		return Unknown
	}
	return truth(v.n == 1)
}

// test compiles a node to a condition.
func (n *Node) test() test {
	switch n.Op {
	case op.And, op.Or:
		return n.junction()
	case op.Not:
		if len(n.Args) != 1 {
			return never
		}
		x := n.Args[0].test()
		return func(e env) (Truth, Instant) {
			t, until := x(e)
			return -t, until
		}
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		if len(n.Args) != 2 {
			return never
		}
		return comparison(n.Op, &n.Args[0], &n.Args[1])
	case op.In:
		return n.in()
	case op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		return n.text()
	case op.Has:
		return n.has()
	case op.HasTag, op.InSegment:
		return n.mark()
	case op.Did:
		return n.did()
	case op.If, op.Else:
		if n.condition() {
			return n.choice()
		}
	case op.Const:
		t := n.Value.truth()
		return func(env) (Truth, Instant) { return t, Never }
	case op.Attr:
		slot := n.Slot
		return func(e env) (Truth, Instant) {
			if slot < len(e.f.Attrs) {
				return e.f.Attrs[slot].truth(), Never
			}
			return Unknown, Never
		}
	}
	x := n.eval()
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		return v.truth(), until
	}
}

func never(env) (Truth, Instant)   { return Unknown, Never }
func missing(env) (Value, Instant) { return Value{}, Never }

// eval compiles a node to a value.
func (n *Node) eval() eval {
	switch n.Op {
	case op.Const:
		v := n.Value
		return func(env) (Value, Instant) { return v, Never }
	case op.Attr:
		slot := n.Slot
		return func(e env) (Value, Instant) {
			if slot < len(e.f.Attrs) {
				return e.f.Attrs[slot], Never
			}
			return Value{}, Never
		}
	case op.Field:
		slot := n.Slot
		return func(e env) (Value, Instant) {
			if slot < len(e.row) {
				return e.row[slot], Never
			}
			return Value{}, Never
		}
	case op.It:
		slot := n.Slot
		return func(e env) (Value, Instant) {
			if e.it != nil && slot < len(*e.it) {
				return (*e.it)[slot], Never
			}
			return Value{}, Never
		}
	case op.Now, op.DaysSince, op.Score:
		return n.moving()
	case op.Add, op.Sub, op.Mul, op.Div, op.Mod, op.Neg:
		return n.arithmetic()
	case op.Times, op.Distinct, op.Total, op.FirstAt, op.LastAt:
		return n.history()
	case op.If, op.Else:
		if !n.condition() {
			return n.choose()
		}
	}
	if !n.condition() {
		return missing
	}
	x := n.test()
	return func(e env) (Value, Instant) {
		t, until := x(e)
		return t.value(), until
	}
}

// has compiles op.Has. A value that moves is there whenever what it is made of is.
func (n *Node) has() test {
	if len(n.Args) != 1 {
		return never
	}
	x := &n.Args[0]
	switch {
	case x.Op == op.Now || x.Op == op.Score:
		return func(env) (Truth, Instant) { return True, Never }
	case x.Op == op.DaysSince && len(x.Args) == 1:
		x = &x.Args[0]
	}
	v := x.eval()
	return func(e env) (Truth, Instant) {
		v, until := v(e)
		return truth(v.k), until
	}
}

// choice compiles op.If and op.Else over conditions, choose over values. An unknown condition takes the second
// way, as CASE does in SQL.
func (n *Node) choice() test {
	if n.Op == op.Else && len(n.Args) == 2 {
		a, b := n.Args[0].test(), n.Args[1].test()
		return func(e env) (Truth, Instant) {
			t, until := a(e)
			if t != Unknown {
				return t, until
			}
			t, u := b(e)
			return t, min(until, u)
		}
	}
	if n.Op != op.If || len(n.Args) != 3 {
		return never
	}
	c, a, b := n.Args[0].test(), n.Args[1].test(), n.Args[2].test()
	return func(e env) (Truth, Instant) {
		way := b
		t, until := c(e)
		if t == True {
			way = a
		}
		t, u := way(e)
		return t, min(until, u)
	}
}

func (n *Node) choose() eval {
	if n.Op == op.Else && len(n.Args) == 2 {
		a, b := n.Args[0].eval(), n.Args[1].eval()
		return func(e env) (Value, Instant) {
			v, until := a(e)
			if v.k {
				return v, until
			}
			v, u := b(e)
			return v, min(until, u)
		}
	}
	if n.Op != op.If || len(n.Args) != 3 {
		return missing
	}
	c, a, b := n.Args[0].test(), n.Args[1].eval(), n.Args[2].eval()
	return func(e env) (Value, Instant) {
		way := b
		t, until := c(e)
		if t == True {
			way = a
		}
		v, u := way(e)
		return v, min(until, u)
	}
}
