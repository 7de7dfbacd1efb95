package eval

import (
	"github.com/marque-go/marque/rule"
	"math"

	"github.com/marque-go/marque/rule/op"
)

// atLeast reports whether at least n events count.
func (h *history) atLeast(e env, n int) (bool, rule.Instant) {
	if n <= 0 {
		return true, rule.Never
	}
	v := h.view(e)
	if h.filter == nil && h.each == nil {
		if have := v.hi - v.lo; have < n {
			return false, h.enters(&v, n-have-1)
		}
		return true, h.leaves(&v, v.hi-n)
	}
	var s *seen
	if h.each != nil {
		s = h.each.Get().(*seen)
		defer h.back(s)
	}
	have, in, out := 0, rule.Never, rule.Never // until a matching one fails, another one matches
	for i := v.hi - 1; i >= v.lo; i-- {
		ok, u := h.passes(e, &v.hits[i])
		if !ok {
			out = min(out, u)
			continue
		}
		if s != nil && !s.add(v.hits[i].Props, h.prop) {
			continue
		}
		in = min(in, u)
		if have++; have == n {
			return true, min(in, h.leaves(&v, i))
		}
	}
	return false, min(out, h.enters(&v, n-have-1))
}

func (h *history) back(s *seen) {
	s.clear()
	h.each.Put(s)
}

func (h *history) passes(e env, hit *rule.Hit) (bool, rule.Instant) {
	if h.filter == nil {
		return true, rule.Never
	}
	e.it = &hit.Props
	t, until := h.filter(e)
	return t == rule.True, until
}

// count gives how many count.
func (h *history) count(e env) (rule.Value, rule.Instant) {
	v := h.view(e)
	until := h.enters(&v, 0)
	if h.filter == nil && h.each == nil {
		if v.lo < v.hi {
			until = min(until, h.leaves(&v, v.lo))
		}
		return rule.IntValue(int64(v.hi - v.lo)), until
	}
	var s *seen
	if h.each != nil {
		s = h.each.Get().(*seen)
		defer h.back(s)
	}
	n := int64(0)
	for i := v.hi - 1; i >= v.lo; i-- {
		ok, u := h.passes(e, &v.hits[i])
		until = min(until, u)
		if ok && (s == nil || s.add(v.hits[i].Props, h.prop)) {
			n++
			until = min(until, h.leaves(&v, i))
		}
	}
	return rule.IntValue(n), until
}

// first gives when the first of those that count happened, last the last.
func (h *history) first(e env) (rule.Value, rule.Instant) {
	v := h.view(e)
	until := rule.Never
	for i := v.lo; i < v.hi; i++ {
		ok, u := h.passes(e, &v.hits[i])
		until = min(until, u)
		if ok {
			return rule.TimeValue(v.hits[i].At), min(until, h.leaves(&v, i))
		}
	}
	return rule.Value{}, min(until, h.enters(&v, 0))
}

func (h *history) last(e env) (rule.Value, rule.Instant) {
	v := h.view(e)
	until := h.enters(&v, 0)
	for i := v.hi - 1; i >= v.lo; i-- {
		ok, u := h.passes(e, &v.hits[i])
		until = min(until, u)
		if ok {
			return rule.TimeValue(v.hits[i].At), min(until, h.leaves(&v, i))
		}
	}
	return rule.Value{}, until
}

// history compiles an event function that gives a value.
func historyOf(n *rule.Node) eval {
	h := newHistory(n)
	switch n.Op {
	case op.FirstAt:
		return h.first
	case op.LastAt:
		return h.last
	case op.Total:
		return h.total
	}
	return h.count
}

// did compiles op.Did.
func didOf(n *rule.Node) test {
	h := newHistory(n)
	return func(e env) (rule.Truth, rule.Instant) {
		ok, until := h.atLeast(e, 1)
		return truth(ok), until
	}
}

// counted compiles the comparison of a number of events with a number.
func counted(o op.Op, n *rule.Node, k rule.Value) test {
	f := k.Float()
	if math.Abs(f) > 1<<53 {
		return constant(o, n, k)
	}
	h := newHistory(n)
	least, more := int(math.Ceil(f)), int(math.Floor(f))+1 // at least k, more than k
	switch o {
	case op.Ge, op.Gt, op.Lt, op.Le:
		bound, yes := least, rule.True
		if o == op.Gt || o == op.Le {
			bound = more
		}
		if o == op.Lt || o == op.Le {
			yes = rule.False
		}
		return func(e env) (rule.Truth, rule.Instant) {
			if ok, until := h.atLeast(e, bound); ok {
				return yes, until
			} else {
				return -yes, until
			}
		}
	}
	yes := truth(o == op.Eq)
	return func(e env) (rule.Truth, rule.Instant) {
		a, until := h.atLeast(e, least)
		if !a {
			return -yes, until
		}
		b, u := h.atLeast(e, more)
		if b {
			return -yes, u
		}
		return yes, min(until, u)
	}
}
