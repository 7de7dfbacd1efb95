package text_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque/journey/text"
	"github.com/marque-go/marque/rule"
)

func Example() {
	fields := []rule.Field{{Name: "name", Type: rule.String}, {Name: "amount", Type: rule.Int}}
	src := text.Source{
		Text:    `Hi {{.name}}, {{money "CNY" .amount}} yuan wait for you.`,
		Missing: map[string]string{"name": "friend", "amount": "some"},
	}
	t, err := text.Compile(src, fields, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	ann := map[string]rule.Value{"name": rule.StringValue("Ann"), "amount": rule.IntValue(1250)}
	parts, err := t.Write(func(name string) rule.Value { return ann[name] }, time.UTC)
	fmt.Println(parts.Text, err)
	parts, err = t.Write(func(string) rule.Value { return rule.Value{} }, time.UTC)
	fmt.Println(parts.Text, err)

	_, err = text.Compile(text.Source{Text: "Hi\n{{.nam}}"}, fields, nil)
	fmt.Println(err)
	// Output:
	// Hi Ann, 12.50 yuan wait for you. <nil>
	// Hi friend, some yuan wait for you. <nil>
	// text: line 2: no attribute and no variable "nam", did you mean "name"?
}
