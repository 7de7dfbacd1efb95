package source

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// A Document is a file that was read. It is immutable and safe for concurrent use.
type Document struct {
	file  string
	lines *lines
	root  *node
}

// Parse reads a file: JSON where its name ends in .json, YAML otherwise. It fails with an *Error where the text is
// not well-formed or too large; whatever is wrong with single values is reported by Decode, all at once.
func Parse(file string, data []byte) (*Document, error) {
	isJSON := strings.HasSuffix(strings.ToLower(file), ".json")
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	d := &Document{file: file, lines: newLines(data, !isJSON)}
	if len(data) > maxBytes {
		return nil, d.fail(0, "%d bytes: a file of definitions holds up to %d", len(data), maxBytes)
	}
	if i := invalidUTF8(data); i >= 0 {
		return nil, d.fail(i, "byte %#02x: the text is not UTF-8", data[i])
	}
	var err error
	if isJSON {
		d.root, err = d.readJSON()
	} else {
		d.root, err = d.readYAML()
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// File is the name that was given to Parse.
func (d *Document) File() string { return d.file }

// Keys are the keys of the mapping at path in the order of the text, or nil where there is no mapping.
func (d *Document) Keys(path string) []string {
	at, whole := d.find(path)
	if !whole || at.value.kind != mapping {
		return nil
	}
	names := make([]string, len(at.value.keys))
	for i, k := range at.value.keys {
		names[i] = k.name
	}
	return names
}

// Len is the number of items of the list at path, and -1 where there is no list.
func (d *Document) Len(path string) int {
	at, whole := d.find(path)
	if !whole || at.value.kind != list {
		return -1
	}
	return len(at.value.items)
}

func (d *Document) fail(offset int, format string, args ...any) error {
	line, col := d.lines.place(offset)
	return &Error{File: d.file, Line: line, Col: col, Err: fmt.Errorf(format, args...)}
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n == 1 {
			return i
		}
		i += n
	}
	return -1
}
