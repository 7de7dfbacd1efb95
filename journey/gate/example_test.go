package gate_test

import (
	"encoding/json"
	"fmt"
	"log"
	"time"

	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func Example() {
	schema := rule.Schema{Events: []rule.EventType{{Name: "opened"}, {Name: "wrote"}}}
	lex, err := schema.Compile()
	if err != nil {
		log.Fatal(err)
	}
	var policy graph.Policy
	err = json.Unmarshal([]byte(`{
		"consent":  "assumed",
		"suppress": [{"name": "sunset", "when": "not did(\"opened\", within(\"180d\"))", "topics": ["news"]}],
		"reach":    [{"channel": "wechat", "event": "wrote", "within": "48h"}],
		"quiet":    {"from": "22:00", "to": "08:00"}
	}`), &policy)
	if err != nil {
		log.Fatal(err)
	}
	rules, err := gate.Compile(policy, lex, lang.New(lex, nil))
	if err != nil {
		log.Fatal(err)
	}
	g := rules.Gate(&graph.Def{Name: "welcome"})

	night := time.Date(2026, 3, 2, 23, 0, 0, 0, time.UTC)
	ann := rule.NewFacts(lex, "ann")
	wrote, _ := lex.Event("wrote")
	ann.Events[wrote] = []rule.Hit{{At: rule.At(night.Add(-40 * time.Hour))}}
	for _, m := range []gate.Message{{Channel: "sms", Topic: "news"}, {Channel: "sms", Topic: "orders"}, {Channel: "wechat", Topic: "orders"}} {
		if v := g.Open(m, ann, night); v.Result != "" {
			fmt.Println(m.Channel, m.Topic, "-", v.Result, v.Part, v.Detail)
			continue
		}
		do, until := g.Quiet(m, ann, night, time.UTC)
		fmt.Println(m.Channel, m.Topic, "-", do, until.Format("15:04"))
	}
	// Output:
	// sms news - suppressed suppress sunset
	// sms orders - hold 08:00
	// wechat orders - reach 08:00
}
