package eval

import (
	"github.com/marque-go/marque/rule"
	"regexp"
	"slices"
	"strings"

	"github.com/marque-go/marque/rule/op"
)

// in compiles op.In. An element that is of another type than the value is not equal to it.
func inOf(n *rule.Node) test {
	if len(n.Args) != 1 {
		return never
	}
	texts, numbers := make([]string, 0, len(n.List)), make([]int64, 0, len(n.List))
	for _, v := range n.List {
		switch v.Type() {
		case rule.String:
			texts = append(texts, v.Text())
		case rule.Int:
			numbers = append(numbers, int64(v.Bits()))
		}
	}
	switch x := evalOf(&n.Args[0]); {
	case len(texts) == len(n.List) && len(texts) <= 8:
		return func(e env) (rule.Truth, rule.Instant) {
			v, until := x(e)
			if !v.Known() {
				return rule.Unknown, until
			}
			if v.Type() == rule.String {
				if slices.Contains(texts, v.Text()) {
					return rule.True, until
				}
			}
			return rule.False, until
		}
	case len(texts) == len(n.List):
		set := make(map[string]struct{}, len(texts))
		for _, s := range texts {
			set[s] = struct{}{}
		}
		return func(e env) (rule.Truth, rule.Instant) {
			v, until := x(e)
			if !v.Known() {
				return rule.Unknown, until
			}
			_, ok := set[v.Text()]
			return truth(ok && v.Type() == rule.String), until
		}
	case len(numbers) == len(n.List):
		slices.Sort(numbers)
		return func(e env) (rule.Truth, rule.Instant) {
			v, until := x(e)
			if !v.Known() {
				return rule.Unknown, until
			}
			if v, _ = v.As(rule.Int); v.Type() != rule.Int {
				return rule.False, until
			}
			_, ok := slices.BinarySearch(numbers, int64(v.Bits()))
			return truth(ok), until
		}
	default:
		list := slices.Clone(n.List)
		return func(e env) (rule.Truth, rule.Instant) {
			v, until := x(e)
			if !v.Known() {
				return rule.Unknown, until
			}
			for i := range list {
				if sign, ok := compare(v, list[i]); ok && sign == 0 {
					return rule.True, until
				}
			}
			return rule.False, until
		}
	}
}

// text compiles op.Contains, op.StartsWith, op.EndsWith and op.Matches.
func textOf(n *rule.Node) test {
	if len(n.Args) != 2 {
		return never
	}
	x := evalOf(&n.Args[0])
	if n.Op == op.Matches {
		re, err := regexp.Compile(n.Args[1].Value.Text())
		if err != nil || n.Args[1].Op != op.Const {
			return never
		}
		return func(e env) (rule.Truth, rule.Instant) {
			v, until := x(e)
			if v.Type() != rule.String {
				return rule.Unknown, until
			}
			return truth(re.MatchString(v.Text())), until
		}
	}
	holds := strings.HasSuffix
	switch n.Op {
	case op.StartsWith:
		holds = strings.HasPrefix
	case op.Contains:
		holds = strings.Contains
	}
	y, sets := evalOf(&n.Args[1]), n.Op == op.Contains
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		w, u := y(e)
		until = min(until, u)
		switch {
		case v.Type() == rule.String && w.Type() == rule.String:
			return truth(holds(v.Text(), w.Text())), until
		case sets && v.Type() == rule.Strings && w.Type() == rule.String:
			return truth(member(v, w.Text())), until
		}
		return rule.Unknown, until
	}
}

// member reports whether a set of texts has s.
func member(v rule.Value, s string) bool {
	for m := range v.Each {
		if m == s {
			return true
		}
	}
	return false
}
