package stat

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// Survival is the probability that a standard normal value exceeds z. It keeps its relative precision in the
// tail: Survival(30) is 4.9067e-198.
func Survival(z float64) float64 { return 0.5 * math.Erfc(z/math.Sqrt2) }

// CDF is the probability that a standard normal value is at most z, as precise in the lower tail as Survival is
// in the upper.
func CDF(z float64) float64 { return 0.5 * math.Erfc(-z/math.Sqrt2) }

// Quantile is the z with CDF(z) = p: -Inf at 0, +Inf at 1, NaN outside. For upper tails near 1 ask for
// -Quantile(1-p) with 1-p known exactly.
func Quantile(p float64) float64 {
	if !(p >= 0 && p <= 1) {
		return math.NaN()
	}
	return mathext.NormalQuantile(p)
}

// twoSided is the probability of a standard normal value at least as far from zero as z.
func twoSided(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }

// ChiSquareSurvival is the probability that a chi-square value with df > 0 degrees of freedom exceeds x.
func ChiSquareSurvival(x, df float64) float64 {
	switch {
	case math.IsNaN(x) || !(df > 0):
		return math.NaN()
	case x <= 0:
		return 1
	case math.IsInf(x, 1):
		return 0
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}
