package lang

import (
	"fmt"
	"math"
	"slices"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang/internal/machine"
	"github.com/marque-go/marque/rule/op"
)

// list is the type of what the machine has and no Value holds: a list of numbers, a map, a duration.
const list = rule.Type(200)

// A leaf is a part that expr's machine runs. Its tree is a copy of the part in which everything that the machine need
// not run is a hole: a name that no text can have.
type leaf struct {
	*walk
	tree  ast.Node
	conf  *conf.Config // its holes and their types
	holes []hole
	span  rule.Span
	bound int      // predicates and lets around
	lets  []string // the names of those
	chain int      // optional chains around
	wrong bool
	often bool // it stands in a filter

	pieces []string // once it is finished: its text around args
	args   []rule.Node
	names  []string // of their holes
	made   *machine.Program
}

type hole struct {
	name string
	node rule.Node
}

// leaf walks a part that only the machine can run.
func (w *walk) leaf(n ast.Node) rule.Node {
	return w.carve(n, func(l *leaf) ast.Node { return l.copy(n) })
}

// joint is a leaf of an operator whose operands are walked already.
func (w *walk) joint(n *ast.BinaryNode, x, y rule.Node) rule.Node {
	return w.carve(n, func(l *leaf) ast.Node {
		return put(n, &ast.BinaryNode{Operator: n.Operator, Left: l.operand(x, n.Left), Right: l.operand(y, n.Right)})
	})
}

func (w *walk) carve(n ast.Node, build func(*leaf) ast.Node) rule.Node {
	l := &leaf{walk: w, span: place(n.Location()), often: w.filter}
	said := len(w.faults)
	l.tree = build(l)
	if l.wrong || w.stopped || len(w.faults) > said {
		return rule.Node{Span: l.span}
	}
	t, ok := l.check()
	if !ok {
		return rule.Node{Span: l.span}
	}
	if t == rule.Any && len(l.holes) == 0 {
		if v := l.constant(); v.Known() {
			return literal(l.span, v)
		}
	}
	w.leaves = append(w.leaves, l)
	return rule.Node{Op: op.Call, Type: t, Slot: len(w.leaves), Span: l.span}
}

// put gives a copy the place of its original.
func put[T ast.Node](original ast.Node, copied T) T {
	copied.SetLocation(original.Location())
	return copied
}

// part copies an operand of the leaf. What does not depend on a binding around it is walked for itself.
func (l *leaf) part(n ast.Node) ast.Node {
	switch n.(type) {
	case nil:
		return nil
	case *ast.NilNode, *ast.PredicateNode, *ast.PointerNode, *ast.ArrayNode, *ast.MapNode, *ast.SliceNode:
		return l.copy(n)
	}
	if l.bound > 0 && l.loose(n, true) {
		return l.copy(n)
	}
	return l.operand(l.value(n), n)
}

// operand makes a hole of a walked node. A literal stays one; a leaf becomes a part of this one, but where it would be
// run in each turn of a predicate: there it is run once, before.
func (l *leaf) operand(x rule.Node, n ast.Node) ast.Node {
	if bad(x) {
		l.wrong = true
		return put(n, &ast.NilNode{})
	}
	l.span = around(l.span, x.Span)
	if x.Op == op.Call && (l.bound == 0 || x.Type == list) {
		inner := l.leaves[x.Slot-1]
		l.holes = append(l.holes, inner.holes...)
		l.merged++
		return inner.tree
	}
	if x.Op == op.Const {
		switch v := x.Value; v.Type() {
		case rule.Bool:
			return put(n, &ast.BoolNode{Value: v.Bool()})
		case rule.Int:
			if i := v.Int(); i == int64(int(i)) && i != math.MinInt64 {
				return put(n, &ast.IntegerNode{Value: int(i)})
			}
		case rule.Float:
			return put(n, &ast.FloatNode{Value: v.Float()})
		case rule.String:
			return put(n, &ast.StringNode{Value: v.Text()})
		}
	}
	l.count++
	h := hole{fmt.Sprintf("\x00%d", l.count), x}
	l.holes = append(l.holes, h)
	return put(n, &ast.IdentifierNode{Value: h.name})
}

