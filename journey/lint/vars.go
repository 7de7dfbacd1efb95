package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template/parse"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

type set map[string]bool

// variables follows the variables through the graph: which are set on every way to a node.
func (l *linter) variables(defs []graph.Def) {
	known := set{}
	for _, name := range names(graph.Scopes([]graph.Def{*l.def})) {
		known[name] = true
	}
	for i := range l.ways {
		for _, w := range l.ways[i] {
			for _, name := range w.sets {
				known[name] = true
			}
		}
	}
	start := set{}
	for _, name := range l.def.Entry.Keep {
		start[name] = true
	}
	for i := range defs { // what another journey hands over
		for j := range defs[i].Nodes {
			if s := defs[i].Nodes[j].Sub; s != nil && s.Journey == l.def.Name {
				for name := range s.Vars {
					start[name], known[name] = true, true
				}
			}
		}
	}
	sure := make([]set, len(l.ways)) // nil: nobody has come there yet
	sure[0] = maps.Clone(start)
	for changed := true; changed; {
		changed = false
		for i := range l.ways {
			if sure[i] == nil {
				continue
			}
			for _, w := range l.ways[i] {
				j, ok := l.at[w.to]
				if !ok {
					continue
				}
				out := maps.Clone(sure[i])
				for _, name := range w.sets {
					out[name] = true
				}
				if sure[j] == nil {
					sure[j], changed = out, true
					continue
				}
				for name := range sure[j] {
					if !out[name] {
						delete(sure[j], name)
						changed = true
					}
				}
			}
		}
	}
	v := &uses{linter: l, known: known, sure: sure, start: start}
	for i := range l.def.Nodes {
		v.node(i)
	}
}

// uses looks at where variables are read.
type uses struct {
	*linter
	known, start set
	sure         []set
}

func (v *uses) node(i int) {
	n := &v.def.Nodes[i]
	switch n.Kind() {
	case "send":
		for _, t := range []struct{ path, text string }{{"send.text", n.Send.Text}, {"send.subject", n.Send.Subject}, {"send.html", n.Send.HTML}} {
			for _, name := range fields(t.text) {
				_, attr := v.lex.Attr(name)
				if !attr {
					v.use("", i, t.path, name, "everybody gets what stands for it in missing")
				}
			}
		}
	case "branch":
		for k, c := range n.Branch {
			v.rule(i, fmt.Sprintf("branch[%d].when", k), c.When)
		}
	case "emit":
		for _, prop := range slices.Sorted(maps.Keys(n.Emit.Vars)) {
			v.use(Info, i, "emit.vars."+prop, n.Emit.Vars[prop], "the event then lacks it")
		}
	case "sub":
		for _, name := range slices.Sorted(maps.Keys(n.Sub.Vars)) {
			v.use(Info, i, "sub.vars."+name, n.Sub.Vars[name], "the other journey then lacks it")
		}
	case "wait":
		for k, c := range n.Wait.Until {
			v.rule(i, fmt.Sprintf("wait.until[%d].when", k), c.When)
		}
		if d := n.Wait.Date; d != nil {
			if name, ok := strings.CutPrefix(d.Attribute, "vars."); ok {
				v.use(Info, i, "wait.date.attribute", name, "they go on by missing")
			}
		}
		for _, m := range n.Wait.Matches() {
			for _, name := range m.Same {
				v.use(Warning, i, "wait", name, "what is missing is never the same")
			}
		}
	}
}

func (v *uses) rule(i int, path, source string) {
	r := v.compile(source, v.vars())
	if r == nil {
		return
	}
	var names []string
	var walk func(n rule.Node)
	walk = func(n rule.Node) {
		if n.Op == op.Field && n.Of == "vars" && !slices.Contains(names, n.Name) {
			names = append(names, n.Name)
		}
		for _, a := range n.Args {
			walk(a)
		}
	}
	walk(r.Root())
	for _, name := range names {
		v.use(Info, i, path, name, "it is unknown for them")
	}
}

// use tells of a variable that is read at node i where it may not be set; with no severity, only where it never is,
// which is a warning always.
func (v *uses) use(s Severity, i int, path, name, then string) {
	if !v.known[name] || v.sure[i] == nil || v.sure[i][name] {
		return
	}
	from, ever := "", v.start[name]
	for j := range v.ways {
		for _, w := range v.ways[j] {
			ever = ever || slices.Contains(w.sets, name) && (w.to == v.def.Nodes[i].ID || v.after(w.to, i))
			if from == "" && w.to == v.def.Nodes[i].ID && v.sure[j] != nil && !v.sure[j][name] && !slices.Contains(w.sets, name) {
				from = v.def.Nodes[j].ID
			}
		}
	}
	switch {
	case !ever:
		v.add(Warning, nodePath(i, path), "variable %s is set on no way to here; %s", name, then)
	case s == "":
	case from == "":
		v.add(s, nodePath(i, path), "variable %s is not set for who has just entered; %s", name, then)
	default:
		v.add(s, nodePath(i, path), "variable %s may not be set for who comes from %q; %s", name, from, then)
	}
}

// after reports whether a way leads from the node of that id to node i.
func (v *uses) after(id string, i int) bool {
	j, ok := v.at[id]
	return ok && v.reach[j][i]
}

// fields are the names that a template reads of what it is given.
func fields(text string) []string {
	tree := parse.New("")
	tree.Mode = parse.SkipFuncCheck
	trees := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", trees); err != nil || tree.Root == nil {
		return nil
	}
	var names []string
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	var walk func(n parse.Node)
	pipe := func(p *parse.PipeNode) {
		if p == nil {
			return
		}
		for _, c := range p.Cmds {
			for _, a := range c.Args {
				walk(a)
			}
		}
	}
	list := func(l *parse.ListNode) {
		if l == nil {
			return
		}
		for _, n := range l.Nodes {
			walk(n)
		}
	}
	walk = func(n parse.Node) {
		switch n := n.(type) {
		case *parse.FieldNode:
			add(n.Ident[0])
		case *parse.VariableNode:
			if n.Ident[0] == "$" && len(n.Ident) > 1 {
				add(n.Ident[1])
			}
		case *parse.ActionNode:
			pipe(n.Pipe)
		case *parse.PipeNode:
			pipe(n)
		case *parse.IfNode:
			pipe(n.Pipe)
			list(n.List)
			list(n.ElseList)
		case *parse.WithNode: // the dot is another within
			pipe(n.Pipe)
			list(n.ElseList)
		case *parse.RangeNode:
			pipe(n.Pipe)
			list(n.ElseList)
		}
	}
	list(tree.Root)
	return names
}
