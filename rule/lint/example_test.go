package lint_test

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/lint"
)

// Before a segment goes live, it is read by somebody who has all the time in the world.
func ExampleCheck() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid"}},
	}.Compile()
	c := lang.New(lex, nil)
	for _, source := range []string{
		`age < 18 and age > 65`,
		`did("order_paid", within("7d")) and times("order_paid", within("30d")) >= 1`,
		`city != "Beijing"`,
		`days_since(last_at("order_paid")) > 30 and did("order_paid", within("30d"))`,
	} {
		r, _ := c.Compile(source, "")
		for _, f := range lint.Check(r, nil) {
			fmt.Println(f)
		}
	}
	// Output:
	// 1:1: never: age < 18 and age > 65 cannot both be true; did you mean or?
	// 1:37: redundant: times("order_paid", within("30d")) >= 1 says nothing beside did("order_paid", within("7d")); leave it out
	// 1:1: missing: people without city are not in this; to have them too: not has(city) or city != "Beijing"
	// 1:1: never: days_since(last_at("order_paid")) > 30 and did("order_paid", within("30d")) cannot both be true; did you mean or?
}

// Segments that overlap by accident send people the same message twice.
func ExampleCompare() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "spent", Type: rule.Int}},
		Events:     []rule.EventType{{Name: "order_paid"}},
	}.Compile()
	c := lang.New(lex, nil)
	var all []lint.Named
	for _, s := range [][2]string{
		{"gold", `spent >= 5000`},
		{"spenders", `spent > 1000`},
		{"active", `did("order_paid", within("30d"))`},
		{"eager", `times("order_paid", within("7d")) >= 2`},
		{"lapsed", `days_since(last_at("order_paid")) >= 30`},
		{"asleep", `did("order_paid") and not did("order_paid", within("30d"))`},
	} {
		r, _ := c.Compile(s[1], "")
		all = append(all, lint.Named{Name: s[0], Rule: r})
	}
	for _, r := range lint.Compare(all) {
		fmt.Println(r)
	}
	// Output:
	// everybody in gold is in spenders
	// everybody in eager is in active
	// nobody is in both active and lapsed
	// nobody is in both active and asleep
	// nobody is in both eager and lapsed
	// nobody is in both eager and asleep
	// lapsed and asleep are the same people
}
