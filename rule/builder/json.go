package builder

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// An element is a value of a JSON document with its place.
type element struct {
	kind byte // '{', '[', 's', 'n', 'b', '0'
	text string
	yes  bool
	list []*element
	keys map[string]*element

	line, col int
	twice     string // a key that is given twice
}

type reader struct {
	data []byte
	dec  *json.Decoder
	// where the last place was found, so that the next is sought from there
	at, line, col int
}

// read makes elements of a document; a fault where it is no JSON.
func read(data []byte) (*element, *Fault) {
	r := &reader{data: data, dec: json.NewDecoder(bytes.NewReader(data)), line: 1, col: 1}
	var raw json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		var s *json.SyntaxError
		if errors.As(err, &s) {
			r.place(int(s.Offset) - 1)
		}
		return nil, &Fault{Line: r.line, Col: r.col, Message: "no JSON: " + err.Error()}
	}
	r.dec.UseNumber()
	return r.next(), nil
}

// place finds line and column of an offset, which grows from call to call.
func (r *reader) place(offset int) {
	for r.at < offset && r.at < len(r.data) {
		c, n := utf8.DecodeRune(r.data[r.at:])
		r.at += n
		if r.col++; c == '\n' {
			r.line, r.col = r.line+1, 1
		}
	}
}

// next reads one value of a document that is known to be well formed.
func (r *reader) next() *element {
	at := int(r.dec.InputOffset())
	for at < len(r.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.data[at]) >= 0 {
		at++
	}
	r.place(at)
	e := &element{line: r.line, col: r.col}
	token, _ := r.dec.Token()
	switch x := token.(type) {
	case json.Delim:
		e.kind = byte(x)
		if x == '{' {
			e.keys = map[string]*element{}
		}
		for r.dec.More() {
			if x == '[' {
				e.list = append(e.list, r.next())
				continue
			}
			key := r.next().text
			if _, ok := e.keys[key]; ok {
				e.twice = key
			}
			e.keys[key] = r.next()
		}
		_, _ = r.dec.Token() // the bracket that closes it
	case string:
		e.kind, e.text = 's', x
	case json.Number:
		e.kind, e.text = 'n', x.String()
	case bool:
		e.kind, e.yes = 'b', x
	default:
		e.kind = '0'
	}
	return e
}

// given reports whether a key of an object is there, and not null.
func (e *element) given(key string) (*element, bool) {
	x, ok := e.keys[key]
	return x, ok && x.kind != '0'
}
