package stat

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestTails(t *testing.T) {
	require.InEpsilon(t, 4.906713927148e-198, Survival(30), 1e-12)
	require.InEpsilon(t, 4.906713927148e-198, CDF(-30), 1e-12)
	require.InEpsilon(t, 1.2310538010700368e-63, StudentSurvival(40, 100), 1e-9)
	require.InEpsilon(t, 4.4147360999137545e-101, ChiSquareSurvival(500, 10), 1e-9)
	require.Equal(t, 1.0, ChiSquareSurvival(-1, 3))
	require.Equal(t, 0.0, ChiSquareSurvival(math.Inf(1), 3))
	require.True(t, math.IsNaN(ChiSquareSurvival(1, 0)))
	require.True(t, math.IsNaN(Quantile(1.1)))
	require.True(t, math.IsInf(Quantile(0), -1))
	require.InDelta(t, 0.5, StudentSurvival(0, 3), 0)
	require.InDelta(t, 1-StudentSurvival(1.3, 3), StudentSurvival(-1.3, 3), 1e-15)
	require.InEpsilon(t, -12.706204736432095, StudentQuantile(0.025, 1), 1e-9)
	require.Equal(t, 0.0, StudentQuantile(0.5, 7))
	require.True(t, math.IsNaN(StudentQuantile(1, 7)))
}

// With many units Student's t is the normal distribution, however many they are.
func TestStudentOfMany(t *testing.T) {
	for _, df := range []float64{1e7, 1e8, 1e9, 1e12, 1e15, 1e18, math.Inf(1)} {
		require.InEpsilon(t, 1.959963984540054+2.3722/df, StudentQuantile(0.975, df), 1e-9, "df %g", df)
		require.InEpsilon(t, Survival(6)*(1+342/df), StudentSurvival(6, df), 1e-6, "df %g", df)
		require.Zero(t, StudentSurvival(math.Inf(1), df), "df %g", df)
	}
}

// What is no number is refused, or is the default, and never comes out as an answer.
func TestNoNumbers(t *testing.T) {
	for _, w := range []float64{math.NaN(), math.Inf(1), -1} {
		require.Equal(t, BadCount, SRM([]int64{5, 5}, []float64{w, 1}, nil).Reason, "weight %v", w)
	}
	require.Equal(t, 0.95, ProportionOf(Count{10, 3}, &Options{Level: math.NaN()}).Interval.Level)
	require.Equal(t, 0.001, SRM([]int64{5, 5}, []float64{1, 1}, &Options{Alpha: math.NaN()}).Alpha)
	require.Equal(t, 1.0, Between([]int{1, 2, 3}, math.NaN()))
	require.Equal(t, 1, Rank([]int{1, 2, 3}, math.NaN()))
	tiny := Welch(Moments{3, 1, 1e-300}, Moments{3, 2, 1e-300}, nil)
	require.InDelta(t, 4, tiny.DF, 1e-9)
	require.False(t, math.IsNaN(tiny.P))
}

func TestProportionOf(t *testing.T) {
	for _, c := range []struct {
		name      string
		count     Count
		low, high float64
		reason    Reason
	}{
		{"a fifth", Count{1000, 200}, 0.1763770904431985, 0.22591896464813466, ""},
		{"none of many", Count{500, 0}, 0, 0.007624340461552245, ""},
		{"all", Count{10, 10}, 0.7224672001371107, 1, ""},
		{"nobody", Count{}, 0, 1, NoData},
		{"more hits than units", Count{3, 4}, 0, 1, BadCount},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := ProportionOf(c.count, nil)
			require.Equal(t, c.reason, p.Reason)
			require.InDelta(t, c.low, p.Interval.Low, 1e-12)
			require.InDelta(t, c.high, p.Interval.High, 1e-12)
			require.Equal(t, 0.95, p.Interval.Level)
			require.NotEmpty(t, p.Method)
			require.NotEmpty(t, p.Assumes)
		})
	}
	wide := ProportionOf(Count{1000, 200}, &Options{Level: 0.99})
	require.Less(t, wide.Interval.Low, 0.176)
	require.Equal(t, 0.99, wide.Interval.Level)
}

