package model

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Kind is what the values of a feature are.
type Kind string

// The kinds.
const (
	Number   Kind = "number"   // one column: (value - mean) / standard deviation
	Category Kind = "category" // a text: a column for each level but the first one
	Bool     Kind = "bool"     // one column: 1 for true
)

// Missing says what a missing value of a feature does.
type Missing string

// The policies.
const (
	// AsReference counts a missing number as the mean, a missing category as the first level and a missing bool as false.
	AsReference Missing = "reference"
	// AsColumn gives missing values a column, and so a coefficient, of their own.
	AsColumn Missing = "column"
)

// A Feature is one thing that is known of each person and may tell of the outcome.
type Feature struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
	// Levels of a category. The first one in byte order is the reference, from which the coefficients of the others
	// tell the difference. Other texts are refused in training, and count as the reference in scoring. Empty: those of
	// the training rows.
	Levels []string `json:"levels,omitempty"`
	// Missing is AsReference where it is empty.
	Missing Missing `json:"missing,omitempty"`
}

// A Schema is the features of a row, in the order of its values.
type Schema []Feature

// Validate lists every fault with its path.
func (s Schema) Validate() error {
	var f marque.Faults
	if len(s) == 0 {
		f.Add("", "there are no features")
	}
	seen := map[string]int{}
	for i, x := range s {
		path := fmt.Sprintf("[%d]", i)
		if x.Name == "" {
			f.Add(path+".name", "is empty")
		} else if !utf8.ValidString(x.Name) {
			f.Add(path+".name", "%q is not UTF-8", x.Name)
		} else if j, twice := seen[x.Name]; twice {
			f.Add(path+".name", "%q is the name of feature %d too", x.Name, j+1)
		}
		seen[x.Name] = i
		if x.Kind != Number && x.Kind != Category && x.Kind != Bool {
			f.Add(path+".kind", "%q is not number, category or bool", x.Kind)
		}
		if x.Missing != "" && x.Missing != AsReference && x.Missing != AsColumn {
			f.Add(path+".missing", "%q is not reference or column", x.Missing)
		}
		if len(x.Levels) > 0 && x.Kind != Category {
			f.Add(path+".levels", "are for categories")
		}
		for j, level := range x.Levels {
			if level == "" {
				f.Add(fmt.Sprintf("%s.levels[%d]", path, j), "is empty, which is a missing value")
			} else if !utf8.ValidString(level) {
				f.Add(fmt.Sprintf("%s.levels[%d]", path, j), "%q is not UTF-8", level)
			} else if slices.Contains(x.Levels[:j], level) {
				f.Add(fmt.Sprintf("%s.levels[%d]", path, j), "%q is there twice", level)
			}
		}
	}
	return f.Err()
}

// Parse makes a row of texts by the names of features: a number as strconv reads it; true or false, yes or no, 1 or 0,
// in letters of any case. What is not there or empty is missing; other names are ignored. The error joins a
// *marque.FieldError for every fault.
func (s Schema) Parse(texts map[string]string) ([]rule.Value, error) {
	var f marque.Faults
	row := make([]rule.Value, len(s))
	for i := range s {
		var err error
		row[i], err = s[i].parse(texts[s[i].Name])
		f.Wrap(s[i].Name, err)
	}
	return row, f.Err()
}

// Pick makes a reader of facts: it appends the values of the features, which are attributes of the lexicon, to the row
// it is given. The error names every feature that is no attribute.
func (s Schema) Pick(lex *rule.Lexicon) (func(f *rule.Facts, row []rule.Value) []rule.Value, error) {
	var faults marque.Faults
	slots := make([]int, len(s))
	for i := range s {
		var ok bool
		if slots[i], ok = lex.Attr(s[i].Name); !ok {
			faults.Add(fmt.Sprintf("[%d].name", i), "no attribute %q", s[i].Name)
		}
	}
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return func(f *rule.Facts, row []rule.Value) []rule.Value {
		for _, slot := range slots {
			row = append(row, f.Attrs[slot])
		}
		return row
	}, nil
}

// parse reads a text. Empty is missing.
func (x *Feature) parse(text string) (v rule.Value, err error) {
	switch {
	case text == "":
	case x.Kind == Category:
		v = rule.StringValue(text)
	case x.Kind == Bool:
		switch strings.ToLower(text) {
		case "true", "yes", "1":
			v = rule.BoolValue(true)
		case "false", "no", "0":
			v = rule.BoolValue(false)
		default:
			return v, fmt.Errorf("%q: want true or false, yes or no, 1 or 0", text)
		}
	default:
		n, bad := strconv.ParseFloat(text, 64)
		if bad != nil || math.IsNaN(n) { // which as a value would be missing
			return v, fmt.Errorf("%q is not a number", text)
		}
		v = rule.FloatValue(n)
	}
	return v, x.check(v)
}

// check says why a value cannot be one of the feature.
func (x *Feature) check(v rule.Value) error {
	switch {
	case !v.Known():
	case x.Kind == Category:
		if v.Type() != rule.String {
			return fmt.Errorf("%v is not a text", v)
		}
		if v.Text() == "" {
			return errors.New("is an empty text: leave it missing")
		}
		if !utf8.ValidString(v.Text()) {
			return fmt.Errorf("%v is not UTF-8", v)
		}
		if len(x.Levels) > 0 && !slices.Contains(x.Levels, v.Text()) {
			return fmt.Errorf("%q is not a level%s", v.Text(), rule.Hint(v.Text(), x.Levels))
		}
	case x.Kind == Bool:
		if v.Type() != rule.Bool {
			return fmt.Errorf("%v is not true or false", v)
		}
	default:
		if n, ok := number(v); !ok {
			return fmt.Errorf("%v is not a number", v)
		} else if math.IsInf(n, 0) {
			return fmt.Errorf("%v is not a finite number", n)
		}
	}
	return nil
}

// number is the value of an int or a float.
func number(v rule.Value) (float64, bool) {
	switch {
	case !v.Known():
		return 0, false
	case v.Type() == rule.Float:
		return v.Float(), true
	case v.Type() == rule.Int:
		return float64(v.Int()), true
	}
	return 0, false
}
