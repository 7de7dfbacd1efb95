package lang

import (
	"fmt"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// A walk makes our tree of expr's, once, and collects what is wrong.
type walk struct {
	*Compiler
	text   text
	scope  string       // as the caller gives it: "event/order_paid"
	word   string       // as a rule writes it: "event"
	fields []rule.Field // the scope's
	faults rule.Faults

	event   int  // the slot of the event that a filter looks at, -1 outside filters
	filter  bool // within a filter, even of an event that does not exist
	depth   int
	visits  int
	stopped bool                 // a limit is passed: nothing more is said
	used    map[string]rule.Type // the attributes it names
	ends    map[int]int          // where the call ends whose name begins there
	leaves  []*leaf              // what the machine runs; the Slot of an op.Call is its place here, from 1, until it is linked
	merged  int                  // how many of them became part of another
	count   int                  // of their holes
	checked int                  // of these, each time

	patterns int // the size of all patterns together
}

func (w *walk) fault(code string, at rule.Span, hint, format string, args ...any) rule.Node {
	if !w.stopped {
		line, col, end := w.text.position(at)
		w.faults = append(w.faults, rule.Fault{Code: code, Line: line, Col: col, EndCol: end, Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	if code == "limit" {
		w.stopped = true
	}
	return rule.Node{Span: at}
}

// bad reports whether something is wrong within a node, which has been said.
func bad(n rule.Node) bool { return n.Op == op.Bad }

// like is the hint that names the candidate nearest to name, while there is hope that the text is a rule.
func (w *walk) like(name string, candidates []string) string {
	if len(w.faults) > 100 {
		return ""
	}
	return strings.TrimPrefix(rule.Hint(name, candidates), ", ")
}

// enter goes a level deeper, if the limits allow.
func (w *walk) enter(at rule.Span) bool {
	if w.stopped {
		return false
	}
	// The parser shares what stands between two comparisons (a < b < c), so a small tree may be a long walk.
	if w.visits++; w.visits > 2*w.o.MaxNodes {
		w.fault("limit", at, "", "the rule is too long")
		return false
	}
	if w.depth++; w.depth > w.o.MaxDepth {
		w.fault("limit", at, "", "the rule is nested more than %d deep", w.o.MaxDepth)
		return false
	}
	return true
}

// node walks one node of expr's tree.
func (w *walk) node(n ast.Node) rule.Node {
	at := place(n.Location())
	if !w.enter(at) {
		return rule.Node{Span: at}
	}
	defer func() { w.depth-- }()
	switch n := n.(type) {
	case *ast.BoolNode:
		return literal(at, rule.BoolValue(n.Value))
	case *ast.IntegerNode:
		return literal(at, rule.IntValue(int64(n.Value)))
	case *ast.FloatNode:
		return literal(at, rule.FloatValue(n.Value))
	case *ast.StringNode:
		return literal(at, rule.StringValue(n.Value))
	case *ast.IdentifierNode:
		return w.name(n.Value, at)
	case *ast.MemberNode:
		return w.member(n)
	case *ast.ChainNode:
		return w.node(n.Node)
	case *ast.CallNode:
		if f, ok := n.Callee.(*ast.IdentifierNode); ok {
			x := w.call(f.Value, n.Arguments, at)
			x.Span.To = max(x.Span.To, w.ends[at.From])
			return x
		}
		return w.fault("syntax", at, "", "methods cannot be called")
	case *ast.BuiltinNode:
		return w.builtin(n, at)
	case *ast.UnaryNode:
		return w.unary(n, at)
	case *ast.BinaryNode:
		return w.binary(n, at)
	case *ast.ConditionalNode:
		return w.conditional(n)
	case *ast.NilNode:
		return w.fault("type", at, "", "nil can only be compared with == and !=")
	case *ast.ArrayNode, *ast.MapNode, *ast.SliceNode, *ast.VariableDeclaratorNode:
		return w.leaf(n)
	case *ast.SequenceNode:
		return w.fault("syntax", at, "", "a rule is one expression, without ;")
	}
	return w.fault("syntax", at, "", "such an expression is not part of rules")
}

func literal(at rule.Span, v rule.Value) rule.Node {
	return rule.Node{Op: op.Const, Type: v.Type(), Value: v, Span: at}
}

// condition walks what must be true or false.
func (w *walk) condition(n ast.Node) rule.Node { return w.mustHold(w.node(n)) }

func (w *walk) mustHold(x rule.Node) rule.Node {
	if !bad(x) && x.Type != rule.Bool && x.Type != rule.Any {
		return w.fault("type", x.Span, "", "want something true or false, this is %s", kind(x))
	}
	return w.still(x)
}

// still refuses a value that changes with every instant where it is not compared.
func (w *walk) still(x rule.Node) rule.Node {
	if !x.Moves() {
		return x
	}
	example := `now > ends`
	switch x.Op {
	case op.Score:
		example = `score("lead") >= 50`
	case op.DaysSince:
		example = `days_since(last_order) > 30`
	}
	return w.fault("argument", x.Span, "", "what changes with every instant can only be compared, as in %s", example)
}

// value walks an operand that is not compared.
func (w *walk) value(n ast.Node) rule.Node { return w.still(w.node(n)) }

func (w *walk) conditional(n *ast.ConditionalNode) rule.Node {
	c := w.condition(n.Cond)
	a, b := w.value(n.Exp1), w.value(n.Exp2)
	at := around(c.Span, around(a.Span, b.Span))
	if bad(c) || bad(a) || bad(b) {
		return rule.Node{Span: at}
	}
	if a.Type == list || b.Type == list {
		return w.carve(n, func(l *leaf) ast.Node {
			return put(n, &ast.ConditionalNode{Ternary: true, Cond: l.operand(c, n.Cond), Exp1: l.operand(a, n.Exp1), Exp2: l.operand(b, n.Exp2)})
		})
	}
	t, ok := common(a, b)
	if !ok {
		return w.fault("type", at, "", "the two ways differ: %s and %s", kind(a), kind(b))
	}
	return rule.Node{Op: op.If, Type: t, Args: []rule.Node{c, a, b}, Span: at}
}

// common is the type of what is either a or b.
func common(a, b rule.Node) (rule.Type, bool) {
	switch {
	case a.Type == b.Type:
		return a.Type, true
	case a.Type == rule.Any || b.Type == rule.Any:
		return rule.Any, true
	case number(a.Type) && number(b.Type):
		return rule.Float, true
	}
	return rule.Any, false
}

func number(t rule.Type) bool { return t == rule.Int || t == rule.Float }

// kind says what a node is, for people.
func kind(n rule.Node) string {
	if n.Type == list {
		return "a list, a map or a duration"
	}
	if n.Op == op.Const {
		return fmt.Sprintf("%s (%s)", n.Value, n.Type)
	}
	if n.Name != "" && (n.Op == op.Attr || n.Op == op.Field || n.Op == op.It) {
		name := n.Name
		if n.Of != "" {
			name = n.Of + "." + name
		}
		return fmt.Sprintf("%s (%s)", name, n.Type)
	}
	return n.Type.String()
}
