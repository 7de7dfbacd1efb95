package eval_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/eval"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/rule/op"
	"github.com/marque-go/marque/rule/why"
)

const (
	hour = time.Hour
	day  = 24 * time.Hour
	us   = time.Microsecond
)

// ann is somebody in the shop, as of noon.
func ann(lex *rule.Lexicon) *rule.Facts {
	ago := func(d time.Duration) rule.Instant { return rule.At(noon.Add(-d)) }
	f := rule.NewFacts(lex, "ann")
	f.Zone = "Asia/Shanghai" // where it is 20:00
	f.Attrs[0], f.Attrs[1], f.Attrs[3] = rule.IntValue(34), rule.StringValue("Chengdu"), rule.FloatValue(199.5)
	f.Attrs[4], f.Attrs[5] = rule.TimeValue(ago(29*day)), rule.BoolValue(true)
	f.Attrs[6], f.Attrs[10] = rule.StringsValue("tea", "books"), rule.StringValue("成都")
	paid := func(d time.Duration, amount int64, kind string) {
		f.Events[0] = append(f.Events[0], rule.Hit{At: ago(d), Props: []rule.Value{rule.IntValue(amount), rule.StringValue(kind), rule.FloatValue(1.5)}})
	}
	paid(40*day, 500, "tea")
	paid(6*day, 100, "tea")
	paid(5*day, 30, "book")
	paid(13*hour, 70, "tea")
	paid(0, 20, "pen")
	paid(-2*hour, 1000, "tea") // later than noon
	f.Tags = []rule.Mark{{Slot: 0, From: ago(day), Until: ago(-3 * hour)}, {Slot: 2, From: ago(-5 * hour)}}
	f.Segments = []rule.Mark{{Slot: 1, From: ago(day), Holds: ago(-hour)}}
	f.Scores[0] = rule.Curve{{From: ago(day), Points: 80, HalfLife: marque.Day}, {From: ago(day), Until: ago(-6 * hour), Points: 10}}
	return f
}

