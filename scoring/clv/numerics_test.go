package clv

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// The figures of this file are from mpmath with 25 digits and more: hypergeometric functions where these have a value,
// integrals over the heterogeneity of customers otherwise.

func TestPurchases(t *testing.T) {
	for _, c := range []struct {
		name                 string
		r, alpha, a, b, t, e float64
	}{
		{"CDNOW", 0.243, 4.414, 0.793, 2.426, 39, 1.1967231933208168},
		{"huge time", 0.243, 4.414, 0.793, 2.426, 1e7, 92.383980656915203},
		{"tiny time", 0.243, 4.414, 0.793, 2.426, 1e-9, 5.5052106930577972e-11},
		{"a = 1, where the formula has no value", 0.5, 10, 1, 2, 52, 1.3731336074542427},
		{"a+b = 1, where F has none", 2, 5, 0.4, 0.6, 100, 9.5808027741616902},
		{"a+b < 1", 2, 5, 0.4, 0.3, 30, 3.381974189004094},
		{"500 purchases", 500.5, 60, 0.8, 502.4, 100, 542.91121182279023},
		{"narrow", 3, 10, 40, 60, 20, 2.0862078047310466},
		{"hardly anybody leaves", 1.5, 8, 1e-6, 3, 50, 9.3749891070640545},
		{"hardly anybody leaves in a huge time", 0.3, 4, 0.01, 2, 1e6, 67306.285032775279},
		{"no purchase too rare for a float", 50, 0.01, 0.7, 45, 1000, 4725.1019878293485},
		{"whoever may leave does", 0.3, 4, 0.7, 1e-7, 1e6, 0.97598617376550073},
		{"all leave or nobody does", 0.3, 4, 0.01, 1e-7, 1e6, 1.6423617947695247},
		{"nearly all stay for good", 97.39246348004302, 0.5178724604096462, 2.82083066084208e-06, 2.2130295221766456e-07, 1749.36729328, 23932.839882748582},
		{"everybody alike", 1e4, 1e4, 1.3, 1e4, 1e3, 939.60638348267927},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.InEpsilon(t, c.e, purchases(c.r, c.alpha, c.a, c.b, c.t), 1e-11)
			require.InEpsilon(t, c.e, purchasesLong(c.r, c.alpha, c.a, c.b, c.t), 1e-10)
		})
	}
}

// The sum and the integral are two ways to the same number.
func TestPurchasesTwoWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, alpha := logUniform(t, "r", 0.01, 300), logUniform(t, "alpha", 0.1, 1000)
		a, b := logUniform(t, "a", 1e-6, 100), logUniform(t, "b", 1e-9, 500)
		u := alpha * logUniform(t, "t/alpha", 1e-4, 20)
		want := purchases(r, alpha, a, b, u)
		require.InEpsilon(t, want, purchasesLong(r, alpha, a, b, u), 1e-9)
		require.LessOrEqual(t, want, r*u/alpha*(1+1e-12))
	})
}

func logUniform(t *rapid.T, name string, low, high float64) float64 {
	return math.Exp(rapid.Float64Range(math.Log(low), math.Log(high)).Draw(t, name))
}

func TestGauss(t *testing.T) {
	for _, c := range [][4]float64{ // F(1, a; c+1; 1-w)
		{0.553, 1.159, 0.9, 1.0269559548420373},
		{26.5, 27.1, 0.5, 1.8952325680694769},
		{500.5, 501.1, 0.01, 78.318691347527812},
		{1.6, 1.1, 0.999999, 1.0000007619054009},
		{40, 4000, 0.3, 1.0070488091836251},
		{40, 4000, 1, 1},
	} {
		require.InEpsilon(t, c[3], gauss(c[0], c[1], c[2]), 1e-12, "%v", c)
	}
}

func TestGammaRatio(t *testing.T) {
	for _, a := range []float64{0.3, 7, 99, 101, 1e5, 1e9} {
		want := 0.0
		for i := range 50 {
			want += math.Log(a + float64(i))
		}
		require.InEpsilon(t, want, lnRising(a, 50), 1e-12, "%v", a)
		require.InEpsilon(t, want, lnRising(a, 20)+lnRising(a+20, 30), 1e-12, "%v", a)
	}
	require.Zero(t, lnRising(0.3, 0))
	require.InDelta(t, 0.5*math.Log(1e15), lnGammaRatio(1e15, 0.5), 1e-12)
}

