package lint

import (
	"fmt"

	"github.com/marque-go/marque/rule"
)

// The codes of findings.
const (
	Never     = "never"     // a part can never be true, or never false where it stands behind a not
	Always    = "always"    // a part says nothing: it is true for everybody, also of whom nothing is known
	Redundant = "redundant" // a part says nothing beside others
	Missing   = "missing"   // those of whom something is not known are left out, where the text reads as if they were in
	Duplicate = "duplicate" // a list has an element twice
	Empty     = "window"    // no event can ever be in a window
	Future    = "future"    // a window begins later than now
	Exact     = "exact"     // an equality that rounding breaks, or that holds for one microsecond
	Costly    = "costly"    // a part that takes a look at every event of a history, or at every byte of a text
	Large     = "large"     // the rule has too many combinations of parts to look at all of them
)

// A Finding is something about a rule that its writer should know.
type Finding struct {
	Code    string `json:"code"`
	Line    int    `json:"line,omitempty"` // from 1; 0 where the rule was made of no text
	Col     int    `json:"col,omitempty"`  // from 1, in runes
	EndCol  int    `json:"endCol,omitempty"`
	Text    string `json:"text"` // the part, as it is written in the language of rules
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// String is place, code, message and hint in one line.
func (f Finding) String() string {
	s := f.Code + ": " + f.Message
	if f.Line > 0 {
		s = fmt.Sprintf("%d:%d: %s", f.Line, f.Col, s)
	}
	if f.Hint != "" {
		s += "; " + f.Hint
	}
	return s
}

// position gives the line and columns of a span in a source, the columns in runes; the end is that of the first line.
func position(source []rune, s rule.Span) (line, col, end int) {
	from, to := min(max(s.From, 0), len(source)), min(max(s.To, 0), len(source))
	line, col = 1, 1
	for _, r := range source[:from] {
		if col++; r == '\n' {
			line, col = line+1, 1
		}
	}
	end = col
	for i := from; i < to && source[i] != '\n'; i++ {
		end++
	}
	return line, col, end
}
