package stat

import "math"

// MeanDifference is the outcome of Welch's test: treatment's mean less control's.
type MeanDifference struct {
	Control   Moments  `json:"control"`
	Treatment Moments  `json:"treatment"`
	Diff      float64  `json:"diff"`
	SE        float64  `json:"se"`
	T         float64  `json:"t"`
	DF        float64  `json:"df"`
	P         float64  `json:"p"` // two-sided
	Interval  Interval `json:"interval"`
	Reason    Reason   `json:"reason,omitempty"`
	Basis
}

// Welch tests whether treatment's mean differs from control's, without assuming equal variances (Welch 1947;
// degrees of freedom by Welch and Satterthwaite). Below two units in an arm, or without any variance, there is no
// answer: the Reason says so and P is 1.
func Welch(control, treatment Moments, o *Options) MeanDifference {
	d := MeanDifference{Control: control, Treatment: treatment, P: 1, Interval: Interval{Level: o.level()},
		Basis: Basis{"Welch's t test and interval", []string{randomised, independent, oneLook,
			"means are close to normal: many units, or values without heavy tails"}}}
	switch {
	case control.N < 0 || treatment.N < 0:
		d.Reason = BadCount
		return d
	case control.N < 2 || treatment.N < 2:
		d.Reason = NoData
		return d
	}
	n1, n2 := float64(control.N), float64(treatment.N)
	v1, v2 := control.Variance()/n1, treatment.Variance()/n2
	d.Diff = treatment.Mean - control.Mean
	d.SE = math.Sqrt(v1 + v2)
	d.Interval.Low, d.Interval.High = d.Diff, d.Diff
	if d.SE == 0 {
		d.Reason = NoVariance
		return d
	}
	r1, r2 := v1/(v1+v2), v2/(v1+v2)
	d.DF = 1 / (r1*r1/(n1-1) + r2*r2/(n2-1))
	d.T = d.Diff / d.SE
	d.P = 2 * StudentSurvival(math.Abs(d.T), d.DF)
	half := studentUpper((1-o.level())/2, d.DF) * d.SE
	d.Interval.Low, d.Interval.High = d.Diff-half, d.Diff+half
	return d
}
