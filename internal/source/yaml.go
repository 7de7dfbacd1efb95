package source

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

func (d *Document) readYAML() (*node, error) {
	dec := yaml.NewDecoder(bytes.NewReader(d.lines.data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err == io.EOF {
		return &node{kind: null, line: 1, col: 1}, nil
	} else if err != nil {
		return nil, d.malformed(err)
	}
	if err := dec.Decode(&more); err == nil {
		at := d.lines.offset(more.Line, more.Column)
		return nil, d.fail(at, "a second document: one file holds one")
	} else if err != io.EOF {
		return nil, d.malformed(err)
	}
	r := &yamlReader{doc: d, cursor: newCursor(d.lines), done: map[*yaml.Node]*node{}, open: map[*yaml.Node]bool{}}
	root := r.node(doc.Content[0], 0)
	return root, r.err
}

// malformed finds the line at which the reader gave up. Its own line is often that of the construct around it, so
// the line is the last of the shortest text that fails in the same way.
func (d *Document) malformed(err error) error {
	message := yamlProblem(err)
	line := 1 + sort.Search(len(d.lines.starts)-1, func(i int) bool {
		dec := yaml.NewDecoder(bytes.NewReader(d.lines.data[:d.lines.starts[i+1]]))
		for {
			if err := dec.Decode(new(yaml.Node)); err != nil {
				return err != io.EOF && yamlProblem(err) == message
			}
		}
	})
	at := d.lines.starts[line-1]
	wide := d.wide(max(line-1, 1), line)
	for at < len(d.lines.data) && (d.lines.data[at] == ' ' || d.lines.data[at] == '\t') {
		at++
	}
	return d.fail(at, "%w%s", errors.New(message), wide)
}

func yamlProblem(err error) string {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	if rest, ok := strings.CutPrefix(message, "line "); ok {
		if _, what, ok := strings.Cut(rest, ": "); ok {
			return what
		}
	}
	return message
}

// A yamlReader turns nodes of the YAML reader into ours: aliases resolved, mappings merged, scalars typed.
type yamlReader struct {
	doc    *Document
	cursor *cursor
	done   map[*yaml.Node]*node
	open   map[*yaml.Node]bool // being read: an alias to one would contain itself
	merged int
	err    error // of the whole document
}

func (r *yamlReader) node(y *yaml.Node, depth int) *node {
	if y.Kind == yaml.AliasNode {
		if r.open[y.Alias] {
			return &node{line: y.Line, col: y.Column, fault: "*" + y.Value + " contains itself"}
		}
		return r.node(y.Alias, depth)
	}
	if n := r.done[y]; n != nil {
		return n
	}
	n := &node{}
	r.done[y] = n
	n.line, n.col = r.place(y)
	if depth++; depth > maxDepth && r.err == nil {
		r.err = r.doc.fail(r.doc.lines.offset(n.line, n.col), "nested more than %d deep", maxDepth)
	}
	if r.err != nil {
		return n
	}
	if y.Style&yaml.TaggedStyle != 0 {
		switch y.ShortTag() {
		case "!!str", "!!map", "!!seq":
		default:
			n.fault = "tag " + clip(y.Tag) + " is not supported"
		}
	}
	r.open[y] = true
	switch y.Kind {
	case yaml.ScalarNode:
		scalar(n, y)
	case yaml.SequenceNode:
		n.kind = list
		for _, item := range y.Content {
			n.items = append(n.items, r.node(item, depth))
		}
	case yaml.MappingNode:
		n.kind = mapping
		r.mapping(n, y, depth)
	}
	delete(r.open, y)
	return n
}

// place is where a node begins, behind its anchor and tag.
func (r *yamlReader) place(y *yaml.Node) (line, col int) {
	l := r.doc.lines
	if y.Anchor == "" && y.Style&yaml.TaggedStyle == 0 && y.Line <= len(l.starts) {
		return y.Line, y.Column
	}
	i := r.cursor.find(y.Line, y.Column)
	for i < len(l.data) {
		switch c := l.data[i]; {
		case c == '&' || c == '!':
			for i < len(l.data) && l.data[i] != ' ' && l.data[i] != '\t' && l.breakAt(i) == 0 {
				i++
			}
		case c == '#':
			for i < len(l.data) && l.breakAt(i) == 0 {
				i++
			}
		case c == ' ' || c == '\t':
			i++
		default:
			n := l.breakAt(i)
			if n == 0 {
				return r.cursor.to(i)
			}
			i += n
		}
	}
	return r.cursor.to(i) // nothing but an anchor
}

var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func scalar(n *node, y *yaml.Node) {
	n.kind, n.text = text, y.Value
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		n.style = double
	case y.Style&yaml.SingleQuotedStyle != 0:
		n.style = single
	case y.Style&yaml.LiteralStyle != 0:
		n.style = literal
	case y.Style&yaml.FoldedStyle != 0:
		n.style = folded
	}
	switch y.ShortTag() {
	case "!!null":
		n.kind, n.text = null, ""
	case "!!bool":
		n.kind, n.text = boolean, strings.ToLower(y.Value)
	case "!!int", "!!float":
		n.kind = number
		if n.fault == "" && !jsonNumber.MatchString(y.Value) {
			n.fault = fmt.Sprintf("%s is not read as the same number everywhere: write it in decimal digits, or in quotes if it is a text", clip(y.Value))
		}
	}
}

func (r *yamlReader) mapping(n *node, y *yaml.Node, depth int) {
	first := map[string]int{}
	var merges []*yaml.Node
	for i := 0; i+1 < len(y.Content); i += 2 {
		name, value := y.Content[i], y.Content[i+1]
		var k key
		k.line, k.col = r.place(name)
		if name.Kind == yaml.AliasNode {
			name = name.Alias
		}
		k.name = name.Value
		switch tag := name.ShortTag(); {
		case name.Kind != yaml.ScalarNode || tag == "!!null":
			k.fault = "a key must be a text"
		case tag == "!!merge" && name.Style == 0:
			if k.fault = twice(first, "<<", k.line); k.fault == "" {
				merges = append(merges, value)
				continue
			}
		case name.Style&yaml.TaggedStyle != 0 && tag != "!!str":
			k.fault = "tag " + clip(name.Tag) + " is not supported"
		default:
			k.fault = twice(first, k.name, k.line)
		}
		k.value = r.node(value, depth)
		n.keys = append(n.keys, k)
	}
	for _, m := range merges {
		r.merge(n, m, first, depth)
	}
}

// merge adds the keys of one mapping, or of a list of them, that n does not have.
func (r *yamlReader) merge(n *node, y *yaml.Node, has map[string]int, depth int) {
	from := r.node(y, depth)
	sources := []*node{from}
	if from.kind == list {
		sources = from.items
	}
	for _, s := range sources {
		if s.kind != mapping || s.fault != "" {
			fault := s.fault
			if fault == "" {
				fault = "<< merges a mapping or a list of mappings, found " + s.describe()
			}
			n.keys = append(n.keys, key{name: "<<", line: s.line, col: s.col, fault: fault, value: s})
			continue
		}
		for _, k := range s.keys {
			if _, ok := has[k.name]; ok {
				continue
			}
			if r.merged++; r.merged > maxValues {
				if r.err == nil {
					r.err = r.doc.fail(r.doc.lines.offset(s.line, s.col), "more than %d merged keys", maxValues)
				}
				return
			}
			has[k.name] = k.line
			n.keys = append(n.keys, k)
		}
	}
}
