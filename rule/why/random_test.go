package why_test

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/why"
)

func shop(t testing.TB) *rule.Lexicon {
	lex, err := rule.Schema{
		Attributes: []rule.Field{
			{Name: "age", Type: rule.Int}, {Name: "level", Type: rule.Int}, {Name: "spent", Type: rule.Float}, {Name: "city", Type: rule.String},
			{Name: "last_order", Type: rule.Time}, {Name: "vip", Type: rule.Bool}, {Name: "interests", Type: rule.Strings}, {Name: "note", Type: rule.Any},
		},
		Events: []rule.EventType{
			{Name: "paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}, {Name: "kind", Type: rule.String}}},
			{Name: "view", Props: []rule.Field{{Name: "kind", Type: rule.String}}},
		},
		Tags: []string{"gold", "blocked"}, Scores: []string{"lead"}, Segments: []string{"new"},
	}.Compile()
	require.NoError(t, err)
	return lex
}

func one(t *rapid.T, of ...string) string { return rapid.SampledFrom(of).Draw(t, "one") }
func sign(t *rapid.T) string              { return one(t, " == ", " != ", " < ", " <= ", " > ", " >= ") }
func n(t *rapid.T, lo, hi int) int        { return rapid.IntRange(lo, hi).Draw(t, "n") }

// condition draws a rule.
func condition(t *rapid.T, depth int) string {
	if depth > 0 {
		a, b := condition(t, depth-1), condition(t, depth-1)
		switch n(t, 0, 9) {
		case 0, 1, 2, 3:
			return "(" + a + " and " + b + ")"
		case 4, 5, 6:
			return "(" + a + " or " + b + ")"
		case 7:
			return "not (" + a + ")"
		case 8:
			return fmt.Sprintf("((%s) ? (%s) : (%s))", a, b, condition(t, 0))
		default:
			return fmt.Sprintf("((%s) ?? (%s))", a, b)
		}
	}
	switch n(t, 0, 11) {
	case 0, 1:
		return one(t, "age", "age", "spent", "level", "age + 1", "note") + sign(t) + one(t, "-1", "0", "1", "2", "3", "1.5")
	case 2:
		return one(t, "age", "spent", "note") + one(t, " in ", " not in ") + one(t, "[1, 2]", "[0, 1.5]")
	case 3:
		return one(t, "city", "note") + one(t, " == ", " != ", " < ", " >= ", " contains ", " startsWith ", " endsWith ", " not startsWith ") + one(t, `"a"`, `"ab"`, `"b"`, `""`)
	case 4:
		return "city" + one(t, ` in ["a", "b"]`, ` not in ["a", "ab"]`, ` matches "^a+b?$"`, ` in ["b"]`)
	case 5:
		return "has(" + one(t, "age", "city", "last_order", `last_at("paid")`, "note", "vip") + ")"
	case 6:
		return one(t, "vip", "vip == true", "vip != true", "note", `interests contains "a"`, `"b" in interests`, "has(interests)", "age < level", "level > age", "age == level")
	case 7:
		return one(t, `has_tag("gold")`, `has_tag("blocked")`, `in_segment("new")`)
	case 8:
		return "days_since(" + one(t, "last_order", "last_order", `last_at("paid")`, `first_at("paid")`) + ")" + sign(t) + one(t, "0", "1", "7", "1.5")
	case 9:
		return one(t, "last_order", `last_at("paid")`, `date("2026-06-16")`) + sign(t) + one(t, "now", `ago("1d")`, `ago("7d")`, `date("2026-06-10")`)
	case 10:
		return `score("lead")` + sign(t) + one(t, "0", "10", "12.5", "-3")
	}
	window := one(t, "", `, within("1d")`, `, within("7d")`, `, within("7d")`, `, between("7d", "1d")`, `, since("2026-06-10")`, ", today()")
	filter := one(t, "", "", "", `, it.kind == "a"`, `, it.kind != "a" and it.amount > 1`)
	switch n(t, 0, 8) {
	case 0, 1, 2:
		return `did("paid"` + window + filter + `)`
	case 3:
		return `total("paid", "amount"` + window + filter + `)` + sign(t) + one(t, "0", "3")
	case 4:
		return `distinct("paid", "kind"` + window + filter + `)` + sign(t) + one(t, "0", "1", "2")
	}
	return `times("paid"` + window + filter + `)` + sign(t) + one(t, "0", "1", "2", "3")
}

func person(t *rapid.T, lex *rule.Lexicon) *rule.Facts {
	instant := func(lo, hi int) rule.Instant { return rule.At(noon) + rule.Instant(n(t, lo, hi))*43200e6 }
	maybe := func(v rule.Value) rule.Value {
		if n(t, 0, 3) == 0 {
			return rule.Value{}
		}
		return v
	}
	f := rule.NewFacts(lex, "ann")
	word := func() rule.Value { return maybe(rule.StringValue(one(t, "a", "ab", "b", "", "aab"))) }
	whole := func() rule.Value { return maybe(rule.IntValue(int64(n(t, -2, 4)))) }
	f.Attrs[0], f.Attrs[1], f.Attrs[2], f.Attrs[3] = whole(), whole(), maybe(rule.FloatValue(float64(n(t, -4, 8))/2)), word()
	f.Attrs[4], f.Attrs[5] = maybe(rule.TimeValue(instant(-30, 6))), maybe(rule.BoolValue(n(t, 0, 1) == 1))
	f.Attrs[6] = maybe(rule.StringsValue(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "set")...))
	f.Attrs[7] = rapid.SampledFrom([]rule.Value{word(), whole(), f.Attrs[5]}).Draw(t, "any")
	for range n(t, 0, 4) {
		f.Events[0] = append(f.Events[0], rule.Hit{At: instant(-30, 4), Props: []rule.Value{whole(), word()}})
	}
	slices.SortStableFunc(f.Events[0], func(a, b rule.Hit) int { return int(a.At - b.At) })
	for slot := range 2 {
		if n(t, 0, 1) == 1 {
			m := rule.Mark{Slot: slot, From: instant(-4, 2)}
			if n(t, 0, 1) == 1 {
				m.Until = m.From + 7*43200e6
			}
			f.Tags = append(f.Tags, m)
		}
	}
	for range n(t, 0, 2) {
		f.Scores[0] = append(f.Scores[0], rule.Term{From: rule.At(noon) - 86400e6, Points: float64(n(t, -5, 15)), HalfLife: marque.Duration(n(t, 0, 1)) * marque.Day})
	}
	return f
}

