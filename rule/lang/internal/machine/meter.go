package machine

import (
	"math"
	"reflect"

	"github.com/expr-lang/expr/ast"
)

// The functions that the meter puts into a program, and those of the language behind the same byte: no text can have
// such a name.
const (
	callStep  = "\x00step"
	callList  = "\x00list"
	callAdd   = "\x00+"
	callRange = "\x00.."
	callEqual = "\x00=="
	callIn    = "\x00in"
)

// A meter puts into a tree what counts its work: the machine itself has no bound. Every turn of a predicate costs as
// many steps as it has nodes, and every function that may make something big is called through one that looks at it.
type meter struct {
	nodes   int // a pattern is as many as its size
	longest int // bytes of a literal
	called  map[string]bool
}

func (m *meter) call(name string, args ...ast.Node) ast.Node {
	m.called[name] = true
	f := &ast.IdentifierNode{Value: name}
	f.SetType(reflect.TypeFor[func(...any) any]())
	return &ast.CallNode{Callee: f, Arguments: args}
}

func (m *meter) all(ns []ast.Node) {
	for i := range ns {
		ns[i] = m.node(ns[i])
	}
}

// node gives the node that stands in for n, with the type that was found for it.
func (m *meter) node(n ast.Node) ast.Node {
	if n == nil {
		return nil
	}
	out := m.metered(n)
	if out != n {
		out.SetLocation(n.Location())
		if b, ok := n.(*ast.BuiltinNode); !ok || b.Name != "max" && b.Name != "min" { // these are not always of the type of their first operand
			out.SetNature(*n.Nature())
		}
	}
	return out
}

func (m *meter) metered(n ast.Node) ast.Node {
	m.nodes++
	switch n := n.(type) {
	case *ast.StringNode:
		m.longest = max(m.longest, len(n.Value))
	case *ast.UnaryNode:
		n.Node = m.node(n.Node)
	case *ast.BinaryNode:
		return m.binary(n)
	case *ast.ChainNode:
		n.Node = m.node(n.Node)
	case *ast.MemberNode:
		n.Node, n.Property = m.node(n.Node), m.node(n.Property)
	case *ast.SliceNode:
		n.Node, n.From, n.To = m.node(n.Node), m.node(n.From), m.node(n.To)
	case *ast.ConditionalNode:
		n.Cond, n.Exp1, n.Exp2 = m.node(n.Cond), m.node(n.Exp1), m.node(n.Exp2)
	case *ast.ArrayNode:
		if values, ok := plain(n); ok {
			_, longest := weigh(values, math.MaxInt)
			m.longest = max(m.longest, longest)
			return &ast.ConstantNode{Value: values}
		}
		m.all(n.Nodes)
	case *ast.MapNode:
		m.all(n.Pairs)
	case *ast.PairNode:
		n.Key, n.Value = m.node(n.Key), m.node(n.Value)
	case *ast.BuiltinNode:
		return m.builtin(n)
	case *ast.VariableDeclaratorNode:
		n.Value, n.Expr = m.node(n.Value), m.node(n.Expr)
	}
	return n
}

func (m *meter) binary(n *ast.BinaryNode) ast.Node {
	l, r := n.Left.Nature(), n.Right.Nature()
	scalar := func(n ast.Node) bool {
		switch t := n.Nature(); {
		case t.IsNumber(), t.IsString(), t.IsBool(), t.IsTime(), t.IsDuration(), t.Nil:
			return true
		}
		return false
	}
	name := ""
	switch n.Operator {
	case "+":
		if !l.IsNumber() || !r.IsNumber() {
			name = callAdd
		}
	case "..":
		name = callRange
	case "==", "!=":
		if !scalar(n.Left) && !scalar(n.Right) {
			name = callEqual
		}
	case "in":
		name = callIn
	case "matches":
		if s, ok := n.Right.(*ast.StringNode); ok {
			size, _ := PatternSize(s.Value) // no pattern fails when it runs
			m.nodes += size
		}
	}
	n.Left, n.Right = m.node(n.Left), m.node(n.Right)
	if name == "" {
		return n
	}
	c := m.call(name, n.Left, n.Right)
	if n.Operator == "!=" {
		return &ast.UnaryNode{Operator: "not", Node: c}
	}
	return c
}

func (m *meter) builtin(n *ast.BuiltinNode) ast.Node {
	f, ok := loops[n.Name]
	if !ok {
		m.all(n.Arguments)
		return m.call("\x00"+n.Name, n.Arguments...)
	}
	n.Arguments[0] = m.node(n.Arguments[0])
	body := ast.Node(&ast.PointerNode{}) // of count and sum
	if len(n.Arguments) == 1 {
		n.Arguments = append(n.Arguments, &ast.PredicateNode{Node: body})
	}
	p := n.Arguments[1].(*ast.PredicateNode)
	before := m.nodes
	body = m.node(p.Node)
	p.Node = m.call(callStep, &ast.IntegerNode{Value: m.nodes - before + 3}, body)
	p.Node.SetNature(*body.Nature())
	if len(n.Arguments) > 2 {
		n.Arguments[2] = m.node(n.Arguments[2])
	}
	if f == makesList {
		return m.call(callList, n)
	}
	return n
}

// plain gives the values of a list of literals.
func plain(n *ast.ArrayNode) ([]any, bool) {
	values := make([]any, 0, len(n.Nodes))
	for _, x := range n.Nodes {
		switch x := x.(type) {
		case *ast.BoolNode:
			values = append(values, x.Value)
		case *ast.IntegerNode:
			values = append(values, x.Value)
		case *ast.FloatNode:
			values = append(values, x.Value)
		case *ast.StringNode:
			values = append(values, x.Value)
		default:
			return nil, false
		}
	}
	return values, true
}
