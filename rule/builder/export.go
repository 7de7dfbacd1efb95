package builder

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

type (
	groupJSON struct {
		Combinator string `json:"combinator"`
		Not        bool   `json:"not,omitempty"`
		Rules      []any  `json:"rules"`
	}
	ruleJSON struct {
		Field       string `json:"field"`
		Operator    string `json:"operator"`
		Value       any    `json:"value"`
		ValueSource string `json:"valueSource,omitempty"`
	}
	historyJSON struct {
		Value   any        `json:"value,omitempty"`
		Within  string     `json:"within,omitempty"`
		Between []string   `json:"between,omitempty"`
		Since   string     `json:"since,omitempty"`
		During  string     `json:"during,omitempty"`
		Where   *groupJSON `json:"where,omitempty"`
	}
	agoJSON struct {
		Ago string `json:"ago"`
	}
)

// Export writes a rule as a query that Import reads back as the same tree, but for two spellings: a bare attribute
// becomes attribute == true, and a comparison stands with the field on its left. It is not the JSON that was imported:
// ids are gone, and "!=" of a tag or a segment is a group with "not". Where a rule has parts that the format cannot say
// (the nil rule is one), the error is a Faults that names each of them.
func Export(r *rule.Rule) ([]byte, error) {
	root := r.Root()
	ex := &exporter{source: []rune(r.Source())}
	g := ex.top(&root)
	if len(ex.faults) > 0 {
		return nil, ex.faults
	}
	return json.Marshal(g)
}

type exporter struct {
	source []rune
	faults Faults
}

// cannot says that a part cannot be said.
func (ex *exporter) cannot(n *rule.Node, why string) {
	f := Fault{Path: n.String(), Message: why}
	if len(ex.source) > 0 {
		f.Line, f.Col = 1, 1
		for _, r := range ex.source[:min(max(n.Span.From, 0), len(ex.source))] {
			if f.Col++; r == '\n' {
				f.Line, f.Col = f.Line+1, 1
			}
		}
	}
	ex.faults = append(ex.faults, f)
}

// top writes a condition as a group.
func (ex *exporter) top(n *rule.Node) *groupJSON {
	x := ex.part(n)
	if g, ok := x.(*groupJSON); ok {
		return g
	}
	return &groupJSON{Combinator: "and", Rules: []any{x}}
}

// part writes a condition as a group or a rule, nil where it cannot be said.
func (ex *exporter) part(n *rule.Node) any {
	switch n.Op {
	case op.And, op.Or:
		if x := ex.ends(n); x != nil {
			return x
		}
		g := &groupJSON{Combinator: "and"}
		if n.Op == op.Or {
			g.Combinator = "or"
		}
		for i := range n.Args {
			g.Rules = append(g.Rules, ex.part(&n.Args[i]))
		}
		return g
	case op.Not:
		switch x := ex.part(&n.Args[0]).(type) {
		case *groupJSON:
			if x.Not {
				return &groupJSON{Combinator: "and", Not: true, Rules: []any{x}}
			}
			x.Not = true
			return x
		case *ruleJSON:
			if o, ok := negated(x.Operator); ok && n.Args[0].Op != op.HasTag && n.Args[0].Op != op.InSegment {
				x.Operator = o
				return x
			}
			return &groupJSON{Combinator: "and", Not: true, Rules: []any{x}}
		}
		return nil
	}
	if x := ex.rule(n); x != nil {
		return x
	}
	return nil
}

// negated is the operator that Import reads as not before another.
func negated(o string) (string, bool) {
	is, ok := operators()[o]
	if !ok || is.not {
		return "", false
	}
	for name, x := range operators() {
		if x.not && x.op == is.op {
			return name, true
		}
	}
	return "", false
}

func (ex *exporter) rule(n *rule.Node) *ruleJSON {
	switch n.Op {
	case op.Attr, op.Field, op.It:
		if n.Type != rule.Bool {
			ex.cannot(n, "only what is declared as true or false can stand alone")
			return nil
		}
		return ex.about(n, "=", n, true)
	case op.HasTag:
		return &ruleJSON{Field: "tag", Operator: "=", Value: n.Name}
	case op.InSegment:
		return &ruleJSON{Field: "segment", Operator: "=", Value: n.Name}
	case op.Has:
		if n.Args[0].Op == op.Times {
			break // that would be whether it happened
		}
		return ex.about(n, "notNull", &n.Args[0], nil)
	case op.Did:
		times := *n
		times.Op, times.Type = op.Times, rule.Int
		return ex.about(n, "notNull", &times, nil)
	case op.Eq, op.Ne, op.Lt, op.Le, op.Gt, op.Ge:
		return ex.compare(n, n.Op, &n.Args[0], &n.Args[1])
	case op.Contains, op.StartsWith, op.EndsWith, op.Matches:
		return ex.compare(n, n.Op, &n.Args[0], &n.Args[1])
	case op.In:
		list := make([]any, len(n.List))
		for i, v := range n.List {
			list[i] = ex.value(n, &n.Args[0], v)
		}
		return ex.about(n, "in", &n.Args[0], list)
	}
	ex.cannot(n, "the query format has nothing like it")
	return nil
}

// sign is the operator of the query that is not negated.
func sign(o op.Op) string {
	for name, x := range operators() {
		if x.op == o && !x.not {
			return name
		}
	}
	return ""
}

