package clv

import (
	"iter"
	"math"
)

// ParetoNBDParams are the parameters of a Pareto/NBD model.
type ParetoNBDParams struct {
	R     float64 `json:"r"`     // shape of the Gamma distribution of purchase rates
	Alpha float64 `json:"alpha"` // its rate, in units of time
	S     float64 `json:"s"`     // shape of the Gamma distribution of rates to leave
	Beta  float64 `json:"beta"`  // its rate, in units of time
}

// Validate lists what is wrong with the parameters.
func (p ParetoNBDParams) Validate() error {
	return positive(field{"r", p.R}, field{"alpha", p.Alpha}, field{"s", p.S}, field{"beta", p.Beta})
}

// A ParetoNBD is the model of Schmittlein, Morrison and Colombo (1987), Counting Your Customers: Who Are They and What
// Will They Do Next?, Management Science 33(1), in the form of Fader and Hardie (2005), A Note on Deriving the
// Pareto/NBD Model and Related Expressions. A customer buys at a rate of their own and leaves at a rate of their own,
// at any time, both Gamma distributed over customers and independent.
//
// A ParetoNBD does not change once made, but by UnmarshalJSON, and is safe for concurrent use.
type ParetoNBD struct {
	p   ParetoNBDParams
	fit Fit
}

// NewParetoNBD makes a model from known parameters.
func NewParetoNBD(p ParetoNBDParams) (*ParetoNBD, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &ParetoNBD{p: p}, nil
}

// FitParetoNBD finds the parameters under which the purchases of the customers are likeliest. All faults of the
// customers are reported at "customers[i]"; ErrNoRepeat says that nobody bought twice. The result does not depend on
// the order of customers. It costs some hundred passes over the different rows.
func FitParetoNBD(customers iter.Seq[Customer], options *Options) (*ParetoNBD, error) {
	rows, err := histories(customers)
	if err != nil {
		return nil, err
	}
	mean := func(p []float64) float64 {
		m := ParetoNBD{p: ParetoNBDParams{p[0], p[1], p[2], p[3]}}
		x, common := -1, 0.0
		return meanOf(rows, func(h history) float64 {
			if h.x != x {
				x, common = h.x, m.common(h.x)
			}
			return common + m.logLikelihood(h)
		})
	}
	start := startOf(rows)
	p, fit, err := maximum(mean, append(start, start...), total(rows), len(rows), []string{"r", "alpha", "s", "beta"}, options)
	if err != nil {
		return nil, err
	}
	return &ParetoNBD{ParetoNBDParams{p[0], p[1], p[2], p[3]}, fit}, nil
}

// Params are the parameters.
func (m *ParetoNBD) Params() ParetoNBDParams { return m.p }

// Fit says how they were found.
func (m *ParetoNBD) Fit() Fit { return m.fit.clone() }

// common is the part of the log-likelihood that depends on x alone.
func (m *ParetoNBD) common(x int) float64 {
	return lnRising(m.p.R, x) + m.p.R*math.Log(m.p.Alpha) + m.p.S*math.Log(m.p.Beta)
}

// lnOdds is the logarithm of the odds of having left between tx and t against being alive at t. By the note the density
// of the former is the integral over the time u of leaving, from tx to t, of (α+u)^-(r+x) · s(β+u)^-(s+1), and that of
// the latter is (α+t)^-(r+x) · (β+t)^-s, but for common factors.
func (m *ParetoNBD) lnOdds(h history) float64 {
	if h.tx == h.t {
		return math.Inf(-1)
	}
	p, r, silence := &m.p, m.p.R+float64(h.x), h.t-h.tx
	// What both lose when u goes on by d from tx.
	fall := func(d float64) float64 {
		return r*math.Log1p(d/(p.Alpha+h.tx)) + p.S*math.Log1p(d/(p.Beta+h.tx))
	}
	all := fall(silence)
	if a, b := p.Alpha+h.tx, p.Beta+h.tx; min(a, b) > alike*max(a, b) {
		return all + math.Log(p.S/(r+p.S)*max(0, m.gone(r, h.tx)-m.gone(r, h.t)*math.Exp(-all)))
	}
	// With v = ln((nearer+u)/(nearer+tx)) the integrand is smooth, whatever the parameters are.
	nearer := min(p.Alpha, p.Beta) + h.tx
	end := math.Log1p(silence / nearer)
	if all > nothing {
		low, high := 0.0, end
		for range 20 {
			if end = (low + high) / 2; fall(nearer*math.Expm1(end)) > nothing {
				high = end
			} else {
				low = end
			}
		}
		end = high
	}
	part := min(0.5, 10*end/fall(nearer*math.Expm1(end)))
	return all + math.Log(p.S*integral(end, part, func(v float64) float64 {
		d := nearer * math.Expm1(v)
		return math.Exp(-fall(d)) * (nearer + d) / (p.Beta + h.tx + d)
	}))
}

const (
	alike   = 0.05 // α+tx and β+tx for which the continued fraction is the shorter way
	nothing = 45   // e^-45 of the whole is left out
)