func TestCompareWithoutAnswer(t *testing.T) {
	for _, c := range []struct {
		name               string
		control, treatment Count
		reason             Reason
	}{
		{"empty control", Count{}, Count{100, 10}, NoData},
		{"both empty", Count{}, Count{}, NoData},
		{"nobody converted", Count{100, 0}, Count{100, 0}, NoVariance},
		{"all converted", Count{100, 100}, Count{100, 100}, NoVariance},
		{"bad goes before empty", Count{}, Count{1, 2}, BadCount},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Compare(c.control, c.treatment, nil)
			require.Equal(t, c.reason, d.Reason)
			require.Equal(t, 1.0, d.P)
			_, err := json.Marshal(d) // no NaN, no infinity
			require.NoError(t, err)
		})
	}
}

func TestCompareIsAntisymmetric(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) Count {
			n := rapid.Int64Range(1, 100_000).Draw(t, name)
			return Count{n, rapid.Int64Range(0, n).Draw(t, name+" hits")}
		}
		a, b := draw("a"), draw("b")
		ab, ba := Compare(a, b, nil), Compare(b, a, nil)
		require.InDelta(t, ab.Z, -ba.Z, 1e-9)
		require.InDelta(t, ab.P, ba.P, 1e-12)
		require.InDelta(t, ab.Interval.Low, -ba.Interval.High, 1e-12)
		require.LessOrEqual(t, ab.Interval.Low, ab.Diff+1e-15)
		require.GreaterOrEqual(t, ab.Interval.High, ab.Diff-1e-15)
		require.GreaterOrEqual(t, ab.Interval.Low, -1.0)
		require.LessOrEqual(t, ab.Interval.High, 1.0)
	})
}

// The intervals hold what their level says: over many simulated experiments at a true difference.
func TestCoverage(t *testing.T) {
	if testing.Short() {
		t.Skip("a simulation")
	}
	rng := rand.New(rand.NewPCG(7, 11))
	draw := func(n int, p float64) (c Count) {
		c.N = int64(n)
		for range n {
			if rng.Float64() < p {
				c.Hits++
			}
		}
		return c
	}
	const runs = 2000
	held, alarms := 0, 0
	for range runs {
		if d := Compare(draw(200, 0.08), draw(1800, 0.11), nil); d.Interval.Has(0.03) {
			held++
		}
		if d := Compare(draw(200, 0.1), draw(1800, 0.1), nil); d.P < 0.05 {
			alarms++
		}
	}
	require.InDelta(t, 0.95, float64(held)/runs, 0.02)
	require.InDelta(t, 0.05, float64(alarms)/runs, 0.02)
}

func TestIncremental(t *testing.T) {
	g := Incremental(Count{2000, 90}, Count{18000, 1080}, nil)
	require.InDelta(t, (0.06-0.045)*18000, g.Extra, 1e-9)
	require.InDelta(t, 810, g.Expected, 1e-9)
	require.True(t, g.Interval.Has(g.Extra))
	require.Greater(t, g.Interval.Low, 0.0)
	require.Equal(t, NoData, Incremental(Count{}, Count{18000, 1080}, nil).Reason)
	require.Equal(t, 0.0, Incremental(Count{}, Count{18000, 1080}, nil).Extra)
}

