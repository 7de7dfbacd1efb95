package lang

import (
	"unicode/utf8"

	"github.com/expr-lang/expr/file"

	"github.com/marque-go/marque/rule"
)

// text finds lines and columns, both in runes from 1.
type text struct {
	runes  []rune
	lines  []int // where each line starts
	source string
}

func newText(source string) text {
	t := text{runes: []rune(source), lines: []int{0}, source: source}
	for i, r := range t.runes {
		if r == '\n' {
			t.lines = append(t.lines, i+1)
		}
	}
	return t
}

// invalid is the place of the first byte that is not UTF-8.
func (t *text) invalid() rule.Span {
	n := 0
	for i, r := range t.source {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(t.source[i:]); size == 1 {
				break
			}
		}
		n++
	}
	return rule.Span{From: n, To: n + 1}
}

// position gives the line and columns of a span, which is cut to the text and to its first line.
func (t *text) position(s rule.Span) (line, col, end int) {
	from := min(max(s.From, 0), len(t.runes))
	line = len(t.lines)
	for line > 1 && t.lines[line-1] > from {
		line--
	}
	start, stop := t.lines[line-1], len(t.runes)
	if line < len(t.lines) {
		stop = t.lines[line] - 1
	}
	from = min(from, stop)
	to := min(max(s.To, from), stop)
	return line, from - start + 1, to - start + 1
}

func place(l file.Location) rule.Span { return rule.Span{From: l.From, To: l.To} }

// around is the span over both.
func around(a, b rule.Span) rule.Span {
	return rule.Span{From: min(a.From, b.From), To: max(a.To, b.To)}
}
