package loop_test

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/build"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/loop"
)

// A journey that was written in Go, as the file that its people may go on with.
func ExampleProgram_YAML() {
	def, err := build.Journey("welcome").Topic("news").
		Enter(build.OnSegment("new").Holdout("welcome", 10*build.Percent)).
		Goal(graph.On{Event: "order_paid"}).
		Quiet("21:30", "08:30", "hold").
		Path(
			build.Send("hello", build.By("push", "sms").Text("Hello {{.name}}!\nGood to see you.").Missing("name", "you")).On(graph.Unreachable, "lost"),
			build.WaitThen("wait", 2*marque.Day, "10:00"),
			build.Branch("kind", build.When(`has_tag("vip")`, "call")),
			build.Exit("done", "no-answer"),
		).
		Path(build.Call("call", graph.Call{Do: "phone", As: "ring"}).Next("done")).
		Path(build.TagFor("lost", "lost", 30*marque.Day)).
		Def()
	if err != nil {
		panic(err)
	}
	text, err := loop.Program{Journeys: []journey.Def{def}}.YAML()
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
	// Output:
	// journeys:
	//   - name: welcome
	//     topic: news
	//     entry: {segment: new, holdout: {name: welcome, share: 10%}}
	//     goal: {event: order_paid}
	//     quiet: {from: '21:30', to: '08:30', do: hold}
	//     nodes:
	//       - id: hello
	//         send:
	//           channels: [push, sms]
	//           text: |-
	//             Hello {{.name}}!
	//             Good to see you.
	//           missing: {name: you}
	//         next: wait
	//         'on': {unreachable: lost}
	//       - {id: wait, wait: {for: 2d, at: '10:00'}, next: kind}
	//       - id: kind
	//         branch: [{when: 'has_tag("vip")', next: call}]
	//         next: done
	//       - {id: done, exit: no-answer}
	//       - {id: call, call: {do: phone, as: ring}, next: done}
	//       - {id: lost, tag: lost for 30d}
}
