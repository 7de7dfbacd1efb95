package lang

import (
	"reflect"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/builtin"
	"github.com/expr-lang/expr/conf"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang/internal/machine"
	"github.com/marque-go/marque/rule/op"
)

// A word is a function of the language.
type word struct {
	form     string // as it is shown to people
	min, max int    // arguments
	is       reflect.Type
	o        op.Op
	walk     func(w *walk, o op.Op, args []ast.Node, at rule.Span) rule.Node
}

type (
	ask   = func(string, ...any) bool
	count = func(string, ...any) int
	some  = func(...any) any
)

// vocabulary lists the words.
func vocabulary() map[string]word {
	t := reflect.TypeFor[ask]()
	n := reflect.TypeFor[count]()
	a := reflect.TypeFor[some]()
	return map[string]word{
		"has":        {`has(name)`, 1, 1, reflect.TypeFor[func(any) bool](), op.Has, (*walk).has},
		"attr":       {`attr("name")`, 1, 1, a, 0, (*walk).attr},
		"has_tag":    {`has_tag("name")`, 1, 1, t, op.HasTag, (*walk).fact},
		"in_segment": {`in_segment("name")`, 1, 1, t, op.InSegment, (*walk).fact},
		"score":      {`score("name")`, 1, 1, reflect.TypeFor[func(string) float64](), op.Score, (*walk).fact},
		"did":        {`did("event")`, 1, 3, t, op.Did, (*walk).history},
		"times":      {`times("event")`, 1, 3, n, op.Times, (*walk).history},
		"total":      {`total("event", "property")`, 2, 4, a, op.Total, (*walk).history},
		"distinct":   {`distinct("event", "property")`, 2, 4, n, op.Distinct, (*walk).history},
		"first_at":   {`first_at("event")`, 1, 3, a, op.FirstAt, (*walk).history},
		"last_at":    {`last_at("event")`, 1, 3, a, op.LastAt, (*walk).history},
		"sequence":   {`sequence(["view", "order_paid"])`, 1, 3, reflect.TypeFor[func([]any, ...any) bool](), op.Sequence, (*walk).sequence},
		"grade":      {`grade("name")`, 1, 1, reflect.TypeFor[func(string) string](), 0, (*walk).alone},
		"stage":      {`stage("name")`, 1, 1, a, 0, kept("stage")},
		"rfm":        {`rfm("name")`, 1, 1, a, 0, kept("rfm")},
		"days_since": {`days_since(time)`, 1, 1, reflect.TypeFor[func(any) float64](), op.DaysSince, (*walk).daysSince},
		"date":       {`date("2026-01-31")`, 1, 1, a, 0, (*walk).date},
		"ago":        {`ago("30d")`, 1, 1, a, op.Now, (*walk).ago},
		"within":     {`within("30d")`, 1, 1, a, 0, (*walk).loose},
		"between":    {`between("90d", "30d")`, 2, 2, a, 0, (*walk).loose},
		"since":      {`since("2026-01-31")`, 1, 1, a, 0, (*walk).loose},
		"apart":      {`apart("2h")`, 1, 1, a, 0, (*walk).apart},
		"today":      {`today()`, 0, 0, a, 0, (*walk).loose},
		"this_week":  {`this_week()`, 0, 0, a, 0, (*walk).loose},
		"this_month": {`this_month()`, 0, 0, a, 0, (*walk).loose},
	}
}

// overrides hides expr's functions that rules do not have, so that they parse as plain calls, as our words do.
func overrides(words map[string]word) conf.FunctionsTable {
	table := conf.FunctionsTable{}
	stub := func(...any) (any, error) { return nil, nil }
	for _, name := range machine.Withheld() {
		table[name] = &builtin.Function{Name: name, Func: stub}
	}
	for name, word := range words {
		table[name] = &builtin.Function{Name: name, Func: stub, Types: []reflect.Type{word.is}}
	}
	return table
}

func (w *walk) call(name string, args []ast.Node, at rule.Span) rule.Node {
	word, ok := w.words[name]
	if !ok {
		for _, a := range args {
			w.node(a)
		}
		return w.fault("name", at, w.wordLike(name), "unknown function %s", name)
	}
	if n := len(args); n < word.min || n > word.max {
		if word.min == word.max {
			return w.fault("arity", at, "", "%s has %d arguments, want %d, as in %s", name, n, word.min, word.form)
		}
		return w.fault("arity", at, "", "%s has %d arguments, want %d to %d, as in %s", name, n, word.min, word.max, word.form)
	}
	return word.walk(w, word.o, args, at)
}

// builtin walks a function of expr.
func (w *walk) builtin(n *ast.BuiltinNode, at rule.Span) rule.Node {
	if len(n.Arguments) > 0 {
		if _, ok := n.Arguments[0].(*ast.StringNode); ok && (n.Name == "count" || n.Name == "sum") {
			return w.fault("argument", at, w.wordLike(n.Name), "%s takes a list", n.Name)
		}
	}
	return w.leaf(n)
}

