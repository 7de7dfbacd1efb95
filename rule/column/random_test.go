package column_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
)

// A source of choices: rapid's, or the bytes of a fuzzer.
type source interface {
	n(lo, hi int) int
}

type drawn struct{ t *rapid.T }

func (d drawn) n(lo, hi int) int { return rapid.IntRange(lo, hi).Draw(d.t, "n") }

type input struct{ b []byte }

func (d *input) n(lo, hi int) int {
	if len(d.b) == 0 {
		return lo
	}
	x := int(d.b[0])
	d.b = d.b[1:]
	return lo + x%(hi-lo+1)
}

func pick[T any](s source, of ...T) T { return of[s.n(0, len(of)-1)] }

// writer writes random rules over the shop.
type writer struct{ source }

func (w writer) one(of ...string) string { return pick(w, of...) }

var comparisons = []string{" == ", " != ", " < ", " <= ", " > ", " >= "}

func (w writer) op() string { return w.one(comparisons...) }

func (w writer) number() string {
	return w.one("0", "1", "2", "3", "1.5", "-1", "2.0", "9007199254740993", "9007199254740992.0", "-9007199254740993", "1e19", "-1e19", "9223372036854775807", "1e300")
}

func (w writer) text() string {
	return w.one(`"a"`, `"ab"`, `""`, `"北京"`, `"京"`, `"x"`)
}

func (w writer) window() string {
	return w.one("", "", `, within("1d")`, `, within("7d")`, `, between("7d", "1d")`, `, since("2026-06-10")`, `, today()`, `, this_week()`, `, this_month()`)
}

func (w writer) filter() string {
	return w.one("", "", ", it.amount"+w.op()+w.number(), `, it.weight >= 1`, ", it.kind"+w.op()+w.text(), `, it.kind in ["a", "北京"]`, `, it.amount in [1, 2]`,
		`, it.extra == 1`, `, it.extra in ["a", 1]`, `, it.gift`, `, it.gift == false and it.amount > 0`, `, not (it.due > date("2026-06-10")) or has(it.kind)`,
		`, it.amount > level`, `, it.kind contains "a"`, `, it.due > ago("3d")`)
}

func (w writer) moment() string {
	return w.one("last_order", "birthday", `last_at("view"`+w.window()+`)`, `first_at("view"`+w.window()+`)`,
		`last_at("order_paid"`+w.window()+w.filter()+`)`, `first_at("order_paid"`+w.window()+w.filter()+`)`, `date("2026-06-12")`)
}

