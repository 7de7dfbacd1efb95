package model_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/scoring/model"
	"github.com/marque-go/marque/stat"
)

func TestEvaluate(t *testing.T) {
	p := []float64{0.9, 0.8, 0.7, 0.6, 0.6, 0.4, 0.3, 0.2, 0.1, 0.05}
	hit := []bool{true, true, false, true, false, true, false, false, false, false}
	e, err := model.Evaluate(p, hit, nil)
	require.NoError(t, err)
	// Of 24 pairs of a hit and another row 20 are right, one (0.6 and 0.6) is even.
	require.Equal(t, 20.5/24, e.AUC.Value)
	require.True(t, e.AUC.Interval.Has(e.AUC.Value))

	loss, brier := 0.0, 0.0
	for i := range p {
		q := p[i]
		if !hit[i] {
			q = 1 - q
		}
		loss -= math.Log(q) / 10
		brier += (1 - q) * (1 - q) / 10
	}
	require.InDelta(t, loss, e.LogLoss.Value, 1e-12)
	require.InDelta(t, brier, e.Brier.Value, 1e-12)
	require.Len(t, e.Deciles, 10)
	require.Equal(t, []float64{1, 1, 0, 0.5, 0.5, 1, 0, 0, 0, 0}, hitsOf(e))
	require.Equal(t, 2.5, e.Deciles[0].Lift)
	require.Equal(t, 0.5, e.Deciles[1].Gain)
	require.InDelta(t, 1-2./6, e.KS, 1e-15, "from 0.4 on there are all hits and 2 of 6 others")
}

func hitsOf(e model.Evaluation) (hits []float64) {
	for _, d := range e.Deciles {
		hits = append(hits, d.Hits)
	}
	return hits
}

// TestAUCError is DeLong's variance by its definition, over all pairs.
func TestAUCError(t *testing.T) {
	var p []float64
	var hit []bool
	for i := range 200 {
		hit = append(hit, dice(i, "hit") < 0.3)
		x := dice(i, "p")
		if hit[i] {
			x = math.Sqrt(x)
		}
		p = append(p, math.Round(20*x)/20) // with ties
	}
	psi := func(x, y float64) float64 {
		switch {
		case x > y:
			return 1
		case x == y:
			return 0.5
		}
		return 0
	}
	var hits, others []float64
	for i := range p {
		if hit[i] {
			hits = append(hits, p[i])
		} else {
			others = append(others, p[i])
		}
	}
	places := func(of, against []float64, sign float64) (mean, variance float64) {
		var vs []float64
		for _, x := range of {
			v := 0.0
			for _, y := range against {
				v += psi(sign*x, sign*y) / float64(len(against))
			}
			vs = append(vs, v)
			mean += v / float64(len(of))
		}
		for _, v := range vs {
			variance += (v - mean) * (v - mean) / float64(len(of)-1)
		}
		return mean, variance
	}
	auc, s10 := places(hits, others, 1)
	_, s01 := places(others, hits, -1)
	e, err := model.Evaluate(p, hit, nil)
	require.NoError(t, err)
	require.InDelta(t, auc, e.AUC.Value, 1e-12)
	require.InDelta(t, math.Sqrt(s10/float64(len(hits))+s01/float64(len(others))), e.AUC.Error, 1e-12)
}

