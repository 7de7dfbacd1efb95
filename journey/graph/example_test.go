package graph_test

import (
	"encoding/json"
	"fmt"

	"github.com/marque-go/marque/journey/graph"
)

const welcome = `{
  "name": "welcome",
  "entry": {"segment": "new"},
  "nodes": [
    {"id": "push", "send": {"channels": ["push", "sms"], "template": "hello"}, "next": "wait"},
    {"id": "wait", "wait": {"event": "message.opened", "of": "push", "within": "2d"}, "next": "tag", "on": {"timeout": "lost"}},
    {"id": "tag", "tag": "reached"},
    {"id": "lost", "exit": "lost"}
  ]
}`

func Example() {
	var d graph.Def
	if err := json.Unmarshal([]byte(welcome), &d); err != nil {
		panic(err)
	}
	fmt.Println(d.Validate())
	fmt.Print(d.Mermaid())
	// Output:
	// <nil>
	// flowchart TD
	//   in(["enters new"]) --> n0
	//   n0["push: send push, sms"]
	//   n0 --> n1
	//   n1{{"wait: wait for message.opened within 2d"}}
	//   n1 -- "message.opened" --> n2
	//   n1 -- "timeout" --> n3
	//   n2["tag: tag reached"]
	//   n2 --> out
	//   n3(["lost: exit lost"])
	//   out(["completed"])
}

func ExampleDef_Validate() {
	var d graph.Def
	_ = json.Unmarshal([]byte(`{"name": "j", "entry": {"call": true}, "quiet": {"from": "22:00", "to": "24:00"}, "nodes": [
		{"id": "sms", "send": {"channels": ["sms"]}, "next": "wiat"},
		{"id": "wait", "wait": {"for": "-1d"}, "next": "sms"}]}`), &d)
	fmt.Println(d.Validate())
	// Output:
	// quiet.to: civil: time of day "24:00": midnight is "00:00"
	// nodes[0].send.template: want a template, a text or HTML
	// nodes[1].wait.for: want more than zero
	// nodes[0].next: no node "wiat", did you mean "wait"?
}
