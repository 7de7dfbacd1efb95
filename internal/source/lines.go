package source

import (
	"sort"
	"strconv"
	"unicode/utf8"
)

// lines finds places in a text. A line ends with LF, CR LF or CR, in YAML also with NEL, LS or PS, as the YAML
// reader counts them.
type lines struct {
	data   []byte
	starts []int
	yaml   bool
}

func newLines(data []byte, yaml bool) *lines {
	l := &lines{data: data, starts: []int{0}, yaml: yaml}
	for i := 0; i < len(data); {
		if n := l.breakAt(i); n > 0 {
			i += n
			l.starts = append(l.starts, i)
		} else {
			i++
		}
	}
	return l
}

// breakAt is the length in bytes of the line break at offset i, 0 for none.
func (l *lines) breakAt(i int) int {
	b := l.data[i:]
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '\n':
		return 1
	case b[0] == '\r':
		if len(b) > 1 && b[1] == '\n' {
			return 2
		}
		return 1
	case l.yaml && b[0] == 0xC2 && len(b) > 1 && b[1] == 0x85:
		return 2
	case l.yaml && b[0] == 0xE2 && len(b) > 2 && b[1] == 0x80 && (b[2] == 0xA8 || b[2] == 0xA9):
		return 3
	}
	return 0
}

// place is the line and column of a byte offset.
func (l *lines) place(offset int) (line, col int) {
	offset = min(max(offset, 0), len(l.data))
	line = sort.SearchInts(l.starts, offset+1)
	return line, utf8.RuneCount(l.data[l.starts[line-1]:offset]) + 1
}

// offset is the byte offset of a line and column, at most that of the end of the line.
func (l *lines) offset(line, col int) int {
	if line < 1 || line > len(l.starts) {
		return len(l.data)
	}
	i := l.starts[line-1]
	for ; col > 1 && i < len(l.data) && l.breakAt(i) == 0; col-- {
		_, n := utf8.DecodeRune(l.data[i:])
		i += n
	}
	return i
}

// A cursor finds places that come one behind the other, without counting each line from its start again.
type cursor struct {
	*lines
	at, line, col int
}

func newCursor(l *lines) *cursor { return &cursor{lines: l, line: 1, col: 1} }

// to moves to a byte offset.
func (c *cursor) to(offset int) (line, col int) {
	offset = min(offset, len(c.data))
	line = sort.SearchInts(c.starts, offset+1)
	if line != c.line || offset < c.at {
		c.at, c.line, c.col = c.starts[line-1], line, 1
	}
	c.col += utf8.RuneCount(c.data[c.at:offset])
	c.at = offset
	return c.line, c.col
}

// find moves to a line and column, or to the end where the text has no such line.
func (c *cursor) find(line, col int) (offset int) {
	if line > len(c.starts) {
		c.to(len(c.data))
		return c.at
	}
	if line != c.line || col < c.col {
		c.at, c.line, c.col = c.starts[line-1], line, 1
	}
	for ; c.col < col && c.at < len(c.data) && c.breakAt(c.at) == 0; c.col++ {
		_, n := utf8.DecodeRune(c.data[c.at:])
		c.at += n
	}
	return c.at
}

const shown = 40 // runes of a value in a message

func clip(s string) string {
	if utf8.RuneCountInString(s) <= shown {
		return s
	}
	return string([]rune(s)[:shown]) + "…"
}

func quote(s string) string { return strconv.Quote(clip(s)) }
