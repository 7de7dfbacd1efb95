package rule

import (
	"math"
	"strings"

	"github.com/marque-go/marque/rule/op"
)

// compare gives the sign of a - b; ok is false where they cannot be compared.
func compare(a, b Value) (sign int, ok bool) {
	switch {
	case a.t == Int && b.t == Int:
		return order(int64(a.n), int64(b.n)), true
	case a.t == Float && b.t == Float:
		return order(a.Float(), b.Float()), true
	case a.t == Int && b.t == Float:
		return mixed(int64(a.n), b.Float()), true
	case a.t == Float && b.t == Int:
		return -mixed(int64(b.n), a.Float()), true
	case a.t != b.t || !a.k || !b.k:
		return 0, false
	case a.t == String:
		return strings.Compare(a.s, b.s), true
	case a.t == Time || a.t == Bool:
		return order(int64(a.n), int64(b.n)), true
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
func comparison(o op.Op, a, b *Node) test {
	if a.Op == op.Const && b.Op != op.Const || b.Moves() && !a.Moves() {
		o, a, b = mirror(o), b, a
	}
	if a.Moves() && !b.Moves() {
		return moves(o, a, b)
	}
	if b.Op == op.Const {
		switch {
		case (a.Op == op.Times || a.Op == op.Distinct) && (b.Value.t == Int || b.Value.t == Float):
			return counted(o, a, b.Value)
		case a.Op == op.Total && (b.Value.t == Int || b.Value.t == Float):
			return totalled(o, a, b.Value)
		}
		return constant(o, a, b.Value)
	}
	x, y := a.eval(), b.eval()
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		w, u := y(e)
		until = min(until, u)
		if sign, ok := compare(v, w); ok {
			return truth(holds(o, sign)), until
		}
		return Unknown, until
	}
}

// constant compiles the comparison with a constant: of a number or a time to a range, of a text to an equality
// where it is one.
func constant(o op.Op, a *Node, k Value) test {
	if plain(k) {
		return within(a, ranged(o, k), k.t == Time)
	}
	if k.t == String && (o == op.Eq || o == op.Ne) {
		return equal(a, k.s, o == op.Eq)
	}
	x := a.eval()
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		if sign, ok := compare(v, k); ok {
			return truth(holds(o, sign)), until
		}
		return Unknown, until
	}
}

func equal(a *Node, text string, want bool) test {
	yes, no := truth(want), truth(!want)
	if a.Op == op.Attr {
		slot := a.Slot
		return func(e env) (Truth, Instant) {
			if slot >= len(e.f.Attrs) {
				return Unknown, Never
			}
			v := &e.f.Attrs[slot]
			if v.t != String {
				return Unknown, Never
			}
			if v.s == text {
				return yes, Never
			}
			return no, Never
		}
	}
	x := a.eval()
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		if v.t != String {
			return Unknown, until
		}
		if v.s == text {
			return yes, until
		}
		return no, until
	}
}

// A span of numbers: what lies in it is yes, else no.
type span struct {
	lo, hi   int64
	flo, fhi float64
	yes, no  Truth
}

// plain reports whether k is a time, or a number that an int and a float hold alike.
func plain(k Value) bool {
	return k.t == Time || k.t == Int && abs(int64(k.n)) <= 1<<53 || k.t == Float && math.Abs(k.Float()) <= 1<<62
}

func abs(n int64) int64 { return max(n, -n) }

// ranged makes the span in which a comparison with the plain k holds.
func ranged(o op.Op, k Value) span {
	s := span{lo: math.MinInt64, hi: math.MaxInt64, flo: math.Inf(-1), fhi: math.Inf(1), yes: True, no: False}
	f := k.Float()
	lo, hi := int64(k.n), int64(k.n) // the integers from lo to hi equal k: one, or none
	if k.t == Float {
		lo, hi = int64(math.Ceil(f)), int64(math.Floor(f))
	}
	switch o {
	case op.Ne:
		s.yes, s.no = False, True
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

func (s *span) of(v *Value) Truth {
	switch v.t {
	case Int:
		if n := int64(v.n); s.lo <= n && n <= s.hi {
			return s.yes
		}
		return s.no
	case Float:
		if f := math.Float64frombits(v.n); s.flo <= f && f <= s.fhi {
			return s.yes
		}
		return s.no
	}
	return Unknown
}

func (s *span) at(v *Value) Truth {
	if v.t != Time {
		return Unknown
	}
	if n := int64(v.n); s.lo <= n && n <= s.hi {
		return s.yes
	}
	return s.no
}

// within compiles the test whether a node's number, or time, lies in a span.
func within(a *Node, s span, times bool) test {
	if slot := a.Slot; a.Op == op.Attr && !times {
		return func(e env) (Truth, Instant) {
			if slot < len(e.f.Attrs) {
				return s.of(&e.f.Attrs[slot]), Never
			}
			return Unknown, Never
		}
	}
	x := a.eval()
	if times {
		return func(e env) (Truth, Instant) {
			v, until := x(e)
			return s.at(&v), until
		}
	}
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		return s.of(&v), until
	}
}
