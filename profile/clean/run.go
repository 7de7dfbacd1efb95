package clean

import (
	"iter"
	"slices"

	"github.com/marque-go/marque/profile/clean/table"
	"github.com/marque-go/marque/rule"
)

// RunOptions of Run and Check. The zero value works.
type RunOptions struct {
	// Examples is how many are kept of each reason and of the repeated values of a column. Default 3.
	Examples int
	// Plain shows examples as they are. Default numbers, dates and values from a list are shown, all others masked.
	Plain bool
	// Remember is how many different values of a column are told apart, and how many rows. Those beyond are not found
	// again; the report says so. Each takes 35 to 70 bytes. Default 1,000,000.
	Remember int
}

// A Run goes over one table. It is for one goroutine.
type Run struct {
	plan   *Plan
	file   *table.File
	o      RunOptions
	fields []int // the number of the cell of each column, -1 for none
	report Report
	seen   []*seen // by column
	rows   *seen
	buf    []byte
}

// A Row is a row with what was made of it. It is the caller's to keep.
type Row struct {
	Line   int      `json:"line"`   // it begins with, from 1
	Values []string `json:"values"` // by declared column, in its form; "" where it is missing or malformed
	// Changes are the values that came in another form.
	Changes []Change `json:"changes,omitempty"`
	// Faults are what is wrong, by column. A row without is clean.
	Faults []RowFault `json:"faults,omitempty"`
	// Twin is the line of the first row with the same cells, 0 for none.
	Twin int `json:"twin,omitempty"`
}

// A Change is a value that came in another form.
type Change struct {
	Name string `json:"name"` // of the column
	From string `json:"from"`
	To   string `json:"to"`
}

// A RowFault is what is wrong with a value, or with a row as such, which has no Name.
type RowFault struct {
	Line   int    `json:"line"`
	Column int    `json:"column,omitempty"` // in runes, from 1; 0 where it has none
	Name   string `json:"name,omitempty"`
	Reason string `json:"reason"`          // of a value the text of a Reason, "missing" or "repeated"
	Cell   string `json:"cell"`            // as it stood, not masked
	First  int    `json:"first,omitempty"` // of a repeated value: the line that had it first
}

const (
	reasonMissing  = "missing"
	reasonRepeated = "repeated"
)

// Check runs over the table to its end and reports. The error is that of the reader; the report is of the rows before
// it.
func (p *Plan) Check(file *table.File, o *RunOptions) (Report, error) {
	run := p.Run(file, o)
	for _, err := range run.Rows() {
		if err != nil {
			return run.Report(), err
		}
	}
	return run.Report(), nil
}

// Run begins to clean a table. Header faults are in its Report already: a table without a declared column is one whose
// values are all missing.
func (p *Plan) Run(file *table.File, o *RunOptions) *Run {
	r := &Run{plan: p, file: file}
	if o != nil {
		r.o = *o
	}
	if r.o.Examples <= 0 {
		r.o.Examples = 3
	}
	if r.o.Remember <= 0 {
		r.o.Remember = 1_000_000
	}
	r.rows = newSeen(r.o.Remember)
	header := file.Header()
	names := make([]string, len(p.columns))
	for i, c := range p.columns {
		names[i] = c.Name
		at := slices.Index(header, c.Name)
		r.fields = append(r.fields, at)
		r.seen = append(r.seen, newSeen(r.o.Remember))
		r.report.Columns = append(r.report.Columns, ColumnReport{Name: c.Name, As: c.As, Absent: at < 0})
		if at < 0 {
			r.report.Header = append(r.report.Header, "no column "+quote(c.Name)+rule.Hint(c.Name, header))
		}
	}
	for i, name := range header {
		first := slices.Index(header, name)
		switch {
		case first < i && slices.Index(header[first+1:], name)+first+1 == i:
			r.report.Header = append(r.report.Header, "column "+quote(name)+" is there twice; the first is read")
		case first == i && !slices.Contains(names, name):
			r.report.Header = append(r.report.Header, "column "+quote(name)+" is not declared"+rule.Hint(name, names))
		}
	}
	return r
}

// Rows are the rows that can be read, in their order, cleaned; blank ones and those that cannot be read are in the report
// only. It ends with its first error, which is that of the reader, and can be ranged over once. Where the loop ends
// early, the report is of the rows until then.
func (r *Run) Rows() iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		for in, err := range r.file.Rows() {
			if err != nil {
				yield(Row{}, err)
				return
			}
			r.report.Rows++
			if in.Fault != nil {
				r.broken(in.Fault)
				continue
			}
			if blank(in.Cells) {
				r.report.Blank++
				continue
			}
			if !yield(r.row(in), nil) {
				return
			}
		}
	}
}

func (r *Run) broken(f *table.Fault) {
	r.report.Broken++
	if len(r.report.Faults) < r.o.Examples {
		r.report.Faults = append(r.report.Faults, RowFault{Line: f.Line, Column: f.Column, Reason: f.Reason})
	}
}

func blank(cells []string) bool {
	for _, c := range cells {
		if _, err := Text(c); err != Empty {
			return false
		}
	}
	return true
}

func (r *Run) row(in table.Row) Row {
	out := Row{Line: in.Line, Values: make([]string, len(r.plan.columns))}
	for i := range r.plan.columns {
		r.cell(&out, i, in)
	}
	r.buf = joined(r.buf[:0], in.Cells)
	if first, n := r.rows.add(r.buf, in.Line); n > 1 {
		out.Twin = first
		r.report.Twins++
	}
	if len(out.Faults) == 0 {
		r.report.Clean++
	}
	return out
}

// cell cleans the value of a column and counts what it finds.
func (r *Run) cell(out *Row, i int, in table.Row) {
	c, rep := &r.plan.columns[i], &r.report.Columns[i]
	cell := ""
	if r.fields[i] >= 0 {
		cell = in.Cells[r.fields[i]]
	}
	fault := func(reason string, first int) {
		f := RowFault{Line: in.Line, Name: c.Name, Reason: reason, Cell: cell, First: first}
		if r.fields[i] >= 0 {
			f.Line, f.Column = in.Place(r.fields[i])
		}
		out.Faults = append(out.Faults, f)
	}
	value, missing, err := r.plan.clean(c, cell)
	switch {
	case missing:
		rep.Missing++
		if c.Required {
			fault(reasonMissing, 0)
		}
		return
	case err != nil:
		rep.Malformed++
		fault(reasonText(err), 0)
		r.example(rep, out.Faults[len(out.Faults)-1])
		return
	}
	rep.Valid++
	out.Values[i] = value
	if value != cell {
		rep.Changed++
		out.Changes = append(out.Changes, Change{c.Name, cell, value})
	}
	r.buf = append(r.buf[:0], value...)
	if first, n := r.seen[i].add(r.buf, in.Line); n > 1 {
		if c.Unique {
			fault(reasonRepeated, first)
		}
		if n == 2 && (c.Unique || c.identifies()) && len(rep.Repeats) < r.o.Examples {
			line, column := in.Place(r.fields[i])
			rep.Repeats = append(rep.Repeats, Example{Line: line, Column: column, Cell: r.shown(c, value), First: first})
		}
	}
}
