package scoring_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/scoring/clv"
)

// A vectorGroup tests one block of the file. A vector is an element of a list that stands in the block itself, and
// otherwise an entry of the block: parameters, a forecast, a table, a figure. The figures "fit_here" are not counted.
type vectorGroup struct {
	block string
	count int
	// test says how many vectors of the block hold, and how many there are.
	test func(t *testing.T, raw json.RawMessage, data string) (passed, total int)
}

// vectorGroups come to 36.
var vectorGroups = []vectorGroup{
	{"bgnbd", 6, vectorsBGNBD},            // params, loglik, expected_purchases, conditional, p_alive, pmf
	{"paretonbd", 13, vectorsParetoNBD},   // params, E_X_0_9 (10), conditional, p_alive
	{"gammagamma", 11, vectorsGammaGamma}, // params, E_M_first_10_rows (10)
	{"bank_logit_L2_1", 6, vectorsBank},   // AUC_test, logloss, top_decile_lift, with_duration, time_ordered, random_seed42
}

// Blocks that the 36 do not have: one that is tested all the same, and one that is not.
var (
	vectorsBeside = []vectorGroup{{"mbgnbd", 1, vectorsMBGNBD}}
	vectorsOut    = map[string]string{"bgbb": "BG/BB is for purchases at fixed occasions, which no package here models"}
)

// TestVectorsScoring holds the packages of scoring against published figures.
func TestVectorsScoring(t *testing.T) {
	dir, data := os.Getenv("MARQUE_VECTORS"), os.Getenv("MARQUE_DATA")
	if dir == "" || data == "" {
		t.Skip("MARQUE_VECTORS or MARQUE_DATA is not set")
	}
	raw, err := os.ReadFile(filepath.Join(dir, "scoring", "oracles.json"))
	require.NoError(t, err)
	var file map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(raw, &file))
	delete(file, "source")

	run := func(groups []vectorGroup) (passed, total int) {
		for _, g := range groups {
			require.Contains(t, file, g.block)
			total += g.count
			t.Run(g.block, func(t *testing.T) {
				p, n := g.test(t, file[g.block], data)
				require.Equal(t, g.count, n)
				passed += p
			})
			delete(file, g.block)
		}
		return passed, total
	}
	passed, total := run(vectorGroups)
	beside, of := run(vectorsBeside)
	for block := range file {
		require.Contains(t, vectorsOut, block, "neither tested nor named as out of scope")
		t.Logf("out of scope: %s: %s", block, vectorsOut[block])
	}
	t.Logf("not counted: mbgnbd: %d of %d", beside, of)
	t.Logf("vectors: %d of %d (scoring/oracles.json)", passed, total)
}

// figures counts vectors.
type figures struct {
	t             *testing.T
	passed, total int
}

// vector counts one, which holds where all its figures do.
func (f *figures) vector(ok ...bool) {
	f.total++
	if !slices.Contains(ok, false) {
		f.passed++
	}
}

func (f *figures) near(name string, published, here, tolerance float64) bool {
	f.t.Helper()
	f.t.Logf("%-16s published %-13v here %.10g", name, published, here)
	ok := math.Abs(here-published) <= tolerance
	if !ok {
		f.t.Errorf("%s: published %v, here %v, tolerance %v", name, published, here, tolerance)
	}
	return ok
}

// cdnowRows reads a summary of CDNOW: id, x, t_x, T and, in one of them, the mean amount in dollars.
func cdnowRows(t *testing.T, data, name string) []clv.Customer {
	f, err := os.Open(filepath.Join(data, "cdnow", name))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	var customers []clv.Customer
	for _, r := range rows[1:] {
		var v [4]float64
		for i, s := range r[1:] {
			v[i], err = strconv.ParseFloat(s, 64)
			require.NoError(t, err)
		}
		customers = append(customers, clv.Customer{ID: r[0], X: int(v[0]), TX: v[1], T: v[2], Spend: v[3] * 100})
	}
	return customers
}

// forecast is one of the file. It has both t and T, which encoding/json takes for the same in a struct.
type forecast map[string]any

func (f forecast) number(name string) float64 { v, _ := f[name].(float64); return v }

func (f forecast) customer() clv.Customer {
	return clv.Customer{X: int(f.number("x")), TX: f.number("t_x"), T: f.number("T")}
}

