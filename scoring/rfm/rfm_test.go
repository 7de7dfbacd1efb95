package rfm_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/scoring/rfm"
)

var now = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)

const day = marque.Day

func ago(d marque.Duration) time.Time { return now.Add(-time.Duration(d)) }

// population is drawn so that many are equal.
func population(t *rapid.T) []rfm.Customer {
	var all []rfm.Customer
	for i := range rapid.IntRange(1, 40).Draw(t, "customers") {
		all = append(all, rfm.Customer{
			ID:     fmt.Sprintf("c%02d", i),
			Last:   ago(marque.Duration(rapid.IntRange(-1, 6).Draw(t, "days")) * day),
			Orders: rapid.SampledFrom([]int{0, 1, 1, 1, 2, 3, 9}).Draw(t, "orders"),
			Spent:  rapid.SampledFrom([]int64{-500, 0, 100, 100, 2000, 2001}).Draw(t, "spent"),
		})
	}
	return all
}

// formula is 1 + floor(k·worse/n), computed the long way.
func formula(all []rfm.Customer, c rfm.Customer, grades int) rfm.Scores {
	last := func(c rfm.Customer) time.Time {
		if c.Last.After(now) {
			return now
		}
		return c.Last
	}
	var r, f, m int
	for _, o := range all {
		if last(o).Before(last(c)) {
			r++
		}
		if o.Orders < c.Orders {
			f++
		}
		if o.Spent < c.Spent {
			m++
		}
	}
	n := len(all)
	return rfm.Scores{R: 1 + grades*r/n, F: 1 + grades*f/n, M: 1 + grades*m/n}
}

func TestRankIsItsFormula(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		all := population(rt)
		grades := rapid.IntRange(2, 9).Draw(rt, "grades")
		ranking, err := rfm.Rank(slices.Values(all), now, &rfm.Options{Grades: grades})
		require.NoError(rt, err)
		require.NoError(rt, ranking.Cuts.Validate())
		text, err := json.Marshal(ranking.Cuts)
		require.NoError(rt, err)
		var cuts rfm.Cuts
		require.NoError(rt, json.Unmarshal(text, &cuts))
		require.Equal(rt, ranking.Cuts, cuts, "through JSON")
		for i, c := range all {
			want := formula(all, c, grades)
			require.Equal(rt, rfm.Scored{Customer: c, Scores: want}, ranking.Customers[i])
			require.Equal(rt, want, cuts.Score(c, now), "live, by what was learnt")
		}
		mixed, err := rfm.Rank(slices.Values(rapid.Permutation(all).Draw(rt, "order")), now, &rfm.Options{Grades: grades})
		require.NoError(rt, err)
		require.Equal(rt, ranking.Cuts, mixed.Cuts)
		require.ElementsMatch(rt, ranking.Customers, mixed.Customers)
		applied, err := rfm.Apply(cuts, slices.Values(all), now)
		require.NoError(rt, err)
		require.Equal(rt, ranking, applied)
	})
}

func TestFixedCuts(t *testing.T) {
	cuts := rfm.Cuts{Grades: 5, Recency: []marque.Duration{365 * day, 180 * day, 90 * day, 30 * day}, Orders: []int{2, 3, 5}, Spent: []int64{1000, 1000, 50000, 100000}}
	require.NoError(t, cuts.Validate())
	for _, c := range []struct {
		name string
		of   rfm.Customer
		want string
	}{
		{"the best", rfm.Customer{Last: now, Orders: 9, Spent: 100000}, "R5F4M5"},
		{"the worst", rfm.Customer{Last: ago(366 * day), Orders: 0, Spent: -5}, "R1F1M1"},
		{"on the points", rfm.Customer{Last: ago(90 * day), Orders: 3, Spent: 1000}, "R4F3M3"},
		{"just below", rfm.Customer{Last: ago(90*day + 1000), Orders: 2, Spent: 999}, "R3F2M1"},
		{"later than now", rfm.Customer{Last: ago(-day), Orders: 5, Spent: 50000}, "R5F4M4"},
	} {
		t.Run(c.name, func(t *testing.T) { require.Equal(t, c.want, cuts.Score(c.of, now).String()) })
	}
	require.Equal(t, rfm.Scores{R: 1, F: 1, M: 1}, (&rfm.Cuts{Grades: 3}).Score(rfm.Customer{Last: now, Orders: 7, Spent: 7}, now))
	err := rfm.Cuts{Grades: 3, Recency: []marque.Duration{day, 2 * day}, Orders: []int{1, 2, 3}, Spent: []int64{2, 1}}.Validate()
	require.EqualError(t, err, strings.Join([]string{
		"recency[1]: 2d is a lower hurdle than 1d before it", "orders: 2 points are between 3 grades, and not 3", "spent[1]: 1 is a lower hurdle than 2 before it",
	}, "\n"))
	_, err = rfm.Apply(rfm.Cuts{}, slices.Values([]rfm.Customer{}), now)
	require.EqualError(t, err, "rfm: cuts: grades: 0: want 2 to 9")
}

