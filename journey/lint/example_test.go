package lint_test

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/build"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/lint"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// A journey that compiles, and does hardly what its author means.
func Example() {
	def, err := build.Journey("thanks").Topic("news").
		Enter(build.OnEvent("order_paid").OneAtATime()).
		Quiet("21:30", "09:00", "drop").
		Path(
			build.Branch("size", build.When(`spent >= 100`, "coupon"), build.When(`spent >= 1000`, "exit")),
			build.WaitThen("morning", marque.Day, "08:30"),
			build.Send("thanks", build.By("sms").Text("Thank you!")),
			build.Exit("exit", "done"),
		).
		Path(
			build.Coupon("coupon", "back-soon").On(graph.Refused, "thanks"),
			build.WaitFor("rest", 14*marque.Day),
			build.Send("remind", build.By("sms").Text("{{.coupon_id}} is waiting for you").Missing("coupon_id", "A coupon")),
		).
		Def()
	if err != nil {
		panic(err)
	}
	schema := rule.Schema{
		Attributes: []rule.Field{{Name: "spent", Type: rule.Int}},
		Events:     append([]rule.EventType{{Name: "order_paid"}}, step.Says()...),
	}
	defs := []graph.Def{def}
	schema.Scopes = graph.Scopes(defs, schema.Events...)
	lex, err := schema.Compile()
	if err != nil {
		panic(err)
	}
	rules := lang.New(lex, nil)
	_, err = plan.Compile(defs, lex, rules, nil)
	found := lint.Check(defs, lex, rules, &lint.Options{Valid: map[string]marque.Duration{"back-soon": 7 * marque.Day}})
	for _, f := range append(lint.Errors(err), found...) {
		fmt.Println(f)
	}
	// Output:
	// warning: [0].nodes[0].branch[1].when: is never reached: the case before it is true whenever this one is
	// warning: [0].nodes[1].wait.at: ends in quiet hours (21:30 to 09:00): the message of "thanks" is never sent
	// warning: [0].nodes[5].wait.for: coupons of "back-soon" are good for 7d, and here 14d have passed at least: they are over when "remind" speaks of them
}
