package eval

import (
	"github.com/marque-go/marque/rule"
	"slices"

	"github.com/marque-go/marque/rule/op"
)

// junction compiles op.And and op.Or. The order of conditions never matters to the truth, so those that time does
// not change come first, the cheap before the dear: a deciding one among them decides for good.
func junction(n *rule.Node) test {
	parts := flat(n, nil)
	slices.SortStableFunc(parts, func(a, b *rule.Node) int { return price(a) - price(b) })
	tests := make([]test, len(parts))
	for i, p := range parts {
		tests[i] = testOf(p)
	}
	decides := rule.False
	if n.Op == op.Or {
		decides = rule.True
	}
	switch len(tests) {
	case 0:
		return never
	case 1:
		return tests[0]
	case 2:
		return pair(tests[0], tests[1], decides)
	}
	return func(e env) (rule.Truth, rule.Instant) {
		res, until := -decides, rule.Never
		for i, x := range tests {
			t, u := x(e)
			if t == decides {
				if u == rule.Never {
					return decides, rule.Never
				}
				return rest(e, tests[i+1:], decides, u)
			}
			if t == rule.Unknown {
				res = rule.Unknown
			}
			until = min(until, u)
		}
		return res, until
	}
}

// rest looks how long a junction that is decided until u stays so: the longest of those that decide.
func rest(e env, tests []test, decides rule.Truth, u rule.Instant) (rule.Truth, rule.Instant) {
	for _, x := range tests {
		if t, v := x(e); t == decides && v > u {
			u = v
		}
	}
	return decides, u
}

func pair(a, b test, decides rule.Truth) test {
	return func(e env) (rule.Truth, rule.Instant) {
		t, u := a(e)
		if t == decides && u == rule.Never {
			return t, u
		}
		s, v := b(e)
		switch {
		case t == decides && s == decides:
			return t, max(u, v)
		case t == decides:
			return t, u
		case s == decides:
			return s, v
		case t == rule.Unknown || s == rule.Unknown:
			return rule.Unknown, min(u, v)
		}
		return -decides, min(u, v)
	}
}

// flat lists the conditions of nested junctions of the same kind.
func flat(n *rule.Node, into []*rule.Node) []*rule.Node {
	for i := range n.Args {
		if x := &n.Args[i]; x.Op == n.Op {
			into = flat(x, into)
		} else {
			into = append(into, x)
		}
	}
	return into
}

// price orders the conditions of a junction: what time changes last, within that the dear last.
func price(n *rule.Node) int {
	own := 1
	switch n.Op {
	case op.Const:
		own = 0
	case op.In:
		own = 2
	case op.StartsWith, op.EndsWith:
		own = 6
	case op.Contains:
		own = 8
	case op.Matches:
		own = 100
	case op.Score:
		own = 20
	case op.Did, op.Times, op.FirstAt, op.LastAt:
		own = 10
	case op.Total, op.Distinct:
		own = 50
	case op.Sequence:
		own = 100
	case op.Call:
		own = 1000
	}
	if len(n.Args) > 0 && n.Op.History() {
		own *= 10 // a filter
	}
	for i := range n.Args {
		own += price(&n.Args[i]) % 100000
	}
	own = min(own, 99999)
	if !n.Static() {
		own += 100000
	}
	return own
}
