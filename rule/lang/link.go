package lang

import (
	"reflect"
	"slices"
	"time"

	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/checker/nature"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang/internal/machine"
	"github.com/marque-go/marque/rule/op"
)

// check has expr's checker look at the leaf and gives the type of its value.
func (l *leaf) check() (rule.Type, bool) {
	if l.checked += len(l.holes); l.checked > 4*l.o.MaxNodes { // what is nested is checked again at each level
		l.fault("limit", l.span, "", "the rule is too long")
		return 0, false
	}
	env := types.Map{}
	for _, h := range l.holes {
		switch h.node.Type {
		case rule.Int:
			env[h.name] = types.Int
		case rule.Time:
			env[h.name] = types.TypeOf(time.Time{})
		case rule.Strings:
			env[h.name] = types.TypeOf([]string{})
		default:
			env[h.name] = known(h.node.Type)
		}
	}
	l.conf = conf.CreateNew()
	l.conf.WithEnv(env)
	if _, err := checker.Check(&parser.Tree{Node: l.tree, Source: file.NewSource(l.text.source)}, l.conf); err != nil {
		l.refused(err, l.span)
		return 0, false
	}
	return typeOf(l.tree.Nature(), &l.conf.NtCache), true
}

func typeOf(n *nature.Nature, c *nature.Cache) rule.Type {
	switch {
	case n.IsUnknown(c):
		return rule.Any
	case n.IsTime():
		return rule.Time
	case n.IsDuration():
		return list
	case n.IsArray():
		if elem := n.Elem(c); !elem.IsString() {
			return list
		}
		return rule.Strings
	}
	switch n.Kind {
	case reflect.Bool:
		return rule.Bool
	case reflect.Int, reflect.Int64:
		return rule.Int
	case reflect.Float64:
		return rule.Float
	case reflect.String:
		return rule.String
	}
	return list
}

// constant runs a leaf without operands, of which only that tells the type. Since to compile a tree changes it, it reads
// a copy.
func (l *leaf) constant() rule.Value {
	p := printer{}
	p.outer(l.tree)
	c := conf.CreateNew()
	c.Functions = l.table
	tree, err := parser.ParseWithConfig(p.b.String(), c)
	if err != nil {
		return rule.Value{}
	}
	copied := &leaf{walk: l.walk, tree: tree.Node}
	if _, ok := copied.check(); !ok {
		return rule.Value{}
	}
	made, err := copied.compile(rule.Any, l.o.MaxWork/10)
	if err != nil {
		return rule.Value{}
	}
	return made.Run(nil)
}

// link gives each leaf of a finished tree its program, its operands and its text.
func (w *walk) link(n *rule.Node) {
	if n.Op == op.Call && n.Slot > 0 {
		l := w.leaves[n.Slot-1]
		if l.made == nil {
			l.finish()
		}
		n.Slot, n.Text, n.Args, n.Call = 0, l.pieces, slices.Clone(l.args), l.made.Run
	}
	for i := range n.Args {
		w.link(&n.Args[i])
	}
}

// finish prints the leaf, which puts its holes in order, and compiles it.
func (l *leaf) finish() {
	p := printer{leaf: l, holes: map[string]rule.Node{}}
	for _, h := range l.holes {
		p.holes[h.name] = h.node
	}
	p.outer(l.tree)
	l.pieces = append(p.pieces, p.b.String())
	want := typeOf(l.tree.Nature(), &l.conf.NtCache)
	work := l.o.MaxWork / max(1, len(l.leaves)-l.merged)
	if l.often {
		work /= 100
	}
	made, err := l.compile(want, work)
	if err != nil {
		l.fault("limit", l.span, "", "the machine refuses it: %v", err)
		made = new(machine.Program)
	}
	l.made = made
}

func (l *leaf) compile(want rule.Type, work int) (*machine.Program, error) {
	plan := machine.Plan{Tree: l.tree, Config: l.conf, Names: l.names, Want: want, Work: work, Memory: l.o.MaxMemory}
	for _, a := range l.args {
		plan.Types = append(plan.Types, a.Type)
	}
	return machine.Compile(plan)
}
