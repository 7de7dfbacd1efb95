package source_test

import (
	"fmt"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/rule"
)

func ExampleDocument() {
	type node struct {
		When string          `json:"when"`
		Wait marque.Duration `json:"wait,omitzero"`
		Next string          `json:"next,omitempty"`
	}
	var def struct {
		Name  string `json:"name"`
		Nodes []node `json:"nodes"`
	}
	doc, err := source.Parse("journeys/first-order.yaml", []byte(`
name: 首单
nodes:
  - when: Order > 1
    wait: 2 days
    nxt: sms
  - when: |
      city == "重庆" and
        Order == 1
    next: sms2
`))
	if err != nil {
		panic(err)
	}
	fmt.Println(doc.Decode("", &def))
	fmt.Println()

	// What a Validate or a compiler of rules finds is given its place too.
	var f marque.Faults
	f.Wrap("nodes[1].when", rule.Faults{{Line: 2, Col: 3, Message: "unknown name Order", Hint: "did you mean order_count?"}})
	f.Add("nodes[1].next", "no node %q", def.Nodes[1].Next)
	fmt.Println(doc.Locate("", f.Err()))
	// Output:
	// journeys/first-order.yaml:5:11: nodes[0].wait: marque: duration "2 days": unit " days": want w, d, h, m, s, ms, us in falling order, each once
	// journeys/first-order.yaml:6:5: nodes[0].nxt: unknown field "nxt", did you mean "next"?
	//
	// journeys/first-order.yaml:9:9: nodes[1].when: unknown name Order, did you mean order_count?
	// journeys/first-order.yaml:10:11: nodes[1].next: no node "sms2"
}
