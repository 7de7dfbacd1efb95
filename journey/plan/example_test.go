package plan_test

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// Every fault of a definition at once, each with its path; then what the definition listens to and reads.
func ExampleCompile() {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events:     append([]rule.EventType{{Name: "registered"}, {Name: "order_paid"}}, step.Says()...),
	}.Compile()
	if err != nil {
		panic(err)
	}
	def := graph.Def{
		Name: "welcome", Entry: graph.Entry{Event: "registerd"},
		Nodes: []graph.Node{
			{ID: "where", Branch: []graph.Case{{When: `town == "Chongqing"`, Next: "wait"}}, Next: "wait"},
			{ID: "wait", Wait: &graph.Wait{Event: "order_paid", Within: marque.Day}, Next: "bye"},
		},
	}
	_, err = plan.Compile([]graph.Def{def}, lex, lang.New(lex, nil), nil)
	fmt.Println(err)

	def.Entry.Event, def.Nodes[0].Branch[0].When, def.Nodes[1].Next = "registered", `city == "Chongqing"`, ""
	set, err := plan.Compile([]graph.Def{def}, lex, lang.New(lex, nil), nil)
	fmt.Println(err, set.Listens(marque.Event{Name: "registered"}), set.Listens(marque.Event{Name: "refunded"}))
	// Output:
	// [0].nodes[1].next: no node "bye"
	// [0].entry.event: no event "registerd", did you mean "registered"?
	// [0].nodes[0].branch[0].when: 1:1: unknown name town
	// <nil> true false
}
