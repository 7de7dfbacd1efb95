package rows

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// csvRows reads the rows of a CSV file. Each is parsed by itself, so that one with a quote too many takes no other with
// it.
type csvRows struct {
	lines  *lines
	comma  rune
	header []string
	fields []int // the number of the column of each field, -1 for none

	feed  feed
	csv   *csv.Reader
	bytes int64  // that csv has read
	start int    // the line that the row begins with
	raw   []byte // the row as it stands
}

// feed gives a reader one row after the other; between them it is at its end.
type feed struct{ data []byte }

func (f *feed) Read(p []byte) (int, error) {
	if len(f.data) == 0 {
		return 0, io.EOF
	}
	n := copy(p, f.data)
	f.data = f.data[n:]
	return n, nil
}

// CSV begins to read a CSV file with a header.
func CSV(r io.Reader, spec Spec) (Reader, error) {
	s := &csvRows{lines: newLines(r, spec.MaxLine), comma: spec.Comma}
	if err := s.check(); err != nil {
		return nil, err
	}
	s.anew()
	header, fault, err := s.record()
	switch {
	case err == io.EOF:
		return nil, errors.New("the file is empty: the header is missing")
	case err != nil:
		return nil, err
	case fault.Reason != "":
		return nil, fmt.Errorf("header: %v", fault)
	}
	for _, name := range header {
		if !utf8.ValidString(name) {
			return nil, errors.New("the header is not UTF-8")
		}
		s.header = append(s.header, strings.TrimSpace(name))
	}
	return s, s.assign(spec)
}

func (s *csvRows) check() error {
	if s.comma == '"' || s.comma == '\r' || s.comma == '\n' || !utf8.ValidRune(s.comma) || s.comma == utf8.RuneError {
		return fmt.Errorf("comma: %q does not separate fields", s.comma)
	}
	return nil
}

// assign finds the column of each field.
func (s *csvRows) assign(spec Spec) error {
	var f marque.Faults
	for _, c := range spec.Columns {
		at := slices.Index(s.header, c.Name)
		s.fields = append(s.fields, at)
		switch {
		case at < 0:
			if c.Needed {
				f.Add("header", "no column %q%s", c.Name, rule.Hint(c.Name, s.header))
			}
		case slices.Contains(s.header[at+1:], c.Name):
			f.Add("header", "column %q is there twice", c.Name)
		}
	}
	return f.Err()
}

func (s *csvRows) Ignored() (names []string) {
	for i, name := range s.header {
		if !slices.Contains(s.fields, i) {
			names = append(names, name)
		}
	}
	return names
}

func (s *csvRows) Line() int { return s.lines.n }

// anew begins with a new reader, as one that found a fault may be anywhere.
func (s *csvRows) anew() {
	s.feed.data = nil
	s.csv = csv.NewReader(&s.feed)
	s.csv.Comma, s.csv.FieldsPerRecord, s.csv.ReuseRecord = s.comma, -1, true
	s.bytes = 0
}

func (s *csvRows) Next(r *Row) error {
	record, fault, err := s.record()
	if err != nil {
		return err
	}
	r.reset(s.start, len(s.fields))
	if fault.Reason != "" {
		r.Faults = append(r.Faults, fault)
		return nil
	}
	if len(record) != len(s.header) {
		line, column := s.at(min(len(record), len(s.header)+1) - 1)
		r.fault(line, column, "", "has %d fields, the header %d", len(record), len(s.header))
		return nil
	}
	for field, i := range s.fields {
		if i >= 0 {
			r.Text[field] = strings.TrimSpace(record[i])
		}
	}
	return nil
}

func (s *csvRows) Place(field int) (line, column int) {
	if s.fields[field] < 0 {
		return s.start, 1
	}
	return s.at(s.fields[field])
}

// at is the line and column of a field of the row at hand.
func (s *csvRows) at(i int) (line, column int) {
	l, offset := s.csv.FieldPos(i)
	first, _ := s.csv.FieldPos(0)
	raw := s.raw
	for range l - first {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	raw, _, _ = bytes.Cut(raw, []byte("\n"))
	return s.start + l - first, runes(raw, offset)
}

// record reads the next row, which may be of several lines. A fault is that of a line that is no row.
func (s *csvRows) record() (record []string, fault Fault, err error) {
	var line []byte
	var long bool
	for len(line) == 0 {
		if line, long, err = s.lines.next(); err != nil {
			return nil, fault, err
		}
	}
	s.start = s.lines.n
	s.raw = append(append(s.raw[:0], line...), '\n')
	if long {
		return nil, Fault{s.start, 1, "", fmt.Sprintf("is longer than %d bytes", s.lines.max)}, nil
	}
	var more []readLine
	open := odd(line) // in quotes, so that the row goes on
	for open && len(s.raw) < s.lines.max {
		line, long, err := s.lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fault, err
		}
		more = append(more, readLine{bytes.Clone(line), long})
		if long {
			break
		}
		s.raw = append(append(s.raw, line...), '\n')
		open = open != odd(line)
	}
	record, column, err := s.parse()
	if err == nil {
		return record, fault, nil
	}
	s.lines.again(more)
	return nil, Fault{s.start, column, "", err.Error()}, nil
}

func odd(line []byte) bool { return bytes.Count(line, []byte(`"`))%2 == 1 }

// parse reads the row at hand. The column of a fault is in its first line.
func (s *csvRows) parse() (record []string, column int, err error) {
	s.feed.data = s.raw
	record, err = s.csv.Read()
	size := int64(len(s.raw))
	if err == nil && s.csv.InputOffset() == s.bytes+size {
		s.bytes += size
		return record, 0, nil
	}
	column = 1
	var where *csv.ParseError
	if errors.As(err, &where) {
		err = where.Err
		if where.Line == where.StartLine {
			first, _, _ := bytes.Cut(s.raw, []byte("\n"))
			column = runes(first, where.Column)
		}
	}
	switch {
	case errors.Is(err, csv.ErrBareQuote):
		err = errors.New("a quote in a field that does not begin with one")
	case err == nil || err == io.EOF || errors.Is(err, csv.ErrQuote):
		err = errors.New("a quote too many or too few")
	}
	s.anew()
	return nil, column, err
}
