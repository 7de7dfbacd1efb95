package lint_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/lint"
	"github.com/marque-go/marque/rule/op"
)

var noon = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

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

// writer draws rules whose parts have much to do with one another.
type writer struct{ t *rapid.T }

func (w writer) one(of ...string) string { return rapid.SampledFrom(of).Draw(w.t, "one") }
func (w writer) n(lo, hi int) int        { return rapid.IntRange(lo, hi).Draw(w.t, "n") }
func (w writer) op() string              { return w.one(" == ", " != ", " < ", " <= ", " > ", " >= ") }

func (w writer) condition(depth int, filter bool) string {
	if depth > 0 {
		switch w.n(0, 9) {
		case 0, 1, 2:
			return "(" + w.condition(depth-1, filter) + " and " + w.condition(depth-1, filter) + ")"
		case 3, 4, 5:
			return "(" + w.condition(depth-1, filter) + " or " + w.condition(depth-1, filter) + ")"
		case 6, 7:
			return "not (" + w.condition(depth-1, filter) + ")"
		case 8:
			return fmt.Sprintf("((%s) ? (%s) : (%s))", w.condition(depth-1, filter), w.condition(depth-1, filter), w.condition(depth-1, filter))
		default:
			return fmt.Sprintf("((%s) ?? (%s))", w.condition(depth-1, filter), w.condition(depth-1, filter))
		}
	}
	if filter {
		return w.one(`it.kind == "a"`, `it.kind != "a"`, `it.kind in ["a", "b"]`, `has(it.kind)`, `it.kind == city`, `it.kind startsWith "a"`)
	}
	switch w.n(0, 12) {
	case 0, 1:
		return w.one("age", "age", "spent", "level", "age + 1", "(level ?? 2)", "note") + w.op() + w.one("-1", "0", "1", "2", "3", "1.5", "2.0")
	case 2:
		return w.one("age", "spent", "note", `times("paid")`) + w.one(" in ", " not in ") + w.one("[1, 2]", "[0, 1.5]", "[2, 2.0, 3]")
	case 3:
		return w.one("city", "note") + w.one(" == ", " != ", " < ", " >= ", " contains ", " startsWith ", " endsWith ", " not contains ", " not startsWith ") + w.one(`"a"`, `"ab"`, `"b"`, `""`)
	case 4:
		return w.one("city", "note") + w.one(` in ["a", "b"]`, ` not in ["a", "ab"]`, ` matches "^a+b?$"`, ` in ["b"]`)
	case 5:
		return "has(" + w.one("age", "city", "last_order", `last_at("paid")`, "note", "vip") + ")"
	case 6:
		return w.one("vip", "vip == true", "vip != true", "note", "note == true", `interests contains "a"`, `"b" in interests`, "has(interests)", "age < level", "level > age", "age == level", `score("lead") > level`)
	case 7:
		return w.one(`has_tag("gold")`, `has_tag("blocked")`, `in_segment("new")`)
	case 8:
		return "days_since(" + w.one("last_order", `last_at("paid")`, `first_at("paid")`, `last_at("paid", within("7d"))`, `first_at("paid", between("7d", "1d"))`) + ")" + w.op() + w.one("0", "1", "7", "1.5", "-1")
	case 9:
		return w.one("last_order", `last_at("paid")`, `date("2026-06-14")`) + w.op() + w.one("now", `ago("1d")`, `ago("7d")`, `date("2026-06-10")`, `date("2026-06-15")`)
	case 10:
		return `score("lead")` + w.op() + w.one("0", "10", "12.5", "-3")
	}
	return w.history()
}

func (w writer) history() string {
	event := w.one("paid", "paid", "paid", "view")
	args := `"` + event + `"`
	if v := w.one("", `within("1d")`, `within("7d")`, `between("7d", "1d")`, `since("2026-06-10")`, `since("2026-06-14")`, "today()", "this_week()", "this_month()", `within("32d")`); v != "" {
		args += ", " + v
	}
	if w.n(0, 2) == 0 {
		args += ", " + w.condition(w.n(0, 1), true)
	}
	k := w.op() + w.one("0", "1", "2", "3", "1.5")
	switch w.n(0, 7) {
	case 0, 1, 2:
		return "did(" + args + ")"
	case 3, 4, 5:
		return "times(" + args + ")" + k
	case 6:
		return strings.Replace("distinct("+args+")", event+`"`, event+`", "kind"`, 1) + k
	}
	return strings.Replace("total("+strings.Replace(args, "view", "paid", 1)+")", `paid"`, `paid", "amount"`, 1) + k
}