func TestFaults(t *testing.T) {
	for _, c := range []struct {
		name   string
		of     rfm.Customer
		grades int
		want   string
	}{
		{"never bought", rfm.Customer{ID: "ann"}, 0, `rfm: customer "ann": last: is not set: who never bought has no score`},
		{"negative", rfm.Customer{ID: "ann", Last: now, Orders: -1}, 0, `rfm: customer "ann": orders: -1 is negative`},
		{"one grade", rfm.Customer{ID: "ann", Last: now}, 1, `rfm: learn: grades: 1: want 2 to 9`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := rfm.Rank(slices.Values([]rfm.Customer{c.of}), now, &rfm.Options{Grades: c.grades})
			require.EqualError(t, err, c.want)
		})
	}
	r, err := rfm.Rank(slices.Values([]rfm.Customer{}), now, nil)
	require.NoError(t, err)
	require.Empty(t, r.Customers)
	require.NoError(t, r.Cuts.Validate())
}

func TestSummary(t *testing.T) {
	s := rfm.NewSummary(now, 30*day)
	for _, o := range []struct {
		who    string
		ago    marque.Duration
		amount int64
	}{
		{"ann", 30 * day, 100}, {"ann", 30*day - 1000, 200}, {"ann", 0, 0}, {"ann", -1000, 400}, // one is too old, one is later than now
		{"bob", 5 * day, 500}, {"bob", 2 * day, -700}, // a refund is no order
		{"eve", 90 * day, 900}, {"eve", 100 * day, 50}, // long ago, but not unknown
		{"joe", 3 * day, -10}, {"kim", -day, 10},
	} {
		s.Add(o.who, ago(o.ago), o.amount)
	}
	require.Equal(t, []rfm.Customer{
		{ID: "ann", Last: now, Orders: 2, Spent: 200},
		{ID: "bob", Last: ago(5 * day), Orders: 1, Spent: -200},
		{ID: "eve", Last: ago(90 * day), Orders: 0, Spent: 0},
	}, s.Customers())

	whole := rfm.NewSummary(now, 0)
	for _, c := range []struct {
		name  string
		props map[string]any
		ok    bool
	}{
		{"int", map[string]any{"amount": 100}, true}, {"integral float", map[string]any{"amount": 200.0}, true},
		{"broken float", map[string]any{"amount": 0.5}, false}, {"text", map[string]any{"amount": "1"}, false}, {"missing", nil, false},
	} {
		require.Equal(t, c.ok, whole.Event(marque.Event{Profile: "ann", At: ago(999 * day), Props: c.props}, "amount"), c.name)
	}
	require.False(t, whole.Event(marque.Event{At: now, Props: map[string]any{"amount": 1}}, "amount"), "nobody")
	require.Equal(t, []rfm.Customer{{ID: "ann", Last: ago(999 * day), Orders: 2, Spent: 300}}, whole.Customers())
}