func vectorsBGNBD(t *testing.T, raw json.RawMessage, data string) (passed, total int) {
	var v struct {
		Data     string
		Params   clv.BGNBDParams
		LogLik   float64
		Tol      float64
		Expected struct {
			T   []float64 `json:"t_weeks"`
			E   []float64
			Tol float64
		} `json:"expected_purchases"`
		Conditional forecast
		Alive       forecast `json:"p_alive_at_published_params"`
		PMF         struct {
			N10 float64   `json:"n10_t2"`
			N0  float64   `json:"n0_t39"`
			N11 []float64 `json:"n11_20_t30"`
		} `json:"pmf_at_published_params"`
	}
	require.NoError(t, json.Unmarshal(raw, &v))
	m, err := clv.FitBGNBD(slices.Values(cdnowRows(t, data, v.Data)), nil)
	require.NoError(t, err)
	published, err := clv.NewBGNBD(v.Params)
	require.NoError(t, err)

	f := figures{t: t}
	p := m.Params()
	f.vector(
		f.near("r", v.Params.R, p.R, v.Tol), f.near("alpha", v.Params.Alpha, p.Alpha, v.Tol),
		f.near("a", v.Params.A, p.A, v.Tol), f.near("b", v.Params.B, p.B, v.Tol))
	f.vector(f.near("log-likelihood", v.LogLik, m.Fit().LogLikelihood, 0.05)) // its last digit
	var expected, pmf []bool
	for i, at := range v.Expected.T {
		expected = append(expected, f.near(fmt.Sprintf("E[X(%v)]", at), v.Expected.E[i], m.Expected(at), v.Expected.Tol))
	}
	f.vector(expected...)
	c := v.Conditional
	f.vector(f.near("conditional", c.number("E"), m.ExpectedNext(c.customer(), c.number("t")), c.number("tol")))
	f.vector(f.near("P(alive)", v.Alive.number("p"), published.PAlive(v.Alive.customer()), 5e-6))
	pmf = append(pmf, f.near("P(X(2) = 10)", v.PMF.N10, published.PMF(10, 2), 1e-5*v.PMF.N10))
	pmf = append(pmf, f.near("P(X(39) = 0)", v.PMF.N0, published.PMF(0, 39), 6e-8))
	for i, want := range v.PMF.N11 {
		pmf = append(pmf, f.near(fmt.Sprintf("P(X(30) = %d)", 11+i), want, published.PMF(11+i, 30), 1e-9))
	}
	f.vector(pmf...)
	return f.passed, f.total
}

func vectorsParetoNBD(t *testing.T, raw json.RawMessage, data string) (passed, total int) {
	var v struct {
		Params      clv.ParetoNBDParams
		Tol         float64
		E           []float64 `json:"E_X_0_9"`
		Conditional forecast
		Alive       forecast `json:"p_alive"`
	}
	require.NoError(t, json.Unmarshal(raw, &v))
	m, err := clv.FitParetoNBD(slices.Values(cdnowRows(t, data, "cdnow_customers_summary.csv")), nil)
	require.NoError(t, err)

	f := figures{t: t}
	p := m.Params()
	f.vector(
		f.near("r", v.Params.R, p.R, v.Tol), f.near("alpha", v.Params.Alpha, p.Alpha, v.Tol),
		f.near("s", v.Params.S, p.S, v.Tol), f.near("beta", v.Params.Beta, p.Beta, v.Tol))
	// The list was computed from rounded parameters: these give all its digits.
	rounded, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: 0.55, Alpha: 10.56, S: 0.61, Beta: 11.64})
	require.NoError(t, err)
	for i, want := range v.E {
		name := fmt.Sprintf("E[X(%d)]", i)
		f.vector(f.near(name, want, m.Expected(float64(i)), v.Tol), f.near(name+" rounded", want, rounded.Expected(float64(i)), 5.1e-9))
	}
	c := v.Conditional
	f.vector(f.near("conditional", c.number("E"), m.ExpectedNext(c.customer(), c.number("t")), c.number("tol")))
	at, ok := v.Alive["params"].([]any)
	require.True(t, ok && len(at) == 4)
	given, err := clv.NewParetoNBD(clv.ParetoNBDParams{R: at[0].(float64), Alpha: at[1].(float64), S: at[2].(float64), Beta: at[3].(float64)})
	require.NoError(t, err)
	f.vector(f.near("P(alive)", v.Alive.number("p"), given.PAlive(v.Alive.customer()), v.Alive.number("tol")))
	return f.passed, f.total
}

// The file is in dollars, the model in cents.
func vectorsGammaGamma(t *testing.T, raw json.RawMessage, data string) (passed, total int) {
	var v struct {
		Params clv.GammaGammaParams
		Tol    float64
		E      []float64 `json:"E_M_first_10_rows"`
		TolE   float64   `json:"tol_E"`
	}
	require.NoError(t, json.Unmarshal(raw, &v))
	customers := cdnowRows(t, data, "cdnow_customers_summary_with_transactions.csv")
	m, err := clv.FitGammaGamma(slices.Values(customers), nil)
	require.NoError(t, err)
	require.Equal(t, 946, m.Fit().Customers)

	f := figures{t: t}
	p := m.Params()
	f.vector(f.near("p", v.Params.P, p.P, v.Tol), f.near("q", v.Params.Q, p.Q, v.Tol), f.near("v", v.Params.V, p.V/100, v.Tol))
	for i, want := range v.E {
		f.vector(f.near(fmt.Sprintf("E[M] of row %d", i+1), want, m.ExpectedOf(customers[i])/100, v.TolE))
	}
	return f.passed, f.total
}

func vectorsMBGNBD(t *testing.T, raw json.RawMessage, data string) (passed, total int) {
	var v struct {
		Params clv.BGNBDParams
		Tol    float64
	}
	require.NoError(t, json.Unmarshal(raw, &v))
	m, err := clv.FitMBGNBD(slices.Values(cdnowRows(t, data, "cdnow_customers_summary.csv")), nil)
	require.NoError(t, err)

	f := figures{t: t}
	p := m.Params()
	f.vector(
		f.near("r", v.Params.R, p.R, v.Tol), f.near("alpha", v.Params.Alpha, p.Alpha, v.Tol),
		f.near("a", v.Params.A, p.A, v.Tol), f.near("b", v.Params.B, p.B, v.Tol))
	return f.passed, f.total
}
