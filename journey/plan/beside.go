package plan

import (
	"errors"
	"slices"

	"github.com/marque-go/marque"
)

// beside are the faults that the compiler found in places where the definition in itself has none, which err lists.
// What the definition uses by name in places that have one is left out of refs.
func (c *compiler) beside(err error) error {
	if err == nil {
		return c.faults.Err()
	}
	bad := map[string]bool{}
	for _, e := range parts(err) {
		if x, ok := errors.AsType[*marque.FieldError](e); ok {
			bad[x.Path], bad[c.at+"."+x.Path] = true, true
		}
	}
	var f marque.Faults
	for _, e := range parts(c.faults.Err()) {
		if x, ok := errors.AsType[*marque.FieldError](e); !ok || !bad[x.Path] {
			f.Wrap("", e)
		}
	}
	c.refs = slices.DeleteFunc(c.refs, func(r marque.Ref) bool { return bad[r.Path] })
	return f.Err()
}

func parts(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
