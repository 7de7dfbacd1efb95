package clv

import (
	"iter"
	"math"
)

// BGNBDParams are the parameters of a BG/NBD or MBG/NBD model.
type BGNBDParams struct {
	R     float64 `json:"r"`     // shape of the Gamma distribution of purchase rates
	Alpha float64 `json:"alpha"` // its rate, in units of time
	A     float64 `json:"a"`     // Beta distribution of the probability to leave after a purchase
	B     float64 `json:"b"`
	// Modified: a customer may leave after the first purchase too (MBG/NBD).
	Modified bool `json:"modified,omitempty"`
}

// Validate lists what is wrong with the parameters.
func (p BGNBDParams) Validate() error {
	return positive(field{"r", p.R}, field{"alpha", p.Alpha}, field{"a", p.A}, field{"b", p.B})
}

// A BGNBD is the beta-geometric/NBD model of Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way,
// Marketing Science 24(2). A customer buys at a rate of their own, Gamma distributed over customers, and leaves for
// good after each repeat purchase with a probability of their own, Beta distributed.
//
// As one leaves only after a repeat purchase, a customer without any is alive for certain: PAlive is 1 where X is 0,
// however long ago that was. Where this is wrong, take the modified model of Batislam, Denizel and Filiztekin (2007),
// Empirical validation and comparison of models for customer base analysis, International Journal of Research in
// Marketing 24(3), which also lets one leave after the first purchase.
//
// A BGNBD does not change once made, but by UnmarshalJSON, and is safe for concurrent use.
type BGNBD struct {
	p   BGNBDParams
	fit Fit
	// early is 1 where the first purchase is a chance to leave too.
	early float64
}

// NewBGNBD makes a model from known parameters.
func NewBGNBD(p BGNBDParams) (*BGNBD, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	m := &BGNBD{p: p}
	if p.Modified {
		m.early = 1
	}
	return m, nil
}

// FitBGNBD finds the parameters under which the purchases of the customers are likeliest. All faults of the customers
// are reported at "customers[i]"; ErrNoRepeat says that nobody bought twice. The result does not depend on the order
// of customers. It costs some hundred passes over the different rows.
func FitBGNBD(customers iter.Seq[Customer], options *Options) (*BGNBD, error) {
	return fitBGNBD(customers, options, false)
}

// FitMBGNBD does what FitBGNBD does for the modified model.
func FitMBGNBD(customers iter.Seq[Customer], options *Options) (*BGNBD, error) {
	return fitBGNBD(customers, options, true)
}

func fitBGNBD(customers iter.Seq[Customer], options *Options, modified bool) (*BGNBD, error) {
	rows, err := histories(customers)
	if err != nil {
		return nil, err
	}
	m := BGNBD{p: BGNBDParams{Modified: modified}}
	if modified {
		m.early = 1
	}
	mean := func(p []float64) float64 {
		m := m
		m.set(p)
		x, terms := -1, bgTerms{}
		return meanOf(rows, func(h history) float64 {
			if h.x != x {
				x, terms = h.x, m.terms(h.x)
			}
			return m.logLikelihood(h, terms)
		})
	}
	p, fit, err := maximum(mean, append(startOf(rows), 1, 1), total(rows), len(rows), []string{"r", "alpha", "a", "b"}, options)
	if err != nil {
		return nil, err
	}
	m.set(p)
	m.fit = fit
	return &m, nil
}

func (m *BGNBD) set(p []float64) { m.p.R, m.p.Alpha, m.p.A, m.p.B = p[0], p[1], p[2], p[3] }

// Params are the parameters.
func (m *BGNBD) Params() BGNBDParams { return m.p }

// Fit says how they were found.
func (m *BGNBD) Fit() Fit { return m.fit.clone() }

// bgTerms are the terms of the likelihood that depend on x alone.
type bgTerms struct{ common, left float64 }