// mirror is the comparison with its operands exchanged.
func mirror(o op.Op) op.Op {
	switch o {
	case op.Lt:
		return op.Gt
	case op.Le:
		return op.Ge
	case op.Gt:
		return op.Lt
	case op.Ge:
		return op.Le
	}
	return o
}

func (ex *exporter) compare(n *rule.Node, o op.Op, a, b *rule.Node) *ruleJSON {
	relative := func(x *rule.Node) bool { return x.Op == op.Now && x.Shift != 0 }
	if comparison := o <= op.Ge; comparison && (a.Op == op.Const && b.Op != op.Const || a.Op == op.Now && b.Op != op.Const || relative(a)) {
		o, a, b = mirror(o), b, a
	}
	switch b.Op {
	case op.Const:
		return ex.about(n, sign(o), a, ex.value(n, a, b.Value))
	case op.Now:
		return ex.about(n, sign(o), a, agoJSON{b.Shift.String()})
	}
	name, h, ok := ex.name(n, b)
	if !ok {
		return nil
	}
	if h != nil && (h.Window != (rule.Window{}) || len(h.Args) > 0) {
		ex.cannot(b, "a field to compare with cannot have a window or a filter")
		return nil
	}
	x := ex.about(n, sign(o), a, name)
	if x != nil {
		x.ValueSource = "field"
	}
	return x
}

// ends writes x >= a and x <= b as between.
func (ex *exporter) ends(n *rule.Node) *ruleJSON {
	if n.Op != op.And || len(n.Args) != 2 || n.Args[0].Op != op.Ge || n.Args[1].Op != op.Le {
		return nil
	}
	x, a, b := &n.Args[0].Args[0], &n.Args[0].Args[1], &n.Args[1].Args[1]
	if a.Op != op.Const || b.Op != op.Const || x.Op == op.Const || more(a.Value, b.Value) || x.String() != n.Args[1].Args[0].String() {
		return nil
	}
	return ex.about(n, "between", x, []any{ex.value(n, x, a.Value), ex.value(n, x, b.Value)})
}

// about writes a rule about a field.
func (ex *exporter) about(n *rule.Node, o string, x *rule.Node, value any) *ruleJSON {
	name, h, ok := ex.name(n, x)
	if !ok {
		return nil
	}
	out := &ruleJSON{Field: name, Operator: o, Value: value}
	if h == nil || h.Window == (rule.Window{}) && len(h.Args) == 0 {
		return out
	}
	w := historyJSON{Value: value}
	switch h.Window.Calendar {
	case rule.Today:
		w.During = "today"
	case rule.ThisWeek:
		w.During = "this_week"
	case rule.ThisMonth:
		w.During = "this_month"
	}
	switch {
	case h.Window.Since != 0:
		w.Since = h.Window.Since.Time().Format(time.RFC3339Nano)
	case h.Window.Short != 0:
		w.Between = []string{h.Window.Long.String(), h.Window.Short.String()}
	case h.Window.Long != 0:
		w.Within = h.Window.Long.String()
	}
	if len(h.Args) > 0 {
		w.Where = ex.top(&h.Args[0])
	}
	out.Value = w
	return out
}

// name is the field that a node is, and the event function that it looks at, if it does.
func (ex *exporter) name(whole, x *rule.Node) (name string, h *rule.Node, ok bool) {
	switch x.Op {
	case op.Attr:
		kind, _, colon := strings.Cut(x.Name, ":")
		if x.Name == "tag" || x.Name == "segment" || x.Name == "now" || x.Name == "~" || x.Name == "" || colon && slices.Contains(reserved, kind) || strings.Contains(x.Name, ".") {
			return "attr:" + x.Name, nil, true
		}
		return x.Name, nil, true
	case op.Field, op.It:
		return x.Of + "." + x.Name, nil, true
	case op.Score:
		return "score:" + x.Name, nil, true
	case op.Times:
		return "event:" + x.Name, x, true
	case op.Total:
		return "total:" + x.Name + "." + x.Of, x, !strings.Contains(x.Of, ".") || ex.dotted(whole)
	case op.Distinct:
		return "distinct:" + x.Name + "." + x.Of, x, !strings.Contains(x.Of, ".") || ex.dotted(whole)
	case op.FirstAt:
		return "first:" + x.Name, x, true
	case op.LastAt:
		return "last:" + x.Name, x, true
	case op.DaysSince:
		name, h, ok = ex.name(whole, &x.Args[0])
		return "days_since:" + name, h, ok
	case op.Now:
		if x.Shift == 0 {
			return "now", nil, true
		}
	}
	ex.cannot(x, "the query format has no such field")
	return "", nil, false
}

func (ex *exporter) dotted(n *rule.Node) bool {
	ex.cannot(n, "the property has a dot in its name")
	return false
}

// value writes a constant so that Import reads the same type.
func (ex *exporter) value(n, x *rule.Node, v rule.Value) any {
	switch t := v.Type(); {
	case t == rule.Bool:
		return v.Bool()
	case t == rule.Int:
		return json.Number(strconv.FormatInt(v.Int(), 10))
	case t == rule.String:
		return v.Text()
	case t == rule.Time && x.Type == rule.Time:
		return v.Any().(time.Time).Format(time.RFC3339Nano)
	case t == rule.Float:
		if f := v.Float(); !math.IsInf(f, 0) {
			s := strconv.FormatFloat(f, 'g', -1, 64)
			if !strings.ContainsAny(s, ".e") {
				s += ".0"
			}
			return json.RawMessage(s)
		}
	}
	ex.cannot(n, "the value "+v.String()+" cannot be written")
	return nil
}
