package text

import (
	"strings"
	"text/template/parse"

	"github.com/marque-go/marque"
)

// use is where a name is used first, and whether any use is bare: without a default behind it.
type use struct {
	part string
	line int
	bare bool
	all  bool // a range goes over it
}

// uses walks through a template.
type uses struct {
	part   string
	text   *parse.Tree
	names  map[string]*use
	faults *marque.Faults
	guard  func(string) error
	inner  bool // the dot is another
}

func (u *uses) field(n parse.Node, ident []string, bare bool) {
	if len(ident) > 1 {
		u.faults.Add(u.part, "line %d: %s has no fields", u.line(n), ident[0])
	}
	if u.names[ident[0]] == nil {
		u.names[ident[0]] = &use{part: u.part, line: u.line(n)}
	}
	u.names[ident[0]].bare = u.names[ident[0]].bare || bare
}

func (u *uses) line(n parse.Node) int {
	at, _ := u.text.ErrorContext(n) // "name:3:5"
	line := 0
	if parts := strings.Split(at, ":"); len(parts) > 2 {
		for _, r := range parts[len(parts)-2] {
			line = line*10 + int(r-'0')
		}
	}
	return line
}

func (u *uses) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.TextNode:
		if err := u.guard(string(n.Text)); err != nil {
			u.faults.Add(u.part, "line %d: %w", u.line(n), err)
		}
	case *parse.ListNode:
		if n != nil {
			for _, x := range n.Nodes {
				u.node(x)
			}
		}
	case *parse.ActionNode:
		u.node(n.Pipe)
	case *parse.PipeNode:
		if n != nil {
			u.pipe(n)
		}
	case *parse.FieldNode:
		u.field(n, n.Ident, true)
	case *parse.DotNode:
		if !u.inner {
			u.faults.Add(u.part, "line %d: \".\" is all values: name one", u.line(n))
		}
	case *parse.VariableNode:
		if n.Ident[0] != "$" {
			return
		}
		if len(n.Ident) == 1 {
			u.faults.Add(u.part, "line %d: \"$\" is all values: name one", u.line(n))
			return
		}
		u.field(n, n.Ident[1:], true)
	case *parse.ChainNode:
		u.node(n.Node)
	case *parse.IfNode:
		u.branch(&n.BranchNode)
	case *parse.RangeNode:
		u.over(n)
		u.inside(&n.BranchNode)
	case *parse.WithNode:
		u.inside(&n.BranchNode)
	case *parse.TemplateNode:
		if n.Pipe == nil || n.Pipe.String() != "." { // the other template is then told (handed)
			u.node(n.Pipe)
		}
	}
}

// inside is a branch in which the dot is the value.
func (u *uses) inside(n *parse.BranchNode) {
	u.node(n.Pipe)
	was := u.inner
	u.inner = true
	u.node(n.List)
	u.inner = was
	u.node(n.ElseList)
}

// over notes what a range goes over: a name, which must be a set of texts.
func (u *uses) over(n *parse.RangeNode) {
	if len(n.Pipe.Cmds) == 1 && len(n.Pipe.Cmds[0].Args) == 1 {
		var name []string
		switch x := n.Pipe.Cmds[0].Args[0].(type) {
		case *parse.FieldNode:
			name = x.Ident
		case *parse.VariableNode:
			if x.Ident[0] == "$" {
				name = x.Ident[1:]
			}
		}
		if len(name) > 0 {
			u.field(n, name, true)
			u.names[name[0]].all = true
			return
		}
	}
	u.faults.Add(u.part, "line %d: range goes over a set of texts by its name", u.line(n))
}

func (u *uses) branch(n *parse.BranchNode) {
	u.node(n.Pipe)
	u.node(n.List)
	u.node(n.ElseList)
}

// pipe looks at commands; what goes into default as the value has its replacement there.
func (u *uses) pipe(n *parse.PipeNode) {
	for i, cmd := range n.Cmds {
		for j, x := range cmd.Args {
			into := len(cmd.Args) == 1 && i+1 < len(n.Cmds) && len(n.Cmds[i+1].Args) == 2 && isDefault(n.Cmds[i+1]) ||
				j == 2 && isDefault(cmd)
			if field, ok := x.(*parse.FieldNode); ok && into {
				u.field(field, field.Ident, false)
			} else {
				u.node(x)
			}
		}
	}
}

func isDefault(cmd *parse.CommandNode) bool {
	f, ok := cmd.Args[0].(*parse.IdentifierNode)
	return ok && f.Ident == "default"
}
