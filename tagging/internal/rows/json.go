package rows

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// jsonRows reads a file with a JSON object in each line.
type jsonRows struct {
	lines   *lines
	columns []Column
	raw     []byte
	values  map[string]json.RawMessage
}

// JSON begins to read a file with a JSON object in each line.
func JSON(r io.Reader, spec Spec) (Reader, error) {
	return &jsonRows{lines: newLines(r, spec.MaxLine), columns: spec.Columns, values: map[string]json.RawMessage{}}, nil
}

func (s *jsonRows) Ignored() []string { return nil }

func (s *jsonRows) Line() int { return s.lines.n }

func (s *jsonRows) Next(r *Row) error {
	long := false
	for s.raw = nil; len(s.raw) == 0; {
		line, cut, err := s.lines.next()
		if err != nil {
			return err
		}
		s.raw, long = line, cut
		if len(bytes.TrimSpace(line)) == 0 {
			s.raw = nil
		}
	}
	n := s.lines.n
	if n == 1 && bytes.HasPrefix(bytes.TrimSpace(s.raw), []byte("[")) {
		return errors.New("the file is a JSON list; it has to be an object in each line")
	}
	r.reset(n, len(s.columns))
	switch {
	case long:
		r.fault(n, 1, "", "is longer than %d bytes", s.lines.max)
		return nil
	case !utf8.Valid(s.raw):
		i := 0
		for {
			c, size := utf8.DecodeRune(s.raw[i:])
			if c == utf8.RuneError && size <= 1 {
				break
			}
			i += size
		}
		r.fault(n, runes(s.raw, i+1), "", "is not UTF-8")
		return nil
	}
	clear(s.values)
	if err := json.Unmarshal(s.raw, &s.values); err != nil || s.values == nil {
		s.values = map[string]json.RawMessage{}
		column := 1
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			column = runes(s.raw, int(syntax.Offset))
		} else {
			err = errors.New("is no JSON object")
		}
		r.fault(n, column, "", "%v", err)
		return nil
	}
	for field, c := range s.columns {
		text, err := textOf(s.values[c.Name])
		if err != nil {
			_, column := s.Place(field)
			r.fault(n, column, c.Name, "%v", err)
		}
		r.Text[field] = string(bytes.TrimSpace([]byte(text)))
	}
	return nil
}

// textOf is the text of a value.
func textOf(v json.RawMessage) (text string, err error) {
	switch {
	case len(v) == 0 || string(v) == "null":
		return "", nil
	case v[0] == '"':
		return text, json.Unmarshal(v, &text)
	case v[0] == '-' || v[0] >= '0' && v[0] <= '9':
		return string(v), nil
	}
	return "", fmt.Errorf("%s: want a text or a number", v)
}

// place looks for the value of a field in the line once more.
func (s *jsonRows) Place(field int) (line, column int) {
	line, column = s.lines.n, 1
	dec := json.NewDecoder(bytes.NewReader(s.raw))
	if _, err := dec.Token(); err != nil {
		return line, column
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return line, column
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			return line, column
		}
		if key == s.columns[field].Name {
			column = runes(s.raw, int(dec.InputOffset())-len(v)+1)
		}
	}
	return line, column
}
