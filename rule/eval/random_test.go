package eval_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/why"
)

// writer draws random rules over the shop.
type writer struct {
	t      *rapid.T
	filter string // the event whose filter it is in
}

func (w *writer) one(of ...string) string { return rapid.SampledFrom(of).Draw(w.t, "one") }
func (w *writer) n(lo, hi int) int        { return rapid.IntRange(lo, hi).Draw(w.t, "n") }

func (w *writer) condition(depth int) string {
	kinds := 14
	if depth > 0 {
		kinds = 20
	}
	switch w.n(0, kinds) {
	case 0:
		return w.number(depth) + w.op() + w.number(depth)
	case 1:
		return fmt.Sprintf("%s %s %d", w.number(depth), w.op(), w.n(-1, 5))
	case 2:
		return w.text() + w.one(" == ", " != ", " < ", " >= ", " contains ", " startsWith ", " endsWith ", " not contains ") + w.text()
	case 3:
		return w.text() + w.one(" in ", " not in ") + w.one(`["a"]`, `["a", "ab", "b"]`, `["a","b","c","d","e","f","g","h","i"]`)
	case 4:
		return w.number(depth) + w.one(" in [1, 2, 3]", " in [1, 2.5]", " not in [0]")
	case 5:
		return "has(" + w.one(w.number(depth), w.text(), w.time(depth)) + ")"
	case 6:
		return w.one("subscribed", "subscribed == true", "interests contains "+w.text(), `"a" in interests`, `note`, `note == 1`, `note > "a"`)
	case 7:
		return w.one(`has_tag("vip")`, `has_tag("blocked")`, `in_segment("new")`)
	case 8:
		return w.time(depth) + w.op() + w.time(depth)
	case 9:
		return w.one("now", `ago("2d")`, `ago("30d")`) + w.op() + w.time(depth)
	case 10:
		return "days_since(" + w.time(depth) + ")" + w.op() + w.one("0", "1", "1.5", "7", "30", "-2", "0.1", "level", "spent")
	case 11:
		return w.one(`score("lead")`, `score("fit")`) + w.op() + w.one("0", "10", "12.5", "20", "level", "-3")
	case 12, 13:
		if w.filter != "" {
			return w.one(`it.kind == "a"`, `it.kind != cart.currency`, `has(it.kind)`)
		}
		return w.history("did", depth)
	case 14:
		return w.text() + ` matches "^a+b?$"`
	case 15, 16:
		return "(" + w.condition(depth-1) + w.one(" and ", " && ") + w.condition(depth-1) + ")"
	case 17, 18:
		return "(" + w.condition(depth-1) + w.one(" or ", " || ") + w.condition(depth-1) + ")"
	case 19:
		return w.one("not ", "!") + "(" + w.condition(depth-1) + ")"
	}
	return w.one(
		fmt.Sprintf("((%s) ? (%s) : (%s))", w.condition(depth-1), w.condition(depth-1), w.condition(depth-1)),
		fmt.Sprintf("((%s) ?? (%s))", w.condition(depth-1), w.condition(depth-1)))
}

func (w *writer) op() string { return w.one(" == ", " != ", " < ", " <= ", " > ", " >= ") }

func (w *writer) number(depth int) string {
	simple := []string{"level", "age", "spent", "cart.total", "2", "1.5"}
	if w.filter == "order_paid" {
		simple = append(simple, "it.amount", "it.weight")
	}
	if depth <= 0 {
		return w.one(simple...)
	}
	switch w.n(0, 6) {
	case 0:
		return "(" + w.number(depth-1) + w.one(" + ", " - ", " * ", " / ") + w.number(depth-1) + ")"
	case 1:
		return "(level % 3)"
	case 2:
		return "(" + w.number(depth-1) + " ?? " + w.number(depth-1) + ")"
	case 3, 4, 5:
		if w.filter == "" {
			return w.history(w.one("times", "total", "distinct"), depth)
		}
	}
	return w.one(simple...)
}

func (w *writer) text() string {
	if w.filter != "" && w.n(0, 1) == 0 {
		return "it.kind"
	}
	return w.one("city", "email", "cart.currency", `attr("utm-source")`, "城市", `"a"`, `"ab"`)
}

func (w *writer) time(depth int) string {
	if w.filter == "" && w.n(0, 1) == 0 {
		return w.history(w.one("first_at", "last_at"), depth)
	}
	if w.filter == "order_paid" {
		return "it.due"
	}
	return w.one("last_order", `date("2026-06-10")`, `(last_order ?? date("2026-06-01"))`)
}

