package lang

import (
	"iter"

	"github.com/expr-lang/expr/ast"
)

// below yields the operands of a node.
func below(n ast.Node) iter.Seq[ast.Node] {
	return func(yield func(ast.Node) bool) {
		var ns []ast.Node
		switch n := n.(type) {
		case *ast.UnaryNode:
			ns = []ast.Node{n.Node}
		case *ast.BinaryNode:
			ns = []ast.Node{n.Left, n.Right}
		case *ast.ChainNode:
			ns = []ast.Node{n.Node}
		case *ast.MemberNode:
			ns = []ast.Node{n.Node, n.Property}
		case *ast.SliceNode:
			ns = []ast.Node{n.Node, n.From, n.To}
		case *ast.ConditionalNode:
			ns = []ast.Node{n.Cond, n.Exp1, n.Exp2}
		case *ast.ArrayNode:
			ns = n.Nodes
		case *ast.MapNode:
			ns = n.Pairs
		case *ast.PairNode:
			ns = []ast.Node{n.Key, n.Value}
		case *ast.BuiltinNode:
			ns = n.Arguments
		case *ast.CallNode:
			ns = n.Arguments
		case *ast.PredicateNode:
			ns = []ast.Node{n.Node}
		case *ast.VariableDeclaratorNode:
			ns = []ast.Node{n.Value, n.Expr}
		case *ast.SequenceNode:
			ns = n.Nodes
		}
		for _, x := range ns {
			if x != nil && !yield(x) {
				return
			}
		}
	}
}
