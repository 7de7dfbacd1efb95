package stat

import "math"

// Ratio is the check of a sample ratio: whether units arrived in the arms as the weights planned.
type Ratio struct {
	Observed []int64   `json:"observed"`
	Expected []float64 `json:"expected"`
	Chi2     float64   `json:"chi2"`
	DF       int       `json:"df"`
	P        float64   `json:"p"`
	Alpha    float64   `json:"alpha"`
	// OK is whether outcomes may be judged. Reason says why not: Mismatch, NoData, OneArm or BadCount.
	OK     bool   `json:"ok"`
	Reason Reason `json:"reason,omitempty"`
	Basis
}

// SRM tests the sample ratio by chi-square goodness of fit. Below Options.Alpha it refuses a verdict: when the
// split itself is not what was planned, something kept units out of one arm, and the arms are not comparable.
// Weights need not sum to one; a missing weight is zero. An arm of weight zero is left out, but with units in it
// the ratio is wrong for certain (P is 0). A count below zero, and a weight that is none (below zero, NaN, or so
// large that the sum is infinite), is BadCount.
func SRM(observed []int64, weights []float64, o *Options) Ratio {
	r := Ratio{Observed: observed, Expected: make([]float64, len(observed)), P: 1, Alpha: o.alpha(),
		Basis: Basis{"chi-square goodness of fit", []string{independent, oneLook, "at least about five units expected in each arm"}}}
	n, sum, arms, stray := int64(0), 0.0, 0, false
	for i, x := range observed {
		w := 0.0
		if i < len(weights) {
			w = weights[i]
		}
		if x < 0 || !(w >= 0) {
			r.Reason = BadCount
			return r
		}
		n, sum = n+x, sum+w
		if w > 0 {
			arms++
		}
		stray = stray || w == 0 && x > 0
	}
	switch {
	case math.IsInf(sum, 1):
		r.Reason = BadCount
		return r
	case n == 0:
		r.Reason = NoData
		return r
	case stray:
		r.P, r.Reason = 0, Mismatch
	case arms < 2:
		r.Reason = OneArm
		return r
	}
	for i, x := range observed {
		if i >= len(weights) || weights[i] == 0 {
			continue
		}
		e := float64(n) * weights[i] / sum
		r.Expected[i] = e
		r.Chi2 += (float64(x) - e) * (float64(x) - e) / e
	}
	r.DF = max(arms-1, 0)
	if stray {
		return r
	}
	r.P = ChiSquareSurvival(r.Chi2, float64(r.DF))
	if r.P < r.Alpha {
		r.Reason = Mismatch
		return r
	}
	r.OK = true
	return r
}
