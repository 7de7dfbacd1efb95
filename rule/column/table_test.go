package column_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/rule/lang"
)

// everything is the need of all that a table holds.
func everything(lex *rule.Lexicon) (n rule.Need) {
	s := lex.Schema()
	for i := range s.Attributes {
		n.Attrs = append(n.Attrs, i)
	}
	for i := range s.Events {
		n.Events = append(n.Events, rule.EventNeed{Slot: i})
	}
	for i := range s.Tags {
		n.Tags = append(n.Tags, i)
	}
	for i := range s.Scores {
		n.Scores = append(n.Scores, i)
	}
	for i := range s.Segments {
		n.Segments = append(n.Segments, i)
	}
	n.IDs, n.Consents = true, true
	return n
}

func TestRows(t *testing.T) {
	table := column.NewTable(shop(t))
	require.Equal(t, 0, table.Add("ann"))
	require.Equal(t, 1, table.Add("bob"))
	require.Equal(t, 0, table.Add("ann"))
	require.Equal(t, 2, table.Len())
	row, ok := table.Row("bob")
	require.True(t, ok)
	require.Equal(t, 1, row)
	_, ok = table.Row("eve")
	require.False(t, ok)
	require.Equal(t, "bob", table.Profile(1))

	table.Remove(0)
	table.Remove(0)
	require.Equal(t, 2, table.Len())
	require.False(t, table.Live(0))
	require.True(t, table.Live(1))
	require.Empty(t, table.Profile(0))
	_, ok = table.Row("ann")
	require.False(t, ok)
	require.Equal(t, 2, table.Add("ann"), "a number is not given again")
}

func TestAttr(t *testing.T) {
	lex := shop(t)
	at := rule.TimeValue(rule.At(noon))
	for _, c := range []struct {
		name, attr string
		set, want  rule.Value
	}{
		{"an int", "age", rule.IntValue(3), rule.IntValue(3)},
		{"an int beyond what a float holds", "age", rule.IntValue(1<<53 + 1), rule.IntValue(1<<53 + 1)},
		{"a whole float to an int", "age", rule.FloatValue(3), rule.IntValue(3)},
		{"a broken float to no int", "age", rule.FloatValue(3.5), rule.Value{}},
		{"a text to no int", "age", rule.StringValue("3"), rule.Value{}},
		{"a float", "spent", rule.FloatValue(1.5), rule.FloatValue(1.5)},
		{"an int to a float", "spent", rule.IntValue(2), rule.FloatValue(2)},
		{"a text", "城市", rule.StringValue("北京"), rule.StringValue("北京")},
		{"an empty text", "city", rule.StringValue(""), rule.StringValue("")},
		{"a time", "last_order", at, at},
		{"a text to a time", "last_order", rule.StringValue("2026-06-15T12:00:00Z"), at},
		{"1970", "last_order", rule.TimeValue(0), rule.TimeValue(0)},
		{"true", "subscribed", rule.BoolValue(true), rule.BoolValue(true)},
		{"false", "subscribed", rule.BoolValue(false), rule.BoolValue(false)},
		{"a set", "interests", rule.StringsValue("a", "b"), rule.StringsValue("a", "b")},
		{"a set of one", "interests", rule.StringsValue("a"), rule.StringsValue("a")},
		{"a set of nothing", "interests", rule.StringsValue(), rule.StringsValue()},
		{"a set of the empty text", "interests", rule.StringsValue(""), rule.StringsValue("")},
		{"any int", "note", rule.IntValue(1), rule.IntValue(1)},
		{"any text", "note", rule.StringValue("x"), rule.StringValue("x")},
		{"missing", "age", rule.Value{}, rule.Value{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := column.NewTable(lex)
			slot, ok := lex.Attr(c.attr)
			require.True(t, ok)
			row := table.Add("ann")
			require.False(t, table.Attr(row, slot).Known())
			for range 2 {
				table.SetAttr(row, slot, c.set)
				require.Equal(t, c.want, table.Attr(row, slot))
			}
			table.Add("bob")
			require.False(t, table.Attr(1, slot).Known())
			table.SetAttr(row, slot, rule.Value{})
			require.False(t, table.Attr(row, slot).Known())
		})
	}
}

