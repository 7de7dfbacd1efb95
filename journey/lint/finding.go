package lint

import (
	"errors"
	"fmt"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Severity is how much a finding matters.
type Severity string

// The severities.
const (
	Error   Severity = "error"   // the definition cannot be used
	Warning Severity = "warning" // it can, but does hardly what is meant
	Info    Severity = "info"    // a decision that is easily overlooked
)

// A Finding is something about a definition that its author should know.
type Finding struct {
	Severity Severity `json:"severity"`
	// Path is where: "[0].nodes[4].wait.for".
	Path string `json:"path"`
	// Message is what.
	Message string `json:"message"`
	// File is where the definition was read, if it was; Line and Col, from 1, in runes, are the place in it. Without a
	// File they are the place in the text of the rule at Path, or 0.
	File string `json:"file,omitempty"`
	Line int    `json:"line,omitempty"`
	Col  int    `json:"col,omitempty"`
}

// String is place, severity, path and message in one line.
func (f Finding) String() string {
	var b strings.Builder
	if f.File != "" {
		fmt.Fprintf(&b, "%s:%d:%d: ", f.File, f.Line, f.Col)
	}
	fmt.Fprintf(&b, "%s: ", f.Severity)
	if f.Path != "" {
		fmt.Fprintf(&b, "%s: ", f.Path)
	}
	if f.File == "" && f.Line > 0 {
		fmt.Fprintf(&b, "%d:%d: ", f.Line, f.Col)
	}
	b.WriteString(f.Message)
	return b.String()
}

// Errors makes findings of the error of a Validate or Compile, one of each fault in it; nil of nil.
func Errors(err error) []Finding {
	var all []Finding
	var walk func(path string, err error)
	walk = func(path string, err error) {
		add := func(f rule.Fault) {
			message := f.Message
			if f.Hint != "" {
				message += ", " + f.Hint
			}
			all = append(all, Finding{Severity: Error, Path: path, Message: message, Line: f.Line, Col: f.Col})
		}
		switch e := err.(type) {
		case *marque.FieldError:
			walk(below(path, e.Path), e.Err)
			return
		case rule.Fault:
			add(e)
			return
		case rule.Faults:
			for _, f := range e {
				add(f)
			}
			return
		case interface{ Unwrap() []error }:
			if parts := e.Unwrap(); errors.Join(parts...).Error() == err.Error() {
				for _, p := range parts {
					walk(path, p)
				}
				return
			}
		}
		all = append(all, Finding{Severity: Error, Path: path, Message: err.Error()})
	}
	if err != nil {
		walk("", err)
	}
	return all
}

func below(path, rest string) string {
	if path == "" || rest == "" || rest[0] == '[' {
		return path + rest
	}
	return path + "." + rest
}