func TestTable(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	f := ann(lex)
	cart := lex.Row("cart", map[string]any{"total": 300})
	const T, F, U, forever = rule.True, rule.False, rule.Unknown, time.Duration(0)
	for _, x := range []struct {
		source string
		truth  rule.Truth
		until  time.Duration // after noon; 0: for good
	}{
		// what time does not touch
		{`age == 34`, T, forever}, {`age != 34`, F, forever}, {`age < 34.5`, T, forever}, {`34 >= age`, T, forever}, {`age > 33.9 and age <= 34`, T, forever},
		{`30 < age < 40`, T, forever}, {`age in 18..34`, T, forever}, {`age in 35..40`, F, forever}, {`age == 34.5`, F, forever}, {`spent == 199.5`, T, forever},
		{`city == "Chengdu"`, T, forever}, {`city < "Chengdv"`, T, forever}, {`城市 == "成都"`, T, forever}, {`城市 startsWith "成"`, T, forever},
		{`city in ["Beijing", "Chengdu"]`, T, forever}, {`age not in [1, 2]`, T, forever}, {`city matches "^C.*u$"`, T, forever},
		{`"tea" in interests`, T, forever}, {`interests contains "wine"`, F, forever}, {`subscribed`, T, forever}, {`not subscribed`, F, forever},
		{`age * 2 - 8 == 60`, T, forever}, {`age / 4 == 8.5`, T, forever}, {`age % 4 == 2`, T, forever}, {`-age == -34`, T, forever}, {`age + 0.5 > 34`, T, forever},
		{`cart.total >= 300`, T, forever}, {`cart.total > spent`, T, forever}, {`age > 18 ? city == "Chengdu" : subscribed`, T, forever},
		{`last_order > "2026-05-01"`, T, forever}, {`last_order <= date("2026-05-17T12:00:00Z")`, T, forever},

		// what is missing
		{`level > 1`, U, forever}, {`not (level > 1)`, U, forever}, {`level > 1 or age > 18`, T, forever}, {`level > 1 and age > 18`, U, forever},
		{`level > 1 and age < 18`, F, forever}, {`has(level)`, F, forever}, {`has(age)`, T, forever}, {`level == nil`, T, forever}, {`age != nil`, T, forever},
		{`(level ?? 3) == 3`, T, forever}, {`(level > 1) ?? true`, T, forever}, {`level > 1 ? true : false`, F, forever}, {`level in [1]`, U, forever},
		{`attr("utm-source") contains "x"`, U, forever}, {`level + age > 0`, U, forever}, {`age / 0 > 1`, U, forever}, {`age % 0 == 1`, U, forever},
		{`cart.currency == "CNY"`, U, forever}, {`note == 1`, U, forever}, {`days_since(first_at("view")) > 1`, U, forever},

		// histories: an event leaves a window exactly then, and one that is later than now comes in exactly then
		{`did("order_paid")`, T, forever}, {`did("view")`, F, forever}, {`did("order_paid", within("1h"))`, T, hour}, {`times("order_paid") == 5`, T, 2 * hour},
		{`times("order_paid") >= 5`, T, forever}, {`times("order_paid") >= 6`, F, 2 * hour}, {`times("order_paid") >= 7`, F, forever},
		{`times("order_paid", within("6d")) == 3`, T, 2 * hour}, {`times("order_paid", within("6d"), it.amount < 1000) == 3`, T, 2 * hour}, // 6 days old is out
		{`times("order_paid", within("6d")) >= 3`, T, day}, {`times("order_paid", within("6d")) < 4`, T, 2 * hour}, {`times("order_paid", within("145h")) > 3`, T, hour},
		{`times("order_paid", within("6d"), it.kind == "tea") >= 1`, T, 5*day + 11*hour}, {`times("order_paid", between("30d", "1d")) == 2`, T, 11 * hour},
		{`did("order_paid", between("90d", "30d"))`, T, 50 * day}, {`did("order_paid", between("6d", "5d"), it.kind == "book")`, T, day},
		{`times("order_paid", since("2026-06-09T12:00:00Z")) == 4`, T, 2 * hour}, {`times("order_paid", since("2026-06-09T12:00:01Z")) == 3`, T, 2 * hour},
		{`times("order_paid", today()) == 2`, T, 2 * hour}, {`times("order_paid", today()) >= 2`, T, 4 * hour}, {`did("order_paid", this_week(), it.amount == 70)`, T, 6*day + 4*hour},
		{`did("order_paid", this_month(), it.amount == 100)`, T, 15*day + 4*hour}, {`did("order_paid", this_week(), it.amount == 30)`, F, 2 * hour},
		{`total("order_paid", "amount", within("7d")) == 220`, T, 2 * hour}, {`total("order_paid", "amount", within("7d"), it.kind != "tea") >= 50`, T, 2 * day},
		{`total("order_paid", "amount", within("7d")) >= 200`, T, 7*day + 2*hour}, {`total("order_paid", "amount", within("7d")) > 500`, F, 2 * hour}, // the big one carries it
		{`total("order_paid", "weight", within("7d")) >= 6`, T, 2 * hour}, {`total("view", "seconds") == 0`, T, forever},
		{`distinct("order_paid", "kind") == 3`, T, 2 * hour}, {`distinct("order_paid", "kind") >= 3`, T, forever}, {`distinct("order_paid", "kind", within("7d")) >= 3`, T, 2 * day},
		{`first_at("order_paid", within("30d")) == date("2026-06-09T12:00:00Z")`, T, 24 * day}, {`last_at("order_paid") == now`, T, us}, {`last_at("order_paid", it.kind == "tea") < last_order`, F, 2 * hour},
		{`did("order_paid", within("1d"), has_tag("student"))`, F, 2 * hour}, {`did("order_paid", within("1d"), it.amount < 100 and has_tag("vip"))`, T, 3 * hour},

		// moments
		{`days_since(last_order) > 30`, F, day + us}, {`days_since(last_order) >= 30`, F, day}, {`days_since(last_order) < 28.5`, F, forever}, {`days_since(last_order) == 29`, T, us},
		{`days_since(last_order) <= 29`, T, us}, {`29.5 > days_since(last_order)`, T, 12 * hour}, {`days_since(last_at("order_paid", it.kind == "book")) > 7`, F, 2 * hour},
		{`now > last_order`, T, forever}, {`last_order < ago("30d")`, F, day + us}, {`now >= date("2026-06-15T13:00:00Z")`, F, hour}, {`ago("1d") > "2026-06-15"`, F, 12*hour + us},
		{`has_tag("vip")`, T, 3 * hour}, {`not has_tag("vip")`, F, 3 * hour}, {`has_tag("student")`, F, 5 * hour}, {`has_tag("blocked")`, F, forever}, {`in_segment("lapsing")`, T, forever},
		{`score("lead") >= 50`, T, us}, {`score("lead") >= 40`, T, 6 * hour}, {`score("lead") < 30`, F, 9*hour + 57*time.Minute + 39239938*us}, {`score("lead") >= 51`, F, forever}, {`score("fit") == 0`, T, forever}, {`score("fit") > -1`, T, forever},

		// what is decided stays decided as long as one of those who decide does; else until the first that may turn
		{`has_tag("vip") and age > 18`, T, 3 * hour}, {`has_tag("vip") and age > 40`, F, forever}, {`has_tag("vip") or age > 18`, T, forever},
		{`has_tag("vip") and did("order_paid", within("1h"))`, T, hour}, {`has_tag("vip") or did("order_paid", within("1h"))`, T, 3 * hour},
		{`has_tag("student") and days_since(last_order) > 30`, F, day + us}, {`has_tag("student") and days_since(last_order) > 30 and did("view")`, F, forever},
		{`has_tag("student") and level > 1`, F, 5 * hour}, {`has_tag("vip") and level > 1`, U, 3 * hour},
	} {
		t.Run(x.source, func(t *testing.T) {
			r, err := c.Compile(x.source, "cart")
			require.NoError(t, err)
			in := rule.Input{Now: noon, Facts: f, Scope: cart}
			v := r.Test(in)
			require.Equal(t, x.truth, v.Truth)
			if x.until == forever {
				require.Zero(t, v.Until)
			} else {
				require.Equal(t, noon.Add(x.until).Format(time.RFC3339Nano), v.Until.Format(time.RFC3339Nano))
			}
			if !strings.Contains(x.source, "distinct") && !strings.Contains(x.source, "matches") { // they keep memory in a pool, that a race test empties
				require.Zero(t, testing.AllocsPerRun(10, func() { r.Test(in); r.Holds(rule.At(noon), f, cart) }))
			}
		})
	}
}

