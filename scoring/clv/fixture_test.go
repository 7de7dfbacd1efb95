package clv_test

import (
	"encoding/csv"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring/clv"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// Published parameters on the CDNOW data.
var (
	bg     = must(clv.NewBGNBD(clv.BGNBDParams{R: 0.243, Alpha: 4.414, A: 0.793, B: 2.426}))
	mbg    = must(clv.NewBGNBD(clv.BGNBDParams{R: 0.525, Alpha: 6.183, A: 0.891, B: 1.614, Modified: true}))
	pareto = must(clv.NewParetoNBD(clv.ParetoNBDParams{R: 0.553, Alpha: 10.578, S: 0.606, Beta: 11.669}))
	gg     = must(clv.NewGammaGamma(clv.GammaGammaParams{P: 6.25, Q: 3.74, V: 1544}))
)

// A forecaster is what all models of purchases can do.
type forecaster interface {
	clv.Model
	PMF(n int, t float64) float64
	LogLikelihood(c clv.Customer) float64
}

var forecasters = map[string]forecaster{"bg": bg, "mbg": mbg, "pareto": pareto}

// gamma draws from a Gamma distribution of whole shape.
func gamma(rng *rand.Rand, shape int, rate float64) float64 {
	sum := 0.0
	for range shape {
		sum += rng.ExpFloat64()
	}
	return sum / rate
}

// simulated customers behave as the models say: rates Gamma(1, 10), T between 30 and 60, amounts with p = 4, q = 5,
// v = 2000. What leaves returns is asked before each purchase, with the time of it below 0, and after it.
func simulated(n int, seed uint64, leaves func(rng *rand.Rand) func(at float64) bool) []clv.Customer {
	rng := rand.New(rand.NewPCG(seed, 1))
	customers := make([]clv.Customer, n)
	for i := range customers {
		c := clv.Customer{ID: strconv.Itoa(i), T: 30 + 30*rng.Float64()}
		rate, gone := gamma(rng, 1, 10), leaves(rng)
		amounts, sum := gamma(rng, 5, 2000), 0.0
		for at := rng.ExpFloat64() / rate; at < c.T; at += rng.ExpFloat64() / rate {
			if gone(-at) { // before this purchase
				break
			}
			c.X, c.TX = c.X+1, at
			sum += gamma(rng, 4, amounts)
			if gone(at) {
				break
			}
		}
		if c.X > 0 {
			c.Spend = sum / float64(c.X)
		}
		customers[i] = c
	}
	return customers
}

// afterPurchase leaves with a probability that is Beta(1, 2).
func afterPurchase(rng *rand.Rand) func(float64) bool {
	p := 1 - math.Sqrt(rng.Float64())
	return func(at float64) bool { return at > 0 && rng.Float64() < p }
}

// atAnyTime leaves at a rate that is Gamma(1, 20).
func atAnyTime(rng *rand.Rand) func(float64) bool {
	until := rng.ExpFloat64() / gamma(rng, 1, 20)
	return func(at float64) bool { return at < 0 && -at > until }
}

func table(t *testing.T, name string) [][]string {
	dir := os.Getenv("MARQUE_DATA")
	if dir == "" {
		t.Skip("MARQUE_DATA is not set")
	}
	f, err := os.Open(filepath.Join(dir, "cdnow", name))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	return rows[1:]
}

func number(t *testing.T, s string) float64 {
	v, err := strconv.ParseFloat(s, 64)
	require.NoError(t, err)
	return v
}

func cdnow(t *testing.T) []clv.Purchase {
	var purchases []clv.Purchase
	for _, r := range table(t, "cdnow_sample_transactions.csv") {
		at, err := time.Parse(time.DateOnly, r[2])
		require.NoError(t, err)
		amount, err := marque.ParseMoney(r[4], "USD")
		require.NoError(t, err)
		purchases = append(purchases, clv.Purchase{ID: r[1], At: at, Amount: amount})
	}
	return purchases
}
