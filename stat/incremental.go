package stat

// Gain is the number of conversions among the treated that would not have happened without the treatment.
type Gain struct {
	Extra    float64  `json:"extra"`
	Interval Interval `json:"interval"`
	Treated  int64    `json:"treated"`
	Expected float64  `json:"expected"` // conversions of the treated had they behaved as control did
	Reason   Reason   `json:"reason,omitempty"`
	Basis
}

// Incremental is for plans that keep a control share, 90/10 for instance: the difference of the rates times the
// treated units, with Newcombe's interval of the difference scaled likewise. The interval is that of the effect
// on people like these; it covers zero exactly when the interval of the difference does.
func Incremental(control, treatment Count, o *Options) Gain {
	d := Compare(control, treatment, o)
	n := float64(max(treatment.N, 0))
	g := Gain{Treated: treatment.N, Reason: d.Reason, Interval: d.Interval.Scale(n),
		Basis: Basis{"difference of proportions times treated units; Newcombe hybrid score interval",
			[]string{randomised, independent, "control received nothing of the treatment"}}}
	if d.Reason == "" || d.Reason == NoVariance {
		g.Extra, g.Expected = d.Diff*n, control.Rate()*n
	}
	return g
}
