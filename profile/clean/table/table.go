package table

import (
	"fmt"
	"io"
	"iter"
)

// Options of CSV and JSON. The zero value works.
type Options struct {
	// Encoding of the file. Default UTF8.
	Encoding Encoding
	// Comma separates the fields of a CSV file. Default a comma.
	Comma rune
	// MaxLine is the longest row in bytes; a longer one is a fault and not kept. Default 64 KiB.
	MaxLine int
}

func (o *Options) withDefaults() Options {
	var d Options
	if o != nil {
		d = *o
	}
	if d.Comma == 0 {
		d.Comma = ','
	}
	if d.MaxLine <= 0 {
		d.MaxLine = 64 << 10
	}
	return d
}

// A File is a table that is read once.
type File struct {
	header []string
	rows   iter.Seq2[Row, error]
}

// Header are the names of the columns, without blanks around them. Do not change them.
func (f *File) Header() []string { return f.header }

// Rows are the rows in their order; it ends with its first error, which is that of the reader. It can be ranged over
// once. A row's Cells are good until the next one.
func (f *File) Rows() iter.Seq2[Row, error] { return f.rows }

// A Row is one row.
type Row struct {
	Line  int      // it begins with, from 1
	Cells []string // one for each name of the header, as they stand; none where there is a Fault
	Fault *Fault   // why the row cannot be read

	place func(i int) (line, column int)
}

// Place is the line and the column, in runes, of a cell, both from 1. A column of 0 is that of a source that has none. It
// answers until the next row is read.
func (r Row) Place(cell int) (line, column int) {
	if r.place == nil {
		return r.Line, 0
	}
	return r.place(cell)
}

// A Fault is what is wrong with a row as such.
type Fault struct {
	Line   int    `json:"line"`   // from 1
	Column int    `json:"column"` // in runes, from 1
	Reason string `json:"reason"`
}

// Error is "17:9: has 4 fields, the header 5".
func (f *Fault) Error() string { return fmt.Sprintf("%d:%d: %s", f.Line, f.Column, f.Reason) }

// Of makes a table of rows that come from somewhere else, as a database. A row of another length than the header carries
// a Fault. Lines are counted from 1.
func Of(header []string, rows iter.Seq2[[]string, error]) *File {
	return &File{header: header, rows: func(yield func(Row, error) bool) {
		n := 0
		for cells, err := range rows {
			if err != nil {
				yield(Row{}, err)
				return
			}
			n++
			row := Row{Line: n, Cells: cells}
			if len(cells) != len(header) {
				row = Row{Line: n, Fault: length(n, 1, len(cells), len(header))}
			}
			if !yield(row, nil) {
				return
			}
		}
	}}
}

func length(line, column, n, want int) *Fault {
	return &Fault{line, column, fmt.Sprintf("has %d fields, the header %d", n, want)}
}

// ended is the error of a reader, nil at its end.
func ended(err error) error {
	if err == io.EOF {
		return nil
	}
	return fmt.Errorf("table: %w", err)
}