func TestMarks(t *testing.T) {
	lex := shop(t)
	q := column.Compile(lex, compile(t, lex, `has_tag("vip")`))
	now := rule.At(noon)
	for _, c := range []struct {
		name string
		m    rule.Mark
		at   rule.Instant
		want bool
	}{
		{"holds", rule.Mark{From: now - day}, now, true},
		{"without beginning", rule.Mark{}, now, true},
		{"from this instant", rule.Mark{From: now}, now, true},
		{"from the next", rule.Mark{From: now + 1}, now, false},
		{"asked of an instant before", rule.Mark{From: now - day}, now - 2*day, false},
		{"until the next", rule.Mark{Until: now + 1}, now, true},
		{"until this instant", rule.Mark{From: now - day, Until: now}, now, false},
		{"not begun and with an end", rule.Mark{From: now + 1, Until: now + 2}, now, false},
		{"holds for certain", rule.Mark{From: now - day, Holds: now}, now + day, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := column.NewTable(lex)
			other := table.Add("other")
			table.SetTag(other, rule.Mark{From: c.at - 1}, true)
			row := table.Add("ann")
			table.SetTag(row, rule.Mark{From: 1, Until: 2}, true)
			table.SetTag(row, c.m, true)
			table.SetTag(table.Add("later"), rule.Mark{From: c.at + 1}, true)
			out := make([]uint64, 1)
			q.Run(table, c.at, out)
			want := uint64(1)
			if c.want {
				want = 3
			}
			require.Equal(t, want, out[0])

			f := rule.NewFacts(lex, "")
			table.Facts(row, rule.Need{Tags: []int{0}}, f)
			require.Equal(t, []rule.Mark{c.m}, f.Tags)
			table.SetTag(row, c.m, false)
			q.Run(table, c.at, out)
			require.Equal(t, uint64(1), out[0])
		})
	}
}

// Facts gives what is needed and nothing else, in memory that it uses again.
func TestFacts(t *testing.T) {
	lex := shop(t)
	table := column.NewTable(lex)
	p := people{seeded{rand.New(rand.NewPCG(3, 4))}}
	ids := []marque.ID{{Kind: "phone", Value: "1"}}
	var all []*rule.Facts
	for i := range 50 {
		f := p.person(lex, fmt.Sprint(i))
		f.IDs, f.Consents = ids, []rule.Consent{{Channel: "sms", OK: true}}
		table.Put(f)
		all = append(all, f)
	}
	into := rule.NewFacts(lex, "")
	for i, f := range all {
		table.Facts(i, everything(lex), into)
		same(t, f, into)
		require.Equal(t, ids, into.IDs)
		require.Equal(t, f.Consents, into.Consents)
	}
	table.Facts(0, rule.Need{Attrs: []int{1}, Events: []rule.EventNeed{{Slot: 1}}}, into)
	require.Equal(t, all[0].Profile, into.Profile)
	for slot, v := range into.Attrs {
		if slot != 1 {
			require.False(t, v.Known())
		}
	}
	require.Equal(t, all[0].Attrs[1], into.Attrs[1])
	require.Empty(t, into.Events[0])
	require.Len(t, into.Events[1], len(all[0].Events[1]))
	require.Empty(t, into.Tags)
	require.Empty(t, into.IDs)
	need := everything(lex)
	require.Zero(t, testing.AllocsPerRun(100, func() { table.Facts(0, need, into); table.Facts(1, need, into) }))
}

