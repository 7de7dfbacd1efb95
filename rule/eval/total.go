package eval

import (
	"github.com/marque-go/marque/rule"
	"math"
	"slices"

	"github.com/marque-go/marque/rule/internal/wide"
	"github.com/marque-go/marque/rule/op"
)

// seen is a set of values.
type seen struct {
	few  []rule.Value
	many map[rule.Value]struct{}
}

// add puts the property in a slot into the set and reports whether it is new. A missing one is not.
func (s *seen) add(props []rule.Value, slot int) bool {
	if slot >= len(props) || !props[slot].Known() {
		return false
	}
	v := props[slot]
	if w, ok := v.As(rule.Int); ok && v.Type() == rule.Float {
		v = w // 1.0 is 1
	}
	if len(s.many) == 0 {
		if slices.Contains(s.few, v) {
			return false
		}
		if len(s.few) < 16 {
			s.few = append(s.few, v)
			return true
		}
		if s.many == nil {
			s.many = make(map[rule.Value]struct{}, 64)
		}
		for _, w := range s.few {
			s.many[w] = struct{}{}
		}
	}
	n := len(s.many)
	s.many[v] = struct{}{}
	return len(s.many) > n
}

func (s *seen) clear() {
	clear(s.few)
	s.few = s.few[:0]
	clear(s.many)
}

// amount is the number of the property of a hit, if it counts.
func (h *history) amount(e env, hit *rule.Hit) (rule.Value, rule.Instant) {
	ok, until := h.passes(e, hit)
	if !ok || h.prop >= len(hit.Props) {
		return rule.Value{}, until
	}
	return hit.Props[h.prop], until
}

// total gives the sum of a property over the events that count: 0 where there is none, missing where the whole sum
// does not fit 64 bits. What is not a number counts nothing.
func (h *history) total(e env) (rule.Value, rule.Instant) {
	sum, until, _ := h.sum(e)
	return sum, until
}

// sum also reports whether the sum is plain: of integers, whose filter time does not change.
func (h *history) sum(e env) (sum rule.Value, until rule.Instant, plain bool) {
	v := h.view(e)
	until, plain = h.enters(&v, 0), true
	var n wide.Sum
	f, floats, any := 0.0, false, false
	for i := v.lo; i < v.hi; i++ {
		hit := &v.hits[i]
		if h.filter != nil {
			ok, u := h.passes(e, hit)
			until, plain = min(until, u), plain && u == rule.Never
			if !ok {
				continue
			}
		}
		if h.prop >= len(hit.Props) {
			continue
		}
		switch x := &hit.Props[h.prop]; x.Type() {
		case rule.Int:
			n.Add(int64(x.Bits()))
		case rule.Float:
			f += math.Float64frombits(x.Bits())
			floats = true
		default:
			continue
		}
		if !any {
			any, until = true, min(until, h.leaves(&v, i)) // the oldest leaves first
		}
	}
	switch whole, fits := n.Int64(); {
	case floats:
		return rule.FloatValue(f + n.Float64()), until, false
	case fits:
		return rule.IntValue(whole), until, plain
	}
	return rule.Value{}, until, false
}

// totalled compiles the comparison of a sum with a number. Of integers it looks ahead to the instant when events
// that leave or enter turn it, over a bounded number of them; on a calendar only to the next of them.
func totalled(o op.Op, n *rule.Node, k rule.Value) test {
	const ahead = 32
	h := newHistory(n)
	return func(e env) (rule.Truth, rule.Instant) {
		sum, until, plain := h.sum(e)
		sign, ok := compare(sum, k)
		if !ok {
			return rule.Unknown, until
		}
		here := holds(o, sign)
		if !plain || until == rule.Never || h.unit != 0 {
			return truth(here), until
		}
		v := h.view(e)
		l, r := v.lo, v.next // the next to leave, and to enter
		if v.lo == v.hi {
			l = r
		}
		for range ahead {
			out, in := rule.Never, h.enters(&v, r-v.next)
			if l < r {
				out = h.leaves(&v, l)
			}
			until = min(out, in)
			if until == rule.Never {
				break
			}
			step, i := op.Sub, l
			if in < out {
				step, i = op.Add, r
				r++
			} else {
				l++
			}
			x, u := h.amount(e, &v.hits[i])
			if x.Type() == rule.Int {
				sum = calculate(step, sum, x)
			}
			if sign, ok := compare(sum, k); u != rule.Never || x.Type() == rule.Float || !ok || holds(o, sign) != here {
				break
			}
		}
		return truth(here), until
	}
}
