package space

import (
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// Mode is what is wanted of the truth of a condition.
type Mode uint8

// The modes. What is not true is false or unknown.
const (
	True Mode = iota
	False
	NotTrue
	NotFalse
)

var inverse, opposite = [...]Mode{False, True, NotFalse, NotTrue}, [...]Mode{NotTrue, NotFalse, True, False}

// Inverse is what is wanted of x where m is wanted of not x.
func (m Mode) Inverse() Mode { return inverse[m] }

// Opposite is what holds where m does not.
func (m Mode) Opposite() Mode { return opposite[m] }

// Holds reports whether a truth is what is wanted.
func (m Mode) Holds(t rule.Truth) bool {
	switch m {
	case True:
		return t == rule.True
	case False:
		return t == rule.False
	case NotTrue:
		return t != rule.True
	}
	return t != rule.False
}

// A Goal wants something of the truth of a condition.
type Goal struct {
	Node *rule.Node
	Mode Mode
}

// Expand gives the ways to reach a goal, each of them goals that must all be reached; nil for a condition that has no
// conditions as parts.
func (g Goal) Expand() [][]Goal {
	n, m := g.Node, g.Mode
	switch {
	case n.Op == op.Not && len(n.Args) == 1:
		return [][]Goal{{{&n.Args[0], m.Inverse()}}}
	case n.Op == op.And && len(n.Args) > 0:
		return parts(n, m, m == True || m == NotFalse)
	case n.Op == op.Or && len(n.Args) > 0:
		return parts(n, m, m == False || m == NotTrue)
	case !n.Condition():
		return nil
	case n.Op == op.If && len(n.Args) == 3:
		c, a, b := &n.Args[0], &n.Args[1], &n.Args[2]
		return [][]Goal{{{c, True}, {a, m}}, {{c, NotTrue}, {b, m}}}
	case n.Op == op.Else && len(n.Args) == 2:
		a, b := &n.Args[0], &n.Args[1]
		first := True
		if m == False || m == NotTrue {
			first = False
		}
		return [][]Goal{{{a, first}}, {{a, NotTrue}, {a, NotFalse}, {b, m}}}
	}
	return nil
}

func parts(n *rule.Node, m Mode, all bool) [][]Goal {
	var ways [][]Goal
	var together []Goal
	for i := range n.Args {
		g := Goal{&n.Args[i], m}
		ways, together = append(ways, []Goal{g}), append(together, g)
	}
	if all {
		return [][]Goal{together}
	}
	return ways
}
