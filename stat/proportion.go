package stat

import "math"

// Proportion is a rate with its interval.
type Proportion struct {
	Count
	Rate     float64  `json:"rate"`
	Interval Interval `json:"interval"`
	Reason   Reason   `json:"reason,omitempty"`
	Basis
}

// ProportionOf is the rate of c with Wilson's score interval (Wilson 1927), which stays within [0, 1] and holds
// its level at small counts and rates near 0 or 1, where the textbook interval does not. Without units the
// interval is [0, 1].
func ProportionOf(c Count, o *Options) Proportion {
	p := Proportion{Count: c, Rate: c.Rate(), Reason: c.fault(),
		Basis: Basis{"Wilson score interval", []string{independent}}}
	p.Interval = Interval{0, 1, o.level()}
	if p.Reason == "" {
		p.Interval.Low, p.Interval.High = wilson(c, o.z())
	}
	return p
}

func wilson(c Count, z float64) (low, high float64) {
	n, p := float64(c.N), c.Rate()
	z2 := z * z
	mid := (p + z2/(2*n)) / (1 + z2/n)
	half := z / (1 + z2/n) * math.Sqrt(p*(1-p)/n+z2/(4*n*n))
	low, high = mid-half, mid+half
	if c.Hits == 0 {
		low = 0
	}
	if c.Hits == c.N {
		high = 1
	}
	return max(0, low), min(1, high)
}
