package builder

import (
	"errors"
	"fmt"
	"strings"

	"github.com/marque-go/marque"
)

// A Fault is something wrong in the JSON of a query, or, from Export, a part of a rule that the JSON cannot say.
type Fault struct {
	Line, Col int    // from 1, columns in runes; of the JSON, or of the rule's source; 0 where there is none
	Path      string // "rules[2].value"; from Export the part of the rule
	Message   string
}

// Error is line, column, path and message: "3:14: rules[2].value: …".
func (f Fault) Error() string {
	s := f.Message
	if f.Path != "" {
		s = f.Path + ": " + s
	}
	if f.Line > 0 {
		s = fmt.Sprintf("%d:%d: %s", f.Line, f.Col, s)
	}
	return s
}

// Faults is everything that is wrong, in order.
type Faults []Fault

// Error is one line for each fault.
func (fs Faults) Error() string {
	lines := make([]string, len(fs))
	for i, f := range fs {
		lines[i] = f.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the faults as errors with a path.
func (fs Faults) Unwrap() []error {
	out := make([]error, len(fs))
	for i, f := range fs {
		out[i] = &marque.FieldError{Path: f.Path, Err: errors.New(f.Message)}
	}
	return out
}
