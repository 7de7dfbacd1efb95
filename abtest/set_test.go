package abtest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/stat"
)

var now = time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)

func halves(name string) Experiment {
	return Experiment{Name: name, Arms: []Arm{{Name: "a"}, {Name: "b"}}}
}

func share(s string) *Share {
	v, err := ParseShare(s)
	if err != nil {
		panic(err)
	}
	return &v
}

func must(t testing.TB, es ...Experiment) *Set {
	t.Helper()
	s, err := Compile(es, nil, nil)
	require.NoError(t, err)
	return s
}

func users(n int) func(func(string) bool) {
	return func(yield func(string) bool) {
		for i := range n {
			if !yield(fmt.Sprintf("user-%d", i)) {
				return
			}
		}
	}
}

func TestWeightsAreKept(t *testing.T) {
	e := Experiment{Name: "welcome", Arms: []Arm{{Name: "control", Weight: 10}, {Name: "push", Weight: 30}, {Name: "coupon", Weight: 60}}}
	s := must(t, e)
	got := map[string]int64{}
	for u := range users(100_000) {
		d := s.Assign("welcome", u, nil, now)
		require.True(t, d.In)
		require.Equal(t, Assigned, d.Reason)
		require.Equal(t, e.Arms[d.Index].Name, d.Arm)
		got[d.Arm]++
	}
	require.True(t, stat.SRM([]int64{got["control"], got["push"], got["coupon"]}, []float64{10, 30, 60}, nil).OK, "%v", got)
}

// Two experiments, an experiment and its own coverage, a layer and a hold-out must not know of each other:
// a 10 by 10 table over 50,000 units has 81 degrees of freedom, whose 99.9% bound is 126.08.
func TestSeedsAreIndependent(t *testing.T) {
	for _, pair := range [][2]string{
		{"exp1", "exp2"}, {"button-color-a", "button-color-b"}, {"checkout", "homepage"}, {"a", "b"},
		{"exp1", "exp1/coverage"}, {"layer/checkout", "checkout"}, {"holdout/global", "global"},
		{"holdout/global", "holdout/globa"}, {"holdout/2026", "layer/2026"}, {"exp1", "1exp"}, {"", "x"},
	} {
		t.Run(strings.ReplaceAll(pair[0]+" and "+pair[1], "/", ":"), func(t *testing.T) {
			var table [10][10]float64
			var rows, columns [10]float64
			a, b := marque.NewSplit(pair[0]), marque.NewSplit(pair[1])
			const n = 50_000
			for u := range users(n) {
				i, j := a.Bucket(u)*10/marque.Buckets, b.Bucket(u)*10/marque.Buckets
				table[i][j]++
				rows[i]++
				columns[j]++
			}
			chi2 := 0.0
			for i := range table {
				for j := range table[i] {
					e := rows[i] * columns[j] / n
					chi2 += (table[i][j] - e) * (table[i][j] - e) / e
				}
			}
			t.Logf("chi-square %.1f, p %.3f", chi2, stat.ChiSquareSurvival(chi2, 81))
			require.Less(t, chi2, 126.08)
			require.Greater(t, chi2, 40.0, "too even to be by chance")
		})
	}
}

