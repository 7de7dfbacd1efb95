package eval

import (
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// holdsOf compiles a condition to the bare question whether its truth is want. Neither unknown nor until when is
// kept on the way: a junction stops at the first condition that decides, and a negation asks its operand for the
// other truth. What has no short form asks a test.
func holdsOf(n *rule.Node, want rule.Truth) rule.Holds {
	switch n.Op {
	case op.Not:
		if len(n.Args) == 1 {
			return holdsOf(&n.Args[0], -want)
		}
	case op.And, op.Or:
		return together(n, want)
	case op.HasTag, op.InSegment:
		return marked(n.Slot, n.Op == op.HasTag, want == rule.True)
	case op.Did, op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		if h := reaching(n, want); h != nil {
			return h
		}
	}
	if k, ok := checkOf(n, want); ok {
		return all([]check{k}, nil)
	}
	x := testOf(n)
	return func(now rule.Instant, f *rule.Facts, row []rule.Value) bool {
		t, _ := x(env{now: now, f: f, row: row})
		return t == want
	}
}

// together compiles a junction.
func together(n *rule.Node, want rule.Truth) rule.Holds {
	checks, others, every := parts(n, want)
	return joined(checks, others, every)
}

func joined(checks []check, others []rule.Holds, every bool) rule.Holds {
	if every {
		return all(checks, others)
	}
	return one(checks, others)
}

// parts divides a junction into checks and others, of which every has to be as it has to be, or any.
func parts(n *rule.Node, want rule.Truth) (checks []check, others []rule.Holds, every bool) {
	conds := flat(n, nil)
	slices.SortStableFunc(conds, func(a, b *rule.Node) int { return price(a) - price(b) })
	every = (n.Op == op.And) == (want == rule.True) && len(conds) > 0
each:
	for _, p := range conds {
		c, other := operand(p, want)
		if other != nil {
			others = append(others, other)
			continue
		}
		for i := range checks {
			if k := &checks[i]; every && k.meet(&c) || !every && k.join(&c) {
				continue each
			}
		}
		checks = append(checks, c)
	}
	slices.SortStableFunc(checks, func(a, b check) int { return a.cost() - b.cost() })
	return checks, others, every
}

// operand compiles an operand of a junction: to a check, where one is enough, also of a choice between checks, else to
// the question whether it holds. It looks at each part of the operand once.
func operand(n *rule.Node, want rule.Truth) (k check, other rule.Holds) {
	for n.Op == op.Not && len(n.Args) == 1 {
		n, want = &n.Args[0], -want
	}
	if n.Op != op.And && n.Op != op.Or {
		if k, ok := checkOf(n, want); ok {
			return k, nil
		}
		return check{}, holdsOf(n, want)
	}
	checks, others, every := parts(n, want)
	switch {
	case len(others) > 0 || len(checks) == 0 || len(checks) > 1 && every:
		return check{}, joined(checks, others, every)
	case len(checks) == 1:
		return checks[0], nil
	}
	k = check{slot: checks[0].slot, typ: longer, any: checks}
	for i := range checks {
		k.slot = min(k.slot, checks[i].slot)
	}
	return k, nil
}

// all compiles conditions of which all have to be as they have to be, one those of which any has to. They and those
// below are not inlined, since the compiler inlines nothing into a closure that comes out of an inlined function.
//
//go:noinline
func all(checks []check, others []rule.Holds) rule.Holds {
	if len(others) == 0 {
		return func(now rule.Instant, f *rule.Facts, _ []rule.Value) bool {
			attrs := f.Attrs
			for i := range checks {
				k := &checks[i]
				if uint(k.slot) >= uint(len(attrs)) {
					return false
				}
				v := &attrs[k.slot]
				if v.Type() != k.typ {
					return every(checks[i:], attrs, now) // the last call: until here all is in registers
				}
				if !k.inside(v, now) {
					return false
				}
			}
			return true
		}
	}
	x, rest := others[0], others[1:]
	if len(checks) > 0 {
		x, rest = all(checks, nil), others
	}
	if len(rest) == 0 {
		return x
	}
	y := all(nil, rest)
	return func(now rule.Instant, f *rule.Facts, row []rule.Value) bool { return x(now, f, row) && y(now, f, row) }
}

//go:noinline
func one(checks []check, others []rule.Holds) rule.Holds {
	return func(now rule.Instant, f *rule.Facts, row []rule.Value) bool {
		if some(checks, f.Attrs, now) {
			return true
		}
		for _, x := range others {
			if x(now, f, row) {
				return true
			}
		}
		return false
	}
}

// every reports whether all checks are as they have to be, some whether any is.
func every(checks []check, attrs []rule.Value, now rule.Instant) bool {
	for i := range checks {
		if !checks[i].ok(attrs, now) {
			return false
		}
	}
	return true
}

func some(checks []check, attrs []rule.Value, now rule.Instant) bool {
	for i := range checks {
		if checks[i].ok(attrs, now) {
			return true
		}
	}
	return false
}

// marked compiles op.HasTag and op.InSegment.
//
//go:noinline
func marked(slot int, tag, want bool) rule.Holds {
	if tag {
		return func(now rule.Instant, f *rule.Facts, _ []rule.Value) bool { return carries(f.Tags, slot, now) == want }
	}
	return func(now rule.Instant, f *rule.Facts, _ []rule.Value) bool {
		return carries(f.Segments, slot, now) == want
	}
}

func carries(marks []rule.Mark, slot int, now rule.Instant) bool {
	for i := range marks {
		if m := &marks[i]; m.Slot == slot && m.From <= now && (m.Until == 0 || now < m.Until) {
			return true
		}
	}
	return false
}

// reaching compiles op.Did and comparisons of op.Times that ask whether there are at least so many; it is nil of
// what looks at more than when they happened.
//
//go:noinline
func reaching(n *rule.Node, want rule.Truth) rule.Holds {
	least, yes := int64(1), want == rule.True
	if n.Op != op.Did {
		o, a, b, ok := operands(n, want)
		if !ok || a.Op != op.Times || b.Op != op.Const || b.Value.Type() != rule.Int || abs(int64(b.Value.Bits())) > 1e6 {
			return nil
		}
		n, least, yes = a, b.Value.Int(), o == op.Ge || o == op.Gt || o == op.Ne
		switch {
		case o == op.Gt || o == op.Le:
			least++
		case o == op.Ge || o == op.Lt:
		case least == 0: // none, or any
			least = 1
		default:
			return nil
		}
	}
	h := newHistory(n)
	if least <= 0 || h.filter != nil || h.unit != 0 {
		return nil
	}
	nth, slot, short, long, from := int(least), h.slot, h.short, h.long, h.since
	return func(now rule.Instant, f *rule.Facts, _ []rule.Value) bool {
		if slot >= len(f.Events) {
			return !yes
		}
		hits := f.Events[slot]
		n := len(hits)
		if n > 0 && hits[n-1].At > now-short {
			n = after(hits, now-short)
		}
		if n < nth {
			return !yes
		}
		at := hits[n-nth].At
		return (at >= from && now-at < long) == yes
	}
}
