package stat

import "slices"

// Holm adjusts p values for being several (Holm 1979): rejecting those at most alpha keeps the chance of any
// false rejection at alpha, however the tests depend on each other. The order of p is kept.
func Holm(p []float64) []float64 {
	adjusted, order := make([]float64, len(p)), rising(p)
	worst := 0.0
	for rank, i := range order {
		worst = max(worst, min(1, p[i]*float64(len(p)-rank)))
		adjusted[i] = worst
	}
	return adjusted
}

// BenjaminiHochberg adjusts p values so that rejecting those at most q keeps the expected share of false ones
// among the rejected at q (Benjamini and Hochberg 1995). It assumes tests that are independent or depend on each
// other positively. The order of p is kept.
func BenjaminiHochberg(p []float64) []float64 {
	adjusted, order := make([]float64, len(p)), rising(p)
	best := 1.0
	for rank := len(order) - 1; rank >= 0; rank-- {
		i := order[rank]
		best = min(best, p[i]*float64(len(p))/float64(rank+1))
		adjusted[i] = best
	}
	return adjusted
}

func rising(p []float64) []int {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	return order
}