// copy copies one node, and its operands with part.
func (l *leaf) copy(n ast.Node) ast.Node {
	at := place(n.Location())
	if end := l.ends[at.From]; end > at.To {
		at.To = end
	}
	l.span = around(l.span, at)
	if !l.enter(at) {
		l.wrong = true
		return put(n, &ast.NilNode{})
	}
	defer func() { l.depth-- }()
	switch n := n.(type) {
	case *ast.NilNode:
		return put(n, &ast.NilNode{})
	case *ast.PointerNode:
		return put(n, &ast.PointerNode{Name: n.Name})
	case *ast.IdentifierNode: // what a let binds
		return put(n, &ast.IdentifierNode{Value: n.Value})
	case *ast.UnaryNode:
		return put(n, &ast.UnaryNode{Operator: n.Operator, Node: l.part(n.Node)})
	case *ast.BinaryNode:
		c := put(n, &ast.BinaryNode{Operator: n.Operator, Left: l.part(n.Left), Right: l.part(n.Right)})
		if n.Operator == "matches" && !l.wrong {
			s, ok := c.Right.(*ast.StringNode)
			x := rule.Node{Span: place(n.Right.Location())}
			if ok {
				x = literal(x.Span, rule.StringValue(s.Value))
			}
			l.wrong = !l.pattern(x)
		}
		return c
	case *ast.ChainNode:
		l.chain++
		defer func() { l.chain-- }()
		return put(n, &ast.ChainNode{Node: l.copy(n.Node)})
	case *ast.MemberNode:
		return put(n, &ast.MemberNode{Node: l.part(n.Node), Property: l.part(n.Property), Optional: n.Optional && l.chain > 0})
	case *ast.SliceNode:
		return put(n, &ast.SliceNode{Node: l.part(n.Node), From: l.part(n.From), To: l.part(n.To)})
	case *ast.ConditionalNode:
		return put(n, &ast.ConditionalNode{Ternary: true, Cond: l.part(n.Cond), Exp1: l.part(n.Exp1), Exp2: l.part(n.Exp2)})
	case *ast.ArrayNode:
		if len(n.Nodes) > l.o.MaxList {
			l.fault("limit", at, "", "the list has %d elements, more than %d", len(n.Nodes), l.o.MaxList)
			break
		}
		return put(n, &ast.ArrayNode{Nodes: l.parts(n.Nodes)})
	case *ast.MapNode:
		c := &ast.MapNode{}
		for _, p := range n.Pairs {
			if p, ok := p.(*ast.PairNode); ok {
				c.Pairs = append(c.Pairs, put(p, &ast.PairNode{Key: l.part(p.Key), Value: l.part(p.Value)}))
			}
		}
		return put(n, c)
	case *ast.BuiltinNode:
		return put(n, &ast.BuiltinNode{Name: n.Name, Arguments: l.parts(n.Arguments)})
	case *ast.PredicateNode:
		l.bound++
		defer func() { l.bound-- }()
		return put(n, &ast.PredicateNode{Node: l.part(n.Node)})
	case *ast.VariableDeclaratorNode:
		return l.let(n, at)
	case *ast.CallNode:
		if f, ok := n.Callee.(*ast.IdentifierNode); ok {
			l.fault("argument", at, "", "%s cannot look at what a predicate or a let binds", f.Value)
			break
		}
		l.node(n)
	default:
		l.node(n)
	}
	l.wrong = true
	return put(n, &ast.NilNode{})
}

func (l *leaf) parts(ns []ast.Node) []ast.Node {
	out := make([]ast.Node, len(ns))
	for i, n := range ns {
		out[i] = l.part(n)
	}
	return out
}

func (l *leaf) let(n *ast.VariableDeclaratorNode, at rule.Span) ast.Node {
	_, attr := l.lex.Attr(n.Name)
	_, word := l.words[n.Name]
	if attr || word || n.Name == "now" || n.Name == "it" || n.Name == l.word || slices.Contains(l.lets, n.Name) {
		l.fault("name", at, "", "%s means something else already", n.Name)
		l.wrong = true
	}
	value := l.part(n.Value)
	l.bound++
	l.lets = append(l.lets, n.Name)
	c := put(n, &ast.VariableDeclaratorNode{Name: n.Name, Value: value, Expr: l.part(n.Expr)})
	l.lets = l.lets[:len(l.lets)-1]
	l.bound--
	return c
}

// loose reports whether a part depends on what a predicate or a let around it binds. The pointer of a predicate within
// the part is its own.
func (l *leaf) loose(n ast.Node, pointers bool) bool {
	if l.visits++; l.visits > 2*l.o.MaxNodes {
		return true // and copy says so
	}
	switch n := n.(type) {
	case *ast.PointerNode:
		return pointers
	case *ast.IdentifierNode:
		return slices.Contains(l.lets, n.Value)
	case *ast.PredicateNode:
		pointers = false
	}
	for c := range below(n) {
		if l.loose(c, pointers) {
			return true
		}
	}
	return false
}
