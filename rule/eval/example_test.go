package eval_test

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/op"
)

// A front end of one's own builds the tree; this one is age >= 18.
func ExampleNew() {
	lex, _ := rule.Schema{Attributes: []rule.Field{{Name: "age", Type: rule.Int}}}.Compile()
	r := eval.New("", rule.Node{Op: op.Ge, Type: rule.Bool, Args: []rule.Node{
		{Op: op.Attr, Type: rule.Int, Name: "age"},
		{Op: op.Const, Type: rule.Int, Value: rule.IntValue(18)},
	}})
	f := rule.NewFacts(lex, "ann")
	fmt.Println(r.Root(), "is", r.Test(rule.Input{Now: noon, Facts: f}).Truth)
	f.Attrs[0] = rule.IntValue(30)
	fmt.Println(r.Root(), "is", r.Test(rule.Input{Now: noon, Facts: f}).Truth)
	// Output:
	// age >= 18 is unknown
	// age >= 18 is true
}