// same compares facts; what is missing at the end of properties does not matter, and what is nowhere is nil or empty.
func same(t require.TestingT, want, got *rule.Facts) {
	require.Equal(t, want.Profile, got.Profile)
	require.Equal(t, want.Zone, got.Zone)
	require.Equal(t, want.Attrs, got.Attrs)
	for slot := range want.Events {
		require.Len(t, got.Events[slot], len(want.Events[slot]))
		for i, h := range want.Events[slot] {
			require.Equal(t, h.At, got.Events[slot][i].At)
			for p, v := range got.Events[slot][i].Props {
				if p < len(h.Props) {
					require.Equal(t, h.Props[p], v)
				} else {
					require.False(t, v.Known())
				}
			}
		}
		require.Equal(t, len(want.Scores[slot]), len(got.Scores[slot]))
		if len(want.Scores[slot]) > 0 {
			require.Equal(t, want.Scores[slot], got.Scores[slot])
		}
	}
	require.ElementsMatch(t, want.Tags, got.Tags)
	require.ElementsMatch(t, want.Segments, got.Segments)
}

// A table that is changed fact by fact is the table that the facts at the end make.
func TestIncremental(t *testing.T) {
	lex := shop(t)
	rapid.Check(t, func(t *rapid.T) {
		s := drawn{t}
		p, w := people{s}, writer{s}
		table := column.NewTable(lex)
		var facts []*rule.Facts
		for i := range s.n(1, 3) {
			f := p.person(lex, fmt.Sprint(i))
			facts = append(facts, f)
			table.Put(f)
		}
		for range s.n(1, 40) {
			row := s.n(0, len(facts)-1)
			f := facts[row]
			if f == nil {
				continue
			}
			switch s.n(0, 9) {
			case 0, 1, 2, 3:
				slot, n := s.n(0, 1), s.n(1, 4)
				for range n {
					h := p.hit(slot)
					table.AddHit(row, slot, h)
					f.Events[slot] = append(f.Events[slot], h)
				}
				sorted(f.Events[slot])
			case 4:
				other := p.person(lex, "")
				slot := s.n(0, len(other.Attrs)-1)
				table.SetAttr(row, slot, other.Attrs[slot])
				f.Attrs[slot] = other.Attrs[slot]
			case 5:
				m, on := p.mark(s.n(0, 1)), s.n(0, 2) > 0
				table.SetTag(row, m, on)
				f.Tags = rule.Put(f.Tags, m, on)
			case 6:
				m, on := p.mark(0), s.n(0, 2) > 0
				table.SetSegment(row, m, on)
				f.Segments = rule.Put(f.Segments, m, on)
			case 7:
				slot, c := s.n(0, 1), p.curve()
				table.SetScore(row, slot, c)
				f.Scores[slot] = c
			case 8:
				f.Zone = pick(s, "", "Asia/Shanghai", "America/New_York")
				table.SetZone(row, f.Zone)
			case 9:
				switch s.n(0, 3) {
				case 0:
					table.Remove(row)
					facts[row] = nil
				case 1:
					facts[row] = p.person(lex, f.Profile)
					require.Equal(t, row, table.Put(facts[row]))
				}
			}
		}
		into := rule.NewFacts(lex, "")
		for row, f := range facts {
			if f != nil {
				table.Facts(row, everything(lex), into)
				same(t, f, into)
			}
		}
		if r, err := lang.New(lex, nil).Compile(w.condition(1), "cart"); err == nil {
			agree(t, r, column.Compile(lex, r), table, facts, p.instant())
		}
	})
}

type seeded struct{ *rand.Rand }

func (s seeded) n(lo, hi int) int { return lo + s.IntN(hi-lo+1) }

