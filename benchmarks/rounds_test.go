package benchmarks

import (
	"math"
	"slices"
	"testing"
	"time"
)

// A side is one of two that are compared: it does its work for n people, from the i-th on and over again, and
// returns for how many the answer was yes.
type side func(i, n int) (yes int)

const (
	rounds = 101
	lasts  = 500 * time.Microsecond // one side of one round, some thousand times what the clock resolves
)

// ratio is the time one side takes for a person by the time another takes. Each does as many people in a round as
// one round lasts.
func ratio(a, b side) float64 {
	na, nb := enough(a), enough(b)
	return inTurn(rounds, func(r int) { a(r*997, na) }, func(r int) { b(r*997, nb) }) * float64(nb) / float64(na)
}

// inTurn runs two sides in turn, now this now that first, in a fixed number of rounds whatever b.N is. Each round
// gives one ratio of their times, and the median is the answer. What else the machine does falls on both sides of a
// round, or spoils a round that the median leaves out.
func inTurn(rounds int, a, b func(round int)) float64 {
	all := make([]float64, rounds)
	for r := range all {
		var ta, tb time.Duration
		if r%2 == 0 {
			ta = clocked(a, r)
			tb = clocked(b, r)
		} else {
			tb = clocked(b, r)
			ta = clocked(a, r)
		}
		all[r] = float64(ta) / float64(tb)
	}
	return median(all)
}

func clocked(f func(int), round int) time.Duration {
	start := time.Now()
	f(round)
	return time.Since(start)
}

// enough is for how many people a side works as long as one round lasts, by the best of some tries each, so that
// what else the machine does shortens no round. The search also warms the side up.
func enough(s side) int {
	for n := 64; ; n *= 2 {
		best := time.Duration(math.MaxInt64)
		for range 5 {
			best = min(best, clocked(func(int) { s(0, n) }, 0))
		}
		if best >= lasts/2 {
			return max(n, int(float64(n)*float64(lasts)/float64(best)))
		}
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// mean is the geometric mean.
func mean(all []float64) float64 {
	sum := 0.0
	for _, x := range all {
		sum += math.Log(x)
	}
	return math.Exp(sum / float64(len(all)))
}

// report gives a benchmark that measures by itself its one figure.
func report(b *testing.B, figure float64, unit string) {
	b.ReportMetric(0, "ns/op") // b.N does not count here
	b.ReportMetric(figure, unit)
}