func (w *writer) history(f string, depth int) string {
	event := w.one("order_paid", "order_paid", "view")
	args := []string{`"` + event + `"`}
	switch {
	case f == "total" && event == "order_paid":
		args = append(args, w.one(`"amount"`, `"weight"`))
	case f == "total":
		args = append(args, `"seconds"`)
	case f == "distinct":
		args = append(args, `"kind"`)
	}
	if w.n(0, 4) > 0 {
		args = append(args, w.one(`within("1d")`, `within("7d")`, `within("30d")`, `between("30d", "2d")`, `since("2026-06-05")`, `today()`, `this_week()`, `this_month()`, `since("2026-06-15T12:00:00Z")`))
	}
	if w.n(0, 2) == 0 {
		w.filter = event
		args = append(args, w.condition(min(depth-1, 1)))
		w.filter = ""
	}
	return f + "(" + strings.Join(args, ", ") + ")"
}

// instant draws instants on a grid of half days, some a microsecond beside it.
func instant(t *rapid.T, lo, hi int) rule.Instant {
	return rule.At(noon) + rule.Instant(rapid.IntRange(lo, hi).Draw(t, "half days"))*43200e6 +
		rapid.SampledFrom([]rule.Instant{0, 0, 0, 1, -1, 3600e6}).Draw(t, "beside")
}

func maybe(t *rapid.T, v rule.Value) rule.Value {
	if rapid.IntRange(0, 3).Draw(t, "missing") == 0 {
		return rule.Value{}
	}
	return v
}

