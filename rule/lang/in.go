package lang

import (
	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// in walks x in [a, b], x in 1..5, and x in a set of texts.
func (w *walk) in(n *ast.BinaryNode) rule.Node {
	if call, ok := graded(n.Left); ok {
		if list, ok := n.Right.(*ast.ArrayNode); ok && len(list.Nodes) > 0 {
			return w.grade(call, op.In, list.Nodes)
		}
	}
	x := w.value(n.Left)
	switch list := n.Right.(type) {
	case *ast.ArrayNode:
		return w.inList(x, list)
	case *ast.BinaryNode:
		if list.Operator == ".." {
			return w.inRange(x, list)
		}
	}
	set := w.value(n.Right)
	at := around(x.Span, set.Span)
	switch {
	case bad(x) || bad(set):
		return rule.Node{Span: at}
	case set.Type == list || x.Type == list:
		return w.joint(n, x, set)
	case set.Type != rule.Strings && set.Type != rule.Any:
		return w.fault("type", set.Span, "", "in needs a list or a set of texts, this is %s", kind(set))
	case x.Type != rule.String && x.Type != rule.Any:
		return w.fault("type", x.Span, "", "a set of texts cannot have %s", kind(x))
	}
	return rule.Node{Op: op.Contains, Type: rule.Bool, Args: []rule.Node{set, x}, Span: at}
}

func (w *walk) inList(x rule.Node, list *ast.ArrayNode) rule.Node {
	at := around(x.Span, place(list.Location()))
	if len(list.Nodes) > w.o.MaxList {
		return w.fault("limit", at, "", "the list has %d elements, more than %d", len(list.Nodes), w.o.MaxList)
	}
	if len(list.Nodes) == 0 {
		return w.fault("argument", place(list.Location()), "", "the list is empty")
	}
	ok, plain := !bad(x), true
	var elements []rule.Node
	for _, n := range list.Nodes {
		e := w.value(n)
		if ok && !bad(e) {
			e = w.dated(e, x.Type)
		}
		switch {
		case bad(e):
			ok = false
		case !bad(x) && !comparable(x.Type, e.Type):
			w.fault("type", e.Span, "", "%s cannot be %s", kind(x), kind(e))
			ok = false
		}
		plain = plain && e.Op == op.Const
		elements = append(elements, e)
		at = around(at, e.Span)
	}
	if !ok {
		return rule.Node{Span: at}
	}
	if plain {
		in := rule.Node{Op: op.In, Type: rule.Bool, Args: []rule.Node{x}, Span: at}
		for _, e := range elements {
			in.List = append(in.List, e.Value)
		}
		return in
	}
	or := rule.Node{Op: op.Or, Type: rule.Bool, Span: at}
	for _, e := range elements {
		or.Args = append(or.Args, rule.Node{Op: op.Eq, Type: rule.Bool, Args: []rule.Node{x, e}, Span: at})
	}
	if len(or.Args) == 1 {
		return or.Args[0]
	}
	return or
}

func (w *walk) inRange(x rule.Node, r *ast.BinaryNode) rule.Node {
	from, to := w.value(r.Left), w.value(r.Right)
	at := around(x.Span, around(from.Span, to.Span))
	switch {
	case bad(x) || bad(from) || bad(to):
		return rule.Node{Span: at}
	case from.Type != rule.Int || to.Type != rule.Int || from.Op != op.Const || to.Op != op.Const:
		return w.fault("type", around(from.Span, to.Span), "", "a range needs two integers, as in 18..24")
	case x.Type != rule.Int:
		return w.fault("type", x.Span, "", "only an integer can be in a range, this is %s", kind(x))
	}
	return rule.Node{Op: op.And, Type: rule.Bool, Span: at, Args: []rule.Node{
		{Op: op.Ge, Type: rule.Bool, Args: []rule.Node{x, from}, Span: at},
		{Op: op.Le, Type: rule.Bool, Args: []rule.Node{x, to}, Span: at},
	}}
}
