package model

import (
	"math"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Table holds rows whose outcome is known, by columns. It is filled by one goroutine at a time; after that any
// number may read it. A row takes 8 bytes for each number and 4 for each other feature.
type Table struct {
	schema  Schema
	columns []column
	hit     []bool
}

// column holds the values of a feature. A number that is missing is NaN, a code -1.
type column struct {
	numbers []float64
	codes   []int32 // of texts; of a bool 0 and 1
	texts   []string
	byText  map[string]int32
}

// NewTable makes an empty table. The error joins a *marque.FieldError for every fault of the schema.
func NewTable(s Schema) (*Table, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	t := &Table{schema: slices.Clone(s), columns: make([]column, len(s))}
	for i := range s {
		t.schema[i].Levels = slices.Sorted(slices.Values(s[i].Levels))
		if s[i].Kind == Category {
			t.columns[i].byText = map[string]int32{}
		}
	}
	return t, nil
}

// Add appends a row: its outcome, and its values in the order of the schema. A row with a fault is not added; the
// error joins a *marque.FieldError for each, by the feature's name.
func (t *Table) Add(hit bool, row ...rule.Value) error {
	var f marque.Faults
	if len(row) != len(t.schema) {
		f.Add("row", "has %d values for %d features", len(row), len(t.schema))
		return f.Err()
	}
	for i := range row {
		if err := t.schema[i].check(row[i]); err != nil {
			f.Wrap(t.schema[i].Name, err)
		}
	}
	if err := f.Err(); err != nil {
		return err
	}
	t.add(hit, row)
	return nil
}

// add appends a row that has been checked.
func (t *Table) add(hit bool, row []rule.Value) {
	t.hit = append(t.hit, hit)
	for i, v := range row {
		c := &t.columns[i]
		if t.schema[i].Kind == Number {
			n, ok := number(v)
			if !ok {
				n = math.NaN()
			}
			c.numbers = append(c.numbers, n)
			continue
		}
		code := int32(-1)
		switch {
		case !v.Known():
		case t.schema[i].Kind == Category:
			code = c.code(v.Text())
		case v.Bool():
			code = 1
		default:
			code = 0
		}
		c.codes = append(c.codes, code)
	}
}

func (c *column) code(text string) int32 {
	code, ok := c.byText[text]
	if !ok {
		text = strings.Clone(text) // of a long line, perhaps
		code = int32(len(c.texts))
		c.texts = append(c.texts, text)
		c.byText[text] = code
	}
	return code
}

// Len is the number of rows.
func (t *Table) Len() int { return len(t.hit) }

// Row appends the values of row i to the row it is given, and tells its outcome.
func (t *Table) Row(i int, row []rule.Value) (values []rule.Value, hit bool) {
	for j := range t.columns {
		c := &t.columns[j]
		var v rule.Value
		switch {
		case c.numbers != nil:
			if !math.IsNaN(c.numbers[i]) {
				v = rule.FloatValue(c.numbers[i])
			}
		case c.codes[i] < 0:
		case t.schema[j].Kind == Category:
			v = rule.StringValue(c.texts[c.codes[i]])
		default:
			v = rule.BoolValue(c.codes[i] == 1)
		}
		row = append(row, v)
	}
	return row, t.hit[i]
}

// missing reports whether row i has no value in column j.
func (t *Table) missing(i, j int) bool {
	if t.schema[j].Kind == Number {
		return math.IsNaN(t.columns[j].numbers[i])
	}
	return t.columns[j].codes[i] < 0
}