func TestEvaluateEdges(t *testing.T) {
	e, err := model.Evaluate(nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, stat.NoData, e.AUC.Reason)
	require.Equal(t, stat.NoData, e.LogLoss.Reason)
	require.Empty(t, e.Deciles)

	e, err = model.Evaluate([]float64{0.5, 0.4, 0.3}, []bool{false, false, false}, nil)
	require.NoError(t, err)
	require.Equal(t, stat.NoData, e.AUC.Reason)
	require.Len(t, e.Deciles, 3)
	require.Zero(t, e.Deciles[0].Lift)

	e, err = model.Evaluate([]float64{1, 0.9, 0.1, 0}, []bool{true, true, false, false}, &stat.Options{Level: 0.9})
	require.NoError(t, err)
	require.Equal(t, 1., e.AUC.Value)
	require.Equal(t, stat.NoVariance, e.AUC.Reason)
	require.Equal(t, stat.Interval{Low: 0, High: 1, Level: 0.9}, e.AUC.Interval)

	e, err = model.Evaluate([]float64{0, 1}, []bool{true, false}, nil)
	require.NoError(t, err)
	require.InDelta(t, -math.Log(1e-15), e.LogLoss.Value, 1e-9, "a sure error costs much, not everything")

	_, err = model.Evaluate([]float64{2, math.NaN(), 0.5}, []bool{true, true, true}, nil)
	require.ErrorContains(t, err, "probabilities[0]: 2 is not within 0 and 1")
	require.ErrorContains(t, err, "probabilities[1]: NaN")
	_, err = model.Evaluate([]float64{0.1}, nil, nil)
	require.ErrorContains(t, err, "0 outcomes of 1 probabilities")
}

// drawn are probabilities, many of them equal, and outcomes.
func drawn(t *rapid.T) (p []float64, hit []bool) {
	n := rapid.IntRange(1, 120).Draw(t, "n")
	steps := rapid.SampledFrom([]int{1, 3, 10, 1000}).Draw(t, "steps")
	for range n {
		p = append(p, float64(rapid.IntRange(0, steps).Draw(t, "p"))/float64(steps))
		hit = append(hit, rapid.Bool().Draw(t, "hit"))
	}
	return p, hit
}

func TestEvaluateProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, hit := drawn(t)
		e, err := model.Evaluate(p, hit, nil)
		require.NoError(t, err)

		// A stretched scale leaves the order, and so the AUC and the deciles.
		stretched := make([]float64, len(p))
		for i := range p {
			stretched[i] = 0.1 + 0.5*p[i]*p[i]*p[i]
		}
		s, err := model.Evaluate(stretched, hit, nil)
		require.NoError(t, err)
		require.Equal(t, e.AUC, s.AUC)
		require.Equal(t, e.KS, s.KS)
		require.Equal(t, hitsOf(e), hitsOf(s))

		// The other way round it is one minus it.
		turned := make([]float64, len(p))
		for i := range p {
			turned[i] = 1 - p[i]
		}
		s, err = model.Evaluate(turned, hit, nil)
		require.NoError(t, err)
		require.InDelta(t, 1-e.AUC.Value, s.AUC.Value, 1e-12)

		// Deciles and bins part the rows.
		n, hits := 0, 0.0
		for i, d := range e.Deciles {
			n, hits = n+d.N, hits+d.Hits
			require.GreaterOrEqual(t, d.High, d.Low)
			if i > 0 {
				require.LessOrEqual(t, d.High, e.Deciles[i-1].Low)
			}
		}
		require.Equal(t, len(p), n)
		require.InDelta(t, float64(e.Hits), hits, 1e-9)
		var all stat.Count
		for i, b := range e.Bins {
			all = all.Merge(b.Count)
			require.InDelta(t, (b.Low+b.High)/2, b.Predicted, (b.High-b.Low)/2+1e-12)
			if i > 0 {
				require.Greater(t, b.Low, e.Bins[i-1].High, "equal probabilities are in one bin")
			}
		}
		require.Equal(t, e.Count, all)

		// Rows in another order are the same rows.
		order := rapid.Permutation(indices(len(p))).Draw(t, "order")
		q, h := make([]float64, len(p)), make([]bool, len(p))
		for i, j := range order {
			q[i], h[i] = p[j], hit[j]
		}
		s, err = model.Evaluate(q, h, nil)
		require.NoError(t, err)
		require.Equal(t, e, s)
	})
}

func indices(n int) (is []int) {
	for i := range n {
		is = append(is, i)
	}
	return is
}
