package lang

import (
	"math"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// A printer writes a leaf in pieces around its holes, in the order of which it puts its operands.
type printer struct {
	leaf   *leaf
	holes  map[string]rule.Node
	b      strings.Builder
	pieces []string
}

func (p *printer) write(parts ...any) {
	for _, x := range parts {
		switch x := x.(type) {
		case string:
			p.b.WriteString(x)
		case ast.Node:
			p.node(x)
		}
	}
}

// outer writes what stands beside an operator, in brackets where it is one.
func (p *printer) outer(n ast.Node) {
	open := false
	switch n := n.(type) {
	case *ast.UnaryNode, *ast.BinaryNode, *ast.ConditionalNode, *ast.VariableDeclaratorNode, *ast.ChainNode:
		open = true
	case *ast.IntegerNode:
		open = n.Value < 0
	case *ast.FloatNode:
		open = math.Signbit(n.Value)
	}
	if !open {
		p.node(n)
		return
	}
	p.write("(", n, ")")
}

func (p *printer) literal(v rule.Value) {
	p.write(rule.Node{Op: op.Const, Type: v.Type(), Value: v}.String())
}

func (p *printer) list(open string, ns []ast.Node, end string) {
	p.write(open)
	for i, n := range ns {
		if i > 0 {
			p.write(", ")
		}
		p.node(n)
	}
	p.write(end)
}

func (p *printer) node(n ast.Node) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		if !strings.HasPrefix(n.Value, "\x00") {
			p.write(n.Value)
			return
		}
		p.pieces = append(p.pieces, p.b.String())
		p.b.Reset()
		p.leaf.args = append(p.leaf.args, p.holes[n.Value])
		p.leaf.names = append(p.leaf.names, n.Value)
	case *ast.NilNode:
		p.write("nil")
	case *ast.BoolNode:
		p.literal(rule.BoolValue(n.Value))
	case *ast.IntegerNode:
		p.literal(rule.IntValue(int64(n.Value)))
	case *ast.FloatNode:
		p.literal(rule.FloatValue(n.Value))
	case *ast.StringNode:
		p.literal(rule.StringValue(n.Value))
	case *ast.PointerNode:
		p.write("#" + n.Name)
	case *ast.UnaryNode:
		p.write(n.Operator)
		if n.Operator == "not" {
			p.write(" ")
		}
		p.outer(n.Node)
	case *ast.BinaryNode:
		p.outer(n.Left)
		p.write(" " + n.Operator + " ")
		p.outer(n.Right)
	case *ast.ChainNode:
		p.node(n.Node)
	case *ast.MemberNode:
		p.outer(n.Node)
		if n.Optional {
			p.write("?.")
		}
		p.write("[", n.Property, "]")
	case *ast.SliceNode:
		p.outer(n.Node)
		p.write("[")
		if n.From != nil {
			p.outer(n.From)
		}
		p.write(":")
		if n.To != nil {
			p.outer(n.To)
		}
		p.write("]")
	case *ast.ConditionalNode:
		p.outer(n.Cond)
		p.write(" ? ")
		p.outer(n.Exp1)
		p.write(" : ")
		p.outer(n.Exp2)
	case *ast.ArrayNode:
		p.list("[", n.Nodes, "]")
	case *ast.MapNode:
		p.list("{", n.Pairs, "}")
	case *ast.PairNode:
		p.write("(", n.Key, "): ")
		p.outer(n.Value)
	case *ast.BuiltinNode:
		p.list(n.Name+"(", n.Arguments, ")")
	case *ast.PredicateNode:
		switch n.Node.(type) {
		case *ast.MapNode, *ast.VariableDeclaratorNode:
			p.write("{ ", n.Node, " }")
		default:
			p.node(n.Node)
		}
	case *ast.VariableDeclaratorNode:
		p.write("let " + n.Name + " = ")
		p.outer(n.Value)
		p.write("; ", n.Expr)
	}
}
