package clv_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/scoring/clv"
)

// within checks that the truth is no more than 4 standard errors away.
func within(t *testing.T, fit clv.Fit, got, truth []float64) {
	t.Helper()
	require.True(t, fit.Converged, "%+v", fit)
	require.Less(t, fit.Gradient, 1e-6)
	require.Empty(t, fit.Warnings)
	require.Len(t, fit.StdErr, len(truth))
	for i := range truth {
		require.InDelta(t, truth[i], got[i], 4*fit.StdErr[i], "parameter %d of %v, standard errors %v", i, got, fit.StdErr)
		require.Less(t, fit.StdErr[i], truth[i]/2)
	}
}

func TestFitFindsTheTruth(t *testing.T) {
	buyers := simulated(4000, 1, afterPurchase)
	t.Run("bg/nbd", func(t *testing.T) {
		m := must(clv.FitBGNBD(slices.Values(buyers), nil))
		p := m.Params()
		within(t, m.Fit(), []float64{p.R, p.Alpha, p.A, p.B}, []float64{1, 10, 1, 2})
		require.Equal(t, 4000, m.Fit().Customers)
		ln := 0.0
		for _, c := range buyers {
			ln += m.LogLikelihood(c)
		}
		require.InEpsilon(t, ln, m.Fit().LogLikelihood, 1e-10)
	})
	t.Run("gamma-gamma", func(t *testing.T) {
		m := must(clv.FitGammaGamma(slices.Values(buyers), nil))
		p := m.Params()
		within(t, m.Fit(), []float64{p.P, p.Q, p.V}, []float64{4, 5, 2000})
		require.InDelta(t, 0, m.Fit().Correlation, 0.1)
		ln := 0.0
		for _, c := range buyers {
			if c.X > 0 {
				ln += m.LogLikelihood(c)
			}
		}
		require.InEpsilon(t, ln, m.Fit().LogLikelihood, 1e-10)
	})
	t.Run("pareto/nbd", func(t *testing.T) {
		customers := simulated(4000, 2, atAnyTime)
		m := must(clv.FitParetoNBD(slices.Values(customers), nil))
		p := m.Params()
		within(t, m.Fit(), []float64{p.R, p.Alpha, p.S, p.Beta}, []float64{1, 10, 1, 20})
		ln := 0.0
		for _, c := range customers {
			ln += m.LogLikelihood(c)
		}
		require.InEpsilon(t, ln, m.Fit().LogLikelihood, 1e-10)
	})
}

// fits are all models of the customers.
func fits(t *testing.T, customers []clv.Customer) []any {
	t.Helper()
	all := slices.Values(customers)
	return []any{must(clv.FitBGNBD(all, nil)), must(clv.FitMBGNBD(all, nil)), must(clv.FitParetoNBD(all, nil)), must(clv.FitGammaGamma(all, nil))}
}

func TestFitDoesNotDependOnOrder(t *testing.T) {
	customers := simulated(300, 3, atAnyTime)
	want := fits(t, customers)
	rand.New(rand.NewPCG(7, 7)).Shuffle(len(customers), func(i, j int) { customers[i], customers[j] = customers[j], customers[i] })
	require.Equal(t, want, fits(t, customers))

	// Twice everybody, once as rows and once as a weight.
	twice := slices.Concat(customers, customers)
	for i := range customers {
		customers[i].N = 2
	}
	require.Equal(t, fits(t, twice), fits(t, customers))
}

// Days in place of weeks change the rates, not what is foreseen.
func TestFitDoesNotDependOnTheUnit(t *testing.T) {
	weeks := simulated(300, 4, atAnyTime)
	days := slices.Clone(weeks)
	for i := range days {
		days[i].TX *= 7
		days[i].T *= 7
	}
	a, b := must(clv.FitParetoNBD(slices.Values(weeks), nil)), must(clv.FitParetoNBD(slices.Values(days), nil))
	require.InEpsilon(t, a.Params().Alpha*7, b.Params().Alpha, 1e-5)
	require.InEpsilon(t, a.Expected(30), b.Expected(210), 1e-5)
	require.InEpsilon(t, a.PAlive(weeks[1]), b.PAlive(days[1]), 1e-5)
}

func TestFitRefuses(t *testing.T) {
	bad := slices.Values([]clv.Customer{{X: 1, TX: 1, T: 2}, {TX: 1, T: -1}, {X: 2, TX: 3, T: 2}})
	const faults = "clv: fit: customers[1].t: -1 is not a length of time above 0\ncustomers[1].t_x: 1 is after the end of observation, -1\ncustomers[2].t_x: 3 is after the end of observation, 2"
	_, err := clv.FitBGNBD(bad, nil)
	require.EqualError(t, err, faults)
	_, err = clv.FitParetoNBD(bad, nil)
	require.EqualError(t, err, faults)
	_, err = clv.FitGammaGamma(bad, nil)
	require.EqualError(t, err, "clv: fit: customers[0].spend: 0 is not an amount above 0\n"+faults[len("clv: fit: "):]+"\ncustomers[2].spend: 0 is not an amount above 0")

	once := slices.Values([]clv.Customer{{T: 2}, {T: 3}})
	_, err = clv.FitBGNBD(once, nil)
	require.ErrorIs(t, err, clv.ErrNoRepeat)
	_, err = clv.FitParetoNBD(slices.Values([]clv.Customer(nil)), nil)
	require.ErrorIs(t, err, clv.ErrNoRepeat)
	_, err = clv.FitGammaGamma(once, nil)
	require.ErrorIs(t, err, clv.ErrNoRepeat)

	_, err = clv.FitBGNBD(slices.Values(simulated(50, 1, afterPurchase)), &clv.Options{Evaluations: -1})
	require.EqualError(t, err, "clv: evaluations: -1 is negative")
}

