package clv

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"

	"github.com/marque-go/marque"
)

// ErrNoRepeat says that no customer bought twice, so that there is nothing to fit.
var ErrNoRepeat = errors.New("clv: no repeat purchases")

// A Model foresees purchases: BGNBD, ParetoNBD.
type Model interface {
	// PAlive is the probability that the customer has not left for good at the end of observation.
	PAlive(c Customer) float64
	// Expected is the expected number of repeat purchases of a new customer in the time t.
	Expected(t float64) float64
	// ExpectedNext is the expected number of purchases of the customer in the time t after the end of observation.
	ExpectedNext(c Customer, t float64) float64
	// Fit is how the model was found; zero where its parameters were given.
	Fit() Fit
}

// A field is a parameter with its name in JSON.
type field struct {
	name  string
	value float64
}

func positive(fields ...field) error {
	var f marque.Faults
	for _, p := range fields {
		if !(p.value > 0) || math.IsInf(p.value, 0) {
			f.Add(p.name, "%v is not a number above 0", p.value)
		}
	}
	return f.Err()
}

// total is the number of customers in rows.
func total[R any](rows []counted[R]) float64 {
	n := 0.0
	for _, r := range rows {
		n += r.n
	}
	return n
}

// meanOf is the mean of -ln likelihood over customers.
func meanOf[R any](rows []counted[R], ln func(R) float64) float64 {
	var s sum
	for i := range rows {
		s.add(rows[i].n * ln(rows[i].row))
	}
	return -s.total() / total(rows)
}

// startOf are a shape and a rate of the purchases whose mean is that of the data.
func startOf(rows []counted[history]) []float64 {
	var x, t sum
	for _, r := range rows {
		x.add(r.n * float64(r.row.x))
		t.add(r.n * r.row.t)
	}
	return []float64{1, t.total() / x.total()}
}

// document is a model in JSON.
type document[P any] struct {
	Model  string `json:"model"`
	Params P      `json:"params"`
	Fit    Fit    `json:"fit,omitzero"`
}

// MarshalJSON writes the name of the model, its parameters and its fit, which UnmarshalJSON reads back exactly.
func (m *BGNBD) MarshalJSON() ([]byte, error) {
	return json.Marshal(document[BGNBDParams]{"bg/nbd", m.p, m.fit})
}

// UnmarshalJSON reads what MarshalJSON wrote. The model must not be in use.
func (m *BGNBD) UnmarshalJSON(b []byte) error { return read(b, "bg/nbd", m, NewBGNBD, (*BGNBD).setFit) }

// MarshalJSON writes the name of the model, its parameters and its fit, which UnmarshalJSON reads back exactly.
func (m *ParetoNBD) MarshalJSON() ([]byte, error) {
	return json.Marshal(document[ParetoNBDParams]{"pareto/nbd", m.p, m.fit})
}

// UnmarshalJSON reads what MarshalJSON wrote. The model must not be in use.
func (m *ParetoNBD) UnmarshalJSON(b []byte) error {
	return read(b, "pareto/nbd", m, NewParetoNBD, (*ParetoNBD).setFit)
}

// MarshalJSON writes the name of the model, its parameters and its fit, which UnmarshalJSON reads back exactly.
func (m *GammaGamma) MarshalJSON() ([]byte, error) {
	return json.Marshal(document[GammaGammaParams]{"gamma-gamma", m.p, m.fit})
}

// UnmarshalJSON reads what MarshalJSON wrote. The model must not be in use.
func (m *GammaGamma) UnmarshalJSON(b []byte) error {
	return read(b, "gamma-gamma", m, NewGammaGamma, (*GammaGamma).setFit)
}

func (m *BGNBD) setFit(f Fit)      { m.fit = f }
func (m *ParetoNBD) setFit(f Fit)  { m.fit = f }
func (m *GammaGamma) setFit(f Fit) { m.fit = f }

func read[P, M any](b []byte, name string, into *M, make func(P) (*M, error), fit func(*M, Fit)) error {
	var d document[P]
	if err := json.Unmarshal(b, &d); err != nil {
		return fmt.Errorf("clv: read %s: %w", name, err)
	}
	if d.Model != name {
		return fmt.Errorf("clv: read %s: the model is %q", name, d.Model)
	}
	m, err := make(d.Params)
	if err != nil {
		var f marque.Faults
		f.Wrap("params", err)
		return fmt.Errorf("clv: read %s: %w", name, f.Err())
	}
	fit(m, d.Fit)
	*into = *m
	return nil
}
