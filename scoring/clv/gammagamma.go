package clv

import (
	"cmp"
	"fmt"
	"iter"
	"math"

	"github.com/marque-go/marque"
)

// GammaGammaParams are the parameters of a Gamma-Gamma model.
type GammaGammaParams struct {
	P float64 `json:"p"` // shape of the Gamma distribution of the amounts of one customer
	Q float64 `json:"q"` // shape of the Gamma distribution, over customers, of the rate of that one
	V float64 `json:"v"` // rate of the latter, in minor units
}

// Validate lists what is wrong with the parameters.
func (p GammaGammaParams) Validate() error {
	return positive(field{"p", p.P}, field{"q", p.Q}, field{"v", p.V})
}

// A GammaGamma is the model of amounts of Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value. Amounts of
// one customer vary about a mean of their own, which does not change with time and does not depend on how often they
// buy: where the two go together, Fit warns.
//
// A GammaGamma does not change once made, but by UnmarshalJSON, and is safe for concurrent use.
type GammaGamma struct {
	p   GammaGammaParams
	fit Fit
}

// NewGammaGamma makes a model from known parameters.
func NewGammaGamma(p GammaGammaParams) (*GammaGamma, error) {
	if err := p.Validate(); err != nil {
		return nil, err
	}
	return &GammaGamma{p: p}, nil
}

// together is the correlation of frequency and amount from which a fit warns.
const together = 0.3

// FitGammaGamma finds the parameters under which the mean amounts of repeat buyers are likeliest. Customers without a
// repeat purchase tell nothing of amounts and are passed over. All faults of the customers are reported at
// "customers[i]", an amount that is not above 0 among them; ErrNoRepeat says that nobody bought twice. The result does
// not depend on the order of customers.
func FitGammaGamma(customers iter.Seq[Customer], options *Options) (*GammaGamma, error) {
	rows, err := tally(customers,
		func(c *Customer, f *marque.Faults) (money, bool) {
			if c.X > 0 && c.Spend == 0 {
				f.Add("spend", "0 is not an amount above 0")
			}
			return money{c.X, c.Spend}, c.X > 0
		},
		func(a, b money) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.spend, b.spend)) })
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, ErrNoRepeat
	}
	mean := func(p []float64) float64 {
		m := GammaGamma{p: GammaGammaParams{p[0], p[1], p[2]}}
		x, common := -1, 0.0
		return meanOf(rows, func(r money) float64 {
			if r.x != x {
				x, common = r.x, m.common(r.x)
			}
			return common + m.logLikelihood(r)
		})
	}
	var amounts sum
	for _, r := range rows {
		amounts.add(r.n * r.row.spend)
	}
	n := total(rows)
	// p = 2, q = 3: the population's mean vp/(q-1) is v.
	p, fit, err := maximum(mean, []float64{2, 3, amounts.total() / n}, n, len(rows), []string{"p", "q", "v"}, options)
	if err != nil {
		return nil, err
	}
	if fit.Correlation = correlation(rows); math.Abs(fit.Correlation) > together {
		fit.Warnings = append(fit.Warnings, fmt.Sprintf("frequency and amount are correlated (%.2f); the model takes them for independent", fit.Correlation))
	}
	if p[1] <= 1 {
		fit.Warnings = append(fit.Warnings, "q is not above 1: amounts over all customers have no mean")
	}
	return &GammaGamma{GammaGammaParams{p[0], p[1], p[2]}, fit}, nil
}

// correlation of frequency and amount (Pearson), 0 where one of them does not vary.
func correlation(rows []counted[money]) float64 {
	var x, z sum
	for _, r := range rows {
		x.add(r.n * float64(r.row.x))
		z.add(r.n * r.row.spend)
	}
	n := total(rows)
	mx, mz := x.total()/n, z.total()/n
	var xx, zz, xz sum
	for _, r := range rows {
		dx, dz := float64(r.row.x)-mx, r.row.spend/mz-1
		xx.add(r.n * dx * dx)
		zz.add(r.n * dz * dz)
		xz.add(r.n * dx * dz)
	}
	if v := math.Sqrt(xx.total()) * math.Sqrt(zz.total()); v > 0 {
		return min(max(xz.total()/v, -1), 1)
	}
	return 0
}

// Params are the parameters.
func (m *GammaGamma) Params() GammaGammaParams { return m.p }

// Fit says how they were found.
func (m *GammaGamma) Fit() Fit { return m.fit.clone() }

// common is the part of the log-likelihood that depends on x alone.
func (m *GammaGamma) common(x int) float64 {
	px := m.p.P * float64(x)
	return lnGammaRatio(max(px, m.p.Q), min(px, m.p.Q)) - lgamma(min(px, m.p.Q))
}

// logLikelihood is that of the paper without what common has, arranged as powers of the two shares of v + xz, which
// lie in (0, 1).
func (m *GammaGamma) logLikelihood(r money) float64 {
	all := float64(r.x) * r.spend
	return -m.p.P*float64(r.x)*math.Log1p(m.p.V/all) - m.p.Q*math.Log1p(all/m.p.V) - math.Log(r.spend)
}

// LogLikelihood is the natural logarithm of the density of one customer's mean amount; N is not looked at. It is NaN
// for a customer with faults or without repeat purchases of an amount above 0.
func (m *GammaGamma) LogLikelihood(c Customer) float64 {
	if !c.sound() || c.Spend == 0 {
		return math.NaN()
	}
	return m.common(c.X) + m.logLikelihood(money{c.X, c.Spend})
}

// Expected is the mean amount of a purchase over all customers, in minor units: vp/(q-1). Where q is not above 1 there
// is none, and it is +Inf.
func (m *GammaGamma) Expected() float64 {
	if m.p.Q <= 1 {
		return math.Inf(1)
	}
	return m.p.V * m.p.P / (m.p.Q - 1)
}

// ExpectedOf is the expected amount of the customer's purchases, in minor units: p(v+xz)/(px+q-1), a weighted mean of
// Expected and of what the customer spent so far. Without repeat purchases, or where Spend is not known, it is Expected.
// It is +Inf where there is no mean, and NaN for a customer with faults.
func (m *GammaGamma) ExpectedOf(c Customer) float64 {
	if !c.sound() {
		return math.NaN()
	}
	if c.Spend == 0 {
		return m.Expected()
	}
	x := float64(c.X)
	weight := m.p.P*x + m.p.Q - 1
	if weight <= 0 {
		return math.Inf(1)
	}
	return (m.p.V + x*c.Spend) * (m.p.P / weight)
}
