package step

import (
	"maps"
	"slices"
	"strings"
	"text/template"
	"text/template/parse"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// text compiles the text of a message and finds what it reads.
func (c *compiler) text(path string, d *graph.Send, s *send) {
	t, err := template.New(path).Option("missingkey=error").Parse(d.Text)
	if err != nil {
		c.faults.Wrap(path+".text", err)
		return
	}
	s.text = t
	names := map[string]bool{}
	for _, x := range t.Templates() {
		if x.Tree != nil {
			reads(x.Tree.Root, names)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		attr, ok := c.lex.Attr(name)
		if !ok {
			attr = -1
			if !c.variable(name) {
				c.faults.Add(path+".text", "no attribute and no variable %q%s", name, rule.Hint(name, c.attributes()))
				continue
			}
		}
		if _, ok := d.Missing[name]; !ok {
			c.faults.Add(path+".missing", "what stands for %q where the person has none?", name)
		}
		s.fields = append(s.fields, field{name, attr})
	}
	for _, name := range slices.Sorted(maps.Keys(d.Missing)) {
		if !names[name] {
			c.faults.Add(path+".missing."+name, "the text does not use it")
		}
	}
}

// reads collects the first names of fields in a template.
func reads(n parse.Node, names map[string]bool) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, x := range n.Nodes {
				reads(x, names)
			}
		}
	case *parse.ActionNode:
		reads(n.Pipe, names)
	case *parse.PipeNode:
		if n != nil {
			for _, cmd := range n.Cmds {
				for _, x := range cmd.Args {
					reads(x, names)
				}
			}
		}
	case *parse.FieldNode:
		names[n.Ident[0]] = true
	case *parse.VariableNode:
		if n.Ident[0] == "$" && len(n.Ident) > 1 {
			names[n.Ident[1]] = true
		}
	case *parse.ChainNode:
		reads(n.Node, names)
	case *parse.IfNode:
		reads(n.Pipe, names)
		reads(n.List, names)
		reads(n.ElseList, names)
	case *parse.RangeNode:
		reads(n.Pipe, names)
		reads(n.List, names)
		reads(n.ElseList, names)
	case *parse.WithNode:
		reads(n.Pipe, names)
		reads(n.List, names)
		reads(n.ElseList, names)
	case *parse.TemplateNode:
		reads(n.Pipe, names)
	}
}

// render writes the text for a person.
func (s *send) render(d *graph.Send, f *rule.Facts, vars map[string]any) (string, error) {
	if s.text == nil {
		return "", nil
	}
	data := make(map[string]any, len(s.fields))
	for _, x := range s.fields {
		data[x.name] = d.Missing[x.name]
		if v := vars[x.name]; v != nil {
			data[x.name] = v
		} else if x.attr >= 0 && f.Attrs[x.attr].Known() {
			data[x.name] = f.Attrs[x.attr].Any()
		}
	}
	var b strings.Builder
	err := s.text.Execute(&b, data)
	return b.String(), err
}
