package where

import (
	"errors"
	"math"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

var signs = [...]string{op.Eq: " = ", op.Ne: " <> ", op.Lt: " < ", op.Le: " <= ", op.Gt: " > ", op.Ge: " >= "}

// mirror is the comparison with its operands exchanged.
func mirror(o op.Op) op.Op {
	switch o {
	case op.Lt:
		return op.Gt
	case op.Le:
		return op.Ge
	case op.Gt:
		return op.Lt
	case op.Ge:
		return op.Le
	}
	return o
}

// comparison translates the comparison of two values.
func (c scope) comparison(n *rule.Node) (sql, error) {
	o, x, y := n.Op, &n.Args[0], &n.Args[1]
	if x.Op == op.Const && y.Op != op.Const || y.Moves() && !x.Moves() {
		o, x, y = mirror(o), y, x
	}
	switch {
	case x.Op == op.Score:
		return sql{}, errScore
	case x.Op == op.DaysSince:
		return c.days(o, x, y)
	case x.Op == op.Times && y.Op == op.Const && y.Value.Type() == rule.Int:
		return c.counted(o, x, y.Value.Int(), false)
	}
	a, err := c.value(x)
	if err != nil {
		return sql{}, err
	}
	b, err := c.value(y)
	if err != nil {
		return sql{}, err
	}
	return c.compare(o, a, b)
}

func (c scope) compare(o op.Op, a, b value) (sql, error) {
	if a.constant() && !b.constant() {
		o, a, b = mirror(o), b, a
	}
	var err error
	switch {
	case a.t == rule.Int && b.t == rule.Int, a.t == rule.Float && b.t == rule.Float:
	case a.number() && b.number() && b.constant():
		return c.againstNumber(o, a, b.k)
	case a.number() && b.number():
		if a, b, err = c.mixed(a, b); err != nil {
			return sql{}, err
		}
	case a.t != b.t || a.t == rule.Any || a.t == rule.Strings:
		return sql{}, errType
	case a.t == rule.Time:
		if a, b, err = c.like(a, b); err != nil {
			return sql{}, err
		}
	case a.t == rule.String && o == op.Eq:
		return c.equal(a, b), nil
	case a.t == rule.String:
		a, b = c.bytes(a), c.bytes(b)
	}
	return compared(a.sql, signs[o], b.sql), nil
}

// equal compares texts. Equal bytes are equal in every collation, so that a column may be compared in its own
// first, for the sake of its index.
func (c scope) equal(a, b value) sql {
	if b.column && a.constant() {
		a, b = b, a
	}
	if !a.column || !b.constant() {
		return compared(c.bytes(a).sql, " = ", c.bytes(b).sql)
	}
	return c.named(a.sql, a.exact, b.k.Text())
}

// named compares a column with a text.
func (c scope) named(column sql, exact bool, text string) sql {
	p := c.param(text)
	if exact {
		return compared(column, " = ", p)
	}
	if c.d == SQLite {
		return compared(c.d.binary(column), " = ", p)
	}
	b := p
	if c.d == MySQL {
		b = c.d.binary(p)
	}
	return all(compared(column, " = ", p), compared(c.d.binary(column), " = ", b))
}

// mixed prepares an integer and a float for a comparison without rounding, which SQLite does by itself.
func (c scope) mixed(a, b value) (value, value, error) {
	if c.d == SQLite {
		return a, b, nil
	}
	a, err := c.float(a)
	if err != nil {
		return a, b, err
	}
	b, err = c.float(b)
	return a, b, err
}

// againstNumber compares an integer with a constant float, or a float with a constant integer, without rounding.
func (c scope) againstNumber(o op.Op, a value, k rule.Value) (sql, error) {
	bound := func(o op.Op, k rule.Value) (sql, error) {
		b, err := c.constant(k)
		return compared(a.sql, signs[o], b.sql), err
	}
	var below, above rule.Value // the nearest to k that a's type has
	if a.t == rule.Float {
		n := k.Int()
		f := float64(n)
		switch sign := order(n, f); {
		case sign == 0:
			return bound(o, rule.FloatValue(f))
		case sign < 0:
			below, above = rule.FloatValue(math.Nextafter(f, math.Inf(-1))), rule.FloatValue(f)
		default:
			below, above = rule.FloatValue(f), rule.FloatValue(math.Nextafter(f, math.Inf(1)))
		}
	} else {
		f := k.Float()
		switch {
		case f >= 1<<63:
			return settled(a.sql, o == op.Ne || o == op.Lt || o == op.Le), nil
		case f < -1<<63:
			return settled(a.sql, o == op.Ne || o == op.Gt || o == op.Ge), nil
		case f == math.Floor(f):
			return bound(o, rule.IntValue(int64(f)))
		}
		below, above = rule.IntValue(int64(math.Floor(f))), rule.IntValue(int64(math.Ceil(f)))
		if math.Ceil(f) >= 1<<63 {
			return sql{}, errors.New("the number is at the edge of 64 bits")
		}
	}
	switch o {
	case op.Eq:
		return settled(a.sql, false), nil
	case op.Ne:
		return settled(a.sql, true), nil
	case op.Lt, op.Le:
		return bound(op.Le, below)
	}
	return bound(op.Ge, above)
}

// order gives the sign of n - f, where f is the float nearest to n.
func order(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case int64(f) > n:
		return -1
	case int64(f) < n:
		return 1
	}
	return 0
}

// settled is a condition that is true, or not, wherever there is a value.
func settled(s sql, truth bool) sql {
	if truth {
		return write(s.within(atom), " IS NOT NULL OR NULL").as(disjunction)
	}
	return write(s.within(atom), " IS NULL AND NULL").as(conjunction)
}