// terms: common is ln Γ(r+x)/Γ(r) · α^r · E[(1-p)^(x+early)] where p is the probability to leave, left the logarithm
// of the odds of having left after the last of x purchases rather than not, before time enters.
func (m *BGNBD) terms(x int) bgTerms {
	p := &m.p
	chances := x
	if p.Modified {
		chances++
	}
	t := bgTerms{
		common: lnRising(p.R, x) + p.R*math.Log(p.Alpha) + lnRising(p.B, chances) - lnRising(p.A+p.B, chances),
		left:   math.Inf(-1),
	}
	if chances > 0 {
		t.left = math.Log(p.A) - math.Log(p.B+float64(chances-1))
	}
	return t
}

// logLikelihood is that of the paper, in logarithms throughout.
func (m *BGNBD) logLikelihood(h history, t bgTerms) float64 {
	n := m.p.R + float64(h.x)
	alive := -n * math.Log(m.p.Alpha+h.t)
	if math.IsInf(t.left, -1) {
		return t.common + alive
	}
	return t.common + logAddExp(alive, t.left-n*math.Log(m.p.Alpha+h.tx))
}

// LogLikelihood is the natural logarithm of the density of one customer's purchases; N is not looked at. It is NaN for
// a customer with faults.
func (m *BGNBD) LogLikelihood(c Customer) float64 {
	if !c.sound() {
		return math.NaN()
	}
	return m.logLikelihood(history{c.X, c.TX, c.T}, m.terms(c.X))
}

// PAlive is the probability, in [0, 1], that the customer has not left at the end of observation. In the BG/NBD it is
// 1 where X is 0. The closed form is in Fader, Hardie and Lee (2008), Computing P(alive) using the BG/NBD model. It is
// NaN for a customer with faults.
func (m *BGNBD) PAlive(c Customer) float64 {
	if !c.sound() {
		return math.NaN()
	}
	chances := float64(c.X) + m.early
	if chances == 0 {
		return 1
	}
	return logistic(math.Log(m.p.A/(m.p.B+chances-1)) +
		(m.p.R+float64(c.X))*math.Log1p((c.T-c.TX)/(m.p.Alpha+c.TX)))
}

// Expected is the expected number of repeat purchases of a new customer in the time t after the first one (equation 9
// of the paper). It is NaN where t is negative or not finite.
func (m *BGNBD) Expected(t float64) float64 {
	p := m.p
	return p.B / (p.B + m.early*p.A) * purchases(p.R, p.Alpha, p.A, p.B+m.early, t)
}

// ExpectedNext is the expected number of purchases of the customer in the time t after the end of observation
// (equation 10 of the paper). It is NaN for a customer with faults, or where t is negative or not finite.
func (m *BGNBD) ExpectedNext(c Customer, t float64) float64 {
	if !c.sound() {
		return math.NaN()
	}
	x := float64(c.X)
	// Given that the customer is alive, the rate is Gamma(r+x, α+T) and the probability to leave Beta(a, b+x).
	return m.PAlive(c) * purchases(m.p.R+x, m.p.Alpha+c.T, m.p.A, m.p.B+x+m.early, t)
}

// PMF is the probability that a new customer makes n repeat purchases in the time t after the first one (equation 8 of
// the paper). It is NaN where n or t is negative or t is not finite.
func (m *BGNBD) PMF(n int, t float64) float64 {
	if n < 0 || !finite(t) {
		return math.NaN()
	}
	p, chances := m.p, n
	if p.Modified {
		chances++
	}
	rate := nbd{p.R, p.Alpha}
	stays := lnRising(p.B, chances) - lnRising(p.A+p.B, chances) // E[(1-p)^chances]
	pmf := math.Exp(rate.lnPMF(n, t) + stays)
	if chances > 0 {
		// E[p(1-p)^(chances-1)]: left after the n-th purchase, whatever would have come.
		leaves := stays + math.Log(p.A/(p.B+float64(chances-1)))
		pmf += math.Exp(leaves) * rate.atLeast(n, t)
	}
	return min(pmf, 1)
}
