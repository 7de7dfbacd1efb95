package audience

import "sort"

// sizes gives the smallest and the largest number of members among n people with which a sample is not contradicted:
// hits or more, and hits or fewer, of them in it have each more than the probability tail.
func sizes(n, sample, hits int, tail float64) (low, high int) {
	from, to := hits, n-(sample-hits)
	low = from + sort.Search(to-from, func(i int) bool {
		return hits == 0 || 1-atMost(n, from+i, sample, hits-1) > tail
	})
	high = low + sort.Search(to-low, func(i int) bool { return atMost(n, low+i+1, sample, hits) <= tail })
	return low, high
}

// atMost is the probability of at most x members in a sample out of n people with m members. It sums the terms outwards
// from the most likely one, each from the one before, until they do not count any more: no factorials, no rounding of
// large logarithms, and some standard deviations of terms.
func atMost(n, m, sample, x int) float64 {
	least, most := max(0, sample-(n-m)), min(m, sample)
	switch {
	case x < least:
		return 0
	case x >= most:
		return 1
	}
	mode := int((float64(sample) + 1) * (float64(m) + 1) / (float64(n) + 2))
	mode = max(least, min(mode, most))
	total, below := 0.0, 0.0
	add := func(k int, w float64) bool {
		total += w
		if k <= x {
			below += w
		}
		return w > total*1e-18
	}
	w := 1.0
	for k := mode; k <= most && add(k, w); k++ {
		w *= float64(m-k) / float64(k+1) * float64(sample-k) / float64(n-m-sample+k+1)
	}
	w = 1.0
	for k := mode; k > least; k-- {
		w *= float64(k) / float64(m-k+1) * float64(n-m-sample+k) / float64(sample-k+1)
		if !add(k-1, w) {
			break
		}
	}
	return below / total
}