func TestReasons(t *testing.T) {
	rules, lex := compiler(t)
	at := func(state State) Experiment {
		e := halves(string(state))
		e.State = state
		e.Forced = map[string]string{"tester": "b"}
		return e
	}
	out, layered, covered, local := halves("out"), halves("layered"), halves("covered"), halves("local")
	out.Holdouts = []Holdout{{"everyone", All}}
	layered.Layer = &Slot{Name: "page", From: Percent(100) - 1, To: All}
	covered.Coverage = share("0%")
	local.Audience = `city == "Chongqing"`
	s, err := Compile([]Experiment{at(Running), at(Draft), at(Paused), at(Ended), out, layered, covered, local}, lex, rules)
	require.NoError(t, err)
	here := rule.NewFacts(lex, "p")
	slot, _ := lex.Attr("city")
	here.Attrs[slot] = rule.StringValue("Chongqing")
	away := rule.NewFacts(lex, "q")
	away.Attrs[slot] = rule.StringValue("Wuhan")
	for _, c := range []struct {
		experiment, unit string
		facts            *rule.Facts
		in               bool
		reason           Reason
	}{
		{"running", "u", nil, true, Assigned},
		{"running", "tester", nil, true, Forced},
		{"draft", "u", nil, false, NotStarted},
		{"draft", "tester", nil, true, Forced},
		{"paused", "u", nil, false, IsPaused},
		{"ended", "u", nil, false, HasEnded},
		{"ended", "tester", nil, false, HasEnded},
		{"out", "u", nil, false, HeldOut},
		{"layered", "u", nil, false, OtherSlot},
		{"covered", "u", nil, false, NotCovered},
		{"local", "u", here, true, Assigned},
		{"local", "u", away, false, NotInAudience},
		{"local", "u", rule.NewFacts(lex, "r"), false, NotInAudience},
		{"local", "u", nil, false, NotInAudience},
		{"nothing", "u", nil, false, UnknownExperiment},
	} {
		t.Run(c.experiment+" "+string(c.reason), func(t *testing.T) {
			d := s.Assign(c.experiment, c.unit, c.facts, now)
			require.Equal(t, c.in, d.In)
			require.Equal(t, c.reason, d.Reason)
			require.Equal(t, c.in, d.Arm != "")
			require.Equal(t, c.in, d.Index >= 0)
			require.Equal(t, c.reason == Assigned, d.Counts())
			x := s.Explain(c.experiment, c.unit, c.facts, now)
			require.Equal(t, d, x.Decision)
		})
	}
	require.Len(t, s.Need().Attrs, 1)
}

func compiler(t testing.TB) (rule.Compiler, *rule.Lexicon) {
	t.Helper()
	lex, err := rule.Schema{Attributes: []rule.Field{{Name: "city", Type: rule.String}}}.Compile()
	require.NoError(t, err)
	return lang.New(lex, nil), lex
}

func TestLayersExclude(t *testing.T) {
	a, b := halves("a"), halves("b")
	a.Layer, b.Layer = &Slot{"page", 0, Percent(40)}, &Slot{"page", Percent(40), All}
	s := must(t, a, b)
	inA := 0
	for u := range users(20_000) {
		x, y := s.Assign("a", u, nil, now), s.Assign("b", u, nil, now)
		require.NotEqual(t, x.In, y.In, u)
		if x.In {
			inA++
		}
	}
	require.InDelta(t, 0.4, float64(inA)/20_000, 0.015)
}

func TestHoldoutIsTheSameEverywhere(t *testing.T) {
	a, b := halves("a"), halves("b")
	h := Holdout{"global", Percent(5)}
	a.Holdouts, b.Holdouts = []Holdout{h}, []Holdout{h}
	s := must(t, a, b)
	n := 0
	for u := range users(20_000) {
		out := s.Assign("a", u, nil, now).Reason == HeldOut
		require.Equal(t, out, s.Assign("b", u, nil, now).Reason == HeldOut)
		require.Equal(t, out, h.Has(u))
		require.Equal(t, out, marque.Bucket("holdout/global", u) < 50_000)
		if out {
			n++
		}
	}
	require.InDelta(t, 0.05, float64(n)/20_000, 0.006)
}

func TestCoverageOnlyAddsOrRemoves(t *testing.T) {
	small, large := halves("x"), halves("x")
	small.Coverage, large.Coverage = share("10%"), share("35.5%")
	s, l := must(t, small), must(t, large)
	in := 0
	for u := range users(20_000) {
		a, b := s.Assign("x", u, nil, now), l.Assign("x", u, nil, now)
		if a.In {
			require.True(t, b.In)
			require.Equal(t, a.Arm, b.Arm)
			in++
		}
	}
	require.InDelta(t, 0.1, float64(in)/20_000, 0.01)
}

