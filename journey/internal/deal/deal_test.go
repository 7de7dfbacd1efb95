package deal

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/journey/graph"
)

func arms(weights ...int) *graph.Split {
	d := &graph.Split{}
	for i, w := range weights {
		d.Arms = append(d.Arms, graph.Arm{Name: string(rune('a' + i)), Weight: w})
	}
	return d
}

func people(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprintf("p%06d", i)
	}
	return ids
}

func total(weights []int) (sum int) {
	for _, w := range weights {
		sum += w
	}
	return sum
}

// The number is the logarithm that it stands for.
func TestExponential(t *testing.T) {
	for _, h := range []uint64{1, 3, 1<<32 - 1, 1 << 40, 1<<63 - 1, 1 << 63, 3 << 62, math.MaxUint64 - 1, 0x123456789abcdef0} {
		require.InDelta(t, 64-math.Log2(float64(h|1)), float64(exponential(h))/(1<<40), 1e-9, "%x", h)
	}
}

// Known people keep their arms in every release and on every machine.
func TestSplitVectors(t *testing.T) {
	var got strings.Builder
	d := New(arms(1, 2, 3), "salt")
	for _, p := range people(40) {
		got.WriteString(string(rune('a' + d.Arm(p))))
	}
	require.Equal(t, "ccaccbbbbcbbccacbbbcbccbbcabacbcbbccbcbb", got.String())
}

// The shares are those of the weights: chi-square over five salts, at one in a thousand.
func TestSplitShares(t *testing.T) {
	for _, c := range []struct {
		weights  []int
		critical float64 // of 5 degrees of freedom for each arm but one
	}{
		{[]int{1, 1}, 20.52}, {[]int{30, 70}, 20.52}, {[]int{1, 99}, 20.52}, {[]int{1, 2, 3}, 29.59}, {[]int{999_999, 10_000, 500_000}, 29.59},
		{[]int{5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, 80.08}, {[]int{0, 1, 0, 1}, 20.52},
	} {
		ids, chi := people(20_000), 0.0
		for salt := range 5 {
			d, count := New(arms(c.weights...), fmt.Sprint("shares", salt)), make([]int, len(c.weights))
			for _, p := range ids {
				count[d.Arm(p)]++
			}
			for i, w := range c.weights {
				want := float64(len(ids)) * float64(w) / float64(total(c.weights))
				if w == 0 {
					require.Zero(t, count[i])
					continue
				}
				chi += (float64(count[i]) - want) * (float64(count[i]) - want) / want
			}
		}
		require.Less(t, chi, c.critical, "%v", c.weights)
	}
}

// A changed weight moves the fewest: of two arms exactly the difference of the shares, of more not much more, and
// nobody to an arm that did not grow by the most.
func TestSplitMoves(t *testing.T) {
	ids := people(5000)
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.IntRange(2, 5).Draw(t, "arms")
		draw := rapid.SliceOfN(rapid.IntRange(1, 100), k, k)
		was, is := draw.Draw(t, "was"), draw.Draw(t, "is")
		before, after := New(arms(was...), "moves"), New(arms(is...), "moves")
		moved := 0
		for _, p := range ids {
			i, j := before.Arm(p), after.Arm(p)
			if i == j {
				continue
			}
			moved++
			require.Greater(t, float64(is[j])/float64(was[j]), float64(is[i])/float64(was[i]), "from %d to %d", i, j)
		}
		least := 0.0
		for i := range was {
			least += max(0, float64(is[i])/float64(total(is))-float64(was[i])/float64(total(was)))
		}
		share := float64(moved) / float64(len(ids))
		if noise := 0.03; k == 2 {
			require.InDelta(t, least, share, noise)
		} else {
			require.LessOrEqual(t, share, 2*least+noise)
		}
	})
}

// Adding an arm takes from the others its share only, in proportion.
func TestSplitGrows(t *testing.T) {
	before, after := New(arms(1, 1), "grows"), New(arms(1, 1, 1), "grows")
	taken := [3]int{}
	for _, p := range people(30_000) {
		if i, j := before.Arm(p), after.Arm(p); i != j {
			require.Equal(t, 2, j)
			taken[i]++
		}
	}
	require.InDelta(t, 5000, taken[0], 250)
	require.InDelta(t, 5000, taken[1], 250)
}

// Splits whose salts differ in one character know nothing of each other.
func TestSplitsAreIndependent(t *testing.T) {
	const n = 40_000
	ids := people(n)
	salts := []string{"a", "b", "c", "journey/s1", "journey/s2", "journey/s3", "journey/t1"}
	halves := make([][]bool, len(salts))
	for i, salt := range salts {
		d := New(arms(1, 1), salt)
		halves[i] = make([]bool, n)
		for k, p := range ids {
			halves[i][k] = d.Arm(p) == 0
		}
	}
	for i := range salts {
		for j := range i {
			same := 0
			for k := range n {
				if halves[i][k] == halves[j][k] {
					same++
				}
			}
			require.InDelta(t, 0.5, float64(same)/n, 0.011, "%s and %s", salts[i], salts[j]) // 4.4 sigma
		}
	}
}

func BenchmarkSplit(b *testing.B) {
	d := New(arms(1, 2, 3), "bench")
	b.ReportAllocs()
	for b.Loop() {
		d.Arm("p000001")
	}
}
