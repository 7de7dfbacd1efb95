package rule_test

import (
	"encoding/json"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

func TestOf(t *testing.T) {
	for _, x := range []struct {
		in   any
		want rule.Value
		ok   bool
	}{
		{nil, rule.Value{}, true}, {true, rule.BoolValue(true), true}, {3, rule.IntValue(3), true}, {int64(-3), rule.IntValue(-3), true},
		{int32(3), rule.IntValue(3), true}, {1.5, rule.FloatValue(1.5), true}, {float32(1.5), rule.FloatValue(1.5), true}, {"x", rule.StringValue("x"), true},
		{noon, rule.TimeValue(rule.At(noon)), true}, {time.Time{}, rule.Value{}, true}, {rule.Instant(5), rule.TimeValue(5), true},
		{[]string{"a", "b"}, rule.StringsValue("a", "b"), true}, {[]any{"a", "b"}, rule.StringsValue("a", "b"), true}, {[]any{"a", 1}, rule.Value{}, false},
		{json.Number("12"), rule.IntValue(12), true}, {json.Number("1.5"), rule.FloatValue(1.5), true}, {json.Number("x"), rule.Value{}, false},
		{marque.Money(1999), rule.IntValue(1999), true}, {math.NaN(), rule.Value{}, true}, {struct{}{}, rule.Value{}, false}, {rule.IntValue(1), rule.IntValue(1), true},
	} {
		got, ok := rule.Of(x.in)
		require.Equal(t, x.ok, ok, "%v", x.in)
		require.Equal(t, x.want, got, "%v", x.in)
	}
}

func TestAs(t *testing.T) {
	for _, x := range []struct {
		in   rule.Value
		as   rule.Type
		want rule.Value
		ok   bool
	}{
		{rule.Value{}, rule.Int, rule.Value{}, true}, {rule.IntValue(3), rule.Any, rule.IntValue(3), true}, {rule.IntValue(3), rule.Float, rule.FloatValue(3), true},
		{rule.FloatValue(3), rule.Int, rule.IntValue(3), true}, {rule.FloatValue(3.5), rule.Int, rule.Value{}, false}, {rule.FloatValue(math.Inf(1)), rule.Int, rule.Value{}, false},
		{rule.FloatValue(1 << 63), rule.Int, rule.Value{}, false}, {rule.StringValue("3"), rule.Int, rule.Value{}, false}, {rule.BoolValue(true), rule.Int, rule.Value{}, false},
		{rule.StringValue("2026-06-15"), rule.Time, rule.TimeValue(rule.At(noon.Add(-12 * time.Hour))), true},
		{rule.StringValue("2026-06-15T20:00:00+08:00"), rule.Time, rule.TimeValue(rule.At(noon)), true}, {rule.StringValue("today"), rule.Time, rule.Value{}, false},
		{rule.StringValue("0001-01-01T00:00:00Z"), rule.Time, rule.Value{}, false},
		{rule.StringValue("a"), rule.Strings, rule.StringsValue("a"), true},
	} {
		got, ok := x.in.As(x.as)
		require.Equal(t, x.ok, ok, "%v as %v", x.in, x.as)
		require.Equal(t, x.want, got, "%v as %v", x.in, x.as)
	}
}

// What goes in by Of comes out by Any, and each accessor is the zero value for other types.
func TestAny(t *testing.T) {
	for _, x := range []any{nil, true, false, int64(-7), 2.5, "城市", noon, time.Unix(0, 0).UTC(), []string{"a", "b"}, []string{}, []string{""}} {
		v, ok := rule.Of(x)
		require.True(t, ok)
		require.Equal(t, x, v.Any())
		require.Equal(t, x != nil, v.Known())
	}
	all := []rule.Value{{}, rule.BoolValue(true), rule.IntValue(1), rule.FloatValue(1.5), rule.StringValue("a"), rule.TimeValue(1), rule.StringsValue("a", "b")}
	for i, v := range all {
		require.Equal(t, i == 1, v.Bool())
		require.Equal(t, i == 4, v.Text() == "a")
		require.Equal(t, i == 5, v.Instant() == 1)
		require.Equal(t, i == 2 || i == 3, v.Int() == 1)
		require.Equal(t, i == 2 || i == 3, v.Float() != 0)
		require.Equal(t, i == 6, slices.Equal(slices.Collect(v.Each), []string{"a", "b"}))
	}
	require.Equal(t, `missing true 1 1.5 "a" 1970-01-01T00:00:00.000001Z ["a" "b"]`,
		func() (s string) {
			for i, v := range all {
				if i > 0 {
					s += " "
				}
				s += v.String()
			}
			return s
		}())
}

func TestType(t *testing.T) {
	for ty := rule.Any; ty <= rule.Strings; ty++ {
		b, err := ty.MarshalText()
		require.NoError(t, err)
		var back rule.Type
		require.NoError(t, back.UnmarshalText(b))
		require.Equal(t, ty, back)
	}
	require.EqualError(t, new(rule.Type).UnmarshalText([]byte("number")), `rule: type "number": want one of any, bool, int, float, string, time, strings`)
	require.Equal(t, "type(99)", rule.Type(99).String())
}

func TestInstant(t *testing.T) {
	require.Equal(t, rule.Instant(0), rule.At(time.Time{}))
	require.True(t, rule.Instant(0).Time().IsZero())
	require.True(t, rule.Never.Time().IsZero())
	require.Equal(t, noon, rule.At(noon.Add(999)).Time())
	require.Less(t, rule.At(time.Unix(-1, 0)), rule.Instant(0))
}

func TestHint(t *testing.T) {
	names := []string{"total_spent", "age", "city", "城市等级", "country"}
	for name, want := range map[string]string{
		"total_spend": "total_spent", "totl_spent": "total_spent", "toatl_spent": "total_spent", "ag": "age", "gea": "", "城市级等": "城市等级", "ctiy": "city",
		"x": "", "xyz": "", "age": "", "": "", "contry": "country",
	} {
		if want != "" {
			want = `, did you mean "` + want + `"?`
		}
		require.Equal(t, want, rule.Hint(name, names), name)
	}
}

func TestMarks(t *testing.T) {
	owner := []rule.Mark{{Slot: 1, From: 10}, {Slot: 2, From: 10, Until: 20}}
	_, ok := rule.Find(owner, 2, 9)
	require.False(t, ok)
	m, ok := rule.Find(owner, 2, 19)
	require.True(t, ok)
	require.Equal(t, rule.Instant(20), m.Until)
	_, ok = rule.Find(owner, 2, 20)
	require.False(t, ok)

	kept := slices.Clone(owner)
	require.Equal(t, []rule.Mark{{Slot: 2, From: 10, Until: 20}}, rule.Put(owner, rule.Mark{Slot: 1}, false))
	require.Equal(t, []rule.Mark{{Slot: 1, From: 30}, {Slot: 2, From: 10, Until: 20}}, rule.Put(owner, rule.Mark{Slot: 1, From: 30}, true))
	require.Len(t, rule.Put(owner[:1], rule.Mark{Slot: 3}, true), 2)
	require.Equal(t, owner, rule.Put(owner, rule.Mark{Slot: 3}, false))
	require.Equal(t, kept, owner, "what an owner lent is not changed")
}

func TestReset(t *testing.T) {
	lex := shop(t)
	f := rule.NewFacts(lex, "ann")
	f.Zone, f.Attrs[0] = "Asia/Shanghai", rule.IntValue(34)
	f.Events[0], f.Scores[0] = []rule.Hit{{At: 1}}, rule.Curve{{Points: 1}}
	f.Tags, f.Segments = []rule.Mark{{Slot: 1}}, []rule.Mark{{Slot: 0}}
	f.IDs, f.Consents = []marque.ID{{Kind: "phone", Value: "1"}}, []rule.Consent{{OK: true}}
	f.Reset("bob")
	want := rule.NewFacts(lex, "bob")
	want.Tags, want.Segments = []rule.Mark{}, []rule.Mark{}
	require.Equal(t, want, f)
}
