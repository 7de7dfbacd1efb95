package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/stat"
)

// data is a model as it is kept.
type data struct {
	Trained     stat.Count    `json:"trained"` // rows and hits that it was learnt from
	Intercept   float64       `json:"intercept"`
	Calibration Calibration   `json:"calibration"`
	Features    []featureData `json:"features"`
}

// Calibration maps the log-odds of the training to those of the world: Offset + Slope × log-odds.
type Calibration struct {
	Offset float64 `json:"offset"`
	Slope  float64 `json:"slope"` // above 0; 1 with an offset of 0 changes nothing
}

type featureData struct {
	Feature
	Mean float64 `json:"mean,omitempty"`
	SD   float64 `json:"sd,omitempty"` // 0: all training rows had the same
	// Coefficients are one for a number, which counts in standard deviations from the mean, and for a bool; one for
	// each level of a category but the first; then one for missing values where they have a column.
	Coefficients []float64 `json:"coefficients"`
	Errors       []float64 `json:"errors"`
}

// mains is the number of coefficients but that of missing values.
func (x *featureData) mains() int {
	if x.Kind == Category {
		return max(len(x.Levels)-1, 0)
	}
	return 1
}

// Trained is how many rows the model was learnt from, and how many of those were hits.
func (m *Model) Trained() stat.Count { return m.data.Trained }

// Calibration is what turns the log-odds of the training into those of Score.
func (m *Model) Calibration() Calibration { return m.data.Calibration }

// MarshalJSON writes all of the model. The same model gives the same bytes.
func (m *Model) MarshalJSON() ([]byte, error) { return json.Marshal(m.data) }

// UnmarshalJSON reads what MarshalJSON wrote; written again it is the same bytes. The error joins a
// *marque.FieldError for every fault. It is for a new Model only.
func (m *Model) UnmarshalJSON(text []byte) error {
	var d data
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&d); err != nil {
		return fmt.Errorf("model: %w", err)
	}
	if err := d.validate(); err != nil {
		return err
	}
	*m = *compile(d)
	return nil
}

func (d *data) validate() error {
	var f marque.Faults
	finite := func(path string, xs ...float64) {
		for i, x := range xs {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				f.Add(path, "number %d is %v", i+1, x)
			}
		}
	}
	if d.Trained.N < 0 || d.Trained.Hits < 0 || d.Trained.Hits > d.Trained.N {
		f.Add("trained", "%d hits of %d rows", d.Trained.Hits, d.Trained.N)
	}
	finite("intercept", d.Intercept)
	finite("calibration", d.Calibration.Offset, d.Calibration.Slope)
	if !(d.Calibration.Slope > 0) {
		f.Add("calibration.slope", "%v is not above 0", d.Calibration.Slope)
	}
	s := make(Schema, len(d.Features))
	for i := range d.Features {
		x := &d.Features[i]
		s[i] = x.Feature
		path := fmt.Sprintf("features[%d]", i)
		finite(path+".mean", x.Mean)
		finite(path+".sd", x.SD)
		if x.SD < 0 {
			f.Add(path+".sd", "%v is negative", x.SD)
		}
		if (x.Mean != 0 || x.SD != 0) && x.Kind != Number {
			f.Add(path+".mean", "mean and sd are for numbers")
		}
		if !slices.IsSorted(x.Levels) {
			f.Add(path+".levels", "are not in the order of their bytes")
		}
		want := x.mains()
		if x.Missing == AsColumn {
			want++
		}
		if len(x.Coefficients) != want {
			f.Add(path+".coefficients", "there are %d, want %d", len(x.Coefficients), want)
		}
		if len(x.Errors) != want {
			f.Add(path+".errors", "there are %d, want %d", len(x.Errors), want)
		}
		finite(path+".coefficients", x.Coefficients...)
		finite(path+".errors", x.Errors...)
		for _, e := range x.Errors {
			if e < 0 {
				f.Add(path+".errors", "%v is negative", e)
			}
		}
	}
	f.Wrap("features", s.Validate())
	return f.Err()
}

// compile makes a model ready for scoring.
func compile(d data) *Model {
	m := &Model{data: d, base: d.Calibration.Offset + float64(d.Calibration.Slope*d.Intercept), features: make([]feature, len(d.Features))}
	for i := range d.Features {
		x, out := &d.Features[i], &m.features[i]
		*out = feature{Feature: x.Feature, mean: x.Mean, sd: x.SD}
		weights := make([]float64, len(x.Coefficients))
		for j, b := range x.Coefficients {
			weights[j] = d.Calibration.Slope * b
		}
		mains := x.mains()
		if x.Missing == AsColumn {
			out.missing = weights[mains]
		}
		if x.Kind != Category {
			out.weight = weights[0]
			continue
		}
		out.levels = make(map[string]float64, mains)
		for j := range mains {
			out.levels[x.Levels[j+1]] = weights[j]
		}
	}
	return m
}