func (w *walk) wordLike(name string) string {
	if name == "now" {
		return "write now without brackets"
	}
	if name == "count" {
		return "did you mean times?"
	}
	if name == "sum" {
		return "did you mean total?"
	}
	return w.like(name, w.names)
}

func (w *walk) has(o op.Op, args []ast.Node, at rule.Span) rule.Node {
	x := w.node(args[0])
	at = around(at, x.Span)
	switch {
	case bad(x):
		return rule.Node{Span: at}
	case x.Type == list:
		return w.fault("type", x.Span, "", "has needs a value, this is %s", kind(x))
	}
	return rule.Node{Op: o, Type: rule.Bool, Args: []rule.Node{x}, Span: at}
}

// written gives the text of an argument that must be written out.
func (w *walk) written(n ast.Node, what, form string) (string, rule.Span, bool) {
	at := place(n.Location())
	s, ok := n.(*ast.StringNode)
	if !ok {
		w.fault("argument", at, "", "%s must be written out, as in %s", what, form)
		return "", at, false
	}
	return s.Value, at, true
}

// attr resolves an attribute whose name is not a word of the language: attr("utm-source").
func (w *walk) attr(_ op.Op, args []ast.Node, at rule.Span) rule.Node {
	name, place, ok := w.written(args[0], "the attribute", w.words["attr"].form)
	at = around(at, place)
	if !ok {
		return rule.Node{Span: at}
	}
	slot, ok := w.lex.Attr(name)
	if !ok {
		return w.fault("name", place, w.like(name, fieldNames(w.lex.Schema().Attributes)), "unknown attribute %q", name)
	}
	return rule.Node{Op: op.Attr, Type: w.lex.Schema().Attributes[slot].Type, Name: name, Of: "attr", Slot: slot, Span: at}
}

// fact walks has_tag, in_segment and score.
func (w *walk) fact(o op.Op, args []ast.Node, at rule.Span) rule.Node {
	what, form, t, names, find := "tag", w.words["has_tag"].form, rule.Bool, w.lex.Schema().Tags, w.lex.Tag
	switch o {
	case op.InSegment:
		what, form, names, find = "segment", w.words["in_segment"].form, w.lex.Schema().Segments, w.lex.Segment
	case op.Score:
		what, form, t, names, find = "score", w.words["score"].form, rule.Float, w.lex.Schema().Scores, w.lex.Score
	}
	name, place, ok := w.written(args[0], "the "+what, form)
	at = around(at, place)
	if !ok {
		return rule.Node{Span: at}
	}
	slot, ok := find(name)
	if !ok {
		return w.fault("name", place, w.like(name, names), "unknown %s %q", what, name)
	}
	return rule.Node{Op: o, Type: t, Name: name, Slot: slot, Span: at}
}

func (w *walk) daysSince(o op.Op, args []ast.Node, at rule.Span) rule.Node {
	x := w.dated(w.value(args[0]), rule.Time)
	at = around(at, x.Span)
	switch {
	case bad(x):
		return rule.Node{Span: at}
	case x.Type != rule.Time && x.Type != rule.Any:
		return w.fault("type", x.Span, "", "days_since needs a time, this is %s", kind(x))
	}
	return rule.Node{Op: o, Type: rule.Float, Args: []rule.Node{x}, Span: at}
}

func (w *walk) date(_ op.Op, args []ast.Node, at rule.Span) rule.Node {
	s, place, ok := w.written(args[0], "the date", w.words["date"].form)
	at = around(at, place)
	if !ok {
		return rule.Node{Span: at}
	}
	x := w.dated(literal(place, rule.StringValue(s)), rule.Time)
	if !bad(x) {
		x.Span = at
	}
	return x
}

func (w *walk) ago(o op.Op, args []ast.Node, at rule.Span) rule.Node {
	d, place, ok := w.duration(args[0], w.words["ago"].form)
	at = around(at, place)
	if !ok {
		return rule.Node{Span: at}
	}
	return rule.Node{Op: o, Type: rule.Time, Shift: d, Span: at}
}

// duration reads an argument that is a duration, longer than none.
func (w *walk) duration(n ast.Node, form string) (marque.Duration, rule.Span, bool) {
	s, at, ok := w.written(n, "the duration", form)
	if !ok {
		return 0, at, false
	}
	d, err := marque.ParseDuration(s)
	if err != nil {
		w.fault("argument", at, "", "%s", trim(err))
		return 0, at, false
	}
	if d <= 0 {
		w.fault("argument", at, "", "the duration %q is not longer than none", s)
		return 0, at, false
	}
	return d, at, true
}
