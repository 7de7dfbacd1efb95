package clean

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque"
)

// A Sheet declares the columns of a table that is to be checked. It is data.
type Sheet struct {
	Columns []Column `json:"columns"`
}

// A Column is what a column should hold.
type Column struct {
	// Name in the header.
	Name string `json:"name"`
	// As is the form of its values. Default AsText.
	As Form `json:"as,omitempty"`
	// Required makes a fault of a missing value.
	Required bool `json:"required,omitempty"`
	// Unique makes a fault of a value that a row before has, both in their form.
	Unique bool `json:"unique,omitempty"`
	// Values are those allowed, in their form; one that stands here is not missing, though it be "无" or "0". Default
	// any.
	Values []string `json:"values,omitempty"`
}

// Validate lists every fault: no columns, names that are empty or there twice, forms that there are not, allowed values
// that are not in their form.
func (s Sheet) Validate() error { return s.validate(&Options{Region: "CN"}) }

func (s Sheet) validate(o *Options) error {
	var f marque.Faults
	if len(s.Columns) == 0 {
		f.Add("columns", "there are none")
	}
	seen := map[string]int{}
	for i, c := range s.Columns {
		path := fmt.Sprintf("columns[%d]", i)
		if c.Name == "" || strings.TrimSpace(c.Name) != c.Name {
			f.Add(path+".name", "%q: want a name without blanks around it", c.Name)
		} else if at, ok := seen[c.Name]; ok {
			f.Add(path+".name", "%q is declared twice, first as number %d", c.Name, at+1)
		} else {
			seen[c.Name] = i
		}
		if c.As == "" {
			c.As = AsText
		}
		if err := c.As.known(); err != nil {
			f.Wrap(path+".as", err)
			continue
		}
		for j, v := range c.Values {
			if got, err := o.apply(c.As, v); v == "" || err != nil && err != Placeholder {
				f.Add(fmt.Sprintf("%s.values[%d]", path, j), "%q is no %s", v, c.As)
			} else if err == nil && got != v {
				f.Add(fmt.Sprintf("%s.values[%d]", path, j), "%q: as %s it is %q", v, c.As, got)
			}
		}
	}
	return f.Err()
}

// A Plan checks and cleans tables of one sheet. It is immutable and safe for concurrent use.
type Plan struct {
	columns []column
	o       Options
}

type column struct {
	Column
	allowed map[string]bool
}

// Compile checks the sheet and the options, and lists the faults of both.
func Compile(s Sheet, o *Options) (*Plan, error) {
	var f marque.Faults
	f.Wrap("options", o.Validate())
	p := &Plan{o: o.withDefaults()}
	f.Wrap("", s.validate(&p.o))
	if err := f.Err(); err != nil {
		return nil, err
	}
	for _, c := range s.Columns {
		if c.As == "" {
			c.As = AsText
		}
		col := column{Column: c}
		if len(c.Values) > 0 {
			col.allowed = map[string]bool{}
			for _, v := range c.Values {
				col.allowed[v] = true
			}
		}
		p.columns = append(p.columns, col)
	}
	return p, nil
}

// clean brings a cell into the column's form. missing says that there is no value.
func (p *Plan) clean(c *column, cell string) (value string, missing bool, err error) {
	if c.allowed != nil {
		if t, err := Text(cell); err == nil && c.allowed[t] {
			return t, false, nil
		}
	}
	if (c.As == AsText || c.As == AsIs) && Missing(cell) {
		return "", true, nil
	}
	value, err = p.o.apply(c.As, cell)
	switch {
	case err == Empty || err == Placeholder:
		return "", true, nil
	case err == nil && c.allowed != nil && !c.allowed[value]:
		return "", false, NotAllowed
	}
	return value, false, err
}

// private reports whether values of the column are hidden in reports.
func (c *column) private() bool {
	switch c.As {
	case AsNumber, AsInteger, AsDate, AsTime:
		return false
	}
	return c.allowed == nil
}

// identifies reports whether values of the column are of one person each.
func (c *column) identifies() bool {
	switch c.As {
	case AsIdent, AsLower, AsUpper, AsPhone, AsMobile, AsEmail:
		return true
	}
	return false
}
