package audience

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// exactAtMost is the hypergeometric distribution in fractions.
func exactAtMost(n, m, sample, x int) float64 {
	sum := new(big.Int)
	for k := 0; k <= x; k++ {
		if k <= m && sample-k <= n-m && sample >= k {
			a := new(big.Int).Binomial(int64(m), int64(k))
			sum.Add(sum, a.Mul(a, new(big.Int).Binomial(int64(n-m), int64(sample-k))))
		}
	}
	f, _ := new(big.Rat).SetFrac(sum, new(big.Int).Binomial(int64(n), int64(sample))).Float64()
	return f
}

func TestAtMost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 400).Draw(t, "n")
		m, sample := rapid.IntRange(0, n).Draw(t, "m"), rapid.IntRange(0, n).Draw(t, "sample")
		x := rapid.IntRange(-1, sample).Draw(t, "x")
		require.InDelta(t, exactAtMost(n, m, sample, x), atMost(n, m, sample, x), 1e-12)
	})
	require.InDelta(t, exactAtMost(100_000, 3_000, 2_000, 75), atMost(100_000, 3_000, 2_000, 75), 1e-11)
}

// The interval is checked for every size that a population can have, by the exact probability of every sample.
func TestEstimateCovers(t *testing.T) {
	for _, c := range []struct {
		n, sample int
		level     float64
	}{{60, 1, 0.95}, {60, 20, 0.95}, {60, 45, 0.9}, {200, 30, 0.99}, {200, 199, 0.95}} {
		for size := range c.n + 1 {
			covered := 0.0
			for hits := range c.sample + 1 {
				if e := EstimateOf(c.n, c.sample, hits, 0, c.level); e.Low <= size && size <= e.High {
					covered += exactAtMost(c.n, size, c.sample, hits) - exactAtMost(c.n, size, c.sample, hits-1)
				}
			}
			require.GreaterOrEqual(t, covered, c.level-1e-9, "%d of %d, %d looked at", size, c.n, c.sample)
		}
	}
}

func TestEstimateOf(t *testing.T) {
	for _, c := range []struct {
		name                     string
		n, sample, hits, unknown int
		level                    float64
		want                     Estimate
	}{
		{"everybody", 50, 50, 7, 3, 0.95, Estimate{50, 50, 7, 3, 7, 7, 7, 1}},
		{"nobody looked at", 50, 0, 0, 0, 0.95, Estimate{N: 50, High: 50, Level: 0.95}},
		{"nobody there", 0, 0, 0, 0, 0.95, Estimate{Level: 1}},
		{"counts that do not fit", -1, 9, 10, 11, 2, Estimate{Level: 1}},
		{"more hits than looks", 50, 10, 60, 60, 0, Estimate{50, 10, 10, 0, 50, 37, 50, 0.95}},
		{"no hits", 1000, 100, 0, 5, 0.95, Estimate{1000, 100, 0, 5, 0, 0, 34, 0.95}},
		{"one percent either side", 1_000_000, 10_000, 5_000, 0, 0, Estimate{1_000_000, 10_000, 5_000, 0, 500_000, 490_201, 509_799, 0.95}},
		{"hardly sure", 274, 246, 5, 0, 1e-9, Estimate{274, 246, 5, 0, 6, 5, 6, 1e-9}},
		{"beyond all numbers", math.MaxInt, math.MaxInt, 3, 0, 0, Estimate{1 << 53, 1 << 53, 3, 0, 3, 3, 3, 1}},
		{"finite population", 11_000, 10_000, 5_000, 0, 0, Estimate{11_000, 10_000, 5_000, 0, 5_500, 5_467, 5_533, 0.95}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, EstimateOf(c.n, c.sample, c.hits, c.unknown, c.level))
		})
	}
}

func TestSample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := Of(rows.Draw(t, "rows")...)
		n, seed := rapid.IntRange(-1, 200).Draw(t, "n"), rapid.Uint64().Draw(t, "seed")
		got := s.Sample(n, seed)
		require.Equal(t, max(0, min(n, s.Len())), got.Len())
		require.Equal(t, got.Len(), got.Common(s))
		require.True(t, got.Equal(s.Sample(n, seed)))
	})
}

// Each member comes up as often as the others, in a dense set and in a sparse one: chi-square of 50,000 draws.
func TestSampleIsEven(t *testing.T) {
	var wide []int
	for i := range 100 {
		wide = append(wide, i*1000)
	}
	for name, s := range map[string]Set{"dense": First(200).AndNot(First(100)), "sparse": Of(wide...)} {
		t.Run(name, func(t *testing.T) {
			counts := map[int]float64{}
			for seed := range uint64(5_000) {
				for row := range s.Sample(10, seed).All() {
					counts[row]++
				}
			}
			chi := 0.0
			for row := range s.All() {
				chi += (counts[row] - 500) * (counts[row] - 500) / 450 // variance of a draw without putting back: np(1-p)
			}
			require.Less(t, chi, 148.2) // 0.999 quantile with 99 degrees of freedom
			require.Greater(t, chi, 60.)
		})
	}
}
