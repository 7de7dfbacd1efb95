package svg

import "math"

// ticks are round values from lo to at least hi, about n of them, with their step.
func ticks(lo, hi float64, n int) []float64 {
	if !(hi > lo) || math.IsInf(hi-lo, 0) {
		hi = lo + 1
	}
	raw := (hi - lo) / float64(n)
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	step := 10 * mag
	for _, m := range []float64{1, 2, 2.5, 5} {
		if raw <= m*mag*1.0000001 {
			step = m * mag
			break
		}
	}
	var out []float64
	for k := math.Floor(lo/step + 1e-9); ; k++ {
		out = append(out, k*step)
		if k*step >= hi-1e-9*step {
			return out
		}
	}
}

// finite is x, or 0 where it is none.
func finite(x float64) float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return 0
	}
	return x
}

// every is the least k such that each k-th of n labels of that width fits into length.
func every(n int, width, length float64) int {
	for k := 1; ; k++ {
		if float64((n+k-1)/k)*width <= length || k >= n {
			return k
		}
	}
}
