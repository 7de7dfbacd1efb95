package rule_test

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

func TestSchemaFaults(t *testing.T) {
	_, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int, From: []string{"signup.age", "signup.city", "sinup.age", "signup.zip", "age"}},
			{Name: "age"}, {Name: ""},
		},
		Events:   []rule.EventType{{Name: "signup", Props: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "city", Type: rule.String}, {Name: "age"}}}, {Name: "signup"}},
		Tags:     []string{"vip", ""},
		Scores:   []string{"lead", "lead"},
		Segments: []string{"a", "b", "a"},
		Scales: []rule.Scale{
			{Name: "lead", Score: "led", Grades: []rule.Grade{{Name: "C", From: 99}, {Name: "B", From: 20}, {Name: "B", From: 20}, {Name: "", From: math.NaN()}}},
			{Name: "lead", Score: "lead", Grades: []rule.Grade{{Name: "A"}}},
		},
		Scopes: []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: ""}}}, {Name: "event"}},
	}.Compile()
	require.Equal(t, strings.TrimSpace(`
events[0].props[2].name: "age" is declared twice, first as number 1
events[1].name: "signup" is declared twice, first as number 1
attributes[0].from[1]: signup.city is string, the attribute int
attributes[0].from[2]: no event "sinup", did you mean "signup"?
attributes[0].from[3]: event "signup" has no property "zip"
attributes[0].from[4]: "age": want event.property
attributes[1].name: "age" is declared twice, first as number 1
attributes[2].name: name is empty
tags[1]: name is empty
scores[1]: "lead" is declared twice, first as number 1
segments[2]: "a" is declared twice, first as number 1
scales[0].score: no score "led", did you mean "lead"?
scales[0].grades[2].name: "B" is declared twice
scales[0].grades[2].from: 20 is not above 20 of the grade before
scales[0].grades[3].name: name is empty
scales[0].grades[3].from: NaN is not a number of points
scales[1].name: "lead" is declared twice, first as number 1
scales[1].grades: there are 1, want two or more
scopes[0].fields[0].name: name is empty
scopes[1].name: "event" means something else in rules`), err.Error())
}

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "note", Type: rule.Any}, {Name: "城市", Type: rule.String}},
		Events: []rule.EventType{
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}, {Name: "weight", Type: rule.Float}}},
			{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}, {Name: "seconds", Type: rule.Int}}},
		},
		Tags: []string{"vip", "blocked"}, Scores: []string{"lead"}, Segments: []string{"new"},
		Scopes: []rule.Scope{{Name: "cart", Fields: []rule.Field{{Name: "total", Type: rule.Int}}}},
	}.Compile()
	require.NoError(t, err)
	return lex
}

func TestLexicon(t *testing.T) {
	lex := shop(t)
	slot, ok := lex.Attr("城市")
	require.True(t, ok)
	require.Equal(t, 2, slot)
	_, ok = lex.Attr("nobody")
	require.False(t, ok)
	slot, ty, ok := lex.Prop(0, "weight")
	require.True(t, ok)
	require.Equal(t, 2, slot)
	require.Equal(t, rule.Float, ty)
	require.Equal(t, []string{"order_paid", "view"}, lex.EventNames())

	fs, ok := lex.Fields("")
	require.True(t, ok)
	require.Empty(t, fs)
	fs, ok = lex.Fields("event/view")
	require.True(t, ok)
	require.Len(t, fs, 2)
	for _, scope := range []string{"event/", "event/x", "event", "x"} {
		_, ok = lex.Fields(scope)
		require.False(t, ok, scope)
	}
	require.Equal(t, []rule.Value{rule.StringValue("shoe"), rule.IntValue(3)}, lex.Row("event/view", map[string]any{"kind": "shoe", "seconds": 3.0, "more": 1}))
	require.Equal(t, []rule.Value{{}, {}}, lex.Row("event/view", map[string]any{"kind": 5, "seconds": 3.5}), "what does not fit is missing")
	require.Nil(t, lex.Row("", map[string]any{"a": 1}))
}

func TestSchemaJSON(t *testing.T) {
	b, err := json.Marshal(shop(t).Schema())
	require.NoError(t, err)
	var s rule.Schema
	require.NoError(t, json.Unmarshal(b, &s))
	require.Equal(t, *shop(t).Schema(), s)
	c, err := json.Marshal(s)
	require.NoError(t, err)
	require.Equal(t, string(b), string(c))
}

func TestUnion(t *testing.T) {
	a := rule.Need{Attrs: []int{1, 3}, Events: []rule.EventNeed{{Slot: 2, Window: marque.Day}, {Slot: 5, Window: marque.Day}}, IDs: true}
	b := rule.Need{Attrs: []int{0, 3}, Tags: []int{4}, Events: []rule.EventNeed{{Slot: 0}, {Slot: 2, Window: marque.Week}, {Slot: 5}}, Consents: true}
	want := rule.Need{
		Attrs: []int{0, 1, 3}, Tags: []int{4}, IDs: true, Consents: true,
		Events: []rule.EventNeed{{Slot: 0}, {Slot: 2, Window: marque.Week}, {Slot: 5}},
	}
	require.Equal(t, want, a.Union(b))
	require.Equal(t, want, b.Union(a))
	require.Equal(t, []int{1, 3}, a.Attrs, "neither is changed")
	require.Equal(t, rule.Need{}, rule.Need{}.Union(rule.Need{}))
}
