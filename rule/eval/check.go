package eval

import (
	"math"
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// A check is a condition on one attribute in a form that needs no call: the bits of a value of type typ, or what
// the time has moved on since, are in a range. Texts, and numbers of the other type, take the longer way.
type check struct {
	slot   int
	typ    rule.Type
	moving rule.Instant // all ones where the range is of value - now, else zero
	lo     uint64       // the range is lo to lo+width, round the end of the numbers where need be
	width  uint64
	span   *span   // of a number
	words  *words  // of a text
	any    []check // of a choice
}

// longer is no type of a value: it sends a check the longer way.
const longer = rule.Type(math.MaxUint8)

// ok is the outcome. What is missing is never as it has to be.
func (k *check) ok(attrs []rule.Value, now rule.Instant) bool {
	if uint(k.slot) >= uint(len(attrs)) {
		return false
	}
	v := &attrs[k.slot]
	switch {
	case v.Type() == k.typ:
		return k.inside(v, now)
	case k.words != nil:
		return v.Type() == rule.String && k.words.hold(v.Text())
	case k.any != nil:
		return some(k.any, attrs, now)
	}
	return k.span != nil && k.span.of(v) == rule.True
}

// inside is the outcome for a value of the check's type.
func (k *check) inside(v *rule.Value, now rule.Instant) bool {
	return v.Bits()-uint64(now&k.moving)-k.lo <= k.width
}

// cost orders checks: bits, a list of words, a part of a text, a choice.
func (k *check) cost() int {
	switch {
	case k.any != nil:
		return 3
	case k.words == nil:
		return 0
	case k.words.how == op.In:
		return 1
	}
	return 2
}

// checkOf makes a check of a condition that is to have the truth want, where it can be one.
func checkOf(n *rule.Node, want rule.Truth) (k check, ok bool) {
	if n.Op == op.Attr {
		return check{slot: n.Slot, typ: rule.Bool, lo: uint64(want+1) / 2}, true
	}
	if slot, w, ok := wordsOf(n, want); ok {
		return check{slot: slot, typ: longer, words: w}, true
	}
	o, a, b, ok := operands(n, want)
	switch {
	case !ok:
		return check{}, false
	case a.Op == op.Attr && b.Op == op.Const && plain(b.Value):
		return inSpan(a.Slot, a.Type, ranged(o, b.Value), b.Value.Type() == rule.Time)
	case a.Op == op.Now && b.Op == op.Attr:
		from := rule.Instant(a.Shift / 1000)
		return since(o, b.Slot, from, from+1), true
	case a.Op == op.DaysSince && len(a.Args) == 1 && a.Args[0].Op == op.Attr && b.Op == op.Const && plain(b.Value) && b.Value.Type() != rule.Time && math.Abs(b.Value.Float()) < 1e6:
		from, to := days(0, b.Value)
		return since(o, a.Args[0].Slot, from, to), from < to || o != op.Eq
	}
	return check{}, false
}

// operands gives the comparison that is true where n has the truth want, its moving side on the left or else its
// constant on the right.
func operands(n *rule.Node, want rule.Truth) (o op.Op, a, b *rule.Node, ok bool) {
	if n.Op < op.Eq || n.Op > op.Ge || len(n.Args) != 2 {
		return 0, nil, nil, false
	}
	o, a, b = n.Op, &n.Args[0], &n.Args[1]
	if a.Op == op.Const && b.Op != op.Const || b.Moves() && !a.Moves() {
		o, a, b = mirror(o), b, a
	}
	if want == rule.False {
		o = opposite(o)
	}
	return o, a, b, true
}

// opposite is the comparison that is true where o is false.
func opposite(o op.Op) op.Op {
	switch o {
	case op.Eq:
		return op.Ne
	case op.Ne:
		return op.Eq
	case op.Lt:
		return op.Ge
	case op.Le:
		return op.Gt
	case op.Gt:
		return op.Le
	}
	return op.Lt
}

// inSpan makes the check whether a number, or a time, is in a span; ok is false of a span without integers.
func inSpan(slot int, t rule.Type, s span, time bool) (k check, ok bool) {
	k = check{slot: slot, typ: rule.Int, lo: uint64(s.lo), width: uint64(s.hi) - uint64(s.lo), span: &s}
	if s.yes == rule.False { // all but it
		k.lo, k.width = uint64(s.hi)+1, uint64(s.lo)-uint64(s.hi)-2
	}
	switch {
	case time:
		k.typ, k.span = rule.Time, nil
	case t == rule.Float && s.yes == rule.True && 0 < s.flo && s.flo <= s.fhi: // the bits are in order as the numbers are
		k.typ, k.lo = rule.Float, math.Float64bits(s.flo)
		k.width = math.Float64bits(s.fhi) - k.lo
		return k, true
	}
	return k, s.lo <= s.hi
}

// since makes the check that compares what has passed since an attribute with what is equal to it from the time
// from until the time to.
func since(o op.Op, slot int, from, to rule.Instant) check {
	lo, hi := rule.Instant(math.MinInt64), rule.Instant(math.MaxInt64)
	switch o {
	case op.Lt:
		hi = from - 1
	case op.Le:
		hi = to - 1
	case op.Gt:
		lo = to
	case op.Ge:
		lo = from
	case op.Eq:
		lo, hi = from, to-1
	case op.Ne:
		lo, hi = to, from-1
	}
	return check{slot: slot, typ: rule.Time, moving: -1, lo: uint64(-hi), width: uint64(hi) - uint64(lo)}
}

// meet makes one of two checks of which all have to hold, join one of two of which any has to, where that can be.
func (k *check) meet(c *check) bool {
	if k.slot != c.slot || k.span == nil || c.span == nil || k.typ != c.typ || k.span.yes == rule.False || c.span.yes == rule.False {
		return false
	}
	s, t := *k.span, c.span
	s.lo, s.hi, s.flo, s.fhi = max(s.lo, t.lo), min(s.hi, t.hi), max(s.flo, t.flo), min(s.fhi, t.fhi)
	both, ok := inSpan(k.slot, k.typ, s, false)
	if ok {
		*k = both
	}
	return ok
}

func (k *check) join(c *check) bool {
	if k.slot != c.slot || k.words == nil || c.words == nil {
		return false
	}
	a, b := k.words, c.words
	if a.how != op.In || b.how != op.In || a.not || b.not || len(a.list)+len(b.list) > few {
		return false
	}
	k.words = newWords(op.In, false, slices.Concat(a.list, b.list)...)
	return true
}
