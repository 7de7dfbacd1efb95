package source

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// An Error is a fault with its place: "journeys/first-order.yaml:31:14: nodes[2].when: unknown name Order".
type Error struct {
	File string
	Line int    // from 1
	Col  int    // from 1, in runes
	Path string // within the file: "nodes[2].when", or ""
	Err  error
}

// Error is file, line, column, path and fault: "a.yaml:31:14: nodes[2].when: unknown name Order".
func (e *Error) Error() string {
	s := fmt.Sprintf("%s:%d:%d: ", e.File, e.Line, e.Col)
	if e.Path != "" {
		s += e.Path + ": "
	}
	return s + e.Err.Error()
}

// Unwrap is the fault without its place.
func (e *Error) Unwrap() error { return e.Err }

// Errors lists the faults in err, which what this package returns is made of; nil for nil. Another error is listed
// as it is.
func Errors(err error) []error {
	if err == nil {
		return nil
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok && isJoin(err, j.Unwrap()) {
		var all []error
		for _, e := range j.Unwrap() {
			all = append(all, Errors(e)...)
		}
		return all
	}
	return []error{err}
}

// isJoin reports whether err says what its parts say and no more, as errors.Join does.
func isJoin(err error, parts []error) bool {
	said := make([]string, len(parts))
	for i, p := range parts {
		said[i] = p.Error()
	}
	return err.Error() == strings.Join(said, "\n")
}

// joined is errors.Join in the order of files and places; what has no place comes last.
func joined(errs []error) error {
	slices.SortStableFunc(errs, func(a, b error) int {
		x, y := placed(a), placed(b)
		if x == nil || y == nil {
			return cmp.Compare(btoi(x == nil), btoi(y == nil))
		}
		return cmp.Or(cmp.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line), cmp.Compare(x.Col, y.Col))
	})
	return errors.Join(errs...)
}

func placed(err error) *Error {
	e, _ := err.(*Error)
	return e
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