// The same as TestRandom, over more rows than one block has, dictionaries with more than a word of entries, and long
// histories.
func TestMany(t *testing.T) {
	lex := shop(t)
	s := seeded{rand.New(rand.NewPCG(5, 6))}
	p, w := people{s}, writer{s}
	table := column.NewTable(lex)
	var facts []*rule.Facts
	for i := range 2500 {
		f := p.person(lex, fmt.Sprint(i))
		if i%3 == 0 {
			f.Attrs[4] = rule.StringValue(fmt.Sprint(pick(s, "a", "ab", "北京"), s.n(0, 100)))
		}
		if i/1024 == 1 { // a block without
			f.Attrs[0], f.Attrs[2], f.Attrs[5], f.Attrs[8], f.Events[1] = rule.Value{}, rule.Value{}, rule.Value{}, rule.Value{}, nil
		}
		if i%100 == 0 {
			for range s.n(0, 60) {
				f.Events[0] = append(f.Events[0], p.hit(0))
			}
			sorted(f.Events[0])
		}
		table.Put(f)
		facts = append(facts, f)
	}
	for range 20 {
		row := s.n(0, len(facts)-1)
		table.Remove(row)
		facts[row] = nil
	}
	check := func(r *rule.Rule, now rule.Instant) {
		q := column.Compile(lex, r)
		got := truths(q, table, now)
		for i, f := range facts {
			want := rule.False
			if f != nil {
				want = r.Test(rule.Input{Now: now.Time(), Facts: f}).Truth
			}
			if want != got[i] {
				require.Equal(t, want, got[i], "%s at %v, row %d: %+v\n%s", r.Source(), now.Time(), i, f, q.Plan())
			}
		}
	}
	for _, source := range []string{
		`age < 1 or age > 2`, `age >= 1 and age < 3 and age != 2`, `last_order < ago("7d") and last_order > ago("14d")`, `not (age > 1 and level > 1)`,
		`did("view", since("2026-06-10"))`, `times("view", since("2026-06-10")) >= 2`, `times("view", within("7d")) == 2`, `times("view", between("7d", "2d")) >= 1`,
		`times("view", this_week()) >= 2`, `did("order_paid", today())`, `total("order_paid", "amount") > 5`, `total("order_paid", "amount", within("7d")) <= 5`,
		`total("order_paid", "extra", within("14d")) == 0`, `distinct("order_paid", "kind", within("7d")) >= 1`, `times("order_paid", within("7d"), it.amount > level) >= 1`,
		`last_at("view") > ago("7d")`, `first_at("view", within("7d")) < ago("3d")`, `days_since(last_at("view")) == 7`, `days_since(first_at("order_paid", it.amount > 1)) > 2`,
		`sequence(["view", "order_paid"], within("7d"), apart("3d"))`, `score("lead") >= 10`, `city == "a1" or city startsWith "北京9"`, `city in ["a1", "a2", "a3", "a"]`, `city != "a1"`,
		`interests contains "a"`, `"北京" not in interests`, `subscribed == false or note == 1`, `spent > 1 ? level > 1 : (subscribed ?? (age == 3))`,
	} {
		r := compile(t, lex, source)
		for _, half := range []rule.Instant{-9, 0, 1} {
			check(r, rule.At(noon)+half*12*hour)
		}
	}
	rules := 60
	if testing.Short() {
		rules = 10
	}
	for n := 0; n < rules; {
		if r, err := lang.New(lex, nil).Compile(w.condition(2), "cart"); err == nil {
			check(r, p.instant())
			n++
		}
	}
}

// A query is read by many at once.
func TestConcurrent(t *testing.T) {
	lex := shop(t)
	table := column.NewTable(lex)
	p := people{seeded{rand.New(rand.NewPCG(7, 8))}}
	for i := range 200 {
		table.Put(p.person(lex, fmt.Sprint(i)))
	}
	q := column.Compile(lex, compile(t, lex, `(level > 1 or city in ["a", "b"]) and times("view", this_month()) < 3 and age + 1 > 0 and score("lead") >= 0`))
	want := truths(q, table, rule.At(noon))
	require.Contains(t, want, rule.True)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if !slices.Equal(want, truths(q, table, rule.At(noon))) {
					t.Error("differs")
				}
			}
		})
	}
	wg.Wait()
}

