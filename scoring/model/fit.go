package model

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/stat"
)

// Options of Fit. The zero value works.
type Options struct {
	// L2 is the penalty: half of it times the sum of the squared coefficients is added to the sum of the log-losses. It
	// is on the scale of standard deviations and levels, and spares the intercept. Default 1.
	L2 float64
	// Unpenalised fits without any penalty, as textbooks do. Rows that can be told apart have no answer then:
	// ErrSeparable. Default false.
	Unpenalised bool
	// ScaleByAll takes means and standard deviations of numbers over all rows, those of the test too, as some
	// published figures do. Default false: over the training rows.
	ScaleByAll bool
	// LeakAUC is the AUC at which a single feature is suspected to know the outcome. The default comes from the Bank
	// Marketing data of UCI: the length of the call, known only after it, has by itself 0.80 on a split by row number
	// and 0.756 on one by time, and no other feature more than 0.68 on either. Default 0.75.
	LeakAUC float64
	// DriftPSI is the population stability index above which a feature has moved between training and test, if that is
	// not by chance. 0.25 is the rule of thumb of credit scoring. Default 0.25.
	DriftPSI float64
	// Level is the confidence of intervals, in (0, 1). Default 0.95.
	Level float64
	// MaxSteps is how many steps of Newton's method are taken. Default 50.
	MaxSteps int
	// MaxColumns is how many coefficients there may be: time grows with their cube. Default 1,000.
	MaxColumns int
}

func (o *Options) filled() (Options, error) {
	var full Options
	if o != nil {
		full = *o
	}
	if full.L2 < 0 || math.IsNaN(full.L2) || math.IsInf(full.L2, 0) {
		return full, fmt.Errorf("model: a penalty of %v", full.L2)
	}
	if full.Unpenalised && full.L2 != 0 {
		return full, errors.New("model: a penalty and Unpenalised")
	}
	if full.L2 == 0 && !full.Unpenalised {
		full.L2 = 1
	}
	if !(full.LeakAUC > 0) {
		full.LeakAUC = 0.75
	}
	if !(full.DriftPSI > 0) {
		full.DriftPSI = 0.25
	}
	if full.MaxSteps <= 0 {
		full.MaxSteps = 50
	}
	if full.MaxColumns <= 0 {
		full.MaxColumns = 1000
	}
	return full, nil
}

// A Report tells how a model was learnt and how good it is.
type Report struct {
	Split     string     `json:"split"`
	Train     stat.Count `json:"train"`
	Calibrate stat.Count `json:"calibrate"`
	Unused    stat.Count `json:"unused"`
	Descent   Descent    `json:"descent"`
	Test      Evaluation `json:"test"`
	// Raw is the log-loss on the test rows without calibration. It is that of Test where there is none.
	Raw      Estimate  `json:"raw"`
	Singles  []Single  `json:"singles"` // in the order of the schema
	Warnings []Warning `json:"warnings,omitempty"`
}

