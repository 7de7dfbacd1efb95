package why_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/why"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// An explanation is the tree of a rule with what each part gave.
func ExampleExplain() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "last_order", Type: rule.Time}},
		Events:     []rule.EventType{{Name: "view"}}, Tags: []string{"vip"},
	}.Compile()
	r, _ := lang.New(lex, nil).Compile(`age >= 18 and (has_tag("vip") or times("view", within("7d")) >= 3) and days_since(last_order) > 30`, "")
	f := rule.NewFacts(lex, "ann")
	f.Attrs[0], f.Attrs[1] = rule.IntValue(34), rule.TimeValue(rule.At(noon.AddDate(0, 0, -20)))
	f.Events[0] = []rule.Hit{{At: rule.At(noon.AddDate(0, 0, -6))}}
	fmt.Print(why.Explain(r, rule.Input{Now: noon, Facts: f}))
	// Output:
	// age >= 18 and (has_tag("vip") or times("view", within("7d")) >= 3) and days_since(last_order) > 30: false
	//   age >= 18: true
	//     age: 34
	//   has_tag("vip") or times("view", within("7d")) >= 3: false
	//     has_tag("vip"): false
	//     times("view", within("7d")) >= 3: false
	//       times("view", within("7d")): 1 until 2026-06-16T12:00:00Z
	//   days_since(last_order) > 30: false until 2026-06-25T12:00:00.000001Z
	//     days_since(last_order): 20 until 2026-06-15T12:00:00Z
	//       last_order: 2026-05-26T12:00:00Z
}

// What would bring somebody into a segment, and what would take her out, for somebody who writes to her.
func ExampleEnter() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "last_order", Type: rule.Time}},
		Events:     []rule.EventType{{Name: "order_paid"}}, Tags: []string{"vip"},
	}.Compile()
	f := rule.NewFacts(lex, "ann")
	f.Attrs[0], f.Attrs[1], f.Attrs[2] = rule.IntValue(16), rule.StringValue("Wuhan"), rule.TimeValue(rule.At(noon.AddDate(0, 0, -20)))
	f.Events[0] = []rule.Hit{{At: rule.At(noon.AddDate(0, 0, -20))}, {At: rule.At(noon.AddDate(0, 0, -6))}}
	in := rule.Input{Now: noon, Facts: f}
	c := lang.New(lex, nil)

	r, _ := c.Compile(`age >= 18 and (city in ["Beijing", "Xian"] or has_tag("vip"))`, "")
	fmt.Print(why.Enter(r, in, nil))
	r, _ = c.Compile(`times("order_paid", within("7d")) >= 2 or days_since(last_order) >= 30`, "")
	fmt.Print(why.Enter(r, in, nil))
	r, _ = c.Compile(`did("order_paid", within("7d")) and age < 65`, "")
	fmt.Print(why.Leave(r, in, nil))
	// Output:
	// 1. age would have to be 18 or more (it is 16), and city would have to be Beijing or Xian (it is Wuhan)
	// 2. age would have to be 18 or more (it is 16), and the tag vip
	// 1. 1 more order_paid within 7d (there is 1)
	// 2. last_order would have to be 30d ago or earlier (it is 2026-05-26 12:00 UTC, 20d ago), which time alone makes so at 2026-06-25 12:00 UTC
	// or wait until 2026-06-25 12:00 UTC: time alone does it
	// 1. no order_paid within 7d (there is 1), which time alone makes so at 2026-06-16 12:00 UTC
	// 2. age would have to be 65 or more or not known (it is 16)
	// or wait until 2026-06-16 12:00 UTC: time alone does it
}
