package eval

import (
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// New makes a rule of a tree that a front end has checked, and of the text it was made from. What does not fit
// together in the tree is missing. Parts that are made of constants become one.
func New(source string, root rule.Node) *rule.Rule {
	root = fold(root)
	test := testOf(&root)
	return rule.New(source, root, func(now rule.Instant, f *rule.Facts, scope []rule.Value) (rule.Truth, rule.Instant) {
		return test(env{now: now, f: f, row: scope})
	}, holdsOf(&root, rule.True))
}

// Formula makes a formula of a tree that a front end has checked.
func Formula(root rule.Node) *rule.Formula {
	root = fold(root)
	value := evalOf(&root)
	return rule.NewFormula(root, func(now rule.Instant, f *rule.Facts, scope []rule.Value) rule.Value {
		v, _ := value(env{now: now, f: f, row: scope})
		return v
	})
}

// Value evaluates any part of a rule's tree: its value, true or false of a condition, and until when it stays if
// nothing happens (the zero time: for good). It compiles the part anew: for people, not for many.
func Value(n rule.Node, in rule.Input) (rule.Value, time.Time) {
	f := in.Facts
	if f == nil {
		f = new(rule.Facts)
	}
	v, until := evalOf(&n)(env{now: rule.At(in.Now), f: f, row: in.Scope})
	return v, until.Time()
}

// fold replaces what is made of constants by its value.
func fold(n rule.Node) rule.Node {
	if n.Op == op.Const {
		return n
	}
	if n.Constant() {
		if v, _ := evalOf(&n)(env{f: new(rule.Facts)}); v.Known() {
			return rule.Node{Op: op.Const, Type: v.Type(), Value: v, Span: n.Span}
		}
	}
	args := make([]rule.Node, len(n.Args))
	for i := range n.Args {
		args[i] = fold(n.Args[i])
	}
	n.Args = args
	return n
}
