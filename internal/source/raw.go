package source

import (
	"encoding/json"
	"errors"
	"strings"
)

// A mark is where in the JSON of a value a value within it begins.
type mark struct {
	offset int
	at     key
	path   string
}

// unmarshal gives the value as JSON to a type that reads it itself, and finds the places of what it refuses.
func (c *decoder) unmarshal(at key, path string, u json.Unmarshaler) {
	before := len(c.errs)
	var data []byte
	var marks []mark
	c.raw(at, path, &data, &marks)
	if len(c.errs) > before || c.left <= 0 {
		return
	}
	err := u.UnmarshalJSON(data)
	if err == nil {
		return
	}
	offset := int64(-1)
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) {
		offset = wrong.Offset
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		for _, m := range marks {
			if quote(m.at.name) == name && m.at.line > 0 {
				c.fault(key{value: &node{line: m.at.line, col: m.at.col}}, m.path, "unknown field %s", name)
				return
			}
		}
	}
	last := marks[0]
	for _, m := range marks {
		if int64(m.offset) < offset {
			last = m
		}
	}
	if wrong != nil {
		c.fault(last.at, last.path, "want %s, found %s", wanted(wrong.Type), last.at.value.describe())
		return
	}
	c.refused(at, path, err)
}

// raw writes the value as JSON.
func (c *decoder) raw(at key, path string, out *[]byte, marks *[]mark) {
	c.depth++
	defer func() { c.depth-- }()
	n := at.value
	*marks = append(*marks, mark{len(*out), at, path})
	if !c.enter(at, path) {
		return
	}
	switch n.kind {
	case null:
		*out = append(*out, "null"...)
	case boolean, number:
		*out = append(*out, n.text...)
	case text:
		*out = appendText(*out, n.text)
	case list:
		*out = append(*out, '[')
		for i, item := range n.items {
			if i > 0 {
				*out = append(*out, ',')
			}
			if c.raw(key{value: item}, index(path, i), out, marks); c.left <= 0 {
				return
			}
		}
		*out = append(*out, ']')
	case mapping:
		*out = append(*out, '{')
		for i, k := range n.keys {
			if i > 0 {
				*out = append(*out, ',')
			}
			if k.fault != "" {
				c.fault(key{value: &node{line: k.line, col: k.col}}, field(path, k.name), "%s", k.fault)
			}
			*out = append(appendText(*out, k.name), ':')
			if c.raw(k, field(path, k.name), out, marks); c.left <= 0 {
				return
			}
		}
		*out = append(*out, '}')
	}
}

func appendText(out []byte, s string) []byte {
	b, _ := json.Marshal(s) // a text always has a JSON
	return append(out, b...)
}