// Whatever is offered does it: with any values that the changes allow, as a reader of the answer would choose them,
// and waiting does it at that instant and not before.
func TestWays(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	seen := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 { // rapid's hundred are few for a language
			source := condition(t, n(t, 0, 3))
			r, err := c.Compile(source, "")
			if err != nil {
				continue // two values that move, …
			}
			f := person(t, lex)
			in := rule.Input{Now: noon, Facts: f}
			before := fmt.Sprint(*f)
			enter := r.Test(in).Truth != rule.True
			ask := why.Leave
			if enter {
				ask = why.Enter
			}
			a := ask(r, in, nil)
			require.False(t, a.Already)
			require.Equal(t, before, fmt.Sprint(*f), "the facts were changed")
			_, err = json.Marshal(a)
			require.NoError(t, err)
			if len(a.Ways) == 0 && a.Wait.IsZero() {
				seen["none"]++
			}
			if !a.Wait.IsZero() {
				seen["wait"]++
				at := func(at time.Time) bool {
					return (r.Test(rule.Input{Now: at, Facts: f}).Truth == rule.True) == enter
				}
				require.True(t, at(a.Wait), "%s at %v", source, a.Wait)
				for _, part := range []time.Duration{0, 1, 2, 3, 5, 9, 10} {
					require.False(t, at(noon.Add((a.Wait.Sub(noon)-time.Microsecond)*part/10)), "%s before %v", source, a.Wait)
				}
			}
			for _, w := range a.Ways {
				g := copyOf(f)
				done := true
				for _, c := range w.Changes {
					seen[c.Kind]++
					done = make1(t, &g, c, lex) && done
				}
				if !done {
					seen["left to the reader"]++
					continue
				}
				seen["made"]++
				v := r.Test(rule.Input{Now: noon, Facts: &g}).Truth
				require.Equal(t, enter, v == rule.True, "%s\nof %v\nis %v with %s\n%+v\nnow %v", source, f, v, w, w.Changes, g)
			}
		}
	})
	t.Log(seen)
	for _, k := range []string{"wait", "attribute", "event", "tag", "segment", "score", "made"} {
		require.Greater(t, seen[k], 50, k)
	}
}

func copyOf(f *rule.Facts) rule.Facts {
	g := *f
	g.Attrs, g.Tags, g.Segments, g.Scores, g.Events = slices.Clone(f.Attrs), slices.Clone(f.Tags), slices.Clone(f.Segments), slices.Clone(f.Scores), slices.Clone(f.Events)
	return g
}