func person(t *rapid.T, lex *rule.Lexicon) *rule.Facts {
	n := func(lo, hi int) int { return rapid.IntRange(lo, hi).Draw(t, "n") }
	instant := func(lo, hi int) rule.Instant {
		return rule.At(noon) + rule.Instant(n(lo, hi))*43200e6 + rapid.SampledFrom([]rule.Instant{0, 0, 1, -1}).Draw(t, "beside")
	}
	maybe := func(v rule.Value) rule.Value {
		if n(0, 3) == 0 {
			return rule.Value{}
		}
		return v
	}
	f := rule.NewFacts(lex, "ann")
	f.Zone = rapid.SampledFrom([]string{"", "Asia/Shanghai", "America/New_York"}).Draw(t, "zone")
	word := func() rule.Value {
		return maybe(rule.StringValue(rapid.SampledFrom([]string{"a", "ab", "b", "", "aab", "ba"}).Draw(t, "word")))
	}
	whole := func() rule.Value { return maybe(rule.IntValue(int64(n(-2, 4)))) }
	f.Attrs[0], f.Attrs[1], f.Attrs[2], f.Attrs[3] = whole(), whole(), maybe(rule.FloatValue(float64(n(-4, 8))/2)), word()
	f.Attrs[4], f.Attrs[5] = maybe(rule.TimeValue(instant(-30, 6))), maybe(rule.BoolValue(n(0, 1) == 1))
	f.Attrs[6] = maybe(rule.StringsValue(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b"}), 0, 2).Draw(t, "set")...))
	f.Attrs[7] = rapid.SampledFrom([]rule.Value{word(), whole(), f.Attrs[5], f.Attrs[4], f.Attrs[6]}).Draw(t, "any")
	for slot := range f.Events {
		for range n(0, 4) {
			h := rule.Hit{At: instant(-30, 6), Props: []rule.Value{whole(), word()}}
			if slot == 1 {
				h.Props = h.Props[1:]
			}
			f.Events[slot] = append(f.Events[slot], h)
		}
		slices.SortStableFunc(f.Events[slot], func(a, b rule.Hit) int { return int(a.At - b.At) })
	}
	for slot := range 2 {
		if n(0, 1) == 1 {
			f.Tags = append(f.Tags, rule.Mark{Slot: slot, From: 1})
		}
	}
	if n(0, 1) == 1 {
		f.Segments = append(f.Segments, rule.Mark{From: 1})
	}
	for range n(0, 2) {
		f.Scores[0] = append(f.Scores[0], rule.Term{From: rule.At(noon) - 86400e6, Points: float64(n(-5, 15)), HalfLife: marque.Duration(n(0, 1)) * marque.Day})
	}
	return f
}

// What is said of random rules is not gainsaid by anybody.
func TestRandom(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	said := map[string]int{}
	rapid.Check(t, func(t *rapid.T) {
		for range 10 { // rapid's hundred are few for a language
			w := writer{t}
			a, b := w.condition(w.n(0, 3), false), w.condition(w.n(0, 2), false)
			if w.n(0, 2) == 0 { // rules that are likely within one another
				b = w.one(a+" or "+b, a+" and "+b, "not ("+a+")")
			}
			x, err := c.Compile(a, "")
			if err != nil {
				continue // two values that move, …
			}
			y, err := c.Compile(b, "")
			if err != nil {
				continue
			}
			within, over, apart := lint.Implies(x, y), lint.Implies(y, x), lint.Disjoint(x, y)
			var never, always bool
			for _, f := range lint.Check(x, nil) {
				said[f.Code]++
				whole := f.Text == x.Root().String()
				never, always = never || whole && f.Code == lint.Never, always || whole && f.Code == lint.Always
			}
			without := leaveOut(x)
			if without != nil {
				said["left out"]++
			}
			for k, ok := range map[string]bool{"within": within || over, "apart": apart} {
				if ok {
					said[k]++
				}
			}
			for range 30 {
				in := rule.Input{Now: noon, Facts: person(t, lex)}
				p, q := x.Test(in).Truth == rule.True, y.Test(in).Truth == rule.True
				require.False(t, never && p, "never: %s", a)
				require.False(t, always && !p, "always: %s", a)
				require.False(t, within && p && !q, "%s\nis not within\n%s", a, b)
				require.False(t, over && q && !p, "%s\nis not within\n%s", b, a)
				require.False(t, apart && p && q, "%s\nis not apart from\n%s", a, b)
				if without != nil {
					require.Equal(t, p, without.Test(in).Truth == rule.True, "%s\nis not\n%s", a, without.Root())
				}
			}
		}
	})
	t.Log(said)
	for _, k := range []string{lint.Never, lint.Always, lint.Redundant, lint.Missing, "within", "apart", "left out"} {
		require.Greater(t, said[k], 20, k)
	}
}

// leaveOut makes the rule without a part that is said to be redundant, nil where none is.
func leaveOut(r *rule.Rule) *rule.Rule {
	for _, f := range lint.Check(r, nil) {
		if f.Code == lint.Redundant {
			if root, ok := prune(r.Root(), f); ok {
				return eval.New("", root)
			}
		}
	}
	return nil
}

// prune takes the part of a finding out of the junction that it stands in.
func prune(n rule.Node, f lint.Finding) (rule.Node, bool) {
	n.Args = slices.Clone(n.Args)
	for i, x := range n.Args {
		if (n.Op == op.And || n.Op == op.Or) && x.Span.From == f.Col-1 && x.String() == f.Text {
			if n.Args = slices.Delete(n.Args, i, i+1); len(n.Args) == 1 {
				return n.Args[0], true
			}
			return n, true
		}
		if n.Op < op.Did {
			if y, ok := prune(x, f); ok {
				n.Args[i] = y
				return n, true
			}
		}
	}
	return n, false
}
