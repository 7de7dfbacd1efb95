package lint

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/internal/space"
	"github.com/marque-go/marque/rule/op"
)

// Options say what findings are measured against.
type Options struct {
	// Now is the instant behind which a window must not begin. Default: none, Future is not found.
	Now time.Time
}

// Check finds what is wrong with a rule, in the order of its text. The nil rule has nothing wrong. It takes
// microseconds to milliseconds, a second or two where it gives up: for people who write rules, not for every test of one.
func Check(r *rule.Rule, o *Options) []Finding {
	if r == nil {
		return nil
	}
	c := &checker{source: []rune(r.Source())}
	if o != nil {
		c.now = rule.At(o.Now)
	}
	root := r.Root()
	c.condition(&root)
	c.walk(&root)
	if c.unsure {
		c.find(Large, &root, "", "the rule has so many combinations of parts that not all of them were looked at")
	}
	slices.SortStableFunc(c.findings, func(a, b Finding) int {
		return cmp.Or(a.Line-b.Line, a.Col-b.Col, a.EndCol-b.EndCol)
	})
	return c.findings
}

type checker struct {
	source   []rune
	now      rule.Instant
	findings []Finding
	unsure   bool

	space *space.Space
	root  *rule.Node
	told  map[int]bool // the subjects whose Missing is found
}

func (c *checker) find(code string, n *rule.Node, hint, message string) {
	f := Finding{Code: code, Text: n.String(), Message: message, Hint: hint}
	if len(c.source) > 0 {
		f.Line, f.Col, f.EndCol = position(c.source, n.Span)
	}
	c.findings = append(c.findings, f)
}

// condition looks at what a condition says as a whole: a rule, or the filter of an event function.
func (c *checker) condition(n *rule.Node) {
	outer := *c
	c.space, c.root, c.told = space.New(n), n, map[int]bool{}
	c.part(space.Goal{Node: n, Mode: space.True})
	c.space, c.root, c.told = outer.space, outer.root, outer.told
}

func (c *checker) possible(goals ...space.Goal) bool {
	ok, sure := c.space.Possible(goals...)
	c.unsure = c.unsure || !sure
	return ok
}

// part looks at a part of which only one truth matters: whether it is true, or, behind a not, whether it is false.
func (c *checker) part(g space.Goal) {
	if !c.possible(g) {
		c.never(g)
		return
	}
	if !c.possible(space.Goal{Node: g.Node, Mode: g.Mode.Opposite()}) {
		c.always(g)
		return
	}
	if whole := (space.Goal{Node: g.Node, Mode: space.True}); g.Mode == space.False && !c.possible(whole) {
		c.never(whole) // its not lets in whoever is known
		return
	}
	switch n := g.Node; {
	case n.Op == op.And || n.Op == op.Or:
		c.junction(n, g.Mode)
	case n.Op == op.Else:
	case n.Op == op.If && n.Condition():
		c.part(space.Goal{Node: &n.Args[0], Mode: space.True})
		c.part(space.Goal{Node: &n.Args[1], Mode: g.Mode})
		c.part(space.Goal{Node: &n.Args[2], Mode: g.Mode})
	case n.Op == op.Not:
		c.part(space.Goal{Node: &n.Args[0], Mode: g.Mode.Inverse()})
	default:
		c.missing(g)
	}
}

// together reports whether all parts of a junction must be as wanted, rather than one of them.
func together(o op.Op, m space.Mode) bool { return (o == op.And) == (m == space.True) }

func goals(parts []*rule.Node, m space.Mode) []space.Goal {
	out := make([]space.Goal, len(parts))
	for i, p := range parts {
		out[i] = space.Goal{Node: p, Mode: m}
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

// core leaves out of goals that exclude one another those that are not needed for it. The goals before fixed stay.
func (c *checker) core(goals []space.Goal, fixed int) []space.Goal {
	for i := len(goals) - 1; i >= fixed; i-- {
		rest := append(slices.Clone(goals[:i]), goals[i+1:]...)
		if !c.possible(rest...) {
			goals = rest
		}
	}
	return goals
}

func (c *checker) never(g space.Goal) {
	n := g.Node
	switch {
	case n.Op == op.Not:
		c.never(space.Goal{Node: &n.Args[0], Mode: g.Mode.Inverse()})
		return
	case n.Op == op.And || n.Op == op.Or:
		parts := flat(n, nil)
		if !together(n.Op, g.Mode) {
			for _, p := range parts {
				c.never(space.Goal{Node: p, Mode: g.Mode})
			}
			return
		}
		clash := c.core(goals(parts, g.Mode), 0)
		if len(clash) == 1 {
			c.never(clash[0])
			return
		}
		c.clash(n, clash, g.Mode)
		return
	}
	if g.Mode == space.True {
		c.find(Never, n, "", n.String()+" can never be true")
	} else {
		c.find(Never, n, "", n.String()+" can never be false, so its not is never true")
	}
}

// clash tells of parts that exclude one another.
func (c *checker) clash(n *rule.Node, parts []space.Goal, m space.Mode) {
	text := join(parts)
	at := rule.Node{Op: n.Op, Type: rule.Bool, Span: parts[0].Node.Span}
	for _, p := range parts {
		at.Args = append(at.Args, *p.Node)
		at.Span.From, at.Span.To = min(at.Span.From, p.Node.Span.From), max(at.Span.To, p.Node.Span.To)
	}
	how := " cannot all be "
	if len(parts) == 2 {
		how = " cannot both be "
	}
	hint := ""
	if m == space.True {
		how += "true"
		hint = "did you mean or?"
	} else {
		how += "false"
	}
	c.find(Never, &at, hint, text+how)
}

func join(parts []space.Goal) string {
	var s strings.Builder
	for i, p := range parts {
		switch {
		case i == 0:
		case i == len(parts)-1:
			s.WriteString(" and ")
		default:
			s.WriteString(", ")
		}
		s.WriteString(p.Node.String())
	}
	return s.String()
}

func (c *checker) always(g space.Goal) {
	if g.Mode == space.True {
		c.find(Always, g.Node, "", g.Node.String()+" is true for everybody")
	} else {
		c.find(Always, g.Node, "", g.Node.String()+" is false for everybody, so its not is always true")
	}
}

// junction looks for parts that say nothing beside the others, then at each part.
func (c *checker) junction(n *rule.Node, m space.Mode) {
	all := together(n.Op, m)
	parts := flat(n, nil)
	var open []*rule.Node // those that neither always nor never hold
	for _, p := range parts {
		if c.possible(space.Goal{Node: p, Mode: m}) && c.possible(space.Goal{Node: p, Mode: m.Opposite()}) {
			open = append(open, p)
		} else {
			c.part(space.Goal{Node: p, Mode: m})
		}
	}
	mine, theirs := m, m.Opposite() // it matters where it is as wanted and none of the others is
	if all {
		mine, theirs = theirs, mine
	}
	for i := len(open) - 1; i >= 0; i-- {
		p := open[i]
		others := append(slices.Clone(open[:i]), open[i+1:]...)
		say := append([]space.Goal{{Node: p, Mode: mine}}, goals(others, theirs)...)
		if len(others) == 0 || c.possible(say...) {
			c.part(space.Goal{Node: p, Mode: m})
			continue
		}
		because := join(c.core(say, 1)[1:])
		if all {
			c.find(Redundant, p, "leave it out", p.String()+" says nothing beside "+because)
		} else {
			c.find(Redundant, p, "leave it out", p.String()+" adds nobody to "+because)
		}
		open = others
	}
}
