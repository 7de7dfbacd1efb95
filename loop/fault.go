package loop

import (
	"errors"

	"github.com/marque-go/marque/internal/source"
)

// A Fault is something wrong in a definition that was read from a file, with its place: file, line, column (from 1, in
// runes), path within the file, and what it is.
type Fault = source.Error

// Faults lists the faults with a place in an error of Load or Compile, for editors and checks of one's own; errors.As
// finds the first. What has no place, such as a definition made in Go, is not in it.
func Faults(err error) []*Fault {
	var all []*Fault
	for _, e := range source.Errors(err) {
		if f, ok := errors.AsType[*Fault](e); ok {
			all = append(all, f)
		}
	}
	return all
}