// What is nested deeply compiles in time that grows with its length, not with its depth.
func TestDeep(t *testing.T) {
	c := lang.New(shop(t), nil)
	for _, n := range []int{1, 10, 30, 31} {
		r, err := c.Compile(strings.Repeat("not (", n)+"subscribed"+strings.Repeat(" and age > 1)", n), "")
		require.NoError(t, err)
		f := rule.NewFacts(shop(t), "ann")
		f.Attrs[0], f.Attrs[5] = rule.IntValue(2), rule.BoolValue(true)
		require.Equal(t, n%2 == 0, r.Holds(rule.At(noon), f, nil))
		require.Equal(t, n%2 == 0, r.Test(rule.Input{Now: noon, Facts: f}).Truth == rule.True)
	}
}

func TestNil(t *testing.T) {
	var r *rule.Rule
	require.Equal(t, rule.Verdict{Truth: rule.True}, r.Test(rule.Input{Now: noon}))
	require.True(t, r.Holds(0, nil, nil))
	require.Equal(t, "", r.Source())
	require.Equal(t, rule.Need{}, r.Need())
	require.Equal(t, "true: true\n", why.Explain(r, rule.Input{Now: noon}).String())
}

// Facts of nobody, facts that are too short and trees that do not fit together are missing, not a panic.
func TestShort(t *testing.T) {
	c := lang.New(shop(t), nil)
	for _, source := range []string{`age > 1`, `subscribed`, `city == "a"`, `city in ["a"]`, `has_tag("vip")`, `score("lead") > 3`, `did("view")`,
		`total("view", "seconds") > 1`, `distinct("view", "kind") > 1`, `cart.total > 1`, `days_since(last_order) > 1`} {
		r, err := c.Compile(source, "cart")
		require.NoError(t, err)
		require.NotEqual(t, rule.True, r.Test(rule.Input{Now: noon}).Truth, source)
		require.NotEqual(t, rule.True, r.Test(rule.Input{Now: noon, Facts: new(rule.Facts)}).Truth, source)
		require.False(t, r.Holds(rule.At(noon), nil, nil), source)
		require.False(t, r.Holds(rule.At(noon), new(rule.Facts), nil), source)
		why.Explain(r, rule.Input{})
	}
	short := rule.NewFacts(shop(t), "")
	short.Events[1] = []rule.Hit{{At: 1}, {At: 2, Props: []rule.Value{{}}}}
	for _, source := range []string{`total("view", "seconds") > 1`, `distinct("view", "kind") > 1`, `did("view", it.kind == "a")`} {
		r, err := c.Compile(source, "")
		require.NoError(t, err)
		require.Equal(t, rule.False, r.Test(rule.Input{Now: noon, Facts: short}).Truth, source)
	}
	for o := range op.LastAt + 10 {
		r := eval.New("", rule.Node{Op: o})
		require.Equal(t, r.Test(rule.Input{Now: noon, Facts: short}).Truth == rule.True, r.Holds(rule.At(noon), short, nil))
		why.Explain(r, rule.Input{Now: noon})
		eval.New("", rule.Node{Op: op.Not, Args: []rule.Node{{Op: o, Type: rule.Bool}}}).Test(rule.Input{})
	}
}

