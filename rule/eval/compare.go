package eval

import (
	"github.com/marque-go/marque/rule"
	"math"
	"strings"

	"github.com/marque-go/marque/rule/op"
)

// compare gives the sign of a - b; ok is false where they cannot be compared.
func compare(a, b rule.Value) (sign int, ok bool) {
	switch {
	case a.Type() == rule.Int && b.Type() == rule.Int:
		return order(int64(a.Bits()), int64(b.Bits())), true
	case a.Type() == rule.Float && b.Type() == rule.Float:
		return order(a.Float(), b.Float()), true
	case a.Type() == rule.Int && b.Type() == rule.Float:
		return mixed(int64(a.Bits()), b.Float()), true
	case a.Type() == rule.Float && b.Type() == rule.Int:
		return -mixed(int64(b.Bits()), a.Float()), true
	case a.Type() != b.Type() || !a.Known() || !b.Known():
		return 0, false
	case a.Type() == rule.String:
		return strings.Compare(a.Text(), b.Text()), true
	case a.Type() == rule.Time || a.Type() == rule.Bool:
		return order(int64(a.Bits()), int64(b.Bits())), true
	}
	return 0, false
}

func order[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// mixed gives the sign of n - f without rounding.
func mixed(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f < -1<<63:
		return 1
	}
	if s := order(n, int64(math.Floor(f))); s != 0 {
		return s
	}
	return -order(f, math.Floor(f))
}

// holds is the truth of a comparison whose operands differ by a sign.
func holds(o op.Op, sign int) bool {
	switch o {
	case op.Eq:
		return sign == 0
	case op.Ne:
		return sign != 0
	case op.Lt:
		return sign < 0
	case op.Le:
		return sign <= 0
	case op.Gt:
		return sign > 0
	}
	return sign >= 0
}

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

// comparison compiles the comparison of two nodes.
func comparison(o op.Op, a, b *rule.Node) test {
	if a.Op == op.Const && b.Op != op.Const || b.Moves() && !a.Moves() {
		o, a, b = mirror(o), b, a
	}
	if a.Moves() && !b.Moves() {
		return moves(o, a, b)
	}
	if b.Op == op.Const {
		switch {
		case (a.Op == op.Times || a.Op == op.Distinct) && (b.Value.Type() == rule.Int || b.Value.Type() == rule.Float):
			return counted(o, a, b.Value)
		case a.Op == op.Total && (b.Value.Type() == rule.Int || b.Value.Type() == rule.Float):
			return totalled(o, a, b.Value)
		}
		return constant(o, a, b.Value)
	}
	x, y := evalOf(a), evalOf(b)
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		w, u := y(e)
		until = min(until, u)
		if sign, ok := compare(v, w); ok {
			return truth(holds(o, sign)), until
		}
		return rule.Unknown, until
	}
}

// constant compiles the comparison with a constant: of a number or a time to a range, of a text to an equality
// where it is one.
func constant(o op.Op, a *rule.Node, k rule.Value) test {
	if plain(k) {
		return within(a, ranged(o, k), k.Type() == rule.Time)
	}
	if k.Type() == rule.String && (o == op.Eq || o == op.Ne) {
		return equal(a, k.Text(), o == op.Eq)
	}
	x := evalOf(a)
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		if sign, ok := compare(v, k); ok {
			return truth(holds(o, sign)), until
		}
		return rule.Unknown, until
	}
}

func equal(a *rule.Node, text string, want bool) test {
	yes, no := truth(want), truth(!want)
	if a.Op == op.Attr {
		slot := a.Slot
		return func(e env) (rule.Truth, rule.Instant) {
			if slot >= len(e.f.Attrs) {
				return rule.Unknown, rule.Never
			}
			v := &e.f.Attrs[slot]
			if v.Type() != rule.String {
				return rule.Unknown, rule.Never
			}
			if v.Text() == text {
				return yes, rule.Never
			}
			return no, rule.Never
		}
	}
	x := evalOf(a)
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		if v.Type() != rule.String {
			return rule.Unknown, until
		}
		if v.Text() == text {
			return yes, until
		}
		return no, until
	}
}

// A span of numbers: what lies in it is yes, else no.
type span struct {
	lo, hi   int64
	flo, fhi float64
	yes, no  rule.Truth
}

// plain reports whether k is a time, or a number that an int and a float hold alike.
func plain(k rule.Value) bool {
	return k.Type() == rule.Time || k.Type() == rule.Int && abs(int64(k.Bits())) <= 1<<53 || k.Type() == rule.Float && math.Abs(k.Float()) <= 1<<62
}

func abs(n int64) int64 { return max(n, -n) }

// ranged makes the span in which a comparison with the plain k holds.
func ranged(o op.Op, k rule.Value) span {
	s := span{lo: math.MinInt64, hi: math.MaxInt64, flo: math.Inf(-1), fhi: math.Inf(1), yes: rule.True, no: rule.False}
	f := k.Float()
	lo, hi := int64(k.Bits()), int64(k.Bits()) // the integers from lo to hi equal k: one, or none
	if k.Type() == rule.Float {
		lo, hi = int64(math.Ceil(f)), int64(math.Floor(f))
	}
	switch o {
	case op.Ne:
		s.yes, s.no = rule.False, rule.True
		fallthrough
	case op.Eq:
		s.lo, s.hi, s.flo, s.fhi = lo, hi, f, f
	case op.Lt:
		s.hi, s.fhi = lo-1, math.Nextafter(f, math.Inf(-1))
	case op.Le:
		s.hi, s.fhi = hi, f
	case op.Gt:
		s.lo, s.flo = hi+1, math.Nextafter(f, math.Inf(1))
	case op.Ge:
		s.lo, s.flo = lo, f
	}
	return s
}

func (s *span) of(v *rule.Value) rule.Truth {
	switch v.Type() {
	case rule.Int:
		if n := int64(v.Bits()); s.lo <= n && n <= s.hi {
			return s.yes
		}
		return s.no
	case rule.Float:
		if f := math.Float64frombits(v.Bits()); s.flo <= f && f <= s.fhi {
			return s.yes
		}
		return s.no
	}
	return rule.Unknown
}

func (s *span) at(v *rule.Value) rule.Truth {
	if v.Type() != rule.Time {
		return rule.Unknown
	}
	if n := int64(v.Bits()); s.lo <= n && n <= s.hi {
		return s.yes
	}
	return s.no
}

// within compiles the test whether a node's number, or time, lies in a span.
func within(a *rule.Node, s span, times bool) test {
	if slot := a.Slot; a.Op == op.Attr && !times {
		return func(e env) (rule.Truth, rule.Instant) {
			if slot < len(e.f.Attrs) {
				return s.of(&e.f.Attrs[slot]), rule.Never
			}
			return rule.Unknown, rule.Never
		}
	}
	x := evalOf(a)
	if times {
		return func(e env) (rule.Truth, rule.Instant) {
			v, until := x(e)
			return s.at(&v), until
		}
	}
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		return s.of(&v), until
	}
}
