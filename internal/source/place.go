package source

import (
	"fmt"
	"strconv"
	"strings"
)

// Place is the line and column of the value at path, "nodes[2].when", in runes from 1. A list or mapping that
// begins on a line below its key is found at the key. Where the path leads to nothing, the place is that of the
// last value on the way: a field that is missing is found at the mapping that should have it. The place of a value
// that came through an alias is where it is written. A key that contains dots may stand in a path as it is, or
// as ["a.b"].
func (d *Document) Place(path string) (line, col int) {
	at, _ := d.find(path)
	return at.place()
}

// Errorf is an *Error at the place of path. Format and args are those of fmt.Errorf.
func (d *Document) Errorf(path, format string, args ...any) error {
	return d.errorAt(path, fmt.Errorf(format, args...))
}

func (d *Document) errorAt(path string, err error) *Error {
	line, col := d.Place(path)
	return &Error{File: d.file, Line: line, Col: col, Path: path, Err: err}
}

// place of an entry: its value's, but its key's for what has no text of its own or stands below.
func (k key) place() (line, col int) {
	v := k.value
	below := (v.kind == list || v.kind == mapping) && v.line > k.line
	if k.line > 0 && (v.kind == null && v.text == "" || below) {
		return k.line, k.col
	}
	return v.line, v.col
}

// find follows path as far as it leads. whole reports whether it led to its end.
func (d *Document) find(path string) (at key, whole bool) {
	at = key{value: d.root}
	for range maxDepth {
		if path == "" {
			return at, true
		}
		next, rest, ok := at.value.step(path)
		if !ok {
			return at, false
		}
		at, path = next, rest
	}
	return at, false
}

// step takes the first part off path.
func (n *node) step(path string) (to key, rest string, ok bool) {
	if path[0] == '[' {
		if quoted, err := strconv.QuotedPrefix(path[1:]); err == nil {
			name, _ := strconv.Unquote(quoted)
			rest, ok = strings.CutPrefix(path[1+len(quoted):], "]")
			return n.enter(name, rest, ok)
		}
		digits, rest, ok := strings.Cut(path[1:], "]")
		i, err := strconv.Atoi(digits)
		if !ok || err != nil || n.kind != list || i < 0 || i >= len(n.items) {
			return key{}, "", false
		}
		return key{value: n.items[i]}, strings.TrimPrefix(rest, "."), true
	}
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") { // the longest key that is there
		if to, rest, ok = n.enter(path[:end], path[end:], true); ok {
			return to, rest, true
		}
	}
	return key{}, "", false
}

func (n *node) enter(name, rest string, ok bool) (key, string, bool) {
	k := n.child(name)
	if !ok || k == nil {
		return key{}, "", false
	}
	return *k, strings.TrimPrefix(rest, "."), true
}

// field and index extend a path.
func field(path, name string) string {
	if name == "" || strings.ContainsAny(name, `.[]"`) {
		return path + "[" + strconv.Quote(name) + "]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }
