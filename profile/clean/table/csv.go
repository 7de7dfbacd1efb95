package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// CSV begins to read a CSV file (RFC 4180) by its header. The error is that of the reader, or of a file that has no
// header, is no table or is in another encoding. Empty lines are left out.
func CSV(r io.Reader, o *Options) (*File, error) {
	d := o.withDefaults()
	if d.Comma == '"' || d.Comma == '\r' || d.Comma == '\n' || !utf8.ValidRune(d.Comma) || d.Comma == utf8.RuneError {
		return nil, fmt.Errorf("table: comma: %q does not separate fields", d.Comma)
	}
	text, strange, err := decoded(r, d.Encoding)
	if err != nil {
		return nil, err
	}
	s := &csvRows{lines: lines{r: bufio.NewReaderSize(text, window), max: d.MaxLine, strange: strange}, comma: d.Comma}
	s.anew()
	cells, fault, err := s.record()
	switch {
	case err == io.EOF:
		return nil, errors.New("table: the file is empty: the header is missing")
	case err != nil:
		return nil, fmt.Errorf("table: %w", err)
	case fault != nil:
		return nil, fmt.Errorf("table: header: %w%s", fault, hint(fault, d.Encoding))
	}
	header := make([]string, len(cells))
	for i, name := range cells {
		header[i] = strings.TrimSpace(name)
	}
	if len(header) == 1 {
		for _, other := range "\t;,|" {
			if other != d.Comma && strings.ContainsRune(header[0], other) {
				return nil, fmt.Errorf("table: header: one column %q; is Comma %q?", header[0], other)
			}
		}
	}
	return &File{header: header, rows: func(yield func(Row, error) bool) {
		for {
			row, err := s.next(len(header))
			if err != nil {
				if err = ended(err); err != nil {
					yield(Row{}, err)
				}
				return
			}
			if !yield(row, nil) {
				return
			}
		}
	}}, nil
}

func hint(f *Fault, e Encoding) string {
	if f.Reason == notText && (e == "" || e == UTF8) {
		return "; is Encoding gb18030?"
	}
	return ""
}

// csvRows reads the rows of a CSV file. Each is parsed by itself, so that one with a quote too many takes no other with
// it.
type csvRows struct {
	lines lines
	comma rune

	feed  bytes.Reader
	csv   *csv.Reader
	bytes int64  // that csv has read
	start int    // the line that the row begins with
	raw   []byte // the row as it stands
}

// anew begins with a new parser, as one that found a fault may be anywhere.
func (s *csvRows) anew() {
	s.csv = csv.NewReader(&s.feed)
	s.csv.Comma, s.csv.FieldsPerRecord, s.csv.ReuseRecord = s.comma, -1, true
	s.bytes = 0
}

func (s *csvRows) next(fields int) (Row, error) {
	cells, fault, err := s.record()
	if err != nil {
		return Row{}, err
	}
	if fault == nil && len(cells) != fields {
		line, column := s.place(min(len(cells), fields+1) - 1)
		fault = length(line, column, len(cells), fields)
	}
	if fault != nil {
		return Row{Line: s.start, Fault: fault}, nil
	}
	return Row{Line: s.start, Cells: cells, place: s.place}, nil
}

// place is the line and column of a field of the row at hand.
func (s *csvRows) place(i int) (int, int) {
	l, offset := s.csv.FieldPos(i)
	first, _ := s.csv.FieldPos(0)
	raw := s.raw
	for range l - first {
		_, raw, _ = bytes.Cut(raw, []byte("\n"))
	}
	raw, _, _ = bytes.Cut(raw, []byte("\n"))
	return s.start + l - first, column(raw, offset)
}

// record reads the next row, which may be of several lines. A fault is that of a line that is no row.
func (s *csvRows) record() (cells []string, fault *Fault, err error) {
	var l line
	for len(l.text) == 0 {
		if l, err = s.lines.next(); err != nil {
			return nil, nil, err
		}
	}
	s.start = s.lines.n
	if l.long {
		return nil, &Fault{s.start, 1, fmt.Sprintf("is longer than %d bytes", s.lines.max)}, nil
	}
	s.raw = append(append(s.raw[:0], l.text...), '\n')
	open := quoted(l.text) // the row goes on
	var more []line
	for open && len(s.raw) < s.lines.max {
		l, err := s.lines.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, nil, err
		}
		more = append(more, line{bytes.Clone(l.text), l.long})
		if l.long {
			break
		}
		s.raw = append(append(s.raw, l.text...), '\n')
		open = open != quoted(l.text)
	}
	cells, fault = s.parse()
	if fault != nil {
		s.lines.again(more)
		return nil, fault, nil
	}
	if fault := s.lines.broken(s.raw, s.start); fault != nil {
		return nil, fault, nil
	}
	return cells, nil, nil
}

// quoted reports whether a text ends within quotes that it began in.
func quoted(text []byte) bool { return bytes.Count(text, []byte(`"`))%2 == 1 }

// parse reads the row at hand. The place of a fault is in its first line.
func (s *csvRows) parse() ([]string, *Fault) {
	s.feed.Reset(s.raw)
	cells, err := s.csv.Read()
	if err == nil && s.csv.InputOffset() == s.bytes+int64(len(s.raw)) {
		s.bytes += int64(len(s.raw))
		return cells, nil
	}
	at := 1
	if where, ok := errors.AsType[*csv.ParseError](err); ok {
		err = where.Err
		if where.Line == where.StartLine {
			first, _, _ := bytes.Cut(s.raw, []byte("\n"))
			at = column(first, where.Column)
		}
	}
	reason := "a quote too many or too few"
	if errors.Is(err, csv.ErrBareQuote) {
		reason = "a quote in a field that does not begin with one"
	}
	s.anew()
	return nil, &Fault{s.start, at, reason}
}
