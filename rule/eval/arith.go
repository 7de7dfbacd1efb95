package eval

import (
	"github.com/marque-go/marque/rule"
	"math"

	"github.com/marque-go/marque/rule/op"
)

// arithmetic compiles the operators on numbers. What is not a number, or does not fit 64 bits, is missing.
func arithmetic(n *rule.Node) eval {
	o := n.Op
	if o == op.Neg && len(n.Args) == 1 {
		x := evalOf(&n.Args[0])
		return func(e env) (rule.Value, rule.Instant) {
			v, until := x(e)
			return calculate(op.Sub, rule.IntValue(0), v), until
		}
	}
	if len(n.Args) != 2 {
		return missing
	}
	x, y := evalOf(&n.Args[0]), evalOf(&n.Args[1])
	return func(e env) (rule.Value, rule.Instant) {
		v, until := x(e)
		w, u := y(e)
		return calculate(o, v, w), min(until, u)
	}
}

func calculate(o op.Op, v, w rule.Value) rule.Value {
	if v.Type() == rule.Int && w.Type() == rule.Int && o != op.Div {
		return integers(o, int64(v.Bits()), int64(w.Bits()))
	}
	if v.Type() != rule.Int && v.Type() != rule.Float || w.Type() != rule.Int && w.Type() != rule.Float {
		return rule.Value{}
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
		return rule.Value{}
	}
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return rule.Value{}
	}
	return rule.FloatValue(f)
}

func integers(o op.Op, a, b int64) rule.Value {
	switch o {
	case op.Add:
		if c := a + b; (c > a) == (b > 0) {
			return rule.IntValue(c)
		}
	case op.Sub:
		if c := a - b; (c < a) == (b > 0) {
			return rule.IntValue(c)
		}
	case op.Mul:
		if a == 0 || b == 0 {
			return rule.IntValue(0)
		}
		if c := a * b; c/b == a && !(a == -1 && b == math.MinInt64) && !(b == -1 && a == math.MinInt64) {
			return rule.IntValue(c)
		}
	case op.Mod:
		if b == -1 {
			return rule.IntValue(0)
		}
		if b != 0 {
			return rule.IntValue(a % b)
		}
	}
	return rule.Value{}
}
