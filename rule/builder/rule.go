package builder

import (
	"fmt"
	"regexp"
	"strings"

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
	if x.Op >= op.Did {
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

// named makes has_tag and in_segment.
func (im *importer) named(x rule.Node, o operator, v *element, path string) (rule.Node, bool) {
	known, what, all := im.lex.Tag, "tag", im.lex.Schema().Tags
	if x.Op == op.InSegment {
		known, what, all = im.lex.Segment, "segment", im.lex.Schema().Segments
	}
	list := []*element{v}
	if o.op == op.In {
		list = elements(v)
	}
	var parts []rule.Node
	ok := true
	for i, e := range list {
		at := path
		if v.kind == '[' {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		if e.kind != 's' {
			im.fault(e, at, "want the name of a %s", what)
			ok = false
			continue
		}
		if _, found := known(e.text); !found {
			im.unknown(e, at, what, e.text, all)
			ok = false
		}
		n := x
		n.Name = e.text
		parts = append(parts, n)
	}
	if len(list) == 0 {
		im.fault(v, path, "the list is empty")
		return rule.Node{}, false
	}
	n := join(op.Or, parts)
	if o.not || o.op == op.Ne {
		n = no(n)
	}
	return n, ok
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

// text makes a look into a text or a set.
func (im *importer) text(x rule.Node, o operator, v *element, path string, asField bool) (rule.Node, bool) {
	like := rule.Node{Op: op.Attr, Type: rule.String}
	y, ok := im.operand(&like, v, path, asField)
	if !ok {
		return y, false
	}
	if o.op == op.Matches {
		const longest = 1000
		if asField {
			im.fault(v, path, "the pattern must be written out")
			return y, false
		}
		if len(v.text) > longest {
			im.fault(v, path, "the pattern has %d bytes, more than %d", len(v.text), longest)
			return y, false
		}
		if _, err := regexp.Compile(v.text); err != nil {
			im.fault(v, path, "%v", err)
			return y, false
		}
	}
	return condition(o.op, x, y), true
}

// ends makes a range with both ends.
func (im *importer) ends(x rule.Node, v *element, path string, asField bool) (rule.Node, bool) {
	list := elements(v)
	if len(list) != 2 {
		im.fault(v, path, "between needs two values")
		return x, false
	}
	var y [2]rule.Node
	all := true
	for i, e := range list {
		at := path
		if v.kind == '[' {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		var ok bool
		y[i], ok = im.operand(&x, e, at, asField)
		all = all && ok
	}
	if all && y[0].Op == op.Const && y[1].Op == op.Const && more(y[0].Value, y[1].Value) {
		im.fault(v, path, "between goes from the smaller to the larger value")
		return x, false
	}
	return condition(op.And, condition(op.Ge, x, y[0]), condition(op.Le, x, y[1])), all
}

// more reports whether a is more than b.
func more(a, b rule.Value) bool {
	if a.Type() == rule.String && b.Type() == rule.String {
		return a.Text() > b.Text()
	}
	if a.Type() == rule.Time {
		return a.Instant() > b.Instant()
	}
	return a.Float() > b.Float()
}

// list makes a look into a list: of a set of texts, whether one of them is in it.
func (im *importer) list(x rule.Node, v *element, path string, asField bool) (rule.Node, bool) {
	list := elements(v)
	if len(list) == 0 {
		im.fault(v, path, "the list is empty")
		return x, false
	}
	in := condition(op.In, x)
	var parts []rule.Node
	all := true
	for i, e := range list {
		at := path
		if v.kind == '[' {
			at = fmt.Sprintf("%s[%d]", path, i)
		}
		like, o := x, op.Eq
		if x.Type == rule.Strings {
			like, o = rule.Node{Op: op.Attr, Type: rule.String}, op.Contains
		}
		y, ok := im.operand(&like, e, at, asField)
		if ok && y.Moves() {
			im.fault(e, at, "what changes with every instant cannot be in a list")
			ok = false
		}
		all = all && ok
		parts, in.List = append(parts, condition(o, x, y)), append(in.List, y.Value)
	}
	if asField || x.Type == rule.Strings {
		return join(op.Or, parts), all
	}
	return in, all
}

// elements are the elements of an array, or of a text with commas.
func elements(v *element) []*element {
	switch {
	case v.kind == '[':
		return v.list
	case v.kind != 's':
		return []*element{v}
	case strings.TrimSpace(v.text) == "":
		return nil
	}
	var out []*element
	for _, s := range strings.Split(v.text, ",") {
		out = append(out, &element{kind: 's', text: strings.TrimSpace(s), line: v.line, col: v.col})
	}
	return out
}