// Data that do not determine the parameters give a finite model that says so.
func TestFitWarns(t *testing.T) {
	alike := slices.Values([]clv.Customer{{X: 3, TX: 10, T: 11, Spend: 500, N: 40}})
	for _, m := range []interface{ Fit() clv.Fit }{
		must(clv.FitBGNBD(alike, nil)), must(clv.FitMBGNBD(alike, nil)), must(clv.FitParetoNBD(alike, nil)), must(clv.FitGammaGamma(alike, nil)),
	} {
		fit := m.Fit()
		require.False(t, fit.Converged)
		require.NotEmpty(t, fit.Warnings)
		require.False(t, math.IsNaN(fit.LogLikelihood) || math.IsInf(fit.LogLikelihood, 0))
		_, err := json.Marshal(m)
		require.NoError(t, err)
	}
	short := must(clv.FitBGNBD(slices.Values(simulated(200, 5, afterPurchase)), &clv.Options{Evaluations: 20}))
	require.False(t, short.Fit().Converged)

	together := simulated(400, 6, afterPurchase)
	for i := range together {
		together[i].Spend *= float64(together[i].X)
	}
	m := must(clv.FitGammaGamma(slices.Values(together), nil))
	require.Greater(t, m.Fit().Correlation, 0.3)
	require.Contains(t, m.Fit().Warnings[0], "frequency and amount are correlated")
}

func TestFitIsNotShared(t *testing.T) {
	m := must(clv.FitBGNBD(slices.Values(simulated(200, 5, afterPurchase)), nil))
	before := m.Fit().StdErr[0]
	m.Fit().StdErr[0] = -1
	require.Equal(t, before, m.Fit().StdErr[0])
}

func TestModelJSON(t *testing.T) {
	customers := simulated(200, 5, afterPurchase)
	for i, m := range fits(t, customers) {
		text := must(json.Marshal(m))
		into := []any{new(clv.BGNBD), new(clv.BGNBD), new(clv.ParetoNBD), new(clv.GammaGamma)}[i]
		require.NoError(t, json.Unmarshal(text, into))
		require.Equal(t, m, into)
		require.Equal(t, text, must(json.Marshal(into)))
	}
	require.JSONEq(t, `{"model":"gamma-gamma","params":{"p":6.25,"q":3.74,"v":1544}}`, string(must(json.Marshal(gg))))
}

func TestModelJSONFaults(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"another model", `{"model":"pareto/nbd","params":{}}`, `clv: read bg/nbd: the model is "pareto/nbd"`},
		{"bad parameters", `{"model":"bg/nbd","params":{"r":1,"alpha":-2}}`,
			"clv: read bg/nbd: params.alpha: -2 is not a number above 0\nparams.a: 0 is not a number above 0\nparams.b: 0 is not a number above 0"},
		{"another type", `{"model":1}`, "clv: read bg/nbd: json: cannot unmarshal number into Go struct field document[github.com/marque-go/marque/scoring/clv.BGNBDParams].model of type string"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := *bg
			require.EqualError(t, json.Unmarshal([]byte(c.text), &m), c.want)
			require.Equal(t, bg.Params(), m.Params())
		})
	}
	_, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: math.NaN(), Alpha: 1, S: math.Inf(1), Beta: 1})
	require.EqualError(t, err, "r: NaN is not a number above 0\ns: +Inf is not a number above 0")
	_, err = clv.NewGammaGamma(clv.GammaGammaParams{})
	require.Error(t, err)
}

// Outside data show how long a fit takes; vectors are tested in package scoring.
func TestFitCDNOW(t *testing.T) {
	customers := must(clv.Summarize(slices.Values(cdnow(t)), day("1997-09-30"), nil))
	for _, c := range []struct {
		name string
		fit  func() (interface{ Fit() clv.Fit }, error)
	}{
		{"bg/nbd", func() (interface{ Fit() clv.Fit }, error) { return clv.FitBGNBD(slices.Values(customers), nil) }},
		{"mbg/nbd", func() (interface{ Fit() clv.Fit }, error) { return clv.FitMBGNBD(slices.Values(customers), nil) }},
		{"pareto/nbd", func() (interface{ Fit() clv.Fit }, error) { return clv.FitParetoNBD(slices.Values(customers), nil) }},
		{"gamma-gamma", func() (interface{ Fit() clv.Fit }, error) { return clv.FitGammaGamma(slices.Values(customers), nil) }},
	} {
		start := time.Now()
		m, err := c.fit()
		took := time.Since(start)
		require.NoError(t, err)
		fit := m.Fit()
		require.True(t, fit.Converged, "%+v", fit)
		require.Empty(t, fit.Warnings)
		t.Logf("%-11s %4d rows, %3d iterations, %3d evaluations, gradient %.0e, %v", c.name, fit.Rows, fit.Iterations, fit.Evaluations, fit.Gradient, took)
	}
}