func (w writer) condition(depth int) string {
	kinds := 21
	if depth > 0 {
		kinds = 29
	}
	switch w.n(0, kinds) {
	case 0, 1:
		return w.one("age", "level", "spent", "rate") + w.op() + w.number()
	case 2:
		return w.number() + w.op() + w.one("age", "spent", `times("view")`)
	case 3:
		return w.one("age", "spent", "level") + w.op() + w.one("level", "rate", "age + 1", "cart.total", "note")
	case 4:
		return w.one("city", "城市") + w.one(" == ", " != ", " < ", " >= ", " contains ", " startsWith ", " endsWith ", " not contains ") + w.text()
	case 5:
		return w.one("city", "城市") + w.one(" in ", " not in ") + w.one(`["a"]`, `["a", "北京", "zz"]`, `["a","ab","c","d","e","f","g","h","i",""]`)
	case 6:
		return w.one("age", "spent", "note") + w.one(" in [1, 2, 3]", " in [1, 2.5]", " not in [0]", " in [-1, 3, 9007199254740993]", " in 1..2")
	case 7:
		return "has(" + w.one("age", "spent", "城市", "interests", "subscribed", "note", w.moment(), "level + 1", "last_order") + ")"
	case 8:
		return w.one("subscribed", "not subscribed", "subscribed == true", "subscribed != true", "interests contains "+w.text(), `"a" in interests`, "note", "note == 1", `note > "a"`)
	case 9:
		return w.one(`has_tag("vip")`, `has_tag("blocked")`, `in_segment("new")`)
	case 10:
		return w.moment() + w.op() + w.moment()
	case 11:
		return w.one("now", `ago("1d")`, `ago("7d")`) + w.op() + w.moment()
	case 12:
		return "days_since(" + w.moment() + ")" + w.op() + w.one("0", "1", "1.5", "7", "-2", "0.1", "level", "1e300", "-1e15", "99999999999999")
	case 13:
		return w.one(`score("lead")`, `score("fit")`) + w.op() + w.one("0", "10", "12.5", "-3", "level")
	case 14:
		return w.one("", "not ") + `did("view"` + w.window() + ")"
	case 15, 16:
		return `times("view"` + w.window() + ")" + w.op() + w.one("0", "1", "2", "3", "1.5", "-1", "1e300", "level")
	case 17:
		return `times("order_paid"` + w.window() + w.filter() + ")" + w.op() + w.one("0", "1", "2", "3", "2.5")
	case 18:
		return `did("order_paid"` + w.window() + w.filter() + ")"
	case 19:
		return `total("order_paid", ` + w.one(`"amount"`, `"weight"`, `"extra"`) + w.window() + w.filter() + ")" + w.op() + w.number()
	case 20:
		return `distinct("order_paid", "kind"` + w.window() + w.filter() + ")" + w.op() + w.one("0", "1", "2")
	case 21:
		return w.one(`city matches "^a"`, `城市 matches "京$"`, "true", "1 < age < 3", "cart.total > 1", "not has(cart.total)",
			`sequence(["view", "order_paid"]`+w.one("", `, within("7d")`, `, apart("1d")`, `, within("7d"), apart("2d")`)+")", `sequence(["order_paid", "order_paid", "view"])`,
			`lower(城市) == "a"`, `len(city) > 1`)
	case 22, 23:
		return "(" + w.condition(depth-1) + " and " + w.condition(depth-1) + w.one("", " and "+w.condition(depth-1)) + ")"
	case 24, 25:
		return "(" + w.condition(depth-1) + " or " + w.condition(depth-1) + w.one("", " or "+w.condition(depth-1)) + ")"
	case 26, 27:
		return "not (" + w.condition(depth-1) + ")"
	case 28:
		return "((" + w.condition(depth-1) + ") ? (" + w.condition(depth-1) + ") : (" + w.condition(depth-1) + "))"
	}
	return "((" + w.condition(depth-1) + ") ?? (" + w.condition(depth-1) + "))"
}

// people draws facts.
type people struct{ source }

// instant is on a grid of half days around noon, or beside it.
func (p people) instant() rule.Instant {
	return rule.At(noon) + rule.Instant(p.n(-40, 6))*12*hour + pick(p, 0, 0, 0, 1, -1, hour)
}

func (p people) maybe(v rule.Value) rule.Value {
	if p.n(0, 3) == 0 {
		return rule.Value{}
	}
	return v
}

func (p people) whole() rule.Value {
	return p.maybe(rule.IntValue(pick(p, int64(0), 1, 2, 3, -1, 1<<53, 1<<53+1, -1<<53-1, math.MaxInt64, math.MinInt64)))
}

func (p people) float() rule.Value {
	return p.maybe(rule.FloatValue(pick(p, 0, 1, 1.5, 2, 2.5, -1, 1<<53, 1e19, -1e19, 1e300, math.Copysign(0, -1))))
}

func (p people) word() rule.Value {
	return p.maybe(rule.StringValue(pick(p, "a", "ab", "", "北京", "南京", "b")))
}

func (p people) time() rule.Value { return p.maybe(rule.TimeValue(p.instant())) }
func (p people) bool() rule.Value { return p.maybe(rule.BoolValue(p.n(0, 1) == 1)) }

func (p people) set() rule.Value {
	return p.maybe(pick(p, rule.StringsValue(), rule.StringsValue("a"), rule.StringsValue("a", "北京"), rule.StringsValue("")))
}

func (p people) hit(event int) rule.Hit {
	h := rule.Hit{At: p.instant()}
	if event == 0 {
		h.Props = []rule.Value{p.whole(), p.word(), p.float(), p.time(), p.bool(), pick(p, p.whole(), p.word(), p.float(), p.set())}[:p.n(0, 6)]
	}
	return h
}