// Every combination of scores is in one segment, and the named cells are where they belong.
func TestStandard(t *testing.T) {
	segments := rfm.Standard()
	for i := range segments { // and each segment is needed for it
		require.Error(t, slices.Delete(slices.Clone(segments), i, i+1).Validate(5), segments[i].Name)
	}
	table, err := segments.Compile(5)
	require.NoError(t, err)
	count := map[string]int{}
	for r := 1; r <= 5; r++ {
		for f := 1; f <= 5; f++ {
			for m := 1; m <= 5; m++ {
				s := rfm.Scores{R: r, F: f, M: m}
				in := 0
				for _, g := range segments {
					for _, b := range g.Boxes {
						if inside(b.R, r) && inside(b.F, f) && inside(b.M, m) {
							in++
							require.Equal(t, g.Name, table.Of(s))
						}
					}
				}
				require.Equal(t, 1, in, s)
				count[table.Of(s)]++
			}
		}
	}
	require.Equal(t, map[string]int{
		"Champions": 8, "Loyal": 22, "Potential loyalist": 20, "New": 5, "Promising": 5, "Need attention": 9, "About to sleep": 6,
		"At risk": 22, "Can't lose": 8, "Hibernating": 10, "Lost": 10,
	}, count)
	for label, want := range map[string]string{
		"R5F5M5": "Champions", "R5F1M5": "New", "R1F5M5": "Can't lose", "R1F1M1": "Lost", "R3F4M1": "Loyal", "R3F1M5": "Need attention",
	} {
		s, err := rfm.Parse(label)
		require.NoError(t, err)
		require.Equal(t, want, table.Of(s), label)
	}
	require.Empty(t, table.Of(rfm.Scores{R: 6, F: 1, M: 1}))
	require.Empty(t, table.Of(rfm.Scores{}))
	text, err := json.Marshal(segments)
	require.NoError(t, err)
	var back rfm.Segments
	require.NoError(t, json.Unmarshal(text, &back))
	require.Equal(t, segments, back)
}

func inside(r rfm.Range, x int) bool { return r == rfm.Range{} || r.From <= x && x <= r.To }

func TestSegmentFaults(t *testing.T) {
	err := rfm.Segments{
		{Name: "a", Boxes: []rfm.Box{{R: rfm.Range{From: 1, To: 1}}, {R: rfm.Range{From: 2, To: 4}, F: rfm.Range{From: 2, To: 1}}}},
		{Name: "a"}, {Boxes: []rfm.Box{{F: rfm.Range{From: 2, To: 2}}}},
	}.Validate(3)
	require.EqualError(t, err, strings.Join([]string{
		"[0].boxes[1].r: 2 to 4: want a range within 1 and 3", "[0].boxes[1].f: 2 to 1: want a range within 1 and 3",
		`[1].name: "a" is the name of segment 1 too`, "[1].boxes: is empty", "[2].name: is empty", "[2].boxes[0]: R1F2M1 is in [0].boxes[0] too",
	}, "\n"))
	err = rfm.Segments{{Name: "a", Boxes: []rfm.Box{{R: rfm.Range{From: 2, To: 2}}, {F: rfm.Range{From: 2, To: 2}, R: rfm.Range{From: 1, To: 1}, M: rfm.Range{From: 1, To: 2}}}}}.Validate(2)
	require.EqualError(t, err, "R1F1M1: is in no segment\nR1F1M2: is in no segment")
	require.EqualError(t, rfm.Standard().Validate(1), "grades: 1: want 2 to 9")
}

func TestReport(t *testing.T) {
	table, err := rfm.Standard().Compile(5)
	require.NoError(t, err)
	scored := func(label string, spent int64) rfm.Scored {
		s, err := rfm.Parse(label)
		require.NoError(t, err)
		return rfm.Scored{Customer: rfm.Customer{Spent: spent}, Scores: s}
	}
	r := table.Report([]rfm.Scored{scored("R1F1M1", -100), scored("R5F5M5", 700), scored("R5F5M5", 300), scored("R4F5M4", 100), scored("R9F1M1", 0)})
	require.Equal(t, 5, r.Customers)
	require.Equal(t, int64(1000), r.Spent)
	require.Equal(t, rfm.Part{Name: "Champions", Customers: 3, Share: 0.6, Spent: 1100, Revenue: 1.1}, r.Segments[0])
	require.Equal(t, rfm.Part{Name: "Lost", Customers: 1, Share: 0.2, Spent: -100, Revenue: -0.1}, r.Segments[10])
	require.Equal(t, []rfm.Cell{
		{Scores: rfm.Scores{R: 5, F: 5, M: 5}, Segment: "Champions", Customers: 2, Spent: 1000},
		{Scores: rfm.Scores{R: 4, F: 5, M: 4}, Segment: "Champions", Customers: 1, Spent: 100},
		{Scores: rfm.Scores{R: 1, F: 1, M: 1}, Segment: "Lost", Customers: 1, Spent: -100},
	}, r.Cells)
	require.Zero(t, table.Report(nil).Segments[0].Share)
}

