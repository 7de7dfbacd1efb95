package builder

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

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
	for s := range strings.SplitSeq(v.text, ",") {
		out = append(out, &element{kind: 's', text: strings.TrimSpace(s), line: v.line, col: v.col})
	}
	return out
}