func TestReweighMovesTheFewest(t *testing.T) {
	old := Experiment{Name: "x", Arms: []Arm{{Name: "a", Weight: 1}, {Name: "b", Weight: 1}, {Name: "c", Weight: 1}}}
	new := Reweigh(old, map[string]int{"a": 60, "b": 20, "c": 20})
	require.NoError(t, new.Validate())
	require.InDelta(t, 1_000_000*(0.6-1.0/3), float64(Moved(old, new)), 2)

	plain := old
	plain.Arms = []Arm{{Name: "a", Weight: 60}, {Name: "b", Weight: 20}, {Name: "c", Weight: 20}}
	require.Greater(t, Moved(old, plain), Moved(old, new), "weights alone move more")

	before, after := must(t, old), must(t, new)
	moved, counts := 0, map[string]int{}
	const n = 100_000
	for u := range users(n) {
		a, b := before.Assign("x", u, nil, now), after.Assign("x", u, nil, now)
		counts[b.Arm]++
		if a.Arm != b.Arm {
			moved++
			require.Equal(t, "a", b.Arm, "only the arm that grows gains units")
		}
	}
	require.InDelta(t, 0.6-1.0/3, float64(moved)/n, 0.006)
	require.InDelta(t, 0.6, float64(counts["a"])/n, 0.006)

	require.Equal(t, Share(0), Moved(new, Reweigh(new, map[string]int{"a": 3, "b": 1, "c": 1})))
	grown := Reweigh(new, map[string]int{"d": 25})
	require.NoError(t, grown.Validate())
	require.Equal(t, "d", grown.Arms[3].Name)
	require.InDelta(t, 200_000, float64(Moved(new, grown)), 2)
	require.Nil(t, old.Arms[0].Ranges, "the old one is as it was")
}

// However often weights change, no reweighing moves more than the shares that arms lose, and the result is valid.
func TestReweighIsMinimal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := Experiment{Name: "x"}
		for i := range rapid.IntRange(1, 5).Draw(t, "arms") {
			e.Arms = append(e.Arms, Arm{Name: string(rune('a' + i)), Weight: rapid.IntRange(0, 50).Draw(t, "weight")})
		}
		for range 4 {
			w := map[string]int{}
			for _, a := range e.Arms {
				if rapid.Bool().Draw(t, "change") {
					w[a.Name] = rapid.IntRange(0, 50).Draw(t, "to")
				}
			}
			if rapid.IntRange(0, 3).Draw(t, "new arm") == 0 {
				w["z"] = rapid.IntRange(0, 50).Draw(t, "to")
			}
			next := Reweigh(e, w)
			if err := next.Validate(); err != nil {
				t.Fatalf("%v\n%+v", err, next)
			}
			least := uint32(0)
			for i, want := range sizes(next.Arms) {
				if got := held(next.Arms[i].Ranges); got != want {
					t.Fatalf("arm %d holds %d, want %d", i, got, want)
				}
				if i < len(e.Arms) {
					if had := held(ranges(&e)[i]); had > want {
						least += had - want
					}
				}
			}
			if got := Moved(e, next); got != Share(least) {
				t.Fatalf("moved %d, the least is %d", got, least)
			}
			e = next
		}
	})
}

func TestMovedByANewSeed(t *testing.T) {
	old, new := halves("x"), halves("x")
	new.Seed = "again"
	require.InDelta(t, 500_000, float64(Moved(old, new)), 1)
}

func TestCompileListsEveryFault(t *testing.T) {
	rules, lex := compiler(t)
	bad := Experiment{
		Name: "a/b", State: "runing", Control: "cc", Audience: `cty == "x"`,
		Arms:     []Arm{{Name: "c", Weight: -1}, {Name: "c"}, {}},
		Layer:    &Slot{Name: "l", From: 5, To: 5},
		Holdouts: []Holdout{{"h", Percent(5)}, {"h", Percent(5)}},
		Forced:   map[string]string{"u": "d"},
	}
	low, high := halves("low"), halves("high")
	low.Layer, high.Layer = &Slot{"page", 0, Percent(50)}, &Slot{"page", Percent(49), All}
	low.Holdouts, high.Holdouts = []Holdout{{"g", Percent(5)}}, []Holdout{{"g", Percent(6)}}
	high.Seed = "low"
	stolen := halves("stolen")
	stolen.Seed = "holdout/g"
	_, err := Compile([]Experiment{bad, low, high, low, stolen, {Name: "empty"}}, lex, rules)
	require.Error(t, err)
	for _, want := range []string{
		`experiments[0].name: "a/b": a name has no slash`,
		`experiments[0].state: "runing": want running, draft, paused or ended, did you mean "running"?`,
		`experiments[0].arms[0].weight: -1: want 0 to 1000000000`,
		`experiments[0].arms[1].name: "c" is already the name of arms[0]`,
		`experiments[0].arms[2].name: name is empty`,
		`experiments[0].control: no arm "cc", did you mean "c"?`,
		`experiments[0].layer: from 0.0005% to 0.0005%: want 0% <= from < to <= 100%`,
		`experiments[0].holdouts[1].name: "h" is named twice`,
		`experiments[0].forced.u: no arm "d"`,
		`experiments[0].audience: `,
		`experiments[2].seed: "low" is also the seed of "low"`,
		`experiments[2].holdouts[0].share: 6%, but hold-out "g" is 5% before`,
		`experiments[2].layer: overlaps the slot of "low" in layer "page"`,
		`experiments[3].name: "low" is declared twice`,
		`experiments[4].seed: "holdout/g" is a seed of hold-outs, layers or coverage`,
		`experiments[5].arms: want at least one`,
	} {
		require.Contains(t, err.Error(), want)
	}
	_, err = Compile([]Experiment{{Name: "x", Arms: []Arm{{Name: "a"}}, Audience: "true"}}, nil, nil)
	require.ErrorContains(t, err, "there is no compiler for rules")
}

