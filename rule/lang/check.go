package lang

import (
	"errors"
	"strings"

	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/types"

	"github.com/marque-go/marque/rule"
)

// check lets expr's checker have the last word on what the walk let through. What is richer here than there
// (times beside texts, sets of texts, an attribute that is called like a function) is any to it.
func (w *walk) check(tree *parser.Tree) {
	env := types.Map{"now": types.Any, "it": types.Any}
	for name, t := range w.used {
		env[name] = known(t)
		if _, called := w.words[name]; called {
			env[name] = types.Any
		}
	}
	if w.word != "" {
		fields := types.Map{}
		for _, f := range w.fields {
			fields[f.Name] = known(f.Type)
		}
		env[w.word] = fields
	}
	c := conf.CreateNew()
	c.Functions = w.table
	c.WithEnv(env)
	if _, err := checker.Check(tree, c); err != nil {
		w.refused(err, rule.Span{})
	}
}

// refused says what expr's checker found.
func (w *walk) refused(err error, at rule.Span) {
	message := err.Error()
	var e *file.Error
	if errors.As(err, &e) {
		message, at = strings.TrimSpace(e.Message), place(e.Location)
	}
	w.fault("type", at, "", "%s", message)
}

func known(t rule.Type) types.Type {
	switch t {
	case rule.Bool:
		return types.Bool
	case rule.Int:
		return types.Int64
	case rule.Float:
		return types.Float64
	case rule.String:
		return types.String
	}
	return types.Any
}
