package clv

import "math"

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

// lnGammaRatio is ln Γ(a+d) - ln Γ(a) for a > 0, d >= 0. For large a it takes the difference of the Stirling series
// term by term: the difference of the two values would keep no digits.
func lnGammaRatio(a, d float64) float64 {
	if a < 100 {
		return lgamma(a+d) - lgamma(a)
	}
	u, v := 1/a, 1/(a+d)
	return (a-0.5)*math.Log1p(d/a) + d*(math.Log(a+d)-1) + (v-u)/12 - (v*v*v-u*u*u)/360
}

// lnRising is ln of a(a+1)...(a+n-1).
func lnRising(a float64, n int) float64 {
	if n > 32 || a > 1e30 {
		return lnGammaRatio(a, float64(n))
	}
	sum := 0.0
	for i := 0; i < n; {
		product := 1.0
		for end := min(n, i+8); i < end; i++ { // eight factors stay below 1e250
			product *= a + float64(i)
		}
		sum += math.Log(product)
	}
	return sum
}

// logAddExp is ln(e^a + e^b).
func logAddExp(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(a, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// logistic is 1/(1+e^z), the other way round than usual: the probability against log-odds z.
func logistic(z float64) float64 { return 1 / (1 + math.Exp(z)) }

// annuity is (1-e^(-kl))/k, which is l at k = 0: the integral of e^(-ku) for u from 0 to l.
func annuity(k, l float64) float64 {
	if k == 0 {
		return l
	}
	return -math.Expm1(-k*l) / k
}

// gauss is the hypergeometric function F(1, a; c+1; 1-w) for 0 < w <= 1, c > a-1, a and c > 0, by the continued
// fraction of Gauss (NIST DLMF 15.7.1) from its end: all its terms are positive, so that no digits are lost. It gains
// ln((1+√w)/(1-√w)) a step or more, whatever a and c are, as the function is an average of 1/(1-t(1-w)) over a Beta
// distribution of t. It is meant for w that is not small.
func gauss(a, c, w float64) float64 {
	if w >= 1 {
		return 1
	}
	steps := int(38/(2*math.Atanh(math.Sqrt(w)))) + 2
	f := c + float64(steps)
	for k := steps; k > 0; k-- {
		n := float64(k / 2)
		u := n * (c - a + n)
		if k%2 == 1 {
			u = (a + n) * (c + n)
		}
		f = c + float64(k-1) - u*(1-w)/f
	}
	return c / f
}

// The positive half of the Gauss-Legendre rule of 16 points.
var (
	nodes = [8]float64{0.09501250983763744, 0.2816035507792589, 0.45801677765722737, 0.6178762444026438,
		0.755404408355003, 0.8656312023878318, 0.9445750230732326, 0.9894009349916499}
	weights = [8]float64{0.18945061045506847, 0.1826034150449236, 0.16915651939500256, 0.14959598881657682,
		0.12462897125553395, 0.0951585116824929, 0.062253523938647776, 0.027152459411754058}
)

// integral of f from 0 to end, by that rule over equal parts no longer than part.
func integral(end, part float64, f func(float64) float64) float64 {
	n := math.Ceil(end / part)
	half := end / n / 2
	sum := 0.0
	for i := 0.0; i < n; i++ {
		middle := (2*i + 1) * half
		for j, x := range nodes {
			sum += weights[j] * (f(middle-half*x) + f(middle+half*x))
		}
	}
	return sum * half
}