func TestRangesAreChecked(t *testing.T) {
	for _, c := range []struct {
		name string
		a, b []Range
		want string
	}{
		{"gap", []Range{{0, 500_000}}, []Range{{500_001, 1_000_000}}, "buckets [500000, 500001) belong to no arm"},
		{"overlap", []Range{{0, 500_001}}, []Range{{500_000, 1_000_000}}, "arms[1].ranges[0]: overlaps arms[0].ranges[0]"},
		{"short", []Range{{0, 500_000}}, []Range{{500_000, 999_999}}, "buckets [999999, 1000000) belong to no arm"},
		{"other than the weights", []Range{{0, 300_000}}, []Range{{300_000, 1_000_000}}, "arms[0].ranges: hold 300000 buckets, the weight asks for 500000"},
		{"empty", []Range{{5, 5}}, []Range{{0, 1_000_000}}, "arms[0].ranges[0]: from 5 to 5"},
		{"beyond", []Range{{0, 500_000}}, []Range{{500_000, 1_000_001}}, "arms[1].ranges[0]: from 500000 to 1000001"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := Experiment{Name: "x", Arms: []Arm{{Name: "a", Ranges: c.a}, {Name: "b", Ranges: c.b}}}
			require.ErrorContains(t, e.Validate(), c.want)
		})
	}
}

func TestShareText(t *testing.T) {
	for text, want := range map[string]Share{"10%": 100_000, "12.5%": 125_000, "0.0001%": 1, "100%": All, "0": 0, "250": 250, " 5 % ": 50_000} {
		got, err := ParseShare(text)
		require.NoError(t, err)
		require.Equal(t, want, got)
		back, err := ParseShare(got.String())
		require.NoError(t, err)
		require.Equal(t, want, back)
	}
	for _, text := range []string{"", "%", "101%", "-1%", "1.23456%", "1.%", "0.5", "ten", "1000001"} {
		_, err := ParseShare(text)
		require.Error(t, err, text)
	}
	var e Experiment
	require.NoError(t, json.Unmarshal([]byte(`{"name":"x","arms":[{"name":"a"}],"coverage":"12.5%","holdouts":[{"name":"g","share":50000}]}`), &e))
	require.Equal(t, Share(125_000), *e.Coverage)
	require.Equal(t, Percent(5), e.Holdouts[0].Share)
	b, err := json.Marshal(e)
	require.NoError(t, err)
	require.Equal(t, `{"name":"x","arms":[{"name":"a"}],"coverage":"12.5%","holdouts":[{"name":"g","share":"5%"}]}`, string(b))
}

func TestExposureIsSaidOnce(t *testing.T) {
	s := must(t, halves("x"))
	d := s.Assign("x", "p1", nil, now)
	first, ok := d.Event("p1", now)
	require.True(t, ok)
	again, _ := d.Event("p1", now.Add(time.Hour))
	require.Equal(t, first.ID, again.ID)
	other, _ := s.Assign("x", "p2", nil, now).Event("p2", now)
	require.NotEqual(t, first.ID, other.ID)
	require.Equal(t, map[string]any{"experiment": "x", "arm": d.Arm}, first.Props)
	_, ok = s.Assign("nothing", "p1", nil, now).Event("p1", now)
	require.False(t, ok)
	require.Equal(t, "experiment.exposed", Says()[0].Name)
}

