package stat

import "math"

// Difference is the outcome of a test of two proportions: treatment's rate less control's.
type Difference struct {
	Control   Proportion `json:"control"`
	Treatment Proportion `json:"treatment"`
	Diff      float64    `json:"diff"`
	// Z is the pooled z statistic (variance as if both had one rate), P its two-sided probability.
	Z float64 `json:"z"`
	P float64 `json:"p"`
	// ZUnpooled takes each arm's own variance, SE; it is what the Wald interval inverts.
	ZUnpooled float64 `json:"z_unpooled"`
	SE        float64 `json:"se"`
	// Interval is Newcombe's of the difference; Wald is Diff ± z·SE, for comparison with other tools.
	Interval Interval `json:"interval"`
	Wald     Interval `json:"wald"`
	Reason   Reason   `json:"reason,omitempty"`
	Basis
}

// Compare tests whether treatment's rate differs from control's. The test is the z test with pooled variance,
// whose square is Pearson's chi-square without correction; the interval is Newcombe's hybrid score interval
// (Newcombe 1998, method 10), made of the two Wilson intervals. The two may disagree at the very border. With an
// empty arm P is 1 and the interval [-1, 1].
func Compare(control, treatment Count, o *Options) Difference {
	d := Difference{
		Control: ProportionOf(control, o), Treatment: ProportionOf(treatment, o),
		P: 1, Interval: Interval{-1, 1, o.level()}, Wald: Interval{-1, 1, o.level()},
		Reason: firstReason(control.fault(), treatment.fault()),
		Basis: Basis{"two-proportion z test, pooled variance; Newcombe hybrid score interval (method 10)",
			[]string{randomised, independent, oneLook, "at least about five conversions and five non-conversions in each arm for the test"}},
	}
	if d.Reason != "" {
		return d
	}
	p1, p2 := d.Control.Rate, d.Treatment.Rate
	n1, n2 := float64(control.N), float64(treatment.N)
	d.Diff = p2 - p1
	c1, c2 := d.Control.Interval, d.Treatment.Interval
	d.Interval.Low = d.Diff - math.Hypot(p2-c2.Low, c1.High-p1)
	d.Interval.High = d.Diff + math.Hypot(c2.High-p2, p1-c1.Low)
	d.SE = math.Sqrt(control.variance()/n1 + treatment.variance()/n2)
	half := o.z() * d.SE
	d.Wald.Low, d.Wald.High = d.Diff-half, d.Diff+half
	pooled := control.Merge(treatment).variance() * (1/n1 + 1/n2)
	if pooled == 0 {
		d.Reason = NoVariance
		return d
	}
	d.Z = d.Diff / math.Sqrt(pooled)
	d.P = twoSided(d.Z)
	if d.SE > 0 {
		d.ZUnpooled = d.Diff / d.SE
	}
	return d
}
