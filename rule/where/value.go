package where

import (
	"errors"
	"math"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// A value is what a part of a rule gives, as SQL.
type value struct {
	sql
	t      rule.Type
	k      rule.Value // where it is known, the constant that it is
	native bool       // a time in the database's own type
	column bool       // it is a column without anything around it,
	exact  bool       // a text that compares byte by byte as it is
	// mixed says that an integer may stand here as a float: equal to it, but calculations would go on otherwise.
	mixed  bool
	lo, hi float64 // of a number other than 0: the logarithm to base 2 of its magnitude lies between them
}

func (v value) constant() bool { return v.k.Known() }

func (v value) number() bool { return v.t == rule.Int || v.t == rule.Float }

// A scope is where a part of a rule stands: at an instant and, in a filter, at an event.
type scope struct {
	*Tables
	now   rule.Instant
	log   *Log // of the event that a filter looks at
	event int
}

var (
	errField   = errors.New("what the caller adds is in no table")
	errType    = errors.New("its type is known only when it is tested")
	errMissing = errors.New("it is not mapped")
	errInstant = errors.New("the database has no such instant")
	errScore   = errors.New("a database rounds a score otherwise")
	errMoves   = errors.New("it changes with every instant")
	errLong    = errors.New("it is too long for a database")
)

// value translates a part that gives a value.
func (c scope) value(n *rule.Node) (value, error) {
	v, err := c.translated(n)
	if err == nil && len(v.text) > most {
		err = errLong
	}
	return v, err
}

func (c scope) translated(n *rule.Node) (value, error) {
	if !fits(n) {
		return value{}, errType
	}
	if n.Condition() {
		s, err := c.condition(n)
		return value{sql: s, t: rule.Bool}, err
	}
	switch n.Op {
	case op.Const:
		return c.constant(n.Value)
	case op.Attr:
		return c.attribute(n)
	case op.It:
		return c.property(n.Slot)
	case op.Field:
		return value{}, errField
	case op.Now:
		return c.constant(rule.TimeValue(c.ago(n.Shift)))
	case op.Add, op.Sub, op.Mul, op.Div, op.Mod, op.Neg:
		return c.calculation(n)
	case op.If, op.Else:
		return c.choice(n)
	case op.Times, op.Total, op.Distinct, op.FirstAt, op.LastAt:
		return c.history(n)
	case op.DaysSince, op.Score:
		return value{}, errMoves
	}
	return value{}, errors.New("SQL has no such function")
}

// constant makes a parameter. A time is in microseconds until it meets another one (like).
func (c scope) constant(k rule.Value) (value, error) {
	v := value{t: k.Type(), k: k, exact: true}
	switch k.Type() {
	case rule.Bool:
		v.sql = word(k.Bool())
	case rule.Int:
		v.sql, v.lo, v.hi = c.param(k.Int()), 0, 64
	case rule.Float:
		f := k.Float()
		if math.IsInf(f, 0) {
			return v, errors.New("an infinite number is no parameter")
		}
		if v.lo, v.hi = math.Inf(1), math.Inf(-1); f != 0 {
			v.lo, v.hi = math.Log2(math.Abs(f))-1, math.Log2(math.Abs(f))+1
		}
		v.sql = c.param(f)
	case rule.String:
		if !plain(k.Text()) {
			return v, errors.New("the text has NUL, or is no UTF-8")
		}
		v.sql = c.param(k.Text())
		if c.d == MySQL {
			v.sql = c.d.binary(v.sql)
		}
	case rule.Time:
		v.sql = c.param(int64(k.Instant()))
	default:
		return v, errType
	}
	if !k.Known() {
		return v, errType
	}
	return v, nil
}

// param makes a parameter of a bool, int64, float64, string or time.Time.
func (c scope) param(x any) sql {
	cast := ""
	if c.d == Postgres {
		switch x.(type) {
		case int64:
			cast = "bigint"
		case float64:
			cast = "float8"
		case string:
			cast = "text"
		case time.Time:
			cast = "timestamptz"
		}
	}
	return sql{text: "\x00", args: []arg{{x, cast}}}
}

// at makes a parameter of an instant, for a column of times.
func (c scope) at(i rule.Instant, native bool) (sql, error) {
	if !native {
		return c.param(int64(i)), nil
	}
	t := time.UnixMicro(int64(i)).UTC()
	if t.Year() < 1000 || t.Year() > 9999 {
		return sql{}, errInstant
	}
	if c.d == MySQL { // which would else take it for a text
		return write("CAST(", c.param(t), " AS DATETIME(6))"), nil
	}
	return c.param(t), nil
}

// like gives two times the same form, if one of them is a constant.
func (c scope) like(a, b value) (value, value, error) {
	if a.t != rule.Time || b.t != rule.Time || a.native == b.native {
		return a, b, nil
	}
	side, other := &a, &b
	if b.constant() {
		side, other = &b, &a
	}
	if !side.constant() {
		return a, b, errors.New("one of the two times is native, the other is not")
	}
	s, err := c.at(rule.Instant(side.k.Instant()), other.native)
	side.sql, side.native = s, other.native
	return a, b, err
}

// choice translates op.If and op.Else over values.
func (c scope) choice(n *rule.Node) (value, error) {
	a, err := c.value(&n.Args[len(n.Args)-2])
	if err != nil {
		return value{}, err
	}
	b, err := c.value(&n.Args[len(n.Args)-1])
	if err != nil {
		return value{}, err
	}
	out := value{t: a.t, mixed: a.mixed || b.mixed, exact: c.d != Postgres}
	if a.number() && b.number() && a.t != b.t {
		out.t, out.mixed = rule.Float, true
		if a, err = c.float(a); err != nil {
			return value{}, err
		}
		if b, err = c.float(b); err != nil {
			return value{}, err
		}
	}
	if a, b, err = c.like(a, b); err != nil {
		return value{}, err
	}
	if a.t != b.t && out.t == a.t {
		return value{}, errType
	}
	out.native, out.lo, out.hi = a.native, min(a.lo, b.lo), max(a.hi, b.hi)
	a, b = c.bytes(a), c.bytes(b)
	if n.Op == op.Else {
		out.sql = write("COALESCE(", a.sql, ", ", b.sql, ")")
		return out, nil
	}
	when, err := c.condition(&n.Args[0])
	out.sql = write("CASE WHEN ", when, " THEN ", a.sql, " ELSE ", b.sql, " END").as(disjunction)
	return out, err
}

// bytes makes a text compare byte by byte.
func (c scope) bytes(v value) value {
	if v.t == rule.String && (!v.exact || v.column && c.d == MySQL) {
		v.sql = c.d.binary(v.sql.within(atom))
	}
	v.column, v.exact = false, true
	return v
}

// float makes a float of an integer that loses nothing thereby.
func (c scope) float(v value) (value, error) {
	switch {
	case v.t == rule.Float:
	case v.constant() && small(v.k.Int()):
		return c.constant(rule.FloatValue(v.k.Float()))
	case v.hi <= 53:
		v.sql, v.t = c.d.double(v.sql.within(atom)), rule.Float
	default:
		return v, errors.New("an integer beyond 53 bits would be rounded beside a float")
	}
	return v, nil
}

func small(n int64) bool { return -1<<53 <= n && n <= 1<<53 }

func word(b bool) sql {
	if b {
		return write("TRUE")
	}
	return write("FALSE")
}
