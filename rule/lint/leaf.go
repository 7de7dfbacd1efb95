package lint

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

// missing looks at a condition that reads as if those of whom nothing is known were in: a not, or !=.
func (c *checker) missing(g space.Goal) {
	n := g.Node
	if n.Op == op.Has || n.Op == op.HasTag || n.Op == op.InSegment || n.Op == op.Did || (g.Mode == space.True) != (n.Op == op.Ne) {
		return
	}
	x := unknown(n)
	if x == nil || mentions(c.root, x) {
		return
	}
	subject := c.space.Find(x)
	if subject < 0 {
		subject = c.space.Atom(n).Subject
	}
	if subject < 0 || c.told[subject] || c.space.Missing(subject).Empty() {
		return
	}
	c.told[subject] = true
	who := "people"
	if x.Op == op.It {
		who = "events"
	}
	text := n.String()
	if g.Mode == space.False {
		text = (&rule.Node{Op: op.Not, Args: []rule.Node{*n}}).String()
	}
	hint := fmt.Sprintf("to have them too: not has(%s) or %s", x, text)
	if ok, sure := c.space.PossibleIn(subject, c.space.Missing(subject), space.Goal{Node: c.root, Mode: space.True}); !ok && sure {
		c.find(Missing, n, hint, fmt.Sprintf("%s without %s are not in this", who, x))
		return
	}
	c.find(Missing, n, hint, fmt.Sprintf("%s is not true for %s without %s", text, who, x))
}

// unknown is what a condition reads that may be missing, if that is one thing.
func unknown(n *rule.Node) *rule.Node {
	switch n.Op {
	case op.Attr, op.Field, op.It, op.FirstAt, op.LastAt:
		return n
	}
	var found *rule.Node
	for i := range n.Args {
		x := unknown(&n.Args[i])
		if x == nil {
			continue
		}
		if found != nil {
			return nil
		}
		found = x
	}
	return found
}

// mentions reports whether it is asked anywhere whether x is there.
func mentions(n, x *rule.Node) bool {
	if (n.Op == op.Has || n.Op == op.Else) && len(n.Args) > 0 && n.Args[0].String() == x.String() {
		return true
	}
	for i := range n.Args {
		if mentions(&n.Args[i], x) {
			return true
		}
	}
	return false
}

// walk looks at each node by itself.
func (c *checker) walk(n *rule.Node) {
	switch n.Op {
	case op.Eq, op.Ne:
		c.exact(n)
	case op.In:
		c.list(n)
	case op.Matches:
		c.find(Costly, n, "contains, startsWith and endsWith are faster", "the pattern of "+n.String()+" is laid over the whole text")
	case op.Did, op.Times, op.Total, op.Distinct, op.FirstAt, op.LastAt:
		c.history(n)
		return
	case op.Sequence:
		c.sequence(n)
		return
	case op.Call:
		c.find(Costly, n, "", n.String()+" is computed by expr's machine")
	}
	for i := range n.Args {
		c.walk(&n.Args[i])
	}
}

func (c *checker) exact(n *rule.Node) {
	if len(n.Args) != 2 {
		return
	}
	for i := range n.Args {
		switch x := &n.Args[i]; {
		case x.Op == op.Now || x.Op == op.DaysSince:
			c.find(Exact, n, "compare with < or >=", n.String()+" turns at one microsecond")
			return
		case x.Type == rule.Float && x.Op != op.Const:
			c.find(Exact, n, "compare with >= and <", fmt.Sprintf("%s is a float, which is rarely equal to anything", x))
			return
		}
	}
}

func (c *checker) list(n *rule.Node) {
	seen := map[rule.Value]bool{}
	for _, v := range n.List {
		if w, ok := v.As(rule.Int); ok && v.Type() == rule.Float {
			v = w
		}
		if seen[v] {
			c.find(Duplicate, n, "", fmt.Sprintf("%s is in the list twice", v))
		}
		seen[v] = true
	}
	if len(n.Args) == 1 && n.Args[0].Type == rule.Float {
		c.find(Exact, n, "compare with >= and <", fmt.Sprintf("%s is a float, which is rarely equal to anything", n.Args[0]))
	}
}

func (c *checker) sequence(n *rule.Node) {
	if n.Window.Need() == 0 && n.Window.Since == 0 {
		c.find(Costly, n, `give it a window, as within("90d")`, n.String()+" looks at everything that ever happened")
	}
	c.window(n)
	for i := range n.Args {
		for j := range n.Args[i].Args {
			c.filter(&n.Args[i].Args[j])
		}
	}
}

// window looks at the window of a history.
func (c *checker) window(n *rule.Node) {
	w := n.Window
	if space.Void(w) {
		c.find(Empty, n, "a window goes from the longer to the shorter", fmt.Sprintf("nothing can ever be in %s", w))
	}
	if c.now != 0 && w.Since > c.now {
		c.find(Future, n, "", fmt.Sprintf("%s begins later than now", w))
	}
}

// filter looks at the condition that events must pass.
func (c *checker) filter(n *rule.Node) {
	c.condition(n)
	c.walk(n)
}

func (c *checker) history(n *rule.Node) {
	c.window(n)
	all := n.Window.Need() == 0 && n.Window.Since == 0
	switch {
	case n.Op == op.Distinct:
		c.find(Costly, n, "", n.String()+" remembers every value while it counts")
	case all && (len(n.Args) > 0 || n.Op == op.Total):
		c.find(Costly, n, `give it a window, as within("90d")`, fmt.Sprintf("%s looks at every %s there ever was", n, n.Name))
	}
	if len(n.Args) > 0 {
		c.filter(&n.Args[0])
	}
}