func TestAnalyze(t *testing.T) {
	e := Experiment{Name: "x", Arms: []Arm{{Name: "control", Weight: 10}, {Name: "coupon", Weight: 90}}}
	a, err := Analyze(e, map[string]stat.Count{"control": {N: 2000, Hits: 90}, "coupon": {N: 18000, Hits: 1080}}, nil)
	require.NoError(t, err)
	require.True(t, a.Ratio.OK)
	require.Equal(t, int64(20000), a.Units)
	require.Equal(t, Better, a.Arms[1].Verdict)
	require.InDelta(t, 270, a.Arms[1].Gain.Extra, 1e-9)
	require.Nil(t, a.Arms[0].Diff)

	off, err := Analyze(e, map[string]stat.Count{"control": {N: 2400, Hits: 90}, "coupon": {N: 18000, Hits: 1080}}, nil)
	require.NoError(t, err)
	require.Equal(t, stat.Mismatch, off.Reason)
	require.Equal(t, Refused, off.Arms[1].Verdict)

	same, err := Analyze(e, map[string]stat.Count{"control": {N: 2000, Hits: 120}, "coupon": {N: 18000, Hits: 1080}}, nil)
	require.NoError(t, err)
	require.Equal(t, Undecided, same.Arms[1].Verdict)

	none, err := Analyze(e, nil, nil)
	require.NoError(t, err)
	require.Equal(t, stat.NoData, none.Reason)
	require.Equal(t, Refused, none.Arms[1].Verdict)

	_, err = Analyze(e, map[string]stat.Count{"cupon": {N: 1}}, nil)
	require.ErrorContains(t, err, `no arm "cupon", did you mean "coupon"?`)
	_, err = Analyze(Experiment{Name: "x"}, nil, nil)
	require.Error(t, err)

	_, err = json.Marshal(none)
	require.NoError(t, err)
}

// With several arms the p-values are adjusted: what one comparison alone would show, four may not.
func TestAnalyzeAdjusts(t *testing.T) {
	e := Experiment{Name: "x", Control: "b", Arms: []Arm{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}}
	a, err := Analyze(e, map[string]stat.Count{"a": {N: 1000, Hits: 132}, "b": {N: 1000, Hits: 100}, "c": {N: 1000, Hits: 100}, "d": {N: 1000, Hits: 50}}, nil)
	require.NoError(t, err)
	require.True(t, a.Arms[1].Control)
	require.Less(t, a.Arms[0].Diff.P, 0.05)
	require.InDelta(t, 2*a.Arms[0].Diff.P, a.Arms[0].P, 1e-12)
	require.Equal(t, Undecided, a.Arms[0].Verdict)
	require.Equal(t, Worse, a.Arms[3].Verdict)
	var b strings.Builder
	require.NoError(t, a.CSV(&b))
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	require.Len(t, lines, 5)
	require.True(t, strings.HasPrefix(lines[2], "x,b,1000,100,0.1,"), lines[2])
	require.True(t, strings.HasSuffix(lines[2], ",control"), lines[2])
	require.True(t, strings.HasSuffix(lines[4], ",worse"), lines[4])
}

func TestAssignDoesNotAllocate(t *testing.T) {
	rules, lex := compiler(t)
	e := halves("x")
	e.Coverage, e.Layer, e.Holdouts = share("90%"), &Slot{"page", 0, Percent(90)}, []Holdout{{"global", Percent(5)}}
	e.Audience = `city == "Chongqing"`
	s, err := Compile([]Experiment{e}, lex, rules)
	require.NoError(t, err)
	f := rule.NewFacts(lex, "p")
	slot, _ := lex.Attr("city")
	f.Attrs[slot] = rule.StringValue("Chongqing")
	in := 0
	allocs := testing.AllocsPerRun(100, func() {
		for _, u := range [...]string{"user-1", "user-2", "user-3", "user-4"} {
			if s.Assign("x", u, f, now).In {
				in++
			}
		}
	})
	require.Zero(t, allocs)
	require.NotZero(t, in)
}

func BenchmarkAssign(b *testing.B) {
	e := Experiment{Name: "x", Arms: []Arm{{Name: "a", Weight: 1}, {Name: "b", Weight: 2}, {Name: "c", Weight: 3}}}
	e.Coverage, e.Layer = share("90%"), &Slot{"page", 0, Percent(90)}
	s := must(b, e)
	ids := make([]string, 1024)
	for i := range ids {
		ids[i] = fmt.Sprintf("user-%d", i)
	}
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		s.Assign("x", ids[i&1023], nil, now)
		i++
	}
}