func TestSRM(t *testing.T) {
	for _, c := range []struct {
		name     string
		observed []int64
		weights  []float64
		ok       bool
		reason   Reason
	}{
		{"as planned", []int64{1010, 8990}, []float64{10, 90}, true, ""},
		{"off by too much", []int64{1200, 8800}, []float64{10, 90}, false, Mismatch},
		{"an arm without weight and units", []int64{500, 500, 0}, []float64{1, 1, 0}, true, ""},
		{"an arm without weight has units", []int64{500, 500, 1}, []float64{1, 1, 0}, false, Mismatch},
		{"a missing weight is zero", []int64{500, 500, 1}, []float64{1, 1}, false, Mismatch},
		{"one arm", []int64{500}, []float64{1}, false, OneArm},
		{"no units", []int64{0, 0}, []float64{1, 1}, false, NoData},
		{"below zero", []int64{-1, 5}, []float64{1, 1}, false, BadCount},
		{"weight below zero", []int64{1, 5}, []float64{1, -1}, false, BadCount},
		{"all weights zero", []int64{1, 5}, []float64{0, 0}, false, Mismatch},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := SRM(c.observed, c.weights, nil)
			require.Equal(t, c.ok, r.OK)
			require.Equal(t, c.reason, r.Reason)
			_, err := json.Marshal(r)
			require.NoError(t, err)
		})
	}
	borderline := []int64{1000, 900, 1100, 1000} // p = 0.00017
	require.False(t, SRM(borderline, []float64{1, 1, 1, 1}, nil).OK)
	require.True(t, SRM(borderline, []float64{1, 1, 1, 1}, &Options{Alpha: 0.0001}).OK)
}

func TestMergesAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		xs := rapid.SliceOfN(rapid.Float64Range(-1e6, 1e6), 1, 50).Draw(t, "values")
		cut := rapid.IntRange(0, len(xs)).Draw(t, "cut")
		whole, parts := momentsOf(xs), momentsOf(xs[:cut]).Merge(momentsOf(xs[cut:]))
		require.Equal(t, whole.N, parts.N)
		require.InDelta(t, whole.Mean, parts.Mean, 1e-6)
		require.InDelta(t, whole.SD(), parts.SD(), 1e-3)
	})
	require.Equal(t, Count{30, 3}, Count{10, 1}.Merge(Count{20, 2}))
	require.Equal(t, 0.0, Moments{}.Variance())
	require.Equal(t, Moments{}, MomentsOf(0, 0, 0))
}

func TestWelchWithoutAnswer(t *testing.T) {
	require.Equal(t, NoData, Welch(Moments{N: 1, Mean: 3}, Moments{N: 5, M2: 1}, nil).Reason)
	require.Equal(t, BadCount, Welch(Moments{N: -1}, Moments{N: 5, M2: 1}, nil).Reason)
	flat := Welch(Moments{N: 5, Mean: 3}, Moments{N: 5, Mean: 4}, nil)
	require.Equal(t, NoVariance, flat.Reason)
	require.Equal(t, 1.0, flat.Diff)
	require.Equal(t, 1.0, flat.P)
}

func TestRank(t *testing.T) {
	v := []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	require.Equal(t, 5, Rank(v, 0.5))
	require.Equal(t, 9, Rank(v, 0.9))
	require.Equal(t, 1, Rank(v, 0))
	require.Equal(t, 1, Rank(v, -1))
	require.Equal(t, 10, Rank(v, 1))
	require.Equal(t, 10, Rank(v, 2))
	require.Equal(t, 0, Rank([]int(nil), 0.5))
	require.Equal(t, 5.5, Between([]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 0.5))
	require.Equal(t, 0.0, Between[float64](nil, 0.5))
	require.Equal(t, 3.0, Between([]float64{3}, 0.7))
}

func TestResultsAreData(t *testing.T) {
	d := Compare(Count{1000, 200}, Count{1000, 250}, nil)
	b, err := json.Marshal(d)
	require.NoError(t, err)
	var back Difference
	require.NoError(t, json.Unmarshal(b, &back))
	require.Equal(t, d, back)
	require.Contains(t, string(b), `"method":"two-proportion z test, pooled variance; Newcombe`)
}
