package builder_test

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/builder"
	"github.com/marque-go/marque/rule/lang"
)

// What somebody clicked together becomes the text of a rule, and the rule can be shown again.
func Example() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}},
		Events:     []rule.EventType{{Name: "order_paid"}}, Tags: []string{"vip"},
	}.Compile()
	source, err := builder.Import([]byte(`{
	  "combinator": "and",
	  "rules": [
	    {"id": "1", "field": "city", "operator": "in", "value": "Beijing, Xian"},
	    {"id": "2", "field": "event:order_paid", "operator": ">=", "value": {"value": "2", "within": "30d"}},
	    {"id": "3", "combinator": "or", "not": true, "rules": [
	      {"id": "4", "field": "age", "operator": "<", "value": "18"},
	      {"id": "5", "field": "tag", "operator": "=", "value": "vip"}
	    ]}
	  ]
	}`), lex, nil)
	fmt.Println(source, err)

	r, _ := lang.New(lex, nil).Compile(`has_tag("vip") and age >= 18 and age <= 65`, "")
	data, _ := builder.Export(r)
	fmt.Println(string(data))

	_, err = builder.Import([]byte(`{
	  "combinator": "and",
	  "rules": [
	    {"field": "agee", "operator": ">", "value": "18"},
	    {"field": "age", "operator": ">", "value": "old"}
	  ]
	}`), lex, nil)
	fmt.Println(err)
	// Output:
	// city in ["Beijing", "Xian"] and times("order_paid", within("30d")) >= 2 and not (age < 18 or has_tag("vip")) <nil>
	// {"combinator":"and","rules":[{"field":"tag","operator":"=","value":"vip"},{"field":"age","operator":"\u003e=","value":18},{"field":"age","operator":"\u003c=","value":65}]}
	// 4:16: rules[0].field: unknown field "agee", did you mean "age"?
	// 5:49: rules[1].value: want a number
}
