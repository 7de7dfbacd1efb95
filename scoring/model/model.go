package model

import (
	"cmp"
	"math"
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/stat"
)

// A Model is a logistic regression: the log-odds of the outcome are a baseline plus what each feature adds. It is
// immutable and safe for concurrent use. Fit makes one, and so does UnmarshalJSON into a zero Model.
type Model struct {
	data     data
	base     float64
	features []feature
}

// feature is one of a model, ready for scoring: log-odds after calibration.
type feature struct {
	Feature
	mean, sd float64
	weight   float64 // of one standard deviation, or of true
	missing  float64
	levels   map[string]float64
}

// Schema is the features in the order of a row's values, with all levels.
func (m *Model) Schema() Schema {
	s := make(Schema, len(m.features))
	for i := range s {
		s[i] = m.features[i].Feature
		s[i].Levels = slices.Clone(s[i].Levels)
	}
	return s
}

// Score is the probability of a hit. The row holds the values in the order of the schema. What is not there, is of
// another type or not finite counts as missing, and a level that the model does not know as the reference level. It
// does not allocate.
func (m *Model) Score(row []rule.Value) float64 { return sigmoid(m.LogOdds(row)) }

// LogOdds is the logarithm of p/(1-p) of the probability that Score gives.
func (m *Model) LogOdds(row []rule.Value) float64 {
	sum := m.base
	for i := range m.features {
		var v rule.Value
		if i < len(row) {
			v = row[i]
		}
		sum += m.features[i].adds(v)
	}
	return sum
}

// adds is what a value adds to the log-odds. The conversion keeps the product from being fused with a sum, so that
// what is explained is what was added, on every machine. It is finite, and so is the sum.
func (x *feature) adds(v rule.Value) float64 {
	switch x.Kind {
	case Number:
		n, ok := number(v)
		switch {
		case !ok || math.IsInf(n, 0):
			return x.missing
		case x.sd == 0:
			return 0
		}
		return bounded(float64(x.weight * bounded((n-x.mean)/x.sd)))
	case Category:
		if !v.Known() || v.Type() != rule.String || v.Text() == "" {
			return x.missing
		}
		return x.levels[v.Text()]
	}
	switch {
	case !v.Known() || v.Type() != rule.Bool:
		return x.missing
	case v.Bool():
		return x.weight
	}
	return 0
}

// bounded keeps a number of any size in a range in which sums stay finite.
func bounded(x float64) float64 { return max(-1e300, min(x, 1e300)) }

// An Explanation is a score taken apart.
type Explanation struct {
	// Baseline is the log-odds of somebody with the mean of all numbers, the first level of all categories and false.
	Baseline    float64        `json:"baseline"`
	LogOdds     float64        `json:"log_odds"`
	Probability float64        `json:"probability"`
	Parts       []Contribution `json:"parts"` // the largest one first, whatever its sign
}

// A Contribution is what a feature adds to the log-odds. Added to the baseline in the order of Feature they give the
// log-odds of Score, to the last bit.
type Contribution struct {
	Feature int     `json:"feature"` // its number in the schema
	Name    string  `json:"name"`
	Value   string  `json:"value"` // for people: `"student"`, `41`, `missing`
	LogOdds float64 `json:"log_odds"`
}

// Explain takes the score of a row apart.
func (m *Model) Explain(row []rule.Value) Explanation {
	e := Explanation{Baseline: m.base, LogOdds: m.LogOdds(row), Parts: make([]Contribution, len(m.features))}
	e.Probability = sigmoid(e.LogOdds)
	for i := range m.features {
		var v rule.Value
		if i < len(row) {
			v = row[i]
		}
		e.Parts[i] = Contribution{i, m.features[i].Name, v.String(), m.features[i].adds(v)}
	}
	slices.SortStableFunc(e.Parts, func(a, b Contribution) int {
		return cmp.Compare(math.Abs(b.LogOdds), math.Abs(a.LogOdds))
	})
	return e
}

// A Term is one coefficient of a model.
type Term struct {
	Feature string `json:"feature"`
	Level   string `json:"level,omitempty"`   // of a category
	Missing bool   `json:"missing,omitempty"` // it is that of missing values
	// LogOdds is what the level adds against the reference level, true against false, a missing value against the
	// reference, or Unit more of a number.
	LogOdds float64 `json:"log_odds"`
	Error   float64 `json:"error"`          // its standard error
	Unit    float64 `json:"unit,omitempty"` // of a number: one standard deviation
	// Odds are the factor for the odds, exp(LogOdds), and Interval that of it. They stop at the largest number there is.
	Odds     float64       `json:"odds"`
	Interval stat.Interval `json:"interval"`
}

// Terms are the coefficients, in the order of the features and of the levels. Errors and intervals are of Wald's kind,
// from the Hessian with the penalty in it; with a penalty coefficients are drawn towards 0, and the intervals are
// about where a normal prior of variance 1/L2 leaves them. Calibration scales them and adds no error. level is that of
// the intervals, 0.95 where it is not within 0 and 1.
func (m *Model) Terms(level float64) []Term {
	if !(level > 0 && level < 1) {
		level = 0.95
	}
	z := -stat.Quantile((1 - level) / 2)
	slope := m.data.Calibration.Slope
	var terms []Term
	for _, x := range m.data.Features {
		for i, b := range x.Coefficients {
			t := Term{Feature: x.Name, LogOdds: slope * b, Error: slope * x.Errors[i], Unit: x.SD}
			switch {
			case i >= x.mains():
				t.Missing, t.Unit = true, 0
			case x.Kind == Category:
				t.Level = x.Levels[i+1]
			}
			odds := func(x float64) float64 { return min(math.Exp(x), math.MaxFloat64) }
			t.Odds = odds(t.LogOdds)
			t.Interval = stat.Interval{Low: odds(t.LogOdds - z*t.Error), High: odds(t.LogOdds + z*t.Error), Level: level}
			terms = append(terms, t)
		}
	}
	return terms
}