// gone is the integral of lnOdds from t to infinity, divided by s/(r+s) times the density of being alive at t. It is
// the hypergeometric function of the note, in its branch for α >= β or that for α < β, after Euler's transformation:
// the argument is in [0, 1), and the powers are out. Here r has x in it.
func (m *ParetoNBD) gone(r, t float64) float64 {
	p := &m.p
	a, b := p.Alpha+t, p.Beta+t
	if a >= b {
		return gauss(r, r+p.S, b/a)
	}
	return a / b * gauss(p.S+1, r+p.S, a/b)
}

// logLikelihood is that of the note without what common has.
func (m *ParetoNBD) logLikelihood(h history) float64 {
	alive := -(m.p.R+float64(h.x))*math.Log(m.p.Alpha+h.t) - m.p.S*math.Log(m.p.Beta+h.t)
	return alive + logAddExp(0, m.lnOdds(h))
}

// LogLikelihood is the natural logarithm of the density of one customer's purchases; N is not looked at. It is NaN for
// a customer with faults.
func (m *ParetoNBD) LogLikelihood(c Customer) float64 {
	if !c.sound() {
		return math.NaN()
	}
	return m.common(c.X) + m.logLikelihood(history{c.X, c.TX, c.T})
}

// PAlive is the probability, in [0, 1], that the customer has not left at the end of observation. It is NaN for
// a customer with faults.
func (m *ParetoNBD) PAlive(c Customer) float64 {
	if !c.sound() {
		return math.NaN()
	}
	return logistic(m.lnOdds(history{c.X, c.TX, c.T}))
}

// Expected is the expected number of repeat purchases of a new customer in the time t after the first one. It is NaN
// where t is negative or not finite.
func (m *ParetoNBD) Expected(t float64) float64 { return m.purchases(0, 0, t) }

// ExpectedNext is the expected number of purchases of the customer in the time t after the end of observation. It is
// NaN for a customer with faults, or where t is negative or not finite.
func (m *ParetoNBD) ExpectedNext(c Customer, t float64) float64 {
	if !c.sound() {
		return math.NaN()
	}
	return m.PAlive(c) * m.purchases(c.X, c.T, t)
}

// purchases of somebody who is alive after age, with x purchases by then.
func (m *ParetoNBD) purchases(x int, age, t float64) float64 {
	if !finite(t) {
		return math.NaN()
	}
	p, b := &m.p, m.p.Beta+age
	// The rate times the mean time alive within t, which is the integral of (b/(b+u))^s.
	return (p.R + float64(x)) / (p.Alpha + age) * b * annuity(p.S-1, math.Log1p(t/b))
}

// PMF is the probability that a new customer makes n repeat purchases in the time t after the first one (Fader and
// Hardie 2006, Deriving an Expression for P(X(t)=x) Under the Pareto/NBD Model), by numeric integration over the time
// of leaving, to some ten digits for n up to hundreds. It is NaN where n or t is negative or t is not finite.
func (m *ParetoNBD) PMF(n int, t float64) float64 {
	if n < 0 || !finite(t) {
		return math.NaN()
	}
	p, rate := &m.p, nbd{m.p.R, m.p.Alpha}
	unit := min(p.Alpha/(1+p.R), p.Beta/(1+p.S)) // of the fastest change
	left := 0.0
	if t > 0 {
		left = integral(math.Log1p(t/unit), 0.25, func(y float64) float64 {
			u := unit * math.Expm1(y)
			return math.Exp(rate.lnPMF(n, u)-(p.S+1)*math.Log1p(u/p.Beta)) * p.S / p.Beta * (unit + u)
		})
	}
	return min(1, math.Exp(rate.lnPMF(n, t)-p.S*math.Log1p(t/p.Beta))+left)
}

// DERT is the expected number of purchases of the customer in all time after the end of observation, each discounted
// continuously by rate per unit of time (above 0): Fader, Hardie and Lee (2005), RFM and CLV: Using Iso-Value Curves for
// Customer Base Analysis, Journal of Marketing Research 42(4). A yearly rate of 15% is ln(1.15)/52 a week. Times the
// expected amount of a purchase it is the residual value of the customer. It is NaN for a customer with faults or
// where rate is not above 0.
func (m *ParetoNBD) DERT(c Customer, rate float64) float64 {
	if !(rate > 0) || math.IsInf(rate, 0) || !c.sound() {
		return math.NaN()
	}
	p := &m.p
	b := p.Beta + c.T
	// Tricomi's function of the paper: b·Ψ(1, 2-s; rate·b) is the integral of e^(-rate·u)(b/(b+u))^s. With
	// u = b(e^w - 1) it is smooth; beyond its end the integrand is below e^(-40) of its top.
	y := rate * b
	end := math.Log1p(40 / y)
	if p.S > 1 {
		end = min(end, 40/(p.S-1))
	}
	years := b * integral(end, min(0.5, end/8), func(w float64) float64 { return math.Exp(-y*math.Expm1(w) - (p.S-1)*w) })
	return m.PAlive(c) * (p.R + float64(c.X)) / (p.Alpha + c.T) * years
}