func TestPlan(t *testing.T) {
	lex := shop(t)
	for _, c := range []struct{ source, plan string }{
		{`true`, `true: constant`},
		{`age >= 18`, `age >= 18: range`},
		{`age + 1 >= 18`, `age + 1 >= 18: row by row`},
		{`age + 1 >= 18 and has_tag("vip") and city == "a" and level * 2 > 3`, `and
  has_tag("vip"): bits
  city == "a": dictionary
  age + 1 >= 18 and level * 2 > 3: row by row`},
		{`not (did("view", within("7d")) or times("view", within("7d")) >= 2)`, `not
  or
    did("view", within("7d")): newest event
    times("view", within("7d")) >= 2: history`},
		{`(subscribed ?? false) and (age > 3 ? level > 1 : note == 1)`, `and
  where unknown
    subscribed: bits
    false: constant
  if, then, else
    age > 3: range
    level > 1: range
    note == 1: row by row`},
		{`total("order_paid", "amount", it.kind == "a") > 5`, `total("order_paid", "amount", it.kind == "a") > 5: history, event by event`},
		{`times("order_paid", it.amount > level) > 5`, `times("order_paid", it.amount > level) > 5: row by row`},
		{`cart.total > 5`, `cart.total > 5: row by row`},
	} {
		t.Run(c.source, func(t *testing.T) {
			require.Equal(t, c.plan, column.Compile(lex, compile(t, lex, c.source)).Plan())
		})
	}
	require.Equal(t, "true: constant", column.Compile(lex, nil).Plan())
}

// What is erased is gone from the dictionaries too, and their room is used again.
func TestErased(t *testing.T) {
	lex := shop(t)
	table := column.NewTable(lex)
	slot, _ := lex.Attr("city")
	q := column.Compile(lex, compile(t, lex, `city == "x7"`))
	for i := range 500 {
		row := table.Add("somebody")
		table.SetAttr(row, slot, rule.StringValue(fmt.Sprint("x", i%10)))
		table.AddHit(row, 0, rule.Hit{At: rule.Instant(i), Props: []rule.Value{{}, rule.StringValue(fmt.Sprint(i))}})
		want := make([]rule.Truth, (table.Len()+63)/64*64)
		for j := range want {
			want[j] = rule.False
		}
		if i%10 == 7 {
			want[row] = rule.True
		}
		require.Equal(t, want, truths(q, table, rule.At(noon)))
		table.Remove(row)
	}
}

// The edges of numbers.
func TestEdges(t *testing.T) {
	lex := shop(t)
	table := column.NewTable(lex)
	var facts []*rule.Facts
	for i, n := range []int64{math.MinInt64, math.MinInt64 + 1, -1 << 53, 0, 1<<53 - 1, 1 << 53, 1<<53 + 1, 1<<53 + 2, math.MaxInt64 - 1, math.MaxInt64} {
		f := rule.NewFacts(lex, fmt.Sprint(i))
		f.Attrs[0], f.Attrs[2] = rule.IntValue(n), rule.FloatValue(float64(n))
		f.Attrs[6] = rule.TimeValue(rule.Instant(n))
		table.Put(f)
		facts = append(facts, f)
	}
	for _, k := range []string{"9007199254740991", "9007199254740992", "9007199254740993", "9007199254740992.0", "9223372036854775807", "-9223372036854775807", "9223372036854775808.0", "-9223372036854775808.0", "1e300", "-1e300", "0.5"} {
		for _, attr := range []string{"age", "spent"} {
			for _, o := range comparisons {
				r := compile(t, lex, attr+o+k)
				agree(t, r, column.Compile(lex, r), table, facts, rule.At(noon))
			}
			r := compile(t, lex, attr+" in ["+k+", 3]")
			agree(t, r, column.Compile(lex, r), table, facts, rule.At(noon))
		}
	}
}
