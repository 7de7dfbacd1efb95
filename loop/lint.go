package loop

import (
	"cmp"
	"errors"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/journey/lint"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

// Lint lists all there is to say about a program: the faults for which Compile refuses it, and what is odd about its
// journeys. What was read by Load has file, line and column, and comes in that order; the path is then that within the
// file.
func Lint(p Program, h Host) []lint.Finding {
	var all []lint.Finding
	_, err := Compile(p, h)
	for _, e := range source.Errors(err) {
		if f, ok := errors.AsType[*Fault](e); ok {
			all = append(all, lint.Finding{Severity: lint.Error, Path: f.Path, Message: f.Err.Error(), File: f.File, Line: f.Line, Col: f.Col})
		} else {
			all = append(all, lint.Errors(e)...)
		}
	}
	lex, err := p.Schema().Compile()
	if err != nil || p.unread != nil {
		return all
	}
	o := &lint.Options{Quiet: p.Messages.Quiet, Consent: p.Messages.Consent, Valid: map[string]marque.Duration{}}
	for _, c := range p.Coupons {
		switch v := c.Valid; {
		case v.For > 0:
			o.Valid[c.Name] = marque.Duration(v.Wait)*marque.Day + v.For
		case v.Days > 0: // days of a calendar, one of which may be an hour longer
			o.Valid[c.Name] = marque.Duration(v.Wait+v.Days)*marque.Day + marque.Hour
		}
	}
	for _, f := range lint.Check(p.Journeys, lex, lang.New(lex, nil), o) {
		f.Path = "journeys" + f.Path
		var what error = errors.New(f.Message)
		if f.Line > 0 {
			what = rule.Fault{Line: f.Line, Col: f.Col, Message: f.Message}
		}
		if at, ok := errors.AsType[*Fault](p.locate(&marque.FieldError{Path: f.Path, Err: what})); ok {
			f.Path, f.File, f.Line, f.Col = at.Path, at.File, at.Line, at.Col
		}
		all = append(all, f)
	}
	slices.SortStableFunc(all, func(a, b lint.Finding) int {
		if a.File == "" || b.File == "" {
			return cmp.Compare(b.File, a.File)
		}
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Col, b.Col))
	})
	return all
}

// YAML writes the program as one file that Load reads back: the same definitions, in the same order.
func (p Program) YAML() ([]byte, error) { return source.YAML(p) }
