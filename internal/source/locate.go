package source

import (
	"errors"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Locate gives every fault in err its place in the document: each *marque.FieldError at its path, which is read
// below prefix, and each rule.Fault at its position within the text of the rule. What has no path is found at
// prefix. The result is *Error values joined in the order of their places; nil stays nil.
func (d *Document) Locate(prefix string, err error) error {
	if err == nil {
		return nil
	}
	var errs []error
	walk(prefix, err, func(path string, err error) {
		errs = append(errs, d.locate(path, err))
	})
	return joined(errs)
}

func (d *Document) locate(path string, err error) error {
	switch f := err.(type) {
	case *Error:
		return f
	case ruleFault:
		at, whole := d.find(path)
		e := d.errorAt(path, f)
		if whole && at.value.kind == text {
			e.Line, e.Col = d.within(at.value, f.Line, f.Col)
		}
		return e
	}
	return d.errorAt(path, err)
}

// ruleFault is a rule.Fault whose place is said elsewhere.
type ruleFault struct{ rule.Fault }

func (f ruleFault) Error() string {
	if f.Hint != "" {
		return f.Message + ", " + f.Hint
	}
	return f.Message
}

func (f ruleFault) Unwrap() error { return f.Fault }

// walk takes err apart into single faults, each with its whole path.
func walk(path string, err error, leaf func(path string, err error)) {
	switch e := err.(type) {
	case *Error:
		leaf(path, e)
		return
	case *marque.FieldError:
		walk(below(path, e.Path), e.Err, leaf)
		return
	case rule.Fault:
		leaf(path, ruleFault{e})
		return
	case rule.Faults:
		for _, f := range e {
			leaf(path, ruleFault{f})
		}
		return
	case interface{ Unwrap() []error }:
		if parts := e.Unwrap(); isJoin(err, parts) || holdsFaults(err) {
			for _, p := range parts {
				walk(path, p, leaf)
			}
			return
		}
	}
	if inner := errors.Unwrap(err); inner != nil && holdsFaults(inner) {
		walk(path, inner, leaf)
		return
	}
	leaf(path, err)
}

// holdsFaults reports whether there are faults with places of their own within err.
func holdsFaults(err error) bool {
	var at *Error
	var field *marque.FieldError
	var one rule.Fault
	var many rule.Faults
	return errors.As(err, &at) || errors.As(err, &field) || errors.As(err, &many) || errors.As(err, &one)
}

func below(path, rest string) string {
	if path == "" || rest == "" || rest[0] == '[' {
		return path + rest
	}
	return path + "." + rest
}

// An Index knows which paths of something put together from several documents came from where. The zero value is
// empty. It is not safe for concurrent changes.
type Index struct{ from map[string]origin }

type origin struct {
	doc  *Document
	path string
}

// Add says that what stands at path came from the place at of doc.
func (x *Index) Add(path string, doc *Document, at string) {
	if x.from == nil {
		x.from = map[string]origin{}
	}
	x.from[path] = origin{doc, at}
}

// Locate is Document.Locate for the documents of the index. A path belongs to the longest one that was added and
// that it begins with; a fault whose path begins with none stays a *marque.FieldError, behind all others.
func (x *Index) Locate(err error) error {
	if err == nil {
		return nil
	}
	var errs []error
	walk("", err, func(path string, err error) {
		if o, rest, ok := x.find(path); ok {
			errs = append(errs, o.doc.locate(below(o.path, rest), err))
			return
		}
		if _, done := err.(*Error); !done && path != "" {
			err = &marque.FieldError{Path: path, Err: err}
		}
		errs = append(errs, err)
	})
	return joined(errs)
}

func (x *Index) find(path string) (o origin, rest string, ok bool) {
	for end := len(path); end > 0; end = strings.LastIndexAny(path[:end], ".[") {
		if o, ok := x.from[path[:end]]; ok {
			return o, strings.TrimPrefix(path[end:], "."), true
		}
	}
	o, ok = x.from[""]
	return o, path, ok
}
