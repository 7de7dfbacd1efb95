package clv_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/scoring/clv"
)

func logUniform(t *rapid.T, name string, low, high float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))
}

// anyModel has parameters over six decades.
func anyModel(t *rapid.T) forecaster {
	p := [4]float64{}
	for i, name := range []string{"r", "alpha", "a or s", "b or beta"} {
		p[i] = logUniform(t, name, 1e-3, 1e3)
	}
	kind := rapid.SampledFrom([]string{"bg", "mbg", "pareto"}).Draw(t, "model")
	if kind == "pareto" {
		return must(clv.NewParetoNBD(clv.ParetoNBDParams{R: p[0], Alpha: p[1], S: p[2], Beta: p[3]}))
	}
	return must(clv.NewBGNBD(clv.BGNBDParams{R: p[0], Alpha: p[1], A: p[2], B: p[3], Modified: kind == "mbg"}))
}

func anyCustomer(t *rapid.T) clv.Customer {
	c := clv.Customer{X: rapid.IntRange(0, 800).Draw(t, "x"), T: logUniform(t, "T", 1e-6, 1e8)}
	if c.X > 0 {
		c.TX = c.T * rapid.SampledFrom([]float64{0, 1e-6, 0.3, 0.999, 1}).Draw(t, "share")
		c.Spend = logUniform(t, "spend", 1, 1e9)
	}
	return c
}

const loose = 1e-9 // relative, of what is equal in theory

func TestForecastsAreSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, c := anyModel(t), anyCustomer(t)
		ln := m.LogLikelihood(c)
		require.False(t, math.IsNaN(ln) || math.IsInf(ln, 0), "%v", ln)
		alive := m.PAlive(c)
		require.True(t, alive >= 0 && alive <= 1, "%v", alive)

		ahead := logUniform(t, "t", 1e-6, 1e6)
		near, far := m.ExpectedNext(c, ahead), m.ExpectedNext(c, 2*ahead)
		require.True(t, near >= 0 && near <= far*(1+loose) && far <= 2*near*(1+loose) && far < math.MaxFloat64, "%v %v", near, far)
		require.Zero(t, m.ExpectedNext(c, 0))

		// A later last purchase is a better sign, a longer silence a worse one.
		if c.X > 0 {
			later, longer := c, c
			later.TX = (c.TX + c.T) / 2
			longer.T *= 2
			require.GreaterOrEqual(t, m.PAlive(later)+loose, alive)
			require.LessOrEqual(t, m.PAlive(longer), alive+loose)
		}
	})
}

// That nothing happened until T has the same probability either way.
func TestNoPurchaseTwoWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, u := anyModel(t), logUniform(t, "T", 1e-3, 1e4)
		require.InDelta(t, math.Exp(m.LogLikelihood(clv.Customer{T: u})), m.PMF(0, u), loose)
	})
}

func TestPMFAddsUp(t *testing.T) {
	for name, m := range forecasters {
		t.Run(name, func(t *testing.T) {
			for _, u := range []float64{0, 0.1, 5, 39} {
				sum, mean := 0.0, 0.0
				for n := range 600 {
					p := m.PMF(n, u)
					require.True(t, p >= 0 && p <= 1)
					sum += p
					mean += float64(n) * p
				}
				require.InDelta(t, 1, sum, loose)
				require.InDelta(t, m.Expected(u), mean, 1e-8)
			}
			require.True(t, math.IsNaN(m.PMF(-1, 1)))
			require.True(t, math.IsNaN(m.PMF(1, -1)))
			require.True(t, math.IsNaN(m.Expected(math.NaN())))
			require.True(t, math.IsNaN(m.Expected(math.Inf(1))))
		})
	}
}

func TestAliveForCertain(t *testing.T) {
	never := clv.Customer{T: 1e6}
	require.Equal(t, 1.0, bg.PAlive(never))
	require.Less(t, mbg.PAlive(never), 0.1)
	require.Less(t, pareto.PAlive(never), 0.01)
	require.Equal(t, 1.0, pareto.PAlive(clv.Customer{X: 900, TX: 30, T: 30}))
	require.InDelta(t, 0, bg.PAlive(clv.Customer{X: 1000, TX: 10, T: 100}), 1e-100)
}

func TestAmounts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := must(clv.NewGammaGamma(clv.GammaGammaParams{P: logUniform(t, "p", 1e-3, 1e3), Q: 1 + logUniform(t, "q-1", 1e-3, 1e3), V: logUniform(t, "v", 1e-3, 1e9)}))
		c := anyCustomer(t)
		all, own := m.Expected(), m.ExpectedOf(c)
		if c.X == 0 {
			require.Equal(t, all, own)
			require.True(t, math.IsNaN(m.LogLikelihood(c)))
			return
		}
		require.GreaterOrEqual(t, own, min(all, c.Spend)*(1-loose))
		require.LessOrEqual(t, own, max(all, c.Spend)*(1+loose))
		ln := m.LogLikelihood(c)
		require.False(t, math.IsNaN(ln) || math.IsInf(ln, 0), "%v", ln)
	})
	heavy := must(clv.NewGammaGamma(clv.GammaGammaParams{P: 2, Q: 0.5, V: 100}))
	require.Equal(t, math.Inf(1), heavy.Expected())
	require.InDelta(t, 2*(100+300.0)/1.5, heavy.ExpectedOf(clv.Customer{X: 1, TX: 1, T: 2, Spend: 300}), loose*1000)
}
