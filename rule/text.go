package rule

import (
	"regexp"
	"slices"
	"strings"

	"github.com/marque-go/marque/rule/op"
)

// in compiles op.In. An element that is of another type than the value is not equal to it.
func (n *Node) in() test {
	if len(n.Args) != 1 {
		return never
	}
	texts, numbers := make([]string, 0, len(n.List)), make([]int64, 0, len(n.List))
	for _, v := range n.List {
		switch v.t {
		case String:
			texts = append(texts, v.s)
		case Int:
			numbers = append(numbers, int64(v.n))
		}
	}
	switch x := n.Args[0].eval(); {
	case len(texts) == len(n.List) && len(texts) <= 8:
		return func(e env) (Truth, Instant) {
			v, until := x(e)
			if !v.k {
				return Unknown, until
			}
			if v.t == String {
				if slices.Contains(texts, v.s) {
					return True, until
				}
			}
			return False, until
		}
	case len(texts) == len(n.List):
		set := make(map[string]struct{}, len(texts))
		for _, s := range texts {
			set[s] = struct{}{}
		}
		return func(e env) (Truth, Instant) {
			v, until := x(e)
			if !v.k {
				return Unknown, until
			}
			_, ok := set[v.s]
			return truth(ok && v.t == String), until
		}
	case len(numbers) == len(n.List):
		slices.Sort(numbers)
		return func(e env) (Truth, Instant) {
			v, until := x(e)
			if !v.k {
				return Unknown, until
			}
			if v, _ = v.As(Int); v.t != Int {
				return False, until
			}
			_, ok := slices.BinarySearch(numbers, int64(v.n))
			return truth(ok), until
		}
	default:
		list := slices.Clone(n.List)
		return func(e env) (Truth, Instant) {
			v, until := x(e)
			if !v.k {
				return Unknown, until
			}
			for i := range list {
				if sign, ok := compare(v, list[i]); ok && sign == 0 {
					return True, until
				}
			}
			return False, until
		}
	}
}

// text compiles op.Contains, op.StartsWith, op.EndsWith and op.Matches.
func (n *Node) text() test {
	if len(n.Args) != 2 {
		return never
	}
	x := n.Args[0].eval()
	if n.Op == op.Matches {
		re, err := regexp.Compile(n.Args[1].Value.s)
		if err != nil || n.Args[1].Op != op.Const {
			return never
		}
		return func(e env) (Truth, Instant) {
			v, until := x(e)
			if v.t != String {
				return Unknown, until
			}
			return truth(re.MatchString(v.s)), until
		}
	}
	holds := strings.HasSuffix
	switch n.Op {
	case op.StartsWith:
		holds = strings.HasPrefix
	case op.Contains:
		holds = strings.Contains
	}
	y, sets := n.Args[1].eval(), n.Op == op.Contains
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		w, u := y(e)
		until = min(until, u)
		switch {
		case v.t == String && w.t == String:
			return truth(holds(v.s, w.s)), until
		case sets && v.t == Strings && w.t == String:
			return truth(v.member(w.s)), until
		}
		return Unknown, until
	}
}

// member reports whether a set of texts has s.
func (v Value) member(s string) bool {
	for m := range v.Each {
		if m == s {
			return true
		}
	}
	return false
}