// One compiler and one rule serve many goroutines.
func TestTogether(t *testing.T) {
	lex := shop(t)
	c := lang.New(lex, nil)
	source := `distinct("order_paid", "kind", this_month()) >= 2 and city matches "^C" and score("lead") > 3 and total("order_paid", "amount", within("9d"), it.kind != "pen") > 3`
	r, err := c.Compile(source, "")
	require.NoError(t, err)
	f := ann(lex)
	want := r.Test(rule.Input{Now: noon, Facts: f})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if got := r.Test(rule.Input{Now: noon, Facts: f}); got != want {
					t.Error(got, want)
				}
				again, err := c.Compile(source, "")
				if err != nil || again.Test(rule.Input{Now: noon, Facts: f}) != want {
					t.Error(err)
				}
				if _, err := c.Compile(`citty == 1 and `+source, ""); err == nil {
					t.Error("no fault")
				}
			}
		})
	}
	wg.Wait()
}

func TestNeed(t *testing.T) {
	c := lang.New(shop(t), nil)
	r, err := c.Compile(`age > 1 and (did("view", within("7d"), city == it.kind) or times("view", between("60d", "30d")) > 1) and has_tag("vip")
		and total("order_paid", "amount") > score("lead") and in_segment("lapsing") and did("order_paid", today())`, "")
	require.NoError(t, err)
	require.Equal(t, rule.Need{
		Attrs: []int{0, 1}, Tags: []int{0}, Scores: []int{0}, Segments: []int{1},
		Events: []rule.EventNeed{{Slot: 0}, {Slot: 1, Window: 60 * marque.Day}},
	}, r.Need())
}
