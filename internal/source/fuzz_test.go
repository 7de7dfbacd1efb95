package source

import (
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// FuzzParse reads any text as JSON and as YAML: nothing panics, every fault lies within the file, and what JSON
// accepts decodes to what encoding/json makes of it.
func FuzzParse(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte("{\"a\": [1, \"\\ud83d\\ude00\", null], \"a\": {}}"))
	f.Add([]byte("a: &a\n  <<: [*a]\n  b: >-\n   x\n\n    y\n  c: !x 'q''\n\n  r'\n"))
	f.Add([]byte("- ? [a]\n  : 007\n-\t\"\\\n  \\x41\"\n"))
	f.Add([]byte("a: |+2\r\n   中\u2028x\u0085\r\n---\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, file := range []string{"a.yaml", "a.json"} {
			d, err := Parse(file, data)
			if err != nil {
				inside(t, newLines(data, file == "a.yaml"), err)
				continue
			}
			var v any
			err = d.Decode("", &v)
			inside(t, d.lines, err)
			if err == nil && file == "a.json" {
				same(t, d.lines.data, v)
			}
			inside(t, d.lines, d.Decode("", new(program)))
			texts(d.root, 0, func(n *node) {
				for line := range 4 {
					faults := rule.Faults{{Line: line, Col: 2 * line, Message: "m"}}
					inside(t, d.lines, d.Locate("", faults))
					d.place(t, n, line, 2*line)
				}
			})
			inside(t, d.lines, d.Locate("tags[0]", &marque.FieldError{Path: "when", Err: errors.New("e")}))
		}
	})
}

func inside(t *testing.T, l *lines, err error) {
	for _, err := range Errors(err) {
		e, ok := err.(*Error)
		if !ok {
			t.Fatalf("%v has no place", err)
		}
		check(t, l, e.Line, e.Col)
	}
}

func check(t *testing.T, l *lines, line, col int) {
	if line < 1 || line > len(l.starts) {
		t.Fatalf("line %d of %d", line, len(l.starts))
	}
	end := len(l.data)
	if line < len(l.starts) {
		end = l.starts[line]
	}
	if n := utf8.RuneCount(l.data[l.starts[line-1]:end]); col < 1 || col > n+1 {
		t.Fatalf("column %d of %d in line %d", col, n, line)
	}
}

func (d *Document) place(t *testing.T, n *node, line, col int) {
	line, col = d.within(n, line, col)
	check(t, d.lines, line, col)
}

func texts(n *node, depth int, yield func(*node)) {
	if n.kind == text {
		yield(n)
	}
	if depth > 5 {
		return
	}
	for _, item := range n.items {
		texts(item, depth+1, yield)
	}
	for _, k := range n.keys {
		texts(k.value, depth+1, yield)
	}
}

func same(t *testing.T, data []byte, got any) {
	var want any
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatalf("encoding/json refuses it: %v", err)
	}
	a, _ := json.Marshal(want)
	b, _ := json.Marshal(got)
	if string(a) != string(b) {
		t.Fatalf("want %s, got %s", a, b)
	}
}
