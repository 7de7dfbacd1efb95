package source

import (
	"bytes"
	"slices"
	"unicode/utf16"
	"unicode/utf8"
)

// within is the place in the file of a line and column of a text's value, both from 1, columns in runes. Escapes,
// folded lines and the indentation of blocks are followed; what lies outside the value is at its nearest end.
func (d *Document) within(n *node, line, col int) (int, int) {
	value := []rune(n.text)
	at := 0
	for ; line > 1 && at < len(value); at++ {
		if value[at] == '\n' {
			line--
		}
	}
	for ; col > 1 && at < len(value) && value[at] != '\n'; col-- {
		at++
	}
	offsets := d.align(n, value)
	if offsets == nil {
		return n.line, n.col
	}
	return d.lines.place(offsets[min(at, len(value))])
}

// align finds for each rune of a text's value, and for its end, the byte offset at which it is written; nil where
// that cannot be told.
func (d *Document) align(n *node, value []rune) []int {
	a := &aligner{lines: d.lines, value: value, at: d.lines.offset(n.line, n.col)}
	ok := false
	switch n.style {
	case literal, folded:
		ok = a.block(n.style)
	case single, double:
		a.at++
		ok = a.flow(n.style)
	default:
		ok = a.flow(plain)
	}
	if !ok {
		return nil
	}
	return append(a.offsets, a.at)
}

// An aligner walks over a scalar's text and its value side by side.
type aligner struct {
	lines   *lines
	value   []rune
	at      int // offset in the text
	offsets []int
}

func (a *aligner) done() bool { return len(a.offsets) == len(a.value) }

// take notes that the next rune of the value is written at the offset, and reports whether it is one of those.
func (a *aligner) take(offset int, oneOf ...rune) bool {
	if a.done() || !slices.Contains(oneOf, a.value[len(a.offsets)]) {
		return false
	}
	a.offsets = append(a.offsets, offset)
	return true
}

// flow walks over a plain or quoted scalar.
func (a *aligner) flow(s style) bool {
	data := a.lines.data
	for !a.done() && a.at < len(data) {
		if a.fold() {
			continue
		}
		r, size := utf8.DecodeRune(data[a.at:])
		switch {
		case s == double && r == '\\':
			if n := a.lines.breakAt(a.at + 1); n > 0 { // the line goes on
				a.at += 1 + n
				a.blanks()
				continue
			}
			size = escape(data[a.at:])
			a.offsets = append(a.offsets, a.at)
		case s == single && r == '\'':
			size = 2
			fallthrough
		default:
			if !a.take(a.at, r) {
				return false
			}
		}
		a.at += size
	}
	return a.done()
}

// fold walks over the end of a line: one break is a space, n are n-1 line feeds. It is false elsewhere.
func (a *aligner) fold() bool {
	start := a.at
	a.blanks()
	var breaks []int
	for n := a.lines.breakAt(a.at); n > 0; n = a.lines.breakAt(a.at) {
		breaks = append(breaks, a.at)
		a.at += n
		a.blanks()
	}
	switch len(breaks) {
	case 0:
		a.at = start
		return false
	case 1:
		a.take(breaks[0], ' ')
	default:
		for _, at := range breaks[1:] {
			a.take(at, '\n')
		}
	}
	return true
}

func (a *aligner) blanks() {
	for a.at < len(a.lines.data) && (a.lines.data[a.at] == ' ' || a.lines.data[a.at] == '\t') {
		a.at++
	}
}

// escape is the length of the escape that b begins with.
func escape(b []byte) int {
	if len(b) < 2 {
		return len(b)
	}
	n := 2
	switch b[1] {
	case 'x':
		n = 4
	case 'u':
		n = 6
		if len(b) >= 12 && b[6] == '\\' && b[7] == 'u' && utf16.IsSurrogate(unit(b)) && utf16.DecodeRune(unit(b), unit(b[6:])) != utf8.RuneError {
			n = 12
		}
	case 'U':
		n = 10
	default:
		_, size := utf8.DecodeRune(b[1:])
		n = 1 + size
	}
	return min(n, len(b))
}

// unit is the number of an escape \uXXXX.
func unit(b []byte) (r rune) {
	for _, c := range b[2:6] {
		r = r<<4 | rune(bytes.IndexByte([]byte("0123456789abcdef"), c|0x20)&0xf)
	}
	return r
}

// block walks over a literal or folded scalar behind its | or >.
func (a *aligner) block(s style) bool {
	for a.at < len(a.lines.data) && a.lines.breakAt(a.at) == 0 {
		a.at++
	}
	a.at += a.lines.breakAt(a.at)
	indent := a.indent()
	if indent < 0 {
		return false
	}
	for !a.done() && a.at < len(a.lines.data) {
		for i := 0; i < indent && a.at < len(a.lines.data) && a.lines.data[a.at] == ' '; i++ {
			a.at++
		}
		for n := a.lines.breakAt(a.at); n == 0 && a.at < len(a.lines.data); n = a.lines.breakAt(a.at) {
			r, size := utf8.DecodeRune(a.lines.data[a.at:])
			if !a.take(a.at, r) {
				return a.done()
			}
			a.at += size
		}
		if s == literal {
			a.take(a.at, '\n', '\u2028', '\u2029')
		} else {
			a.take(a.at, '\n', ' ', '\u2028', '\u2029')
		}
		if !a.done() {
			a.at += a.lines.breakAt(a.at)
		}
	}
	return a.done()
}

// indent is how far the block is set in, told by its first line that is not blank, in the text and in the value.
func (a *aligner) indent() int {
	inText := func(i int) (spaces int, blank bool, next int) {
		start := i
		for i < len(a.lines.data) && a.lines.data[i] == ' ' {
			i++
		}
		spaces = i - start
		n := a.lines.breakAt(i)
		return spaces, n > 0, i + n
	}
	i, spaces, blank := a.at, 0, true
	for blank {
		spaces, blank, i = inText(i)
	}
	inValue := 0
	for _, r := range a.value {
		switch r {
		case '\n':
			inValue = 0
			continue
		case ' ':
			inValue++
			continue
		}
		return spaces - inValue
	}
	return -1 // nothing but blank lines
}
