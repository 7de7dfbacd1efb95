package lang

import (
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

func trim(err error) string { return strings.TrimPrefix(err.Error(), "marque: ") }

// history walks did, times, total, distinct, first_at and last_at: the event, for total and distinct the
// property, then the window and the filter, both optional.
func (w *walk) history(o op.Op, args []ast.Node, at rule.Span) rule.Node {
	if w.filter {
		return w.fault("argument", at, "", "a filter looks at one event, it cannot look at the history")
	}
	out := rule.Node{Op: o, Type: rule.Bool}
	switch o {
	case op.Times, op.Distinct:
		out.Type = rule.Int
	case op.FirstAt, op.LastAt:
		out.Type = rule.Time
	}
	name, where, ok := w.written(args[0], "the event", `did("order_paid")`)
	at = around(at, where)
	event := -1
	if ok {
		event, _, ok = w.happening(args[0], name)
	}
	out.Name, out.Slot = name, event
	args = args[1:]
	if o == op.Total || o == op.Distinct {
		where, fine := w.property(&out, args[0])
		at, ok, args = around(at, where), ok && fine, args[1:]
	}
	for i, a := range args {
		if f, ok2 := window(a); ok2 {
			win, where, fine := w.window(f, a.(*ast.CallNode))
			at, ok = around(at, where), ok && fine
			if i > 0 {
				w.fault("argument", where, "", "the window comes once, and before the filter")
				ok = false
			}
			out.Window = win
			continue
		}
		if len(out.Args) > 0 {
			w.fault("argument", place(a.Location()), "", "there is one filter; join conditions with and")
			ok = false
			continue
		}
		w.filter, w.event = true, event
		x := w.condition(a)
		w.filter, w.event = false, -1
		at, ok = around(at, x.Span), ok && !bad(x)
		out.Args = []rule.Node{x}
	}
	if out.Span = at; !ok {
		return rule.Node{Span: at}
	}
	return out
}

// happening resolves the name of an event; the slot of one that is unknown is -1.
func (w *walk) happening(n ast.Node, name string) (slot int, at rule.Span, ok bool) {
	at = place(n.Location())
	if slot, ok = w.lex.Event(name); !ok {
		w.fault("name", at, w.like(name, w.lex.EventNames()), "unknown event %q", name)
		return -1, at, false
	}
	return slot, at, true
}

// property resolves the property of total and distinct.
func (w *walk) property(out *rule.Node, n ast.Node) (rule.Span, bool) {
	name, at, ok := w.written(n, "the property", `total("order_paid", "amount")`)
	if !ok || out.Slot < 0 {
		return at, false
	}
	slot, t, ok := w.lex.Prop(out.Slot, name)
	if !ok {
		w.fault("name", at, w.like(name, fieldNames(w.lex.Schema().Events[out.Slot].Props)), "event %s has no property %s", out.Name, name)
		return at, false
	}
	out.Of, out.Prop = name, slot
	if out.Op == op.Total {
		if out.Type = t; !number(t) && t != rule.Any {
			w.fault("type", at, "", "total needs a number, %s is %s", name, t)
			return at, false
		}
	}
	return at, true
}

// window reports whether an argument is a window.
func window(n ast.Node) (string, bool) {
	call, ok := n.(*ast.CallNode)
	if !ok {
		return "", false
	}
	f, ok := call.Callee.(*ast.IdentifierNode)
	if ok {
		switch f.Value {
		case "within", "between", "since", "today", "this_week", "this_month":
			return f.Value, true
		}
	}
	return "", false
}

func (w *walk) window(name string, n *ast.CallNode) (win rule.Window, at rule.Span, ok bool) {
	at = place(n.Location())
	word := w.words[name]
	if len(n.Arguments) != word.min {
		w.fault("arity", at, "", "%s has %d arguments, want %d, as in %s", name, len(n.Arguments), word.min, word.form)
		return win, at, false
	}
	switch name {
	case "today":
		return rule.Window{Calendar: rule.Today}, at, true
	case "this_week":
		return rule.Window{Calendar: rule.ThisWeek}, at, true
	case "this_month":
		return rule.Window{Calendar: rule.ThisMonth}, at, true
	case "since":
		s, where, ok := w.written(n.Arguments[0], "the date", word.form)
		at = around(at, where)
		if !ok {
			return win, at, false
		}
		x := w.dated(literal(where, rule.StringValue(s)), rule.Time)
		if win.Since = x.Value.Instant(); !bad(x) && win.Since == 0 {
			w.fault("argument", where, "", "1970-01-01 is no beginning: leave the window out")
			return win, at, false
		}
		return win, at, !bad(x)
	}
	d, where, ok := w.duration(n.Arguments[0], word.form)
	at = around(at, where)
	win.Long = d
	if name == "between" {
		e, where, fine := w.duration(n.Arguments[1], word.form)
		at, ok = around(at, where), ok && fine
		if win.Short = e; ok && e >= d {
			w.fault("argument", at, "", "between goes from the longer to the shorter, as in %s", word.form)
			ok = false
		}
	}
	return win, at, ok
}

// loose refuses a window that stands alone.
func (w *walk) loose(_ op.Op, _ []ast.Node, at rule.Span) rule.Node {
	return w.fault("argument", at, "", `a window can only stand behind an event, as in did("order_paid", within("30d"))`)
}
