package stat

import (
	"cmp"
	"math"

	"golang.org/x/exp/constraints"
)

// Rank is the p-quantile of sorted values by the nearest rank: the smallest value that at least a share p of
// them does not exceed (type 1 of Hyndman and Fan 1996). It is always one of the values; the zero value where
// there are none. p outside [0, 1] is cut to it, and NaN is 0.
func Rank[T cmp.Ordered](sorted []T, p float64) T {
	if len(sorted) == 0 {
		var none T
		return none
	}
	if !(p > 0) { // NaN too
		p = 0
	}
	x := float64(len(sorted)) * min(p, 1)
	if r := math.Round(x); math.Abs(x-r) < 1e-13*float64(len(sorted)) { // 0.9·200 is not quite 180
		x = r
	}
	i := int(math.Ceil(x)) - 1
	return sorted[min(max(i, 0), len(sorted)-1)]
}

// Between is the p-quantile of sorted numbers with linear interpolation (type 7 of Hyndman and Fan 1996, the
// default of R and NumPy); 0 where there are none. p outside [0, 1] is cut to it, and NaN is 0.
func Between[T constraints.Integer | constraints.Float](sorted []T, p float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	if !(p > 0) { // NaN too
		p = 0
	}
	h := float64(len(sorted)-1) * min(p, 1)
	i := int(h)
	if i+1 >= len(sorted) {
		return float64(sorted[len(sorted)-1])
	}
	low := float64(sorted[i])
	return low + (h-float64(i))*(float64(sorted[i+1])-low)
}
