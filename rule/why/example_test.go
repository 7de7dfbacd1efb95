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
