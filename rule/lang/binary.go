package lang

import (
	"slices"

	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang/internal/machine"
	"github.com/marque-go/marque/rule/op"
)

var comparisons = map[string]op.Op{
	"==": op.Eq, "!=": op.Ne, "<": op.Lt, "<=": op.Le, ">": op.Gt, ">=": op.Ge,
}

var texts = map[string]op.Op{
	"contains": op.Contains, "startsWith": op.StartsWith, "endsWith": op.EndsWith, "matches": op.Matches,
}

var sums = map[string]op.Op{
	"+": op.Add, "-": op.Sub, "*": op.Mul, "/": op.Div, "%": op.Mod,
}

func (w *walk) unary(n *ast.UnaryNode, at rule.Span) rule.Node {
	if n.Operator == "not" || n.Operator == "!" {
		x := w.condition(n.Node)
		if bad(x) {
			return x
		}
		return rule.Node{Op: op.Not, Type: rule.Bool, Args: []rule.Node{x}, Span: around(at, x.Span)}
	}
	x := w.value(n.Node)
	at = around(at, x.Span)
	switch {
	case bad(x):
		return x
	case !number(x.Type) && x.Type != rule.Any:
		return w.fault("type", at, "", "%s needs a number, this is %s", n.Operator, kind(x))
	case n.Operator == "+":
		return x
	case x.Op == op.Const && x.Type == rule.Int:
		return literal(at, rule.IntValue(-x.Value.Int()))
	case x.Op == op.Const && x.Type == rule.Float:
		return literal(at, rule.FloatValue(-x.Value.Float()))
	}
	return rule.Node{Op: op.Neg, Type: x.Type, Args: []rule.Node{x}, Span: at}
}

func (w *walk) binary(n *ast.BinaryNode, at rule.Span) rule.Node {
	switch o := n.Operator; o {
	case "and", "&&":
		return w.junction(n, op.And, "and", "&&")
	case "or", "||":
		return w.junction(n, op.Or, "or", "||")
	case "in":
		return w.in(n)
	case "??":
		return w.orElse(n)
	default:
		if c, ok := comparisons[o]; ok {
			return w.compare(n, c)
		}
		if c, ok := texts[o]; ok {
			return w.match(n, c)
		}
		if c, ok := sums[o]; ok {
			return w.calculate(n, c)
		}
		return w.leaf(n) // ** and ..
	}
}

// junction walks a chain of the same connective as one level.
func (w *walk) junction(n *ast.BinaryNode, o op.Op, sign, other string) rule.Node {
	var parts []ast.Node
	var left ast.Node = n
	for {
		b, ok := left.(*ast.BinaryNode)
		if !ok || b.Operator != sign && b.Operator != other {
			break
		}
		parts = append(parts, b.Right)
		left = b.Left
	}
	x := w.condition(left)
	out, ok, at := rule.Node{Op: o, Type: rule.Bool, Args: []rule.Node{x}}, !bad(x), x.Span
	if x.Op == o { // what was one word is several conditions
		out.Args = slices.Clone(x.Args)
	}
	for i := len(parts) - 1; i >= 0; i-- {
		x := w.condition(parts[i])
		ok, at = ok && !bad(x), around(at, x.Span)
		out.Args = append(out.Args, x)
	}
	if out.Span = at; !ok {
		return rule.Node{Span: at}
	}
	return out
}

func isNil(n ast.Node) bool { _, ok := n.(*ast.NilNode); return ok }

// compare walks a comparison. x == nil is not has(x), x != nil is has(x).
func (w *walk) compare(n *ast.BinaryNode, o op.Op) rule.Node {
	if call, ok := graded(n.Left); ok {
		return w.grade(call, o, []ast.Node{n.Right})
	}
	if call, ok := graded(n.Right); ok {
		return w.grade(call, mirrored(o), []ast.Node{n.Left})
	}
	if l, r := isNil(n.Left), isNil(n.Right); l != r && (o == op.Eq || o == op.Ne) {
		side := n.Left
		if l {
			side = n.Right
		}
		x := w.node(side)
		switch {
		case bad(x):
			return x
		case x.Type == list:
			return w.carve(n, func(l *leaf) ast.Node {
				return put(n, &ast.BinaryNode{Operator: n.Operator, Left: l.operand(x, side), Right: put(n, &ast.NilNode{})})
			})
		}
		has := rule.Node{Op: op.Has, Type: rule.Bool, Args: []rule.Node{x}, Span: x.Span}
		if o == op.Ne {
			return has
		}
		return rule.Node{Op: op.Not, Type: rule.Bool, Args: []rule.Node{has}, Span: x.Span}
	}
	l, r := w.node(n.Left), w.node(n.Right)
	at := around(l.Span, r.Span)
	switch {
	case bad(l) || bad(r):
		return rule.Node{Span: at}
	case l.Type == list || r.Type == list || l.Type == rule.Strings && r.Type == rule.Strings && (l.Op == op.Call || r.Op == op.Call):
		if l, r = w.still(l), w.still(r); bad(l) || bad(r) {
			return rule.Node{Span: at}
		}
		return w.joint(n, l, r)
	}
	l, r = w.dated(l, r.Type), w.dated(r, l.Type)
	switch {
	case bad(l) || bad(r):
		return rule.Node{Span: at}
	case l.Moves() && r.Moves():
		return w.fault("argument", at, "", "two values that change with every instant cannot be compared")
	case (l.Type == rule.Strings && r.Type == rule.String || l.Type == rule.String && r.Type == rule.Strings) && (o == op.Eq || o == op.Ne):
		return w.fault("type", at, "write contains for one of a set of texts", "%s and %s cannot be compared", kind(l), kind(r))
	case !comparable(l.Type, r.Type):
		return w.fault("type", at, "", "%s and %s cannot be compared", kind(l), kind(r))
	case o != op.Eq && o != op.Ne && (unordered(l.Type) || unordered(r.Type)):
		return w.fault("type", at, "", "%s and %s have no order", kind(l), kind(r))
	}
	return rule.Node{Op: o, Type: rule.Bool, Args: []rule.Node{l, r}, Span: at}
}