// person draws the facts of somebody in the shop, and what a cart adds.
func person(t *rapid.T, lex *rule.Lexicon) (*rule.Facts, []rule.Value) {
	f := rule.NewFacts(lex, "ann")
	f.Zone = rapid.SampledFrom([]string{"", "UTC", "Asia/Shanghai", "America/New_York", "nowhere"}).Draw(t, "zone")
	word := func() rule.Value {
		return maybe(t, rule.StringValue(rapid.SampledFrom([]string{"a", "ab", "b", ""}).Draw(t, "word")))
	}
	whole := func() rule.Value { return maybe(t, rule.IntValue(int64(rapid.IntRange(-2, 5).Draw(t, "whole")))) }
	part := func() rule.Value { return maybe(t, rule.FloatValue(float64(rapid.IntRange(-4, 8).Draw(t, "part"))/2)) }
	f.Attrs[0], f.Attrs[1], f.Attrs[2], f.Attrs[3] = whole(), word(), whole(), part()
	f.Attrs[4] = maybe(t, rule.TimeValue(instant(t, -80, 8)))
	f.Attrs[5] = maybe(t, rule.BoolValue(rapid.Bool().Draw(t, "bool")))
	f.Attrs[6] = maybe(t, rule.StringsValue(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ab", "b"}), 0, 3).Draw(t, "set")...))
	f.Attrs[7], f.Attrs[8], f.Attrs[9], f.Attrs[10] = word(), rapid.SampledFrom([]rule.Value{word(), whole(), part()}).Draw(t, "any"), word(), word()
	for slot := range f.Events {
		n := rapid.IntRange(0, 8).Draw(t, "events")
		for range n {
			h := rule.Hit{At: instant(t, -80, 8), Props: []rule.Value{whole(), word(), part(), maybe(t, rule.TimeValue(instant(t, -20, 8)))}}
			if slot == 1 {
				h.Props = []rule.Value{word(), whole()}
			}
			f.Events[slot] = append(f.Events[slot], h)
		}
		slices.SortStableFunc(f.Events[slot], func(a, b rule.Hit) int { return int(a.At - b.At) })
	}
	mark := func(slot int) rule.Mark {
		m := rule.Mark{Slot: slot, From: instant(t, -20, 8)}
		if rapid.Bool().Draw(t, "ends") {
			m.Until = m.From + rule.Instant(rapid.IntRange(1, 20).Draw(t, "for"))*43200e6
		}
		return m
	}
	for slot := range 2 {
		if rapid.Bool().Draw(t, "tagged") {
			f.Tags = append(f.Tags, mark(slot))
		}
		for range rapid.IntRange(0, 4).Draw(t, "terms") {
			term := rule.Term{From: instant(t, -40, 8), Points: float64(rapid.IntRange(-10, 20).Draw(t, "points"))}
			if rapid.Bool().Draw(t, "ends") {
				term.Until = term.From + rule.Instant(rapid.IntRange(1, 40).Draw(t, "for"))*43200e6
			}
			if rapid.Bool().Draw(t, "decays") {
				term.HalfLife = rapid.SampledFrom([]marque.Duration{marque.Day, 7 * marque.Day, 14 * marque.Day}).Draw(t, "half")
			}
			f.Scores[slot] = append(f.Scores[slot], term)
		}
	}
	if rapid.Bool().Draw(t, "in") {
		f.Segments = append(f.Segments, mark(0))
	}
	return f, []rule.Value{whole(), word()}
}

// moments are instants at which something may happen: edges of windows, of marks, of days.
func moments(t *rapid.T, f *rule.Facts, now rule.Instant) []rule.Instant {
	var all []rule.Instant
	for _, hits := range f.Events {
		for _, h := range hits {
			for _, d := range []int64{0, 1, 2, 7, 30} {
				all = append(all, h.At+rule.Instant(d)*86400e6)
			}
		}
	}
	for _, m := range append(slices.Clone(f.Tags), f.Segments...) {
		all = append(all, m.From, m.Until)
	}
	for range 20 {
		all = append(all, now+rule.Instant(rapid.Int64Range(0, 60*86400e6).Draw(t, "later")))
	}
	for _, h := range f.Events[0] {
		if due := h.Props[3]; due.Known() {
			all = append(all, due.Instant(), due.Instant()+86400e6, due.Instant()+2*86400e6, due.Instant()+7*86400e6)
		}
	}
	for i := range 60 {
		all = append(all, now+rule.Instant(i)*43200e6)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// What a random rule says of a random person is what the oracle says; it stays so until it said, and is read from
// what it needs; and the rule reads back from its own tree.
func TestRandom(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	turned, early := 0, 0
	for range 10 { // rapid's hundred are few for a language
		rapid.Check(t, func(t *rapid.T) { random(t, lex, c, &turned, &early) })
	}
	t.Logf("of the instants that were foretold %d turned the rule, %d came early", turned, early)
	require.Greater(t, turned, early/4)
}

func random(t *rapid.T, lex *rule.Lexicon, c rule.Compiler, turned, early *int) {
	w := &writer{t: t}
	source := w.condition(2)
	r, err := c.Compile(source, "cart")
	if err != nil {
		require.NotContains(t, err.Error(), "unknown", source)
		t.Skip(source, err) // two values that move, two constants of different types, …
	}
	f, row := person(t, lex)
	test := func(f *rule.Facts, at rule.Instant) rule.Verdict {
		v := r.Test(rule.Input{Now: at.Time(), Facts: f, Scope: row})
		want := truth(oracle{now: at, f: f, row: row}.of(r.Root()))
		require.Equal(t, want, v.Truth, "%s at %v", source, at.Time())
		require.Equal(t, want == rule.True, r.Holds(at, f, row), "%s at %v", source, at.Time())
		require.True(t, v.Until.IsZero() || v.Until.After(at.Time()), "until %v at %v", v.Until, at.Time())
		return v
	}
	now := instant(t, -4, 4)
	v := test(f, now)
	until := rule.At(v.Until)
	if until == 0 {
		until = rule.Never
	}
	all := moments(t, f, now)
	if until != rule.Never {
		all = append(all, until-1)
	}
	for _, at := range all {
		for _, at := range []rule.Instant{at - 1, at, at + 1} {
			if now < at && at < until {
				require.Equal(t, v.Truth, test(f, at).Truth, "%s\nis %v at %v until %v, but not at %v", source, v.Truth, now.Time(), v.Until, at.Time())
			}
		}
	}
	if until != rule.Never {
		if test(f, until).Truth != v.Truth {
			*turned++
		} else {
			*early++
		}
	}
	require.Equal(t, v, r.Test(rule.Input{Now: now.Time(), Facts: limited(f, r.Need(), now), Scope: row}), "need of %s", source)

	again, err := c.Compile(r.Root().String(), "cart")
	require.NoError(t, err, "%s\nwas written as %s", source, r.Root())
	require.Equal(t, v, again.Test(rule.Input{Now: now.Time(), Facts: f, Scope: row}), "%s\nwas written as %s", source, r.Root())
	x := why.Explain(r, rule.Input{Now: now.Time(), Facts: f, Scope: row})
	require.Equal(t, v.Truth, x.Truth(), source)
}

// limited leaves only what is needed.
func limited(f *rule.Facts, need rule.Need, now rule.Instant) *rule.Facts {
	g := &rule.Facts{Zone: f.Zone, Attrs: make([]rule.Value, len(f.Attrs)), Events: make([][]rule.Hit, len(f.Events)), Scores: make([]rule.Curve, len(f.Scores))}
	for _, i := range need.Attrs {
		g.Attrs[i] = f.Attrs[i]
	}
	for _, i := range need.Scores {
		g.Scores[i] = f.Scores[i]
	}
	for _, m := range f.Tags {
		if slices.Contains(need.Tags, m.Slot) {
			g.Tags = append(g.Tags, m)
		}
	}
	for _, m := range f.Segments {
		if slices.Contains(need.Segments, m.Slot) {
			g.Segments = append(g.Segments, m)
		}
	}
	for _, e := range need.Events {
		for _, h := range f.Events[e.Slot] {
			if e.Window == 0 || now-h.At < rule.Instant(e.Window/1000) {
				g.Events[e.Slot] = append(g.Events[e.Slot], h)
			}
		}
	}
	return g
}