func (p people) mark(slot int) rule.Mark {
	m := rule.Mark{Slot: slot, From: pick(p, 0, p.instant())}
	if p.n(0, 1) == 0 {
		m.Until = p.instant() + 1
		m.Holds = pick(p, 0, m.Until)
	}
	return m
}

func (p people) curve() (c rule.Curve) {
	for range p.n(0, 3) {
		c = append(c, rule.Term{From: p.instant(), Until: pick(p, 0, p.instant()), Points: float64(p.n(-10, 20)), HalfLife: pick(p, 0, marque.Day, 7*marque.Day)})
	}
	return c
}

func (p people) person(lex *rule.Lexicon, name string) *rule.Facts {
	f := rule.NewFacts(lex, name)
	f.Zone = pick(p, "", "UTC", "Asia/Shanghai", "America/New_York", "nowhere")
	f.Attrs = []rule.Value{p.whole(), p.whole(), p.float(), p.float(), p.word(), p.word(), p.time(), p.time(), p.bool(), p.set(), pick(p, p.whole(), p.word(), p.float(), p.bool())}
	for slot := range f.Events {
		for range p.n(0, 5) {
			f.Events[slot] = append(f.Events[slot], p.hit(slot))
		}
		sorted(f.Events[slot])
	}
	for slot := range 2 {
		if p.n(0, 1) == 1 {
			f.Tags = append(f.Tags, p.mark(slot))
		}
		f.Scores[slot] = p.curve()
	}
	if p.n(0, 1) == 1 {
		f.Segments = append(f.Segments, p.mark(0))
	}
	return f
}

func sorted(hits []rule.Hit) {
	slices.SortStableFunc(hits, func(a, b rule.Hit) int { return int(a.At - b.At) })
}

// agree compares a query with its rule, row by row.
func agree(t require.TestingT, r *rule.Rule, q *column.Query, table *column.Table, facts []*rule.Facts, now rule.Instant) {
	got := truths(q, table, now)
	yes := make([]uint64, (table.Len()+63)/64)
	q.Run(table, now, yes)
	for i := range got {
		in := yes[i/64]>>(i%64)&1 == 1
		if i >= len(facts) || facts[i] == nil {
			require.Equal(t, rule.False, got[i], "%s: row %d is nobody's", r.Source(), i)
			require.False(t, in)
			continue
		}
		want := r.Test(rule.Input{Now: now.Time(), Facts: facts[i]}).Truth
		require.Equal(t, want, got[i], "%s at %v, row %d: %+v\n%s", r.Source(), now.Time(), i, facts[i], q.Plan())
		require.Equal(t, want == rule.True, in, "%s at %v, row %d", r.Source(), now.Time(), i)
	}
}

// What a query says of a random table is what its rule says of each row.
func differ(t require.TestingT, s source, lex *rule.Lexicon) {
	table := column.NewTable(lex)
	var facts []*rule.Facts
	p := people{s}
	for i := range s.n(1, 8) {
		facts = append(facts, p.person(lex, fmt.Sprint("p", i)))
		require.Equal(t, i, table.Put(facts[i]))
	}
	if s.n(0, 3) == 0 {
		table.Remove(0)
		facts[0] = nil
	}
	w := writer{s}
	text := w.condition(2)
	r, err := lang.New(lex, nil).Compile(text, "cart")
	if err != nil {
		require.NotContains(t, err.Error(), "unknown", text)
		return // two values that move, two constants of different types, …
	}
	q := column.Compile(lex, r)
	for range 2 {
		agree(t, r, q, table, facts, p.instant())
	}
}

func TestRandom(t *testing.T) {
	lex := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		for range 20 { // rapid's hundred are few for a language
			differ(t, drawn{t}, lex)
		}
	})
}

func FuzzQuery(f *testing.F) {
	lex := shop(f)
	f.Add([]byte("a few choices"))
	f.Add([]byte(strings.Repeat("\x01\x07\x02\x00\x05", 80)))
	f.Fuzz(func(t *testing.T, b []byte) { differ(t, &input{b}, lex) })
}