// mirrored is the comparison with its operands exchanged.
func mirrored(o op.Op) op.Op {
	switch o {
	case op.Lt:
		return op.Gt
	case op.Le:
		return op.Ge
	case op.Gt:
		return op.Lt
	case op.Ge:
		return op.Le
	}
	return o
}

func comparable(a, b rule.Type) bool {
	if a == rule.Strings || b == rule.Strings {
		return false
	}
	return a == b || a == rule.Any || b == rule.Any || number(a) && number(b)
}

func unordered(t rule.Type) bool { return t == rule.Bool || t == rule.Strings }

// dated reads a text as a time where one is wanted.
func (w *walk) dated(n rule.Node, want rule.Type) rule.Node {
	if want != rule.Time || n.Op != op.Const || n.Type != rule.String {
		return n
	}
	v, ok := n.Value.As(rule.Time)
	if !ok {
		return w.fault("argument", n.Span, "", "%s is not a time, as 2026-01-31 or 2026-01-31T09:00:00+08:00", n.Value)
	}
	return literal(n.Span, v)
}

// match walks contains, startsWith, endsWith and matches.
func (w *walk) match(n *ast.BinaryNode, o op.Op) rule.Node {
	l, r := w.value(n.Left), w.value(n.Right)
	at := around(l.Span, r.Span)
	if bad(l) || bad(r) {
		return rule.Node{Span: at}
	}
	if l.Type == list || r.Type == list {
		return w.joint(n, l, r)
	}
	text := func(x rule.Node) bool {
		if x.Type != rule.String && x.Type != rule.Any {
			w.fault("type", x.Span, "", "%s needs a text, this is %s", n.Operator, kind(x))
			return false
		}
		return true
	}
	left := o == op.Contains && l.Type == rule.Strings || text(l)
	if !text(r) || !left {
		return rule.Node{Span: at}
	}
	if o == op.Matches && !w.pattern(r) {
		return rule.Node{Span: at}
	}
	return rule.Node{Op: o, Type: rule.Bool, Args: []rule.Node{l, r}, Span: at}
}

// pattern checks the pattern of matches.
func (w *walk) pattern(x rule.Node) bool {
	if x.Op != op.Const {
		w.fault("argument", x.Span, "", "the pattern must be written out")
		return false
	}
	if len(x.Value.Text()) > w.o.MaxPattern {
		w.fault("limit", x.Span, "", "the pattern has %d bytes, more than %d", len(x.Value.Text()), w.o.MaxPattern)
		return false
	}
	size, err := machine.PatternSize(x.Value.Text())
	if err != nil {
		w.fault("argument", x.Span, "", "%v", err)
		return false
	}
	if size > w.o.MaxPattern {
		w.fault("limit", x.Span, "", "the pattern has %d characters once its repetitions are written out, more than %d", size, w.o.MaxPattern)
		return false
	}
	if w.patterns += size; w.patterns > 10*w.o.MaxPattern {
		w.fault("limit", x.Span, "", "the patterns of the rule have more than %d characters together", 10*w.o.MaxPattern)
		return false
	}
	return true
}

func (w *walk) calculate(n *ast.BinaryNode, o op.Op) rule.Node {
	l, r := w.value(n.Left), w.value(n.Right)
	at := around(l.Span, r.Span)
	if bad(l) || bad(r) {
		return rule.Node{Span: at}
	}
	if l.Type == list || r.Type == list || o == op.Add && joins(l.Type) && joins(r.Type) && (l.Type == rule.String || r.Type == rule.String) {
		return w.joint(n, l, r)
	}
	ok := true
	for _, x := range []rule.Node{l, r} {
		switch {
		case !number(x.Type) && x.Type != rule.Any:
			w.fault("type", x.Span, "", "%s needs a number, this is %s", n.Operator, kind(x))
			ok = false
		case o == op.Mod && x.Type == rule.Float:
			w.fault("type", x.Span, "", "%% needs an integer, this is %s", kind(x))
			ok = false
		}
	}
	if !ok {
		return rule.Node{Span: at}
	}
	t, _ := common(l, r)
	if o == op.Div {
		t = rule.Float
	}
	return rule.Node{Op: o, Type: t, Args: []rule.Node{l, r}, Span: at}
}

// joins reports whether a + may join a value of the type to a text.
func joins(t rule.Type) bool { return t == rule.String || t == rule.Any }

func (w *walk) orElse(n *ast.BinaryNode) rule.Node {
	l, r := w.value(n.Left), w.value(n.Right)
	at := around(l.Span, r.Span)
	if bad(l) || bad(r) {
		return rule.Node{Span: at}
	}
	if l.Type == list || r.Type == list {
		return w.joint(n, l, r)
	}
	l, r = w.dated(l, r.Type), w.dated(r, l.Type)
	if bad(l) || bad(r) {
		return rule.Node{Span: at}
	}
	t, ok := common(l, r)
	if !ok {
		return w.fault("type", at, "", "%s and %s are of different types", kind(l), kind(r))
	}
	return rule.Node{Op: op.Else, Type: t, Args: []rule.Node{l, r}, Span: at}
}