// make1 makes a change as it is told; it is false where only people could.
func make1(t *rapid.T, f *rule.Facts, c why.Change, lex *rule.Lexicon) bool {
	switch c.Kind {
	case "attribute":
		if _, ok := lex.Attr(c.Of); !ok {
			return false
		}
		v, ok := pick(t, c, lex.Schema().Attributes[c.Slot].Type)
		if ok {
			f.Attrs[c.Slot] = v
		}
		return ok
	case "tag":
		f.Tags = slices.DeleteFunc(slices.Clone(f.Tags), func(m rule.Mark) bool { return m.Slot == c.Slot })
		f.Tags = rule.Put(f.Tags, rule.Mark{Slot: c.Slot, From: 1}, c.OneOf[0] == true)
		return true
	case "segment":
		f.Segments = rule.Put(f.Segments, rule.Mark{Slot: c.Slot, From: 1}, c.OneOf[0] == true)
		return true
	case "score":
		v, ok := pick(t, c, rule.Float)
		if !ok {
			return false
		}
		f.Scores[c.Slot] = rule.Curve{{From: 1, Points: v.Float()}}
		return true
	case "event":
		if c.More <= 0 || c.Of != `times("paid", within("7d"))` && c.Of != `times("paid")` && c.Of != `times("paid", within("1d"))` {
			return false
		}
		for range c.More {
			i := slices.IndexFunc(f.Events[c.Slot], func(h rule.Hit) bool { return h.At > rule.At(noon) })
			if i < 0 {
				i = len(f.Events[c.Slot])
			}
			f.Events[c.Slot] = slices.Insert(slices.Clone(f.Events[c.Slot]), i, rule.Hit{At: rule.At(noon)})
		}
		return true
	}
	return false
}

// pick chooses one of the values that a change allows.
func pick(t *rapid.T, c why.Change, of rule.Type) (rule.Value, bool) {
	if c.Missing && (n(t, 0, 3) == 0 || len(c.OneOf)+len(c.NoneOf)+len(c.Ranges) == 0) {
		return rule.Value{}, true
	}
	if len(c.OneOf) > 0 {
		v, _ := rule.Of(rapid.SampledFrom(c.OneOf).Draw(t, "of"))
		if of == rule.Any {
			return v, true
		}
		return v.As(of)
	}
	if len(c.Ranges) == 0 {
		if of == rule.Any {
			return rule.Value{}, false
		}
		for i := range 10 {
			for _, x := range []any{100 + i, 100.5 + float64(i), fmt.Sprint("z", i), i == 0, noon.AddDate(0, 0, i), []string{}} {
				v, _ := rule.Of(x)
				if v.Type() == of && !slices.Contains(c.NoneOf, v.Any()) {
					return v, true
				}
			}
		}
		return rule.Value{}, false
	}
	r := rapid.SampledFrom(c.Ranges).Draw(t, "range")
	lo, hi := r.Min != nil, r.Max != nil
	fromLo := lo && (!hi || n(t, 0, 1) == 0)
	step := 0.0
	if n(t, 0, 1) == 1 || fromLo && r.MinOpen || !fromLo && r.MaxOpen {
		step = 1
	}
	x := r.Max
	if fromLo {
		x = r.Min
	} else {
		step = -step
	}
	inside := func(v rule.Value) bool {
		for i, end := range []any{r.Min, r.Max} {
			e, _ := rule.Of(end)
			if !e.Known() {
				continue
			}
			d := v.Float() - e.Float()
			if e.Type() == rule.Time {
				d = float64(v.Instant() - e.Instant())
			}
			if i == 1 {
				d = -d
			}
			if d < 0 || d == 0 && (i == 0 && r.MinOpen || i == 1 && r.MaxOpen) {
				return false
			}
		}
		return true
	}
	var v rule.Value
	switch x := x.(type) {
	case int64:
		v = rule.IntValue(x + int64(step))
	case float64:
		if v = rule.FloatValue(x + step/4); step != 0 && n(t, 0, 1) == 0 {
			v = rule.FloatValue(math.Nextafter(x, x+step))
		}
	case time.Time:
		v = rule.TimeValue(rule.At(x) + rule.Instant(step))
	default:
		return v, false
	}
	if of == rule.Float && v.Type() == rule.Int {
		v = rule.FloatValue(v.Float())
	}
	return v, inside(v)
}