func TestLogAddExp(t *testing.T) {
	none := math.Inf(-1)
	require.Equal(t, none, logAddExp(none, none))
	require.Equal(t, -3.0, logAddExp(none, -3))
	require.InDelta(t, -1000+math.Ln2, logAddExp(-1000, -1000), 1e-12)
	require.Equal(t, -1000.0, logAddExp(-5000, -1000))
}

// The parameters of the first are where implementations overflowed.
func TestParetoFigures(t *testing.T) {
	dense, cdnow := ParetoNBDParams{10.465, 7.98565181e-03, 3.0516, 2.820}, ParetoNBDParams{0.553, 10.578, 0.606, 11.669}
	for _, c := range []struct {
		name      string
		p         ParetoNBDParams
		x         int
		tx, t     float64
		ln, alive float64
	}{
		{"400 purchases", dense, 400, 5, 6, 1323.1889309678065, 5.1374581133774827e-31},
		{"500 purchases, then nothing", dense, 500, 1, 37, 2594.4044546227567, 0},
		{"500 purchases", dense, 500, 4, 37, 1888.8212497389281, 0},
		{"45 purchases", dense, 45, 30, 37, -97.414894697667702, 0.00010286813111345925},
		{"CDNOW", cdnow, 2, 30.43, 38.86, -9.5542832451504058, 0.86916755915301119},
		{"none", cdnow, 0, 0, 38.86, -0.52104629408089031, 0.29528660461689415},
		{"beta tiny", ParetoNBDParams{0.553, 10.578, 0.606, 1e-3}, 0, 0, 38.86, -0.0043083784793571164, 0.00070844336008281017},
		{"huge T", cdnow, 300, 100, 1e5, -8.7201947208287075, 0},
		{"tiny T", ParetoNBDParams{2, 2000, 0.6, 0.5}, 3, 1e-6, 2e-6, -19.6246547532771, 0.99999880000431848},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := NewParetoNBD(c.p)
			require.NoError(t, err)
			who := Customer{X: c.x, TX: c.tx, T: c.t}
			require.InEpsilon(t, c.ln, m.LogLikelihood(who), 1e-10)
			require.InDelta(t, c.alive, m.PAlive(who), 1e-11*(c.alive+1e-20))
		})
	}
}

func TestParetoDERT(t *testing.T) {
	for _, c := range []struct{ s, rate, dert float64 }{
		{0.606, 0.0027, 20.658867648558803},
		{1, 1e-9, 112.35757630615308},
		{40.5, 5, 0.00067668461274082679},
	} {
		m, err := NewParetoNBD(ParetoNBDParams{0.553, 10.578, c.s, 11.669})
		require.NoError(t, err)
		require.InEpsilon(t, c.dert, m.DERT(Customer{X: 7, TX: 35, T: 38.86}, c.rate), 1e-10)
	}
}

func TestParetoPMF(t *testing.T) {
	for _, c := range []struct {
		r, alpha float64
		n        int
		t, pmf   float64
	}{
		{0.553, 10.578, 0, 39, 0.59362503160238387},
		{0.553, 10.578, 5, 39, 0.021484828361821039},
		{0.553, 10.578, 300, 5000, 4.5141657677134596e-5},
		{200, 100, 90, 39, 0.007972235607558254},
	} {
		m, err := NewParetoNBD(ParetoNBDParams{c.r, c.alpha, 0.606, 11.669})
		require.NoError(t, err)
		require.InEpsilon(t, c.pmf, m.PMF(c.n, c.t), 1e-9)
	}
}

// On either side of where the way to it changes, P(alive) is the same.
func TestParetoTwoWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := history{x: rapid.IntRange(0, 300).Draw(t, "x"), t: logUniform(t, "T", 0.01, 1e4)}
		if h.x > 0 {
			h.tx = h.t * rapid.Float64Range(0, 1).Draw(t, "share")
		}
		p := ParetoNBDParams{R: logUniform(t, "r", 0.01, 100), Alpha: 100, S: logUniform(t, "s", 0.01, 100)}
		for _, small := range []bool{true, false} {
			at := func(ratio float64) float64 {
				p := p
				p.Beta = ratio*(p.Alpha+h.tx) - h.tx
				if !small {
					p.Beta = (p.Alpha+h.tx)/ratio - h.tx
				}
				if p.Beta <= 0 {
					return 0
				}
				return logistic((&ParetoNBD{p: p}).lnOdds(h))
			}
			require.InDelta(t, at(alike*(1-1e-12)), at(alike*(1+1e-12)), 1e-9)
		}
	})
}
