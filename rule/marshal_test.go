package rule_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

func store(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "城市", Type: rule.String}, {Name: "born", Type: rule.Time}, {Name: "note"}, {Name: "tags", Type: rule.Strings}, {Name: "spent", Type: rule.Float}},
		Events:     []rule.EventType{{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}, {Name: "seconds", Type: rule.Int}}}, {Name: "left"}},
		Tags:       []string{"vip", "new"}, Scores: []string{"lead"}, Segments: []string{"lapsing"},
	}.Compile()
	require.NoError(t, err)
	return lex
}

// A record of a person can be kept with a trace, in the names of its schema.
func ExampleLexicon_MarshalFacts() {
	lex, _ := rule.Schema{
		Attributes: []rule.Field{{Name: "age", Type: rule.Int}, {Name: "born", Type: rule.Time}},
		Events:     []rule.EventType{{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}}}},
		Tags:       []string{"vip"}, Scores: []string{"lead"},
	}.Compile()
	noon := rule.At(time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC))
	f := rule.NewFacts(lex, "ann")
	f.Attrs[0] = rule.IntValue(34)
	f.Events[0] = []rule.Hit{{At: noon, Props: []rule.Value{rule.StringValue("tea")}}}
	f.Tags = []rule.Mark{{Slot: 0, From: noon}}
	f.Scores[0] = rule.Curve{{From: noon, Points: 60, HalfLife: 14 * marque.Day}}
	b, _ := lex.MarshalFacts(f)
	fmt.Println(string(b))
	_, err := lex.UnmarshalFacts([]byte(`{"attributes": {"agee": 34}, "tags": [{"name": "vipp"}]}`))
	fmt.Println(err)
	// Output:
	// {"profile":"ann","attributes":{"age":34},"events":{"view":[{"at":"2026-06-15T12:00:00Z","props":{"kind":"tea"}}]},"tags":[{"name":"vip","from":"2026-06-15T12:00:00Z"}],"scores":{"lead":[{"from":"2026-06-15T12:00:00Z","points":60.0,"half_life":"14d"}]}}
	// attributes.agee: no such name, did you mean "age"?
	// tags[0].name: no "vipp", did you mean "vip"?
}

func TestUnmarshalFaults(t *testing.T) {
	lex := store(t)
	for _, x := range []struct{ name, source, want string }{
		{"no record", `[]`, "rule: facts: json: cannot unmarshal array into Go value of type rule.factsJSON"},
		{"field", `{"attrs": {}}`, `rule: facts: json: unknown field "attrs"`},
		{"behind", `{} {}`, "rule: facts: something stands behind the record"},
		{"names", `{"attributes": {"aeg": 1, "kind": 2}, "events": {"veiw": [], "view": [{"at": "2026-01-01T00:00:00Z", "props": {"knd": "a"}}]}, "scores": {"led": []}, "segments": [{"name": "x"}]}`,
			"attributes.aeg: no such name, did you mean \"age\"?\nattributes.kind: no such name\nevents.veiw: no such event, did you mean \"view\"?\nevents.view[0].props.knd: no such name, did you mean \"kind\"?\nscores.led: no such score, did you mean \"lead\"?\nsegments[0].name: no \"x\""},
		{"values", `{"attributes": {"age": {"a": 1}, "born": "soon", "note": null, "tags": ["a\u0000b"], "spent": [1]}, "scores": {"lead": [{"points": "x"}]}}`,
			"attributes.age: {\"a\": 1} is not a value\nattributes.born: parsing time \"\\\"soon\\\"\" as \"\\\"2006-01-02T15:04:05.999999999Z07:00\\\"\": cannot parse \"soon\\\"\" as \"2006\"\nattributes.note: null is not a value\nattributes.spent: [1] is not a value\nattributes.tags: [\"a\\u0000b\"] is not a value\nscores.lead[0].points: \"x\" is not a number"},
		{"order", `{"events": {"left": [{"at": "2026-01-02T00:00:00Z"}, {"at": "2026-01-01T00:00:00Z"}]}}`, "events.left[1].at: is before the event before it"},
	} {
		t.Run(x.name, func(t *testing.T) {
			_, err := lex.UnmarshalFacts([]byte(x.source))
			require.EqualError(t, err, x.want)
		})
	}
}

func TestMarshalRefusesOtherLexicon(t *testing.T) {
	lex := store(t)
	for _, f := range []*rule.Facts{
		{Attrs: make([]rule.Value, 7)}, {Events: make([][]rule.Hit, 3)}, {Scores: make([]rule.Curve, 2)}, {Tags: []rule.Mark{{Slot: 2}}}, {Segments: []rule.Mark{{Slot: -1}}},
		{Events: [][]rule.Hit{nil, {{At: 1, Props: []rule.Value{rule.IntValue(1)}}}}},
	} {
		_, err := lex.MarshalFacts(f)
		require.ErrorContains(t, err, "another lexicon")
	}
}

