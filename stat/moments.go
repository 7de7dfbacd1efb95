package stat

import "math"

// Moments is a number of values, their mean and the sum of squared distances from it. They merge exactly, and
// lose no digits where the mean is large against the spread (Welford 1962; Chan, Golub and LeVeque 1979).
type Moments struct {
	N    int64   `json:"n"`
	Mean float64 `json:"mean"`
	M2   float64 `json:"m2"`
}

// MomentsOf takes the three sums that SQL gives: count(*), sum(x), sum(x*x).
func MomentsOf(n int64, sum, squares float64) Moments {
	if n == 0 {
		return Moments{}
	}
	mean := sum / float64(n)
	return Moments{n, mean, max(0, squares-sum*mean)}
}

// Add is m with one more value.
func (m Moments) Add(x float64) Moments {
	m.N++
	d := x - m.Mean
	m.Mean += d / float64(m.N)
	m.M2 += d * (x - m.Mean)
	return m
}

// Merge is the moments of both together.
func (m Moments) Merge(o Moments) Moments {
	if m.N == 0 {
		return o
	}
	if o.N == 0 {
		return m
	}
	n := float64(m.N + o.N)
	d := o.Mean - m.Mean
	return Moments{
		N:    m.N + o.N,
		Mean: m.Mean + d*float64(o.N)/n,
		M2:   m.M2 + o.M2 + d*d*float64(m.N)*float64(o.N)/n,
	}
}

// Sum is the sum of the values.
func (m Moments) Sum() float64 { return m.Mean * float64(m.N) }

// Variance is the sample variance (divisor n-1), 0 below two values.
func (m Moments) Variance() float64 {
	if m.N < 2 {
		return 0
	}
	return m.M2 / float64(m.N-1)
}

// SD is the square root of Variance.
func (m Moments) SD() float64 { return math.Sqrt(m.Variance()) }
