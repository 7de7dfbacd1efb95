package source

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// readJSON checks the text by the rules of encoding/json, then walks over its tokens.
func (d *Document) readJSON() (*node, error) {
	var raw json.RawMessage
	if err := json.Unmarshal(d.lines.data, &raw); err != nil {
		return nil, d.malformedJSON(err)
	}
	r := &jsonReader{doc: d, cursor: newCursor(d.lines), dec: json.NewDecoder(bytes.NewReader(d.lines.data))}
	r.dec.UseNumber()
	return r.value(0)
}

func (d *Document) malformedJSON(err error) error {
	data := d.lines.data
	var syntax *json.SyntaxError
	if !errors.As(err, &syntax) {
		return d.fail(0, "%w", err)
	}
	at := int(syntax.Offset) - 1
	what, found := strings.CutPrefix(syntax.Error(), "invalid character ")
	if !found || at < 0 || at >= len(data) {
		return d.fail(len(data), "%w", err) // the end came too early
	}
	if r, size := utf8.DecodeRune(data[at:]); size > 1 { // encoding/json has quoted its first byte
		_, what, _ = strings.Cut(what[1:], "'")
		return d.fail(at, "invalid character %q%s", r, what)
	}
	return d.fail(at, "%w", err)
}

type jsonReader struct {
	doc    *Document
	cursor *cursor
	dec    *json.Decoder
}

// next reads a token; line and col are where it begins.
func (r *jsonReader) next() (tok json.Token, line, col int, err error) {
	at := int(r.dec.InputOffset())
	for at < len(r.doc.lines.data) && bytes.IndexByte([]byte(" \t\r\n,:"), r.doc.lines.data[at]) >= 0 {
		at++
	}
	line, col = r.cursor.to(at)
	if tok, err = r.dec.Token(); err != nil {
		err = r.doc.fail(at, "%w", err)
	}
	return tok, line, col, err
}

func (r *jsonReader) value(depth int) (*node, error) {
	tok, line, col, err := r.next()
	if err != nil {
		return nil, err
	}
	n := &node{line: line, col: col}
	switch t := tok.(type) {
	case bool:
		n.kind, n.text = boolean, fmt.Sprint(t)
	case json.Number:
		n.kind, n.text = number, t.String()
	case string:
		n.kind, n.text, n.style = text, t, double
	case json.Delim:
		if depth++; depth > maxDepth {
			return nil, r.doc.fail(r.doc.lines.offset(line, col), "nested more than %d deep", maxDepth)
		}
		if t == '[' {
			n.kind = list
			err = r.list(n, depth)
		} else {
			n.kind = mapping
			err = r.mapping(n, depth)
		}
	}
	return n, err
}

func (r *jsonReader) list(n *node, depth int) error {
	for r.dec.More() {
		item, err := r.value(depth)
		if err != nil {
			return err
		}
		n.items = append(n.items, item)
	}
	_, _, _, err := r.next()
	return err
}

func (r *jsonReader) mapping(n *node, depth int) error {
	first := map[string]int{}
	for r.dec.More() {
		tok, line, col, err := r.next()
		if err != nil {
			return err
		}
		k := key{name: tok.(string), line: line, col: col}
		k.fault = twice(first, k.name, line)
		if k.value, err = r.value(depth); err != nil {
			return err
		}
		n.keys = append(n.keys, k)
	}
	_, _, _, err := r.next()
	return err
}

// twice is the fault of a key that was there before.
func twice(first map[string]int, name string, line int) string {
	if at, ok := first[name]; ok {
		return fmt.Sprintf("key %s is given twice, first in line %d", quote(name), at)
	}
	first[name] = line
	return ""
}
