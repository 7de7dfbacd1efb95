package column

import (
	"slices"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/op"
)

// A compiler makes parts of nodes.
type compiler struct {
	lex    *rule.Lexicon
	q      *Query
	plan   strings.Builder
	depth  int
	leaves map[*rule.Node]leaf
}

func (c *compiler) sets(n int) int { c.q.sets += n; return c.q.sets - n }
func (c *compiler) note() int      { c.q.notes++; return c.q.notes - 1 }

func (c *compiler) say(n *rule.Node, how string) {
	c.plan.WriteString(strings.Repeat("  ", c.depth))
	if n != nil {
		c.plan.WriteString(n.String() + ": ")
	}
	c.plan.WriteString(how + "\n")
}

// whole compiles a rule; one that has no kernel goes through itself.
func (c *compiler) whole(r *rule.Rule, root *rule.Node) part {
	if !c.fast(root) {
		c.say(root, "row by row")
		return newRows(r, c.note())
	}
	return c.part(root)
}

// fast reports whether there is a kernel for the node itself.
func (c *compiler) fast(n *rule.Node) bool {
	switch n.Op {
	case op.And, op.Or:
		return true
	case op.Not:
		return len(n.Args) == 1
	case op.If:
		return n.Type == rule.Bool && len(n.Args) == 3
	case op.Else:
		return n.Type == rule.Bool && len(n.Args) == 2
	}
	return c.leafOf(n).part != nil
}

// part compiles a condition.
func (c *compiler) part(n *rule.Node) part {
	if !c.fast(n) {
		c.say(n, "row by row")
		return newRows(eval.New("", *n), c.note())
	}
	switch n.Op {
	case op.And, op.Or:
		return c.junction(n)
	case op.Not:
		return not{c.under("not", &n.Args[0])[0]}
	case op.If:
		ps := c.under("if, then, else", &n.Args[0], &n.Args[1], &n.Args[2])
		return &choice{ps[0], ps[1], ps[2], c.sets(4)}
	case op.Else:
		ps := c.under("where unknown", &n.Args[0], &n.Args[1])
		return &fallback{ps[0], ps[1], c.sets(3)}
	}
	l := c.leafOf(n)
	c.say(n, l.how)
	return l.part
}

// A leaf is a condition that is not made of conditions, and how it is evaluated; part is nil where there is no kernel.
type leaf struct {
	part
	how string
}

func (c *compiler) leafOf(n *rule.Node) leaf {
	l, ok := c.leaves[n]
	if !ok {
		l.part, l.how = c.leaf(n)
		c.leaves[n] = l
	}
	return l
}

func (c *compiler) under(what string, args ...*rule.Node) []part {
	c.say(nil, what)
	c.depth++
	defer func() { c.depth-- }()
	ps := make([]part, len(args))
	for i, a := range args {
		ps[i] = c.part(a)
	}
	return ps
}

// junction compiles op.And and op.Or. What goes row by row goes together.
func (c *compiler) junction(n *rule.Node) part {
	fast, slow := []*rule.Node{}, rule.Node{Op: n.Op, Type: rule.Bool}
	for _, x := range flat(n, nil) {
		if c.fast(x) {
			fast = append(fast, x)
		} else {
			slow.Args = append(slow.Args, *x)
		}
	}
	j := &junction{or: n.Op == op.Or, set: c.sets(4)}
	word := "and"
	if j.or {
		word = "or"
	}
	c.say(nil, word)
	c.depth++
	defer func() { c.depth-- }()
	j.parts = c.ordered(fast)
	if !j.or {
		j.parts = met(j.parts)
	}
	switch len(slow.Args) {
	case 0:
	case 1:
		j.parts = append(j.parts, c.part(&slow.Args[0]))
	default:
		c.say(&slow, "row by row")
		j.parts = append(j.parts, newRows(eval.New("", slow), c.note()))
	}
	return j
}

// ordered compiles parts, the cheap first, and so does the plan.
func (c *compiler) ordered(nodes []*rule.Node) []part {
	type priced struct {
		part
		plan string
	}
	var all []priced
	before := c.plan.String()
	for _, n := range nodes {
		c.plan.Reset()
		p := c.part(n)
		all = append(all, priced{p, c.plan.String()})
	}
	slices.SortStableFunc(all, func(a, b priced) int { return a.price() - b.price() })
	c.plan.Reset()
	c.plan.WriteString(before)
	parts := make([]part, len(all))
	for i, p := range all {
		parts[i] = p.part
		c.plan.WriteString(p.plan)
	}
	return parts
}

// met joins the ranges of one column.
func met(parts []part) []part {
	out := parts[:0]
next:
	for _, p := range parts {
		if x, ok := p.(integers); ok {
			for i := range out {
				if y, ok := out[i].(integers); ok {
					if both, ok := y.meet(x); ok {
						out[i] = both
						continue next
					}
				}
			}
		}
		out = append(out, p)
	}
	return out
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
