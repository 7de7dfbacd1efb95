package lang_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// Everything that is wrong in a text is said at once.
func Example() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "total_spent", Type: rule.Int}, {Name: "城市", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
		Tags:       []string{"vip"},
	}.Compile()
	_, err := lang.New(lex, nil).Compile(`
		totl_spent > 100 and 城市 == 3 or
		times("order_payed", within("30d")) > 2 and did("order_paid", it.amont > 5) and has_tag("vip", 3)`, "")
	fmt.Println(err)

	var faults rule.Faults
	if errors.As(err, &faults) {
		f := faults[0]
		fmt.Printf("%s at line %d, columns %d to %d: %s (%s)\n", f.Code, f.Line, f.Col, f.EndCol-1, f.Message, f.Hint)
	}
	// Output:
	// 2:3: unknown name totl_spent, did you mean "total_spent"?
	// 2:24: 城市 (string) and 3 (int) cannot be compared
	// 3:9: unknown event "order_payed", did you mean "order_paid"?
	// 3:68: event order_paid has no property amont, did you mean "amount"?
	// 3:83: has_tag has 2 arguments, want 1, as in has_tag("name")
	// name at line 2, columns 3 to 12: unknown name totl_spent (did you mean "total_spent"?)
}

// A scope adds the event at hand, or what else a caller has: here the cart that a coupon is tried on.
func ExampleCompiler_Compile() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "favourite", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}}}},
		Scopes:     []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: "total", Type: rule.Int}}}},
	}.Compile()
	c := lang.New(lex, nil)
	f := rule.NewFacts(lex, "ann")
	f.Attrs[0] = rule.StringValue("tea")
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

	r, _ := c.Compile(`event.amount >= 5000 and event.kind == favourite`, "event/order_paid")
	event := lex.Row("event/order_paid", map[string]any{"amount": 9900, "kind": "tea"})
	fmt.Println(r.Test(rule.Input{Now: now, Facts: f, Scope: event}).Truth)

	r, _ = c.Compile(`cart.total >= 20000`, "cart")
	fmt.Println(r.Test(rule.Input{Now: now, Facts: f, Scope: lex.Row("cart", map[string]any{"total": 12000})}).Truth)

	_, err := c.Compile(`event.amount > 0`, "cart")
	fmt.Println(err)
	// Output:
	// true
	// false
	// 1:1: there is no event at hand here
}

// What the closures do not cover runs on a machine, and the plan of a rule says so.
func Example_plan() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "email", Type: rule.String}, {Name: "interests", Type: rule.Strings}},
		Events:     []rule.EventType{{Name: "view"}, {Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
	}.Compile()
	r, _ := lang.New(lex, nil).Compile(`lower(email) endsWith "@example.com" and any(interests, # startsWith "tea")
		and did("view", within("7d")) and sequence(["view", did("order_paid", it.amount > 5000)], within("30d"), apart("2h"))`, "")
	for _, p := range r.Plan() {
		fmt.Printf("%-7s %s\n", p.Runs, p.Text)
	}
	// Output:
	// vm      lower(email) endsWith "@example.com"
	// vm      any(interests, # startsWith "tea")
	// search  did("view", within("7d"))
	// scan    sequence(["view", did("order_paid", it.amount > 5000)], within("30d"), apart("2h"))
}

// A grade of a score is named in a rule, and changes when the score crosses a border.
func Example_grade() {
	lex, _ := rule.Schema{
		Scores: []string{"lead"},
		Scales: []rule.Scale{{Name: "lead", Score: "lead", Grades: []rule.Grade{{Name: "C"}, {Name: "B", From: 40}, {Name: "A", From: 80}}}},
	}.Compile()
	now := time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)
	f := rule.NewFacts(lex, "ann")
	f.Scores[0] = rule.Curve{{From: rule.At(now), Points: 100, Until: rule.At(now.Add(48 * time.Hour))}}

	r, _ := lang.New(lex, nil).Compile(`grade("lead") >= "B"`, "")
	v := r.Test(rule.Input{Now: now, Facts: f})
	fmt.Println(r.Root(), "is", v.Truth, "until", v.Until.Format(time.RFC3339))

	_, err := lang.New(lex, nil).Compile(`grade("lead") >= "E"`, "")
	fmt.Println(err)
	// Output:
	// score("lead") >= 40.0 is true until 2026-06-17T12:00:00Z
	// 1:18: the scale lead has no grade "E", there is C, B, A
}
