package stat

import "math"

// Lift is treatment's rate relative to control's: 0.25 means a quarter more.
type Lift struct {
	Lift     float64  `json:"lift"`
	SE       float64  `json:"se"` // by the delta method
	Interval Interval `json:"interval"`
	Reason   Reason   `json:"reason,omitempty"`
	Basis
}

// RelativeLift is treatment's rate over control's, less one, with the interval of the logarithm of the ratio
// (Katz et al. 1978). Without a conversion on both sides there is no ratio: the Reason says so and Lift is 0.
func RelativeLift(control, treatment Count, o *Options) Lift {
	l := Lift{
		Interval: Interval{Level: o.level()},
		Reason:   firstReason(control.fault(), treatment.fault()),
		Basis: Basis{"ratio of proportions, log-ratio interval (Katz); standard error by the delta method",
			[]string{randomised, independent, oneLook, "several conversions in each arm"}},
	}
	if l.Reason == "" && (control.Hits == 0 || treatment.Hits == 0) {
		l.Reason = NoConversions
	}
	if l.Reason != "" {
		return l
	}
	p1, p2 := control.Rate(), treatment.Rate()
	n1, n2 := float64(control.N), float64(treatment.N)
	ratio := p2 / p1
	v1, v2 := control.variance()/n1, treatment.variance()/n2
	l.Lift = (p2 - p1) / p1
	l.SE = math.Sqrt(v2/(p1*p1) + v1*p2*p2/(p1*p1*p1*p1))
	half := o.z() * math.Sqrt(v1/(p1*p1)+v2/(p2*p2))
	l.Interval.Low, l.Interval.High = ratio*math.Exp(-half)-1, ratio*math.Exp(half)-1
	return l
}
