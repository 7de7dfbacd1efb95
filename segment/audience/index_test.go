package audience

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Of simulated populations, the intervals hold the true index as often as they say: the true shares of the audience
// and of the rest are known, people have a thing or not by chance.
func TestIndexCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, p float64) (hits int) {
		for range n {
			if r.Float64() < p {
				hits++
			}
		}
		return hits
	}
	for _, c := range []struct {
		name    string
		n, rest int
		p, q    float64
	}{
		{"like the base", 200, 800, 0.3, 0.3},
		{"a half of the base", 500, 500, 0.4, 0.2},
		{"rare", 100, 900, 0.02, 0.05},
		{"almost all", 150, 850, 0.97, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := float64(c.n) / float64(c.n+c.rest)
			truth := 100 * c.p / (w*c.p + (1-w)*c.q)
			covered := 0
			for range 2000 {
				a, b := draw(c.n, c.p), draw(c.rest, c.q)
				if x := indexOf(a, c.n, a+b, c.n+c.rest, score(0.95)); x.Low <= truth && truth <= x.High {
					covered++
				}
			}
			// Two thousand trials are within three standard errors (1.5%) of 95%; the interval is known to be wide where hits are few.
			require.GreaterOrEqual(t, float64(covered)/2000, 0.935)
			require.LessOrEqual(t, float64(covered)/2000, 0.99)
		})
	}
}

func TestIndex(t *testing.T) {
	for _, c := range []struct {
		name                string
		hits, n, allHits, N int
		want                Index
	}{
		{"nobody in the audience", 0, 0, 5, 10, Index{}},
		{"nobody has it", 0, 5, 0, 10, Index{}},
		{"the audience is the base", 3, 10, 3, 10, Index{3, 0.3, 100, 100, 100}},
		{"everybody has it", 5, 5, 10, 10, Index{5, 1, 100, 100, 100}},
	} {
		t.Run(c.name, func(t *testing.T) {
			require.Equal(t, c.want, indexOf(c.hits, c.n, c.allHits, c.N, 1.96))
		})
	}
	only := indexOf(20, 50, 20, 1000, 1.96)
	require.Equal(t, 2000., only.TGI)
	require.Equal(t, 2000., only.High, "the audience cannot have more than all of it")
	require.True(t, only.Tells())
	none := indexOf(0, 50, 20, 1000, 1.96)
	require.Equal(t, 0., none.Low)
	require.Greater(t, none.High, 100., "fifty people without it are no news where one in fifty has it")
	require.False(t, none.Tells())

	rapid.Check(t, func(t *rapid.T) {
		all := rapid.IntRange(1, 500).Draw(t, "all")
		n, allHits := rapid.IntRange(1, all).Draw(t, "n"), rapid.IntRange(1, all).Draw(t, "all hits")
		hits := rapid.IntRange(max(0, n+allHits-all), min(n, allHits)).Draw(t, "hits")
		x := indexOf(hits, n, allHits, all, 1.96)
		require.LessOrEqual(t, 0., x.Low)
		require.LessOrEqual(t, x.Low, x.TGI)
		require.LessOrEqual(t, x.TGI, x.High)
		require.LessOrEqual(t, x.High, 100*float64(all)/float64(n)+1e-9)
	})
}

// Where there is nothing to compare an index tells nothing: of everybody, of nobody, and of what nobody has.
func TestIndexTellsNothing(t *testing.T) {
	for n := 1; n < 100; n++ {
		for hits := range n {
			require.Equal(t, Index{hits + 1, share(hits+1, n), 100, 100, 100}, indexOf(hits+1, n, hits+1, n, 1.96))
		}
	}
	require.False(t, indexOf(0, 0, 5, 10, 1.96).Tells(), "an empty audience")
	require.False(t, indexOf(0, 5, 0, 10, 1.96).Tells(), "nobody has it")
	require.True(t, indexOf(0, 50, 50, 100, 1.96).Tells(), "half of the others have it, and none of these")
}
