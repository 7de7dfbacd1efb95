package clv_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring/clv"
)

var year = clv.Horizon{Periods: 12, Length: 52.0 / 12, Rate: 0.01}

func TestCLV(t *testing.T) {
	c := clv.Customer{ID: "ann", X: 7, TX: 35, T: 38.86, Spend: 4000}
	v := must(clv.NewValuation(pareto, gg, year))
	want, before := 0.0, 0.0
	for i := 1; i <= 12; i++ {
		next := pareto.ExpectedNext(c, float64(i)*52/12)
		want += (next - before) / math.Pow(1.01, float64(i))
		before = next
	}
	want *= gg.ExpectedOf(c)
	require.InEpsilon(t, want, v.CLV(c), 1e-12)
	s := must(v.Score(c))
	require.Equal(t, clv.Score{ID: "ann", PAlive: pareto.PAlive(c), Purchases: s.Purchases, Value: marque.Money(math.RoundToEven(want))}, s)
	require.InEpsilon(t, before, s.Purchases, 1e-12)

	// Without discount it is purchases times amount.
	plain := must(clv.NewValuation(bg, gg, clv.Horizon{Periods: 4, Length: 13}))
	require.InEpsilon(t, bg.ExpectedNext(c, 52)*gg.ExpectedOf(c), plain.CLV(c), 1e-12)

	// Over short periods for a long time it comes near the residual value.
	long := must(clv.NewValuation(pareto, gg, clv.Horizon{Periods: 1200, Length: 1, Rate: math.Expm1(0.02)}))
	require.InEpsilon(t, pareto.DERT(c, 0.02)*gg.ExpectedOf(c), long.CLV(c), 0.02)

	require.Zero(t, must(clv.NewValuation(bg, nil, year)).CLV(c))
	require.True(t, math.IsNaN(v.CLV(clv.Customer{})))
	heavy := must(clv.NewGammaGamma(clv.GammaGammaParams{P: 2, Q: 0.5, V: 100}))
	require.Equal(t, marque.Money(math.MaxInt64), must(must(clv.NewValuation(bg, heavy, year)).Score(clv.Customer{T: 1})).Value)
}

func TestHorizonFaults(t *testing.T) {
	_, err := clv.NewValuation(bg, gg, clv.Horizon{Periods: 1201, Length: math.NaN(), Rate: -1})
	require.EqualError(t, err, "clv: horizon: periods: 1201 is not between 1 and 1200\nlength: NaN is not a length of time above 0\nrate: -1 is not a discount")
}

func TestTop(t *testing.T) {
	v := must(clv.NewValuation(bg, gg, year))
	customers := simulated(300, 9, afterPurchase)
	var all []clv.Score
	for s, err := range v.Scores(slices.Values(customers)) {
		require.NoError(t, err)
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b clv.Score) int { return int(b.Value - a.Value) })
	top := must(v.Top(slices.Values(customers), 20))
	require.Len(t, top, 20)
	for i := range top {
		require.Equal(t, all[i].Value, top[i].Value)
	}
	slices.Reverse(customers)
	require.Equal(t, top, must(v.Top(slices.Values(customers), 20)))
	require.Empty(t, must(v.Top(slices.Values(customers), 0)))
	require.Len(t, must(v.Top(slices.Values(customers), 1000)), 300)

	twins := []clv.Customer{{ID: "b", T: 5}, {ID: "x", T: -1}, {ID: "a", T: 5}, {ID: "c", T: 5}}
	top, err := v.Top(slices.Values(twins), 2)
	require.EqualError(t, err, "customers[1].t: -1 is not a length of time above 0\ncustomers[1].t_x: 0 is after the end of observation, -1")
	require.Equal(t, []string{"a", "b"}, []string{top[0].ID, top[1].ID})
}

func TestScoreAllocatesNothing(t *testing.T) {
	c := clv.Customer{ID: "ann", X: 7, TX: 35, T: 38.86, Spend: 4000}
	for _, m := range []clv.Model{bg, pareto} {
		v := must(clv.NewValuation(m, gg, year))
		require.Zero(t, testing.AllocsPerRun(100, func() { _, _ = v.Score(c) }))
	}
}
