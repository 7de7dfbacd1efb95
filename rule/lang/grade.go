package lang

import (
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// graded gives the call where n is grade("lead").
func graded(n ast.Node) (*ast.CallNode, bool) {
	call, ok := n.(*ast.CallNode)
	return call, ok && called(call) == "grade"
}

// grade makes the comparison of a grade with those named into comparisons of its score, so that it changes when the
// score crosses the border.
func (w *walk) grade(call *ast.CallNode, o op.Op, named []ast.Node) rule.Node {
	at := place(call.Location())
	at.To = max(at.To, w.ends[at.From])
	scale, ok := w.scale(call, at)
	var grades []int
	for _, n := range named {
		where := place(n.Location())
		at = around(at, where)
		s, isText := n.(*ast.StringNode)
		if !isText {
			w.fault("argument", where, "", `the grade must be written out, as in grade("lead") >= "B"`)
			ok = false
			continue
		}
		i := slices.IndexFunc(scale.Grades, func(g rule.Grade) bool { return g.Name == s.Value })
		if i < 0 && scale.Name != "" {
			var names []string
			for _, g := range scale.Grades {
				names = append(names, g.Name)
			}
			w.fault("name", where, w.oneOf(s.Value, names), "the scale %s has no grade %q", scale.Name, s.Value)
		}
		ok = ok && i >= 0
		grades = append(grades, i)
	}
	if !ok {
		return rule.Node{Span: at}
	}
	return w.among(scale, at, func(i int) bool {
		switch o {
		case op.In, op.Eq:
			return slices.Contains(grades, i)
		case op.Ne:
			return i != grades[0]
		case op.Lt:
			return i < grades[0]
		case op.Le:
			return i <= grades[0]
		case op.Gt:
			return i > grades[0]
		}
		return i >= grades[0]
	})
}

func (w *walk) scale(call *ast.CallNode, at rule.Span) (rule.Scale, bool) {
	form := w.words["grade"].form
	if n := len(call.Arguments); n != 1 {
		w.fault("arity", at, "", "grade has %d arguments, want 1, as in %s", n, form)
		return rule.Scale{}, false
	}
	name, where, ok := w.written(call.Arguments[0], "the scale", form)
	if !ok {
		return rule.Scale{}, false
	}
	scale, ok := w.lex.Scale(name)
	if !ok {
		var names []string
		for _, s := range w.lex.Schema().Scales {
			names = append(names, s.Name)
		}
		w.fault("name", where, w.oneOf(name, names), "unknown scale %q", name)
	}
	return scale, ok
}

// among is the condition that the score is in one of the grades of a set.
func (w *walk) among(scale rule.Scale, at rule.Span, in func(int) bool) rule.Node {
	slot, _ := w.lex.Score(scale.Score)
	border := func(o op.Op, i int) rule.Node {
		return rule.Node{Op: o, Type: rule.Bool, Span: at, Args: []rule.Node{
			{Op: op.Score, Type: rule.Float, Name: scale.Score, Slot: slot, Span: at},
			literal(at, rule.FloatValue(scale.Grades[i].From)),
		}}
	}
	var runs []rule.Node
	n := len(scale.Grades)
	for from := 0; from < n; from++ {
		if !in(from) {
			continue
		}
		to := from + 1
		for to < n && in(to) {
			to++
		}
		switch {
		case from == 0 && to == n:
			return literal(at, rule.BoolValue(true))
		case from == 0:
			runs = append(runs, border(op.Lt, to))
		case to == n:
			runs = append(runs, border(op.Ge, from))
		default:
			runs = append(runs, rule.Node{Op: op.And, Type: rule.Bool, Args: []rule.Node{border(op.Ge, from), border(op.Lt, to)}, Span: at})
		}
		from = to
	}
	switch len(runs) {
	case 0:
		return literal(at, rule.BoolValue(false))
	case 1:
		return runs[0]
	}
	return rule.Node{Op: op.Or, Type: rule.Bool, Args: runs, Span: at}
}

// alone refuses a grade that is not compared.
func (w *walk) alone(_ op.Op, _ []ast.Node, at rule.Span) rule.Node {
	return w.fault("argument", at, "", `a grade can only be compared, as in grade("lead") >= "B" or grade("lead") in ["A", "B"]`)
}

// kept resolves stage("lifecycle") and rfm("r"): the attributes "stage/lifecycle" and "rfm/r".
func kept(kind string) func(w *walk, _ op.Op, args []ast.Node, at rule.Span) rule.Node {
	return func(w *walk, _ op.Op, args []ast.Node, at rule.Span) rule.Node {
		name, where, ok := w.written(args[0], "the name", w.words[kind].form)
		at = around(at, where)
		if !ok {
			return rule.Node{Span: at}
		}
		slot, ok := w.lex.Attr(kind + "/" + name)
		if !ok {
			var names []string
			for _, a := range w.lex.Schema().Attributes {
				if rest, ok := strings.CutPrefix(a.Name, kind+"/"); ok {
					names = append(names, rest)
				}
			}
			return w.fault("name", where, w.oneOf(name, names), "unknown %s %q", kind, name)
		}
		return rule.Node{Op: op.Attr, Type: w.lex.Schema().Attributes[slot].Type, Name: kind + "/" + name, Of: "attr", Slot: slot, Span: at}
	}
}

// oneOf is the hint that names the nearest candidate, or some of those that there are.
func (w *walk) oneOf(name string, candidates []string) string {
	if hint := w.like(name, candidates); hint != "" || len(candidates) == 0 {
		return hint
	}
	some := strings.Join(candidates[:min(len(candidates), 6)], ", ")
	if len(candidates) > 6 {
		some += ", …"
	}
	return "there is " + some
}
