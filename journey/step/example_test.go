package step_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// One person through one journey, by hand: every step gives the next state and what is to be done.
func Example() {
	lex, err := rule.Schema{Events: append([]rule.EventType{{Name: "registered"}, {Name: "order_paid"}}, step.Says()...)}.Compile()
	if err != nil {
		panic(err)
	}
	set, err := plan.Compile([]graph.Def{{
		Name: "welcome", Consent: "assumed", Entry: graph.Entry{Event: "registered"},
		Nodes: []graph.Node{
			{ID: "push", Send: &graph.Send{Channels: []string{"push"}, Template: "hello"}, Next: "wait"},
			{ID: "wait", Wait: &graph.Wait{Event: "order_paid", Within: marque.Day}, On: map[string]string{"timeout": "lost"}},
			{ID: "lost", Exit: "lost"},
		},
	}}, lex, lang.New(lex, nil), nil)
	if err != nil {
		panic(err)
	}
	plan, ann := set.Plan("welcome"), rule.NewFacts(lex, "ann")
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	show := func(r record.Result) record.State {
		fmt.Println("at", r.State.Node)
		for _, n := range r.Trace {
			fmt.Println("  ", n.Node, n.What, n.Verdict)
		}
		for _, e := range r.Emit {
			fmt.Println("   says", e.Name)
		}
		return r.State
	}

	r := step.Enter(plan, record.Input{Event: &marque.Event{ID: "e1", Name: "registered", At: noon, Profile: "ann"}}, ann, noon)
	s := show(r)
	s = show(step.Step(plan, s, record.Input{Command: &r.Commands[0], Outcome: record.Outcome{Result: graph.Sent}}, ann, noon))
	s = show(step.Step(plan, s, record.Input{}, ann, s.Due))
	fmt.Println("ended:", s.Ended)
	// Output:
	// at push
	//     entry pass
	//    push consent pass
	//    push gate pass
	//    says journey.entered
	// at wait
	//    push channel sent
	//    push edge sent
	//    wait wait 2026-03-03T12:00:00Z
	//    says message.sent
	// at lost
	//    wait edge timeout
	//    lost end lost
	//    says journey.exited
	// ended: lost
}
