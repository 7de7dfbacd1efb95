package builder

import (
	"fmt"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// An operator is what an operator of the query makes: of values a comparison, a list, a range or a question whether
// there is one; not says that it is negated.
type operator struct {
	op  op.Op
	not bool
}

// operators lists them; a range is op.And, "null" op.Has.
func operators() map[string]operator {
	return map[string]operator{
		"=": {op: op.Eq}, "!=": {op: op.Ne}, "<": {op: op.Lt}, "<=": {op: op.Le}, ">": {op: op.Gt}, ">=": {op: op.Ge},
		"in": {op: op.In}, "notIn": {op.In, true}, "between": {op: op.And}, "notBetween": {op.And, true},
		"notNull": {op: op.Has}, "null": {op.Has, true}, "contains": {op: op.Contains}, "doesNotContain": {op.Contains, true},
		"beginsWith": {op: op.StartsWith}, "doesNotBeginWith": {op.StartsWith, true}, "endsWith": {op: op.EndsWith}, "doesNotEndWith": {op.EndsWith, true},
		"matches": {op: op.Matches}, "doesNotMatch": {op.Matches, true},
	}
}

// rule makes a condition of a rule of the query, op.Bad where it is muted.
func (im *importer) rule(e *element, path string, depth int) (n rule.Node, ok bool) {
	if e.twice != "" {
		im.fault(e, path, "%q is given twice", e.twice)
		return n, false
	}
	if im.flag(e, path, "muted") {
		return n, true
	}
	before := len(im.faults)
	name, given := e.given("field")
	if !given || name.kind != 's' {
		im.fault(e, sub(path, "field"), "want the name of a field, or rules")
		return n, false
	}
	x, ok := im.field(name, sub(path, "field"), name.text, true)
	sign, given := e.given("operator")
	if !given || sign.kind != 's' {
		im.fault(e, sub(path, "operator"), "want an operator")
		return n, false
	}
	o, known := operators()[sign.text]
	if !known {
		im.fault(sign, sub(path, "operator"), "unknown operator %q", sign.text)
	}
	if m, given := e.given("match"); given {
		im.fault(m, sub(path, "match"), `match is not part of rules; events have "where"`)
	}
	if !ok || !known {
		return n, false
	}
	v, given := e.keys["value"]
	if !given {
		v = &element{kind: '0', line: e.line, col: e.col}
	}
	at := sub(path, "value")
	if h := history(&x); h != nil && v.kind == '{' && v.keys["ago"] == nil {
		v, at = im.window(h, v, at, depth)
	}
	source, given := e.given("valueSource")
	asField := given && source.text == "field"
	if given && source.text != "value" && !asField {
		im.fault(source, sub(path, "valueSource"), `want "value" or "field"`)
	}
	if ok := im.fits(sign, sub(path, "operator"), o, &x); !ok || len(im.faults) > before {
		return n, false
	}
	if x.Op == op.HasTag || x.Op == op.InSegment {
		n, ok = im.named(x, o, v, at)
	} else {
		n, ok = im.about(x, o, v, at, asField)
	}
	return n, ok && len(im.faults) == before
}

// history is the event function that a field looks at, if it does.
func history(x *rule.Node) *rule.Node {
	if x.Op == op.DaysSince {
		x = &x.Args[0]
	}
	if x.Op.History() {
		return x
	}
	return nil
}

// fits reports whether an operator can stand with a field.
func (im *importer) fits(e *element, path string, o operator, x *rule.Node) bool {
	text, set, loose := x.Type == rule.String, x.Type == rule.Strings, x.Type == rule.Any
	ok := true
	switch {
	case x.Op == op.HasTag || x.Op == op.InSegment:
		ok = o.op == op.Eq || o.op == op.Ne || o.op == op.In
	case o.op == op.Lt || o.op == op.Le || o.op == op.Gt || o.op == op.Ge || o.op == op.And:
		ok = x.Type != rule.Bool && !set
	case o.op == op.Eq || o.op == op.Ne:
		ok = !set
	case o.op == op.In:
		ok = !x.Moves()
	case o.op == op.Contains:
		ok = text || set || loose
	case o.op == op.StartsWith || o.op == op.EndsWith || o.op == op.Matches:
		ok = text || loose
	}
	if !ok {
		im.fault(e, path, "%q does not go with %s", e.text, kind(x))
	}
	return ok
}

// kind says what a field is, for people.
func kind(x *rule.Node) string {
	switch {
	case x.Op == op.HasTag:
		return "tags"
	case x.Op == op.InSegment:
		return "segments"
	case x.Moves():
		return "a value that changes with every instant"
	case x.Type == rule.String:
		return "a text"
	case x.Type == rule.Strings:
		return "a set of texts"
	case x.Type == rule.Bool:
		return "true or false"
	}
	return fmt.Sprintf("a value of type %s", x.Type)
}

// about makes a condition about a value.
func (im *importer) about(x rule.Node, o operator, v *element, path string, asField bool) (n rule.Node, ok bool) {
	if o.op == op.StartsWith || o.op == op.EndsWith || o.op == op.Contains || o.op == op.Matches {
		n, ok = im.text(x, o, v, path, asField)
	} else {
		switch o.op {
		case op.Has:
			n, ok = condition(op.Has, x), true
			if x.Op == op.Times {
				x.Op, x.Type = op.Did, rule.Bool
				n = x
			}
		case op.And:
			n, ok = im.ends(x, v, path, asField)
		case op.In:
			n, ok = im.list(x, v, path, asField)
		default:
			var y rule.Node
			y, ok = im.operand(&x, v, path, asField)
			n = condition(o.op, x, y)
		}
	}
	if ok && o.not {
		n = no(n)
	}
	return n, ok
}
