package eval

import (
	"slices"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// words are what a text is compared with: it is one of a list, or begins, or ends, with one.
type words struct {
	how  op.Op // op.In, op.StartsWith or op.EndsWith
	not  bool
	one  string
	list []string  // in the order of their sketches
	from [64]uint8 // for each sketch the first of the list that has it, counted from 1; 0 where none has
}

func newWords(how op.Op, not bool, list ...string) *words {
	w := &words{how: how, not: not, list: list}
	if how != op.In {
		w.one = list[0]
		return w
	}
	slices.SortFunc(list, func(a, b string) int { return int(sketch(a)) - int(sketch(b)) })
	for i := len(list); i > 0; i-- {
		w.from[sketch(list[i-1])] = uint8(i)
	}
	return w
}

// few is how long a list may be. Of longer ones a map is as fast.
const few = 100

// sketch tells most texts apart without a look into them.
func sketch(s string) uint {
	if s == "" {
		return 0
	}
	return (uint(len(s)) + 5*uint(s[0]) + 7*uint(s[len(s)-1])) % 64
}

func (w *words) hold(s string) bool {
	if w.how == op.In {
		if i := int(w.from[sketch(s)]); i > 0 {
			if slices.Contains(w.list[i-1:], s) {
				return !w.not
			}
		}
		return w.not
	}
	if w.how == op.EndsWith {
		return strings.HasSuffix(s, w.one) != w.not
	}
	return strings.HasPrefix(s, w.one) != w.not
}

// wordsOf gives the words that an attribute's text is compared with, where that is what a condition does.
func wordsOf(n *rule.Node, want rule.Truth) (slot int, w *words, ok bool) {
	if len(n.Args) == 0 || n.Args[0].Op != op.Attr {
		return 0, nil, false
	}
	slot, not := n.Args[0].Slot, want == rule.False
	switch n.Op {
	case op.In:
		if n.Args[0].Type != rule.String || len(n.List) > few {
			return 0, nil, false
		}
		list := make([]string, len(n.List))
		for i, v := range n.List {
			if v.Type() != rule.String {
				return 0, nil, false
			}
			list[i] = v.Text()
		}
		return slot, newWords(op.In, not, list...), true
	case op.Eq, op.Ne, op.StartsWith, op.EndsWith:
		if len(n.Args) != 2 || n.Args[1].Op != op.Const || n.Args[1].Value.Type() != rule.String {
			return 0, nil, false
		}
		how := n.Op
		if how == op.Eq || how == op.Ne {
			how, not = op.In, not != (how == op.Ne)
		}
		return slot, newWords(how, not, n.Args[1].Value.Text()), true
	}
	return 0, nil, false
}
