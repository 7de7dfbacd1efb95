package model

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/marque-go/marque/rule"
)

// An Outcome says which column of a file tells what came of a row, and how.
type Outcome struct {
	Column string
	Yes    string // the text of a hit: "yes"
	No     string // that of the others. Empty: any other text but the empty one
}

// CSVOptions of ReadCSV. The zero value works.
type CSVOptions struct {
	// Comma separates the fields. Default a comma.
	Comma rune
	// Missing are the texts that stand for no value: "NA". Default none but the empty text.
	Missing []string
	// Show is how many faults the error lists, before it counts the others. Default 1,000.
	Show int
}

// A CSVFault is what is wrong at a place of a file.
type CSVFault struct {
	Line   int    // from 1
	Column int    // in bytes, from 1
	Field  string // the name of the column, empty where it is about the whole row
	Err    error
}

// Error is "17:9: age: \"x\" is not a number".
func (f *CSVFault) Error() string {
	if f.Field == "" {
		return fmt.Sprintf("%d:%d: %v", f.Line, f.Column, f.Err)
	}
	return fmt.Sprintf("%d:%d: %s: %v", f.Line, f.Column, f.Field, f.Err)
}

// Unwrap is the fault without its place.
func (f *CSVFault) Unwrap() error { return f.Err }

// ReadCSV reads a table from a CSV file in UTF-8, with or without a byte order mark, whose header names the features
// and the outcome; other columns are ignored. Texts are read as by Schema.Parse.
//
// The whole file is read whatever it holds: the error joins a *CSVFault for every field that cannot be used, up to
// CSVOptions.Show, and then there is no table. An error of the reader itself is returned as it is.
func ReadCSV(r io.Reader, s Schema, y Outcome, o *CSVOptions) (*Table, error) {
	t, err := NewTable(s)
	if err != nil {
		return nil, err
	}
	in := &csvReader{table: t, outcome: y, show: 1000}
	buf := bufio.NewReader(r)
	if mark, _ := buf.Peek(3); string(mark) == "\uFEFF" {
		if _, err := buf.Discard(3); err != nil {
			return nil, err
		}
	}
	in.csv = csv.NewReader(buf)
	in.csv.ReuseRecord = true
	if o != nil {
		in.missing = o.Missing
		if o.Comma != 0 {
			in.csv.Comma = o.Comma
		}
		if o.Show > 0 {
			in.show = o.Show
		}
	}
	if err := in.read(); err != nil {
		return nil, err
	}
	return t, nil
}

type csvReader struct {
	table   *Table
	outcome Outcome
	missing []string
	csv     *csv.Reader
	fields  []int // of the features, then of the outcome
	faults  []error
	show    int
	more    int
}

func (in *csvReader) read() error {
	header, err := in.csv.Read()
	switch {
	case err == io.EOF:
		return errors.New("model: the file is empty: the header is missing")
	case err != nil:
		return err
	}
	in.header(header)
	if len(in.faults) > 0 {
		return errors.Join(in.faults...)
	}
	values := make([]rule.Value, len(in.table.schema))
	for {
		record, err := in.csv.Read()
		var bad *csv.ParseError
		switch {
		case err == io.EOF:
			if in.more > 0 {
				in.faults = append(in.faults, fmt.Errorf("model: and %d faults more", in.more))
			}
			return errors.Join(in.faults...)
		case errors.As(err, &bad):
			in.fault(&CSVFault{Line: bad.Line, Column: max(bad.Column, 1), Err: bad.Err})
		case err != nil:
			return err
		default:
			in.row(record, values)
		}
	}
}

func (in *csvReader) header(names []string) {
	find := func(name string) int {
		i := slices.Index(names, name)
		if i < 0 {
			in.fault(&CSVFault{Line: 1, Column: 1, Err: fmt.Errorf("no column %q%s", name, rule.Hint(name, names))})
			return i
		}
		if j := slices.Index(names[i+1:], name); j >= 0 {
			line, column := in.csv.FieldPos(i + 1 + j)
			in.fault(&CSVFault{Line: line, Column: column, Err: fmt.Errorf("a second column %q", name)})
		}
		return i
	}
	for _, x := range in.table.schema {
		in.fields = append(in.fields, find(x.Name))
	}
	in.fields = append(in.fields, find(in.outcome.Column))
	for _, x := range in.table.schema {
		if x.Name == in.outcome.Column {
			in.fault(&CSVFault{Line: 1, Column: 1, Err: fmt.Errorf("%q is a feature and the outcome", x.Name)})
		}
	}
}

func (in *csvReader) row(record []string, values []rule.Value) {
	ok := true
	fail := func(field int, name string, err error) {
		ok = false
		line, column := in.csv.FieldPos(field)
		in.fault(&CSVFault{line, column, name, err})
	}
	schema := in.table.schema
	for i, field := range in.fields[:len(schema)] {
		text := record[field]
		if slices.Contains(in.missing, text) {
			text = ""
		}
		var err error
		if values[i], err = schema[i].parse(text); err != nil {
			fail(field, schema[i].Name, err)
		}
	}
	field := in.fields[len(schema)]
	text, y := record[field], &in.outcome
	if text != y.Yes && (y.No != "" && text != y.No || text == "") {
		fail(field, y.Column, fmt.Errorf("%q is neither %q nor %q", text, y.Yes, y.No))
	}
	if ok && len(in.faults) == 0 {
		in.table.add(text == y.Yes, values)
	}
}

func (in *csvReader) fault(f *CSVFault) {
	if len(in.faults) < in.show {
		in.faults = append(in.faults, f)
	} else {
		in.more++
	}
}
