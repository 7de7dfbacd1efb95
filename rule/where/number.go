package where

import (
	"errors"
	"math"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

var errRange = errors.New("a database fails where such a number overflows")

// calculation translates the operators on numbers. Integers are wide, so that nothing overflows, and NULL again
// where 64 bits do not hold them. Floats fail in databases where they overflow or vanish, so that only those are
// calculated that certainly do not.
func (c scope) calculation(n *rule.Node) (value, error) {
	a, err := c.value(&n.Args[0])
	if err != nil {
		return value{}, err
	}
	o, b := n.Op, a
	if o == op.Neg {
		o = op.Sub
		a, err = c.constant(rule.IntValue(0))
	} else {
		b, err = c.value(&n.Args[1])
	}
	if err != nil {
		return value{}, err
	}
	if !a.number() || !b.number() || a.mixed || b.mixed {
		return value{}, errType
	}
	if a.t == rule.Int && b.t == rule.Int && o != op.Div {
		return c.integers(o, a, b), nil
	}
	return c.floats(o, a, b)
}

func (c scope) integers(o op.Op, a, b value) value {
	x, y := c.d.wide(a.within(atom)), c.d.wide(b.within(atom))
	out := value{t: rule.Int, lo: 0, hi: 64}
	switch o {
	case op.Add:
		out.sql = c.d.fit(write(x, " + ", y))
	case op.Sub:
		out.sql = c.d.fit(write(x, " - ", y))
	case op.Mul:
		out.sql = c.d.fit(write(x, " * ", y))
	default:
		if c.d == MySQL { // where the wide remainder may be -0, which is not 0
			x, y = write("CAST(", a.sql, " AS SIGNED)"), write("CAST(", b.sql, " AS SIGNED)")
		}
		out.sql = write("(", x, " % NULLIF(", y, ", 0))")
	}
	return out
}

func (c scope) floats(o op.Op, a, b value) (value, error) {
	out := value{t: rule.Float}
	sign := ""
	switch o {
	case op.Add, op.Sub:
		sign, out.lo, out.hi = " + ", min(a.lo, b.lo)-54, max(a.hi, b.hi)+1
		if o == op.Sub {
			sign = " - "
		}
	case op.Mul:
		sign, out.lo, out.hi = " * ", a.lo+b.lo, a.hi+b.hi
	case op.Div:
		sign, out.lo, out.hi = " / ", a.lo-b.hi, a.hi-b.lo
	default:
		return out, errType
	}
	if math.IsNaN(out.lo) || math.IsNaN(out.hi) || out.hi > 1000 || out.lo < -1000 {
		return out, errRange
	}
	x, y := c.rounded(a), c.rounded(b)
	if o == op.Div {
		y = write("NULLIF(", y, ", 0)")
	}
	out.sql = write("(", x, sign, y, ")")
	return out, nil
}

// rounded makes a float of a number.
func (c scope) rounded(v value) sql {
	if v.t == rule.Int {
		return c.d.double(v.within(atom))
	}
	return v.within(atom)
}
