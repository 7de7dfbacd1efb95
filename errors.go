package marque

import (
	"errors"
	"fmt"
)

// ErrNotFound says that what was asked for does not exist.
var ErrNotFound = errors.New("marque: not found")

// ErrConflict says that somebody else changed it first, or that a lease was lost: load again and decide again.
var ErrConflict = errors.New("marque: conflict")

// A FieldError is a fault at a place in a definition.
type FieldError struct {
	Path string // "nodes[2].when", in the names of the definition's JSON
	Err  error
}

// Error is the path and the fault behind a colon.
func (e *FieldError) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap is the fault without its path.
func (e *FieldError) Unwrap() error { return e.Err }

// Faults collects field errors, so that a Validate can report all of them. It is no error itself: Err gives one.
type Faults struct{ list []error }

// Add records a fault at path. Format and args are those of fmt.Errorf.
func (f *Faults) Add(path, format string, args ...any) {
	f.list = append(f.list, &FieldError{path, fmt.Errorf(format, args...)})
}

// Wrap records err, if any, at path. The faults within err, when it is a joined error of FieldErrors, keep
// their own paths behind path.
func (f *Faults) Wrap(path string, err error) {
	if err == nil {
		return
	}
	if j, ok := err.(interface{ Unwrap() []error }); ok && errors.Join(j.Unwrap()...).Error() == err.Error() {
		for _, e := range j.Unwrap() {
			f.Wrap(path, e)
		}
		return
	}
	if fe, ok := err.(*FieldError); ok {
		f.list = append(f.list, &FieldError{Path: join(path, fe.Path), Err: fe.Err})
		return
	}
	f.list = append(f.list, &FieldError{path, err})
}

// Err is nil, or all faults joined by errors.Join.
func (f *Faults) Err() error { return errors.Join(f.list...) }

func join(path, rest string) string {
	switch {
	case path == "":
		return rest
	case rest == "" || rest[0] == '[':
		return path + rest
	default:
		return path + "." + rest
	}
}
