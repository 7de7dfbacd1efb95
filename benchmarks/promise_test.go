package benchmarks

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

// some is how many people the rules are asked about, one after the other, over and over.
const some = 4096

// against reports how many times as long a side takes for the five rules as a compiled rule does: the geometric
// mean.
func against(b *testing.B, r *row, other func(k int) side) {
	all := make([]float64, len(sources))
	for k := range sources {
		all[k] = ratio(other(k), r.ours(k))
	}
	report(b, mean(all), "ratio")
}

func (p peer) promise(b *testing.B) {
	r := rows(some)
	theirs := p.rows(r.people)
	against(b, r, func(k int) side { return p.rule(k, theirs).over(some) })
}

// A compiled rule takes at most 1.6 times as long as the function written by hand: the ratio is at least 0.62.
func BenchmarkPromiseRuleFloor(b *testing.B) {
	r := rows(some)
	against(b, r, r.floor)
}

// It is at least 10 times as fast as expr's VM at its best.
func BenchmarkPromiseRuleVM(b *testing.B) { exprVM.promise(b) }

// It is faster than the others, too.
func BenchmarkPromiseRuleCEL(b *testing.B)       { celGo.promise(b) }
func BenchmarkPromiseRuleGovaluate(b *testing.B) { valuate.promise(b) }
func BenchmarkPromiseRuleGval(b *testing.B)      { gvalPeer.promise(b) }
func BenchmarkPromiseRuleJSONLogic(b *testing.B) { logic.promise(b) }

// BenchmarkRule gives each rule's time by that of the compiled rule's Holds: by hand, by Test, by the peers.
func BenchmarkRule(b *testing.B) {
	r := rows(some)
	maps := make([][]map[string]any, len(peers))
	for i, p := range peers {
		maps[i] = p.rows(r.people)
	}
	for k := range sources {
		ours := r.ours(k)
		one := func(name string, s side) {
			b.Run(fmt.Sprintf("R%d/%s", k+1, name), func(b *testing.B) { report(b, ratio(s, ours), "times") })
		}
		one("hand", r.floor(k))
		one("Test", r.verdicts(k))
		for i, p := range peers {
			one(p.name, p.rule(k, maps[i]).over(some))
		}
	}
}

// All sides say the same of all people, and enough of them both ways.
func TestAgree(t *testing.T) {
	r := rows(some)
	for k := range sources {
		hand, sides := r.floor(k), map[string]side{"Holds": r.ours(k), "Test": r.verdicts(k)}
		for _, p := range peers {
			sides[p.name] = p.rule(k, p.rows(r.people)).over(some)
		}
		for i := range some {
			for name, s := range sides {
				require.Equal(t, hand(i, 1), s(i, 1), "R%d of person %d by %s", k+1, i, name)
			}
		}
		rate := float64(hand(0, some)) / some
		t.Logf("R%d: %.1f %%", k+1, 100*rate)
		require.InDelta(t, 0.13, rate, 0.07)
	}
}

// A compiled rule allocates nothing.
func TestAllocations(t *testing.T) {
	r := rows(64)
	for k := range sources {
		for _, s := range []side{r.ours(k), r.verdicts(k)} {
			require.Zero(t, testing.AllocsPerRun(10, func() { s(0, 64) }))
		}
	}
}
