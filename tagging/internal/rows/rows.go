package rows

import (
	"fmt"
	"io"
)

// A Spec says what to read.
type Spec struct {
	Columns []Column
	Comma   rune // of CSV
	MaxLine int  // the longest row in bytes
}

// A Column is one that is asked for.
type Column struct {
	Name   string
	Needed bool // a CSV file without it is refused
}

// A Reader reads a file row by row.
type Reader interface {
	// Next reads into r. What is wrong with the row is in r; the error is that of the file, io.EOF at its end.
	Next(r *Row) error
	// Place is the line and the column, in runes, of a field of the row that was read last, both from 1.
	Place(field int) (line, column int)
	// Line is the last line that was read.
	Line() int
	// Ignored are the columns that nobody asked for, where the file names its columns.
	Ignored() []string
}

// An Open begins to read: CSV or JSON.
type Open func(io.Reader, Spec) (Reader, error)

// A Row is one row of a file.
type Row struct {
	Line   int
	Text   []string // of each column of the spec, without space around, empty where there is none
	Faults []Fault  // what is wrong with the row as such; Text is then not to be used
}

// A Fault is what is wrong at a place.
type Fault struct {
	Line, Column  int
	Field, Reason string
}

// String is line, column and reason.
func (f Fault) String() string { return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Reason) }

func (r *Row) reset(line, fields int) {
	if len(r.Text) != fields {
		r.Text = make([]string, fields)
	}
	clear(r.Text)
	r.Line, r.Faults = line, r.Faults[:0]
}

func (r *Row) fault(line, column int, field, format string, args ...any) {
	r.Faults = append(r.Faults, Fault{line, column, field, fmt.Sprintf(format, args...)})
}