func TestEvents(t *testing.T) {
	s := rfm.Scores{R: 5, F: 4, M: 3}
	e := rfm.Event("ann", s, now)
	require.Equal(t, e.ID, rfm.Event("ann", s, now.Add(14*time.Hour)).ID, "the same day")
	require.NotEqual(t, e.ID, rfm.Event("ann", s, now.Add(15*time.Hour)).ID, "the next one")
	require.NotEqual(t, e.ID, rfm.Event("ann", rfm.Scores{R: 5, F: 4, M: 4}, now).ID)
	require.NotEqual(t, e.ID, rfm.Event("bob", s, now).ID)
	require.Equal(t, map[string]any{"rfm/r": int64(5), "rfm/f": int64(4), "rfm/m": int64(3)}, e.Props)

	other := rfm.Scores{R: 1, F: 1, M: 1}
	after := []rfm.Scored{{Customer: rfm.Customer{ID: "eve"}, Scores: s}, {Customer: rfm.Customer{ID: "ann"}, Scores: s}, {Customer: rfm.Customer{ID: "bob"}, Scores: s}}
	got := rfm.Changes(map[string]rfm.Scores{"ann": other, "bob": s, "gone": s}, after, now)
	require.Equal(t, []marque.Event{e, rfm.Event("eve", s, now)}, got)
	require.Empty(t, rfm.Changes(map[string]rfm.Scores{"ann": s, "bob": s, "eve": s}, after, now))

	lex, err := rule.Schema{Attributes: rfm.Attributes()}.Compile()
	require.NoError(t, err)
	r, err := lang.New(lex, nil).Compile(`rfm("r") >= 5 and rfm("f") == 4 and rfm("m") < 4`, "")
	require.NoError(t, err)
	f := rule.NewFacts(lex, "ann")
	for name, x := range e.Props {
		slot, ok := lex.Attr(name)
		require.True(t, ok)
		f.Attrs[slot], _ = rule.Of(x)
	}
	require.Equal(t, rule.True, r.Test(rule.Input{Now: now, Facts: f}).Truth)
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"R5F4M3", "R1F1M1", "R0F1M1", "R10F1M1", "r5f4m3", "", "R5F4M"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, label string) {
		s, err := rfm.Parse(label)
		if err == nil && s.String() != label {
			t.Fatalf("%q is %v", label, s)
		}
		if err != nil && s != (rfm.Scores{}) {
			t.Fatalf("%q: %v with an error", label, s)
		}
	})
}

func BenchmarkRank(b *testing.B) {
	rng := rand.New(rand.NewPCG(1, 2))
	all := make([]rfm.Customer, 1_000_000)
	for i := range all {
		all[i] = rfm.Customer{
			ID: "c", Last: now.Add(-time.Duration(rng.Int64N(1000 * 86400e9))), Orders: 1 + int(rng.ExpFloat64()*2), Spent: rng.Int64N(1e7),
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if r, err := rfm.Rank(slices.Values(all), now, nil); err != nil || len(r.Customers) != len(all) {
			b.Fatal(err)
		}
	}
}

func BenchmarkScore(b *testing.B) {
	cuts := rfm.Cuts{Grades: 5, Recency: []marque.Duration{365 * day, 180 * day, 90 * day, 30 * day}, Orders: []int{2, 3, 5, 8}, Spent: []int64{1000, 10000, 50000, 100000}}
	c := rfm.Customer{Last: ago(100 * day), Orders: 4, Spent: 20000}
	b.ReportAllocs()
	for b.Loop() {
		if cuts.Score(c, now).F != 3 {
			b.Fatal()
		}
	}
}
