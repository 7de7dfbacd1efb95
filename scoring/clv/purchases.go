package clv

import (
	"math"

	"gonum.org/v1/gonum/mathext"
)

// An nbd is the distribution of the number of purchases in a time, by somebody who never leaves, whose rate is Gamma
// distributed with shape r and rate alpha.
type nbd struct{ r, alpha float64 }

func (d nbd) lnPMF(n int, t float64) float64 {
	ln := -d.r * math.Log1p(t/d.alpha)
	if n > 0 {
		ln += lnRising(d.r, n) - lgamma(float64(n)+1) - float64(n)*math.Log1p(d.alpha/t)
	}
	return ln
}

// atLeast is the probability of n purchases or more.
func (d nbd) atLeast(n int, t float64) float64 {
	switch {
	case n == 0:
		return 1
	case t == 0:
		return 0
	}
	return mathext.RegIncBeta(float64(n), d.r, t/(d.alpha+t))
}

const (
	longest   = 20000 // terms of a sum
	relative  = 1e-16 // what is left out of a sum
	underflow = -700
)

// purchases is the expected number of purchases in the time t of a customer of the BG/NBD who is alive: rate
// Gamma(r, alpha), probability to leave after each purchase Beta(a, b). In the papers it is
//
//	(a+b-1)/(a-1) · [1 - (α/(α+t))^r · F(r, b; a+b-1; t/(α+t))]
//
// which has no value at a = 1, and loses all digits near it and where purchases or parameters are many or large.
// The same is the sum over n of P(n purchases or more by one who never leaves) · E[(1-p)^(n-1)]: only positive, falling
// terms. That takes about 40(α+t)/α of them, so that for a very large t an integral over p takes its place.
func purchases(r, alpha, a, b, t float64) float64 {
	switch {
	case !finite(t):
		return math.NaN()
	case t == 0:
		return 0
	}
	mean := r * t / alpha
	if !(mean+10*math.Sqrt(mean*(1+t/alpha))+40*(1+t/alpha) < longest) {
		return purchasesLong(r, alpha, a, b, t)
	}
	z, total := t/(alpha+t), 0.0
	// The probability of n purchases is p·e^scale. That of none may be too small for a float.
	p, scale := 1.0, -r*math.Log1p(t/alpha)
	more, stays := -math.Expm1(scale), 1.0
	if scale > underflow {
		p, scale = math.Exp(scale), 0
	}
	for n := 0.0; n < longest; n++ {
		total += more * stays
		growth := (r + n) / (n + 1) * z
		p *= growth
		stays *= (b + n) / (a + b + n)
		if scale < 0 {
			if p > 1e250 {
				p *= 1e-250
				scale += 250 * math.Ln10
			}
			if scale > underflow {
				p *= math.Exp(scale)
				scale = 0
			}
			continue // more stays 1
		}
		more -= p
		if growth >= 1 {
			continue
		}
		// The terms of the distribution fall by worst or faster, which bounds what is left.
		worst := max(growth, z)
		tail := p * worst / (1 - worst)
		more = min(max(more, 0), tail)
		if tail*stays <= relative*total*(1-worst) {
			break
		}
	}
	return total
}

// purchasesLong is purchases as an integral: given p the expectation is f(p) = (1-(1+pt/α)^(-r))/p, and p is Beta(a, b).
// Where b is small that falls too slowly towards p = 1. There f is f(1) + (1-p)g(p), and the mean of the latter is
// b/(a+b) times that of g for a p of Beta(a, b+1).
func purchasesLong(r, alpha, a, b, t float64) float64 {
	k := t / alpha
	most := r * k // f(0)
	f := func(p, _ float64) (pf, lost float64) {
		pf = -math.Expm1(-r * math.Log1p(p*k))
		if x := p * k * (r + 1); x < 1e-6 {
			return pf, x / 2
		}
		return pf, 1 - pf/(p*most)
	}
	if b >= small {
		return average(a, b, most, f)
	}
	first, rest := -math.Expm1(-r*math.Log1p(k)), most+math.Expm1(-r*math.Log1p(k)) // f(1) and g(0)
	g := func(p, q float64) (pg, lost float64) {
		if p < 0.5 {
			pf, lost := f(p, q)
			return (pf - p*first) / q, (lost*(most/rest) - p) / q
		}
		pg = first + math.Exp(-r*math.Log1p(p*k))*math.Expm1(-r*math.Log1p(q*k/(1+p*k)))/q
		return pg, 1 - pg/(p*rest)
	}
	return first + b/(a+b)*average(a, b+1, rest, g)
}

// small is a parameter of a Beta distribution that makes it fall too slowly towards its end.
const small = 0.05

// average is the mean of a falling function of p over Beta(a, b). The function gives p times its value, and the share of
// its value most at 0 that is lost at p; it is also told 1-p. With y = ln(p/(1-p)) the integrand has a single peak and
// falls exponentially on both sides, where the trapezoidal rule gains digits exponentially. Where a is small its left
// flank is too long; there what is lost, which falls faster, is integrated instead.
func average(a, b, most float64, f func(p, q float64) (pf, lost float64)) float64 {
	lnBeta := lgamma(min(a, b)) - lnGammaRatio(max(a, b), min(a, b))
	at := func(y float64) float64 {
		lnP, lnQ := -logAddExp(0, -y), -logAddExp(0, y)
		density := a*lnP + b*lnQ - lnBeta // by y
		pf, lost := f(math.Exp(lnP), math.Exp(lnQ))
		if a >= small {
			return pf * math.Exp(density-lnP)
		}
		return lost * math.Exp(density)
	}
	width := min(0.25, 0.5*math.Sqrt(1/a+1/b))
	peak := math.Log(a) - math.Log(b)
	total := at(peak)
	for _, h := range [2]float64{-width, width} {
		for k, last := 1.0, total; k < 1e6; k++ {
			v := at(peak + k*h)
			total += v
			if v < last && v*last <= relative*total*(last-v) { // falling geometrically from here, v·last/(last-v) are left
				break
			}
			last = v
		}
	}
	if total *= width; a < small {
		return most * max(0, 1-total)
	}
	return min(total, most)
}

// finite reports whether t is a length of time.
func finite(t float64) bool { return t >= 0 && t <= math.MaxFloat64 }
