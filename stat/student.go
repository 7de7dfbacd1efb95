package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// StudentSurvival is the probability that a value of Student's t distribution with df > 0 degrees of freedom
// exceeds t. It keeps its relative precision in the tail.
func StudentSurvival(t, df float64) float64 {
	if math.IsNaN(t) || !(df > 0) {
		return math.NaN()
	}
	if t < 0 {
		return 1 - StudentSurvival(-t, df)
	}
	if t == 0 {
		return 0.5
	}
	if df > 1e7 { // the beta function loses its digits there; Abramowitz and Stegun 26.7.8, first order in 1/df
		t = min(t, 50) // where nothing is left of it
		return Survival(t) + math.Exp(-t*t/2)/math.Sqrt(2*math.Pi)*t*(1+t*t)/(4*df)
	}
	// I_x(df/2, 1/2)/2 with x = df/(df+t²). Near x = 1 the complement is the precise one.
	t2 := t * t
	if t2 < df {
		return 0.5 * (1 - mathext.RegIncBeta(0.5, df/2, t2/(df+t2)))
	}
	return 0.5 * mathext.RegIncBeta(df/2, 0.5, df/(df+t2))
}

// StudentQuantile is the t below which a value of Student's t distribution falls with probability p in (0, 1).
// It is found by bracketing StudentSurvival, to the last bits.
func StudentQuantile(p, df float64) float64 {
	switch {
	case !(p > 0 && p < 1) || !(df > 0):
		return math.NaN()
	case p == 0.5:
		return 0
	case p < 0.5:
		return -studentUpper(p, df)
	}
	return studentUpper(1-p, df)
}

// studentUpper is the t > 0 that is exceeded with probability q < 0.5.
func studentUpper(q, df float64) float64 {
	lo, hi := 0.0, 1.0
	for StudentSurvival(hi, df) > q && !math.IsInf(hi, 1) {
		lo, hi = hi, hi*2
	}
	for {
		mid := lo + (hi-lo)/2
		if mid <= lo || mid >= hi {
			return mid
		}
		if StudentSurvival(mid, df) > q {
			lo = mid
		} else {
			hi = mid
		}
	}
}