// Fit learns a model from the training rows of the split, sets the scale of its probabilities on the calibration rows
// where there are any, and tests it on the test rows, of which it has seen nothing.
//
// It is a logistic regression with an L2 penalty by Newton's method. Calibration is Platt's (1999), with the targets
// of Lin, Lin and Weng (2007): two numbers, so that the model stays a sum that can be explained. The same table, split
// and options give the same model, byte for byte on one kind of machine; rows in another order give it within the
// rounding of sums. 30,000 rows of 16 features take about a fifth of a second; the time grows with the rows and, for
// many columns, with their square and cube.
//
// The error is ErrSplit, ErrOutcomes, ErrSeparable, ErrSingular or ErrSteps, or says what is wrong with the options or
// the table.
func Fit(t *Table, s Split, o *Options) (*Model, *Report, error) {
	opts, err := o.filled()
	if err != nil {
		return nil, nil, err
	}
	parts, err := s.rows(t.Len())
	if err != nil {
		return nil, nil, err
	}
	train, test := parts[Train], parts[Test]
	if len(train) == 0 || len(test) == 0 {
		return nil, nil, fmt.Errorf("%w: %d rows to train and %d to test", ErrSplit, len(train), len(test))
	}
	layouts, columns, err := layOut(t, train, opts.ScaleByAll, opts.MaxColumns)
	if err != nil {
		return nil, nil, err
	}
	f, err := encode(t, layouts, columns, train).fit(opts.L2, opts.MaxSteps)
	if err != nil {
		return nil, nil, err
	}
	d := f.data(layouts)
	d.Trained = t.count(train)
	if err := d.validate(); err != nil {
		return nil, nil, fmt.Errorf("model: numbers too large to learn from: %w", err)
	}
	m := compile(d)

	r := &Report{Split: s.String(), Train: d.Trained, Calibrate: t.count(parts[Calibrate]), Unused: t.count(parts[Unused]), Descent: f.out}
	level := &stat.Options{Level: opts.Level}
	r.Test = evaluate(m.scored(t, test), level)
	r.Raw = r.Test.LogLoss
	var uncalibrated error
	if len(parts[Calibrate]) > 0 {
		if d.Calibration, uncalibrated = m.platt(t, parts[Calibrate], opts.MaxSteps); uncalibrated == nil {
			m = compile(d)
			r.Test = evaluate(m.scored(t, test), level)
		}
	}
	for i := range layouts {
		r.Singles = append(r.Singles, single(t, i, &layouts[i], train, test, level))
	}
	r.warn(layouts, uncalibrated, &opts)
	return m, r, nil
}

// data is the fitted model, not calibrated yet.
func (f *descent) data(layouts []layout) data {
	d := data{Intercept: f.beta[0], Calibration: Calibration{Slope: 1}}
	for i := range layouts {
		l := &layouts[i]
		x := featureData{Feature: l.Feature, Mean: l.mean, SD: l.sd}
		x.Levels = slices.Clone(l.Levels)
		x.Coefficients, x.Errors = make([]float64, x.mains()), make([]float64, x.mains())
		if l.main > 0 { // a bool that was always the same has none
			copy(x.Coefficients, f.beta[l.main:])
			copy(x.Errors, f.errs[l.main:])
		}
		if l.asMissing {
			x.Coefficients = append(x.Coefficients, f.beta[l.missing])
			x.Errors = append(x.Errors, f.errs[l.missing])
		}
		d.Features = append(d.Features, x)
	}
	return d
}

// platt finds the calibration on rows that were not trained on.
func (m *Model) platt(t *Table, rows []int, steps int) (Calibration, error) {
	none := Calibration{Slope: 1}
	c := t.count(rows)
	if c.Hits == 0 || c.Hits == c.N {
		return none, errors.New("the calibration rows have one outcome only")
	}
	d := &design{columns: 2, dense: 1, numbers: make([]float64, len(rows)), target: make([]float64, len(rows))}
	var values []rule.Value
	for i, row := range rows {
		var hit bool
		values, hit = t.Row(row, values[:0])
		d.numbers[i] = m.LogOdds(values)
		d.target[i] = 1 / (float64(c.N-c.Hits) + 2)
		if hit {
			d.target[i] = (float64(c.Hits) + 1) / (float64(c.Hits) + 2)
		}
	}
	f, err := d.fit(0, steps)
	switch {
	case err != nil:
		return none, fmt.Errorf("no calibration is found: %w", err)
	case !(f.beta[1] > 0):
		return none, fmt.Errorf("on the calibration rows the outcome does not rise with the score: slope %.3g", f.beta[1])
	}
	return Calibration{Offset: f.beta[0], Slope: f.beta[1]}, nil
}

func (m *Model) scored(t *Table, rows []int) []scored {
	out := make([]scored, len(rows))
	var values []rule.Value
	for i, row := range rows {
		values, out[i].hit = t.Row(row, values[:0])
		out[i].p = m.Score(values)
	}
	return out
}

func (t *Table) count(rows []int) stat.Count {
	c := stat.Count{N: int64(len(rows))}
	for _, row := range rows {
		if t.hit[row] {
			c.Hits++
		}
	}
	return c
}