// Whatever the values, also those of another type than is declared, a record comes back as it was.
func TestMarshalRoundTrip(t *testing.T) {
	lex := store(t)
	rapid.Check(t, func(t *rapid.T) {
		instant := func() rule.Instant {
			return rule.Instant(rapid.OneOf(rapid.Just(int64(0)), rapid.Just(int64(math.MaxInt64)), rapid.Int64Range(-1e15, 1e16), rapid.Int64()).Draw(t, "instant"))
		}
		text := rapid.StringN(0, 5, -1)
		value := func() rule.Value {
			switch rapid.IntRange(0, 6).Draw(t, "type") {
			case 0:
				return rule.BoolValue(rapid.Bool().Draw(t, "bool"))
			case 1:
				return rule.IntValue(rapid.Int64().Draw(t, "int"))
			case 2:
				return rule.FloatValue(rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.Inf(1), math.Inf(-1), math.Copysign(0, -1), 3, 1e21})).Draw(t, "float"))
			case 3:
				return rule.StringValue(text.Draw(t, "text"))
			case 4:
				return rule.TimeValue(instant())
			case 5:
				var ss []string
				for _, s := range rapid.SliceOfN(text, 0, 3).Draw(t, "texts") {
					ss = append(ss, strings.ReplaceAll(s, "\x00", ""))
				}
				return rule.StringsValue(ss...)
			}
			return rule.Value{}
		}
		marks := func(slots int) (ms []rule.Mark) {
			for range rapid.IntRange(0, 3).Draw(t, "marks") {
				ms = append(ms, rule.Mark{Slot: rapid.IntRange(0, slots-1).Draw(t, "slot"), From: instant(), Until: instant(), Holds: instant()})
			}
			return ms
		}
		f := rule.NewFacts(lex, text.Draw(t, "profile"))
		f.Zone = rapid.SampledFrom([]string{"", "Asia/Shanghai"}).Draw(t, "zone")
		for i := range f.Attrs {
			f.Attrs[i] = value()
		}
		at := rule.Instant(rapid.Int64Range(-1e15, 1e15).Draw(t, "first"))
		for range rapid.IntRange(0, 3).Draw(t, "views") {
			at += rule.Instant(rapid.Int64Range(0, 1e12).Draw(t, "later"))
			h := rule.Hit{At: at, Props: []rule.Value{value(), value()}}
			if !h.Props[0].Known() && !h.Props[1].Known() {
				h.Props = nil
			}
			f.Events[0] = append(f.Events[0], h)
		}
		f.Tags, f.Segments = marks(2), marks(1)
		for range rapid.IntRange(0, 2).Draw(t, "terms") {
			f.Scores[0] = append(f.Scores[0], rule.Term{From: instant(), Until: instant(), Points: rapid.Float64().Draw(t, "points"), HalfLife: marque.Duration(rapid.Int64Range(0, 1e9).Draw(t, "half")) * 1000})
		}
		if rapid.Bool().Draw(t, "known") {
			f.IDs = []marque.ID{{Kind: "phone", Value: "1"}}
			f.Consents = []rule.Consent{{Channel: "sms", OK: true, At: instant()}}
		}
		b, err := lex.MarshalFacts(f)
		require.NoError(t, err)
		g, err := lex.UnmarshalFacts(b)
		require.NoError(t, err, "%s", b)
		require.Equal(t, f, g, "%s", b)
		again, err := lex.MarshalFacts(g)
		require.NoError(t, err)
		require.Equal(t, string(b), string(again))
	})
}

// What can be read can be written, and then always the same way.
func FuzzUnmarshalFacts(f *testing.F) {
	lex := store(f)
	f.Add([]byte(`{"profile":"ann","attributes":{"age":34,"born":"2026-01-01T00:00:00Z","note":{"time":5},"tags":["a"],"spent":1.0},"events":{"view":[{"at":"2026-01-01T00:00:00Z","props":{"kind":"a"}}]},"tags":[{"name":"vip"}],"scores":{"lead":[{"points":3}]}}`))
	f.Add([]byte(`{"attributes":{"note":{"float":"-Inf"},"born":{"string":"x"},"age":1e400},"ids":[{"kind":"a","value":"b"}],"consents":[{"ok":true,"at":7}]}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		facts, err := lex.UnmarshalFacts(b)
		if err != nil {
			return
		}
		one, err := lex.MarshalFacts(facts)
		require.NoError(t, err)
		again, err := lex.UnmarshalFacts(one)
		require.NoError(t, err, "%s", one)
		two, err := lex.MarshalFacts(again)
		require.NoError(t, err)
		require.Equal(t, string(one), string(two))
	})
}
