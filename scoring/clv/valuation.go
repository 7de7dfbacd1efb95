package clv

import (
	"fmt"
	"iter"
	"math"

	"github.com/marque-go/marque"
)

// A Horizon says which future purchases make up a customer's value.
type Horizon struct {
	// Periods is the number of periods ahead, from 1 to 1200.
	Periods int `json:"periods"`
	// Length is that of a period in the unit of the model: 1 for weeks, 52.18/12 for months where it is fitted in weeks.
	Length float64 `json:"length"`
	// Rate is the discount per period, not below 0: 0.01 is one percent.
	Rate float64 `json:"rate,omitempty"`
}

// Validate lists what is wrong with the horizon.
func (h Horizon) Validate() error {
	var f marque.Faults
	if h.Periods < 1 || h.Periods > 1200 {
		f.Add("periods", "%d is not between 1 and 1200", h.Periods)
	}
	if !(h.Length > 0) || math.IsInf(h.Length, 0) {
		f.Add("length", "%v is not a length of time above 0", h.Length)
	}
	if !(h.Rate >= 0) || math.IsInf(h.Rate, 0) {
		f.Add("rate", "%v is not a discount", h.Rate)
	}
	return f.Err()
}

// A Valuation foresees purchases and what they are worth. It does not change, and is safe for concurrent use.
type Valuation struct {
	model    Model
	amounts  *GammaGamma
	horizon  Horizon
	discount []float64 // by period
}

// NewValuation values customers of the model. Without amounts (nil) purchases are foreseen, not values.
func NewValuation(model Model, amounts *GammaGamma, h Horizon) (*Valuation, error) {
	if err := h.Validate(); err != nil {
		return nil, fmt.Errorf("clv: horizon: %w", err)
	}
	v := &Valuation{model, amounts, h, make([]float64, h.Periods)}
	for i := range v.discount {
		v.discount[i] = math.Pow(1+h.Rate, -float64(i+1))
	}
	return v, nil
}

// Warnings are those of the fits that the valuation rests on: read them before the figures.
func (v *Valuation) Warnings() (all []string) {
	all = append(all, v.model.Fit().Warnings...)
	if v.amounts != nil {
		all = append(all, v.amounts.Fit().Warnings...)
	}
	return all
}

// A Score is what is foreseen of a customer.
type Score struct {
	ID     string  `json:"id,omitempty"`
	PAlive float64 `json:"p_alive"`
	// Purchases are those expected within the horizon, without discount.
	Purchases float64 `json:"purchases"`
	// Value is the discounted amount of them, rounded to the nearest minor unit, halves to the even one. It stops at
	// the largest amount there is.
	Value marque.Money `json:"value"`
}

// CLV is the customer's expected value within the horizon in minor units, not rounded:
//
//	E[amount] · Σ (E[purchases by the end of period i] - E[purchases by the end of period i-1]) / (1+rate)^i
//
// over the periods i = 1 to Periods. The purchases of a period count as made at its end, as is usual; what was bought
// before does not count. It is 0 without a model of amounts, +Inf where amounts have no mean, and NaN for a customer
// with faults.
func (v *Valuation) CLV(c Customer) float64 {
	_, discounted := v.purchases(c)
	return v.worth(c, discounted)
}

func (v *Valuation) purchases(c Customer) (all, discounted float64) {
	for i, d := range v.discount {
		next := v.model.ExpectedNext(c, float64(i+1)*v.horizon.Length)
		discounted += d * max(next-all, 0)
		all = next
	}
	return all, discounted
}

func (v *Valuation) worth(c Customer, purchases float64) float64 {
	if v.amounts == nil || purchases == 0 {
		return 0
	}
	return purchases * v.amounts.ExpectedOf(c)
}

// Score foresees the customer. Its error lists the customer's faults. It allocates nothing.
func (v *Valuation) Score(c Customer) (Score, error) {
	if !c.sound() {
		return Score{ID: c.ID}, c.Validate()
	}
	all, discounted := v.purchases(c)
	return Score{c.ID, v.model.PAlive(c), all, rounded(v.worth(c, discounted))}, nil
}

// Scores foresees customers as they come. The faults of a customer come beside a score that has nothing but their ID,
// and do not end the sequence.
func (v *Valuation) Scores(customers iter.Seq[Customer]) iter.Seq2[Score, error] {
	return func(yield func(Score, error) bool) {
		for c := range customers {
			if !yield(v.Score(c)) {
				return
			}
		}
	}
}

func rounded(amount float64) marque.Money {
	if amount >= math.MaxInt64 {
		return math.MaxInt64
	}
	return marque.Money(math.RoundToEven(amount))
}
