package lang_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func TestFormula(t *testing.T) {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}, {Name: "age", Type: rule.Int}},
		Events: []rule.EventType{{Name: "order_paid", Props: []rule.Field{
			{Name: "order", Type: rule.String}, {Name: "n", Type: rule.Int},
		}}},
	}.Compile()
	require.NoError(t, err)
	city, _ := lex.Attr("city")
	age, _ := lex.Attr("age")
	f := rule.NewFacts(lex, "ann")
	f.Attrs[city], f.Attrs[age] = rule.StringValue("Oslo"), rule.IntValue(41)
	row := lex.Row("event/order_paid", map[string]any{"order": "o-1"})
	var rules rule.Valuer = lang.New(lex, nil)
	for _, c := range []struct {
		source string
		want   any
	}{
		{"event.order", "o-1"},
		{`event.order + "/" + city`, "o-1/Oslo"},
		{"age + 1", int64(42)},
		{"age > 40", true},
		{`age > 40 ? "old" : "young"`, "old"},
		{"event.n", nil},
		{"event.n + age", nil},
		{`lower(city)`, "oslo"},
	} {
		x, err := rules.Formula(c.source, "event/order_paid")
		require.NoError(t, err, c.source)
		require.Equal(t, c.want, x.Value(rule.Instant(1), f, row).Any(), c.source)
	}
	x, err := rules.Formula("city", "")
	require.NoError(t, err)
	require.Equal(t, []int{city}, x.Need().Attrs)
	require.Equal(t, rule.String, x.Type())
	require.False(t, x.Value(1, nil, nil).Known())
	require.False(t, (*rule.Formula)(nil).Value(1, f, nil).Known())
	for _, source := range []string{"", "event.ordr", "citty", "now", "score("} {
		_, err := rules.Formula(source, "event/order_paid")
		require.Error(t, err, source)
	}
}
