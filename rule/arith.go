package rule

import (
	"math"

	"github.com/marque-go/marque/rule/op"
)

// arithmetic compiles the operators on numbers. What is not a number, or does not fit 64 bits, is missing.
func (n *Node) arithmetic() eval {
	o := n.Op
	if o == op.Neg && len(n.Args) == 1 {
		x := n.Args[0].eval()
		return func(e env) (Value, Instant) {
			v, until := x(e)
			return calculate(op.Sub, IntValue(0), v), until
		}
	}
	if len(n.Args) != 2 {
		return missing
	}
	x, y := n.Args[0].eval(), n.Args[1].eval()
	return func(e env) (Value, Instant) {
		v, until := x(e)
		w, u := y(e)
		return calculate(o, v, w), min(until, u)
	}
}

func calculate(o op.Op, v, w Value) Value {
	if v.t == Int && w.t == Int && o != op.Div {
		return integers(o, int64(v.n), int64(w.n))
	}
	if v.t != Int && v.t != Float || w.t != Int && w.t != Float {
		return Value{}
	}
	a, b := v.Float(), w.Float()
	var f float64
	switch o {
	case op.Add:
		f = a + b
	case op.Sub:
		f = a - b
	case op.Mul:
		f = a * b
	case op.Div:
		f = a / b
	default:
		return Value{}
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return Value{}
	}
	return FloatValue(f)
}

func integers(o op.Op, a, b int64) Value {
	switch o {
	case op.Add:
		if c := a + b; (c > a) == (b > 0) {
			return IntValue(c)
		}
	case op.Sub:
		if c := a - b; (c < a) == (b > 0) {
			return IntValue(c)
		}
	case op.Mul:
		if a == 0 || b == 0 {
			return IntValue(0)
		}
		if c := a * b; c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64) {
			return IntValue(c)
		}
	case op.Mod:
		if b == -1 {
			return IntValue(0)
		}
		if b != 0 {
			return IntValue(a % b)
		}
	}
	return Value{}
}
