package lang

import (
	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// maxSteps is how many steps a sequence may have; package eval has room for no more.
const maxSteps = 16

// sequence walks sequence([steps], window, apart): a step is an event, or a did with a filter.
func (w *walk) sequence(o op.Op, args []ast.Node, at rule.Span) rule.Node {
	if w.filter {
		return w.fault("argument", at, "", "a filter looks at one event, it cannot look at the history")
	}
	form := `sequence(["view", "order_paid"], within("2h"))`
	steps, ok := args[0].(*ast.ArrayNode)
	if !ok {
		return w.fault("argument", place(args[0].Location()), "", "the steps must be written out, as in %s", form)
	}
	out := rule.Node{Op: o, Type: rule.Bool}
	at = around(at, place(steps.Location()))
	if n := len(steps.Nodes); n < 2 || n > maxSteps {
		w.fault("arity", place(steps.Location()), "", "a sequence has 2 to %d steps, this has %d", maxSteps, n)
		ok = false
	}
	for _, n := range steps.Nodes {
		step, fine := w.step(n)
		out.Args, ok, at = append(out.Args, step), ok && fine, around(at, step.Span)
	}
	for _, a := range args[1:] {
		where := place(a.Location())
		call, isCall := a.(*ast.CallNode)
		name, isWindow := window(a)
		switch {
		case isWindow:
			win, where, fine := w.window(name, call)
			if ok, at = ok && fine, around(at, where); out.Window != (rule.Window{}) {
				w.fault("argument", where, "", "the window comes once")
				ok = false
			}
			out.Window = win
		case isCall && called(call) == "apart" && len(call.Arguments) == 1:
			d, where, fine := w.duration(call.Arguments[0], w.words["apart"].form)
			if ok, at = ok && fine, around(at, where); out.Shift != 0 {
				w.fault("argument", where, "", "apart comes once")
				ok = false
			}
			out.Shift = d
		default:
			w.fault("argument", where, "", `behind the steps of a sequence come a window and apart("2h")`)
			ok = false
		}
	}
	if out.Span = at; !ok {
		return rule.Node{Span: at}
	}
	return out
}

func (w *walk) step(n ast.Node) (rule.Node, bool) {
	if s, ok := n.(*ast.StringNode); ok {
		slot, at, ok := w.happening(s, s.Value)
		return rule.Node{Op: op.Did, Type: rule.Bool, Name: s.Value, Slot: slot, Span: at}, ok
	}
	if call, ok := n.(*ast.CallNode); ok && called(call) == "did" {
		x := w.node(n)
		if x.Window != (rule.Window{}) {
			w.fault("argument", x.Span, "", "the window stands behind the steps, for all of them")
			return x, false
		}
		return x, !bad(x)
	}
	x := w.fault("argument", place(n.Location()), "", `a step is an event, as in "view", or one of some kind, as in did("view", it.kind == "tea")`)
	return x, false
}

// called is the name of the function that is called, "" of a method.
func called(n *ast.CallNode) string {
	if f, ok := n.Callee.(*ast.IdentifierNode); ok {
		return f.Value
	}
	return ""
}

// apart refuses a bound that stands alone.
func (w *walk) apart(_ op.Op, _ []ast.Node, at rule.Span) rule.Node {
	return w.fault("argument", at, "", `apart can only stand in a sequence, as in sequence(["view", "order_paid"], apart("2h"))`)
}
