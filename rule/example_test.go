package rule_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// A rule is compiled once, over the names that a schema declares, and tested on the facts of each person.
func Example() {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "age", Type: rule.Int}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
	}.Compile()
	if err != nil {
		panic(err)
	}
	r, err := lang.New(lex, nil).Compile(`city == "Chengdu" and times("order_paid", within("30d"), it.amount >= 5000) >= 2`, "")
	if err != nil {
		panic(err)
	}

	f := rule.NewFacts(lex, "ann")
	city, _ := lex.Attr("city")
	paid, _ := lex.Event("order_paid")
	f.Attrs[city] = rule.StringValue("Chengdu")
	for _, day := range []int{1, 5, 9} {
		f.Events[paid] = append(f.Events[paid], rule.Hit{
			At:    rule.At(time.Date(2026, 6, day, 12, 0, 0, 0, time.UTC)),
			Props: lex.Row("event/order_paid", map[string]any{"amount": 1000 * day}),
		})
	}

	v := r.Test(rule.Input{Now: time.Date(2026, 6, 15, 0, 0, 0, 0, time.UTC), Facts: f})
	fmt.Println(v.Truth, "until", v.Until)
	v = r.Test(rule.Input{Now: v.Until, Facts: f})
	fmt.Println(v.Truth)
	// Output:
	// true until 2026-07-05 12:00:00 +0000 UTC
	// false
}

// What is known of a person may come as JSON with the names of the schema.
func ExampleLexicon_UnmarshalFacts() {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "城市", Type: rule.String}, {Name: "年龄", Type: rule.Int}},
		Events:     []rule.EventType{{Name: "下单", Props: []rule.Field{{Name: "金额", Type: rule.Int}}}},
		Tags:       []string{"会员"},
	}.Compile()
	if err != nil {
		panic(err)
	}
	f, err := lex.UnmarshalFacts([]byte(`{
		"profile": "王芳",
		"zone": "Asia/Shanghai",
		"attributes": {"城市": "成都", "年龄": 34},
		"events": {"下单": [{"at": "2026-06-10T20:00:00+08:00", "props": {"金额": 9900}}]},
		"tags": [{"name": "会员", "from": "2026-05-01T00:00:00+08:00"}]
	}`))
	if err != nil {
		panic(err)
	}
	r, err := lang.New(lex, nil).Compile(`城市 in ["成都", "重庆"] and has_tag("会员") and total("下单", "金额", within("30d")) >= 5000`, "")
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Test(rule.Input{Now: noon, Facts: f}).Truth)

	_, err = lex.UnmarshalFacts([]byte(`{"profile": "李雷", "attributes": {"城": "北京"}, "events": {"支付": []}}`))
	fmt.Println(err)
	// Output:
	// true
	// attributes.城: no such name
	// events.支付: no such event
}

// What is missing is unknown, and unknown is not a yes: neither to a condition nor to its opposite.
func ExampleTruth() {
	lex, _ := rule.Schema{Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "vip", Type: rule.Bool}}}.Compile()
	c := lang.New(lex, nil)
	f := rule.NewFacts(lex, "bob")
	f.Attrs[1] = rule.BoolValue(true)
	for _, source := range []string{`age >= 18`, `not (age >= 18)`, `age >= 18 and vip`, `age >= 18 or vip`, `has(age)`, `(age ?? 0) >= 18`} {
		r, _ := c.Compile(source, "")
		fmt.Printf("%-18s %v\n", source, r.Test(rule.Input{Now: noon, Facts: f}).Truth)
	}
	// Output:
	// age >= 18          unknown
	// not (age >= 18)    unknown
	// age >= 18 and vip  unknown
	// age >= 18 or vip   true
	// has(age)           false
	// (age ?? 0) >= 18   false
}

// A need says what to fetch before a test, and what can change the answer.
func ExampleRule_Need() {
	lex, _ := rule.Schema{Events: []rule.EventType{{Name: "view"}, {Name: "order_paid"}}, Tags: []string{"vip"}}.Compile()
	r, _ := lang.New(lex, nil).Compile(`has_tag("vip") and did("view", within("7d")) and not did("view", between("30d", "7d")) or did("order_paid")`, "")
	for _, e := range r.Need().Events {
		fmt.Println(lex.EventNames()[e.Slot], e.Window)
	}
	// Output:
	// view 30d
	// order_paid 0s
}

// A score is a function of time, so the instant at which it falls below a level is known ahead.
func ExampleCurve_Cross() {
	c := rule.Curve{{From: rule.At(noon), Points: 80, HalfLife: 10 * marque.Day}, {From: rule.At(noon), Points: 20}}
	fmt.Println(c.At(rule.At(noon)))
	fmt.Println(c.Cross(60, rule.At(noon)).Time())
	// Output:
	// 100
	// 2026-06-25 12:00:00.000001 +0000 UTC
}

func ExampleHint() {
	fmt.Println("unknown name totl_spent" + rule.Hint("totl_spent", []string{"age", "total_spent"}))
	// Output: unknown name totl_spent, did you mean "total_spent"?
}
