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
