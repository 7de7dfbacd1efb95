package builder

import (
	"fmt"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// Options say what the names and times of a query mean.
type Options struct {
	// Fields maps field names of the query to those of the package. Default: they are the same.
	Fields map[string]string
	// Scope is what the rule will be compiled with: "event/order_paid", "cart". Default: none.
	Scope string
	// Zone is where dates and times without a zone lie. Default UTC.
	Zone *time.Location
}

// maxDepth is how deep groups may be nested, so that the rule stays within the depth that package lang reads.
const maxDepth = 20

// Import makes the text of a rule of a query. The text compiles over the lexicon and Options.Scope, within the limits
// that the compiler sets to length; values are written so that they stay values, whatever is in them. Where something
// is wrong the error is a Faults with everything there is.
func Import(data []byte, lex *rule.Lexicon, o *Options) (string, error) {
	e, bad := read(data)
	if bad != nil {
		return "", Faults{*bad}
	}
	im := &importer{lex: lex}
	if o != nil {
		im.o = *o
	}
	if im.o.Zone == nil {
		im.o.Zone = time.UTC
	}
	var known bool
	if im.fields, known = lex.Fields(im.o.Scope); !known {
		im.fault(e, "", "there is no scope %q", im.o.Scope)
	}
	im.word, _, _ = strings.Cut(im.o.Scope, "/")
	n, ok := im.group(e, "", 0)
	if ok && n.Op == op.Bad {
		im.fault(e, "rules", "everything is muted: everybody would be chosen")
	}
	if len(im.faults) > 0 {
		return "", im.faults
	}
	return n.String(), nil
}

type importer struct {
	lex    *rule.Lexicon
	o      Options
	word   string // of the scope, as rules write it
	fields []rule.Field
	event  int // the slot of the event that a where looks at, -1 for one that is not known
	where  bool
	faults Faults
}

func (im *importer) fault(e *element, path, format string, args ...any) {
	im.faults = append(im.faults, Fault{Line: e.line, Col: e.col, Path: path, Message: fmt.Sprintf(format, args...)})
}

func sub(path, key string) string {
	if path == "" || key == "" || key[0] == '[' {
		return path + key
	}
	return path + "." + key
}

// flag reads a key that is true or false, or not there.
func (im *importer) flag(e *element, path, key string) bool {
	x, ok := e.given(key)
	if ok && x.kind != 'b' {
		im.fault(x, sub(path, key), "want true or false")
	}
	return ok && x.yes
}

// group makes a condition of a group, op.Bad where all of it is muted; ok is false where something is wrong in it.
func (im *importer) group(e *element, path string, depth int) (n rule.Node, ok bool) {
	switch {
	case e.kind != '{':
		im.fault(e, path, "want a group: an object with rules")
		return n, false
	case e.twice != "":
		im.fault(e, path, "%q is given twice", e.twice)
		return n, false
	case depth > maxDepth:
		im.fault(e, path, "groups are nested more than %d deep", maxDepth)
		return n, false
	case im.flag(e, path, "muted"):
		return n, true
	}
	rules, given := e.keys["rules"]
	if !given || rules.kind != '[' {
		im.fault(e, sub(path, "rules"), "want a list of rules")
		return n, false
	}
	if len(rules.list) == 0 {
		im.fault(rules, sub(path, "rules"), "no rules: everybody would be chosen")
		return n, false
	}
	before := len(im.faults)
	not := im.flag(e, path, "not")
	combinator, inline := op.And, true
	if c, given := e.given("combinator"); given {
		inline, combinator = false, im.combinator(c, sub(path, "combinator"))
	}
	if inline {
		n = im.between(rules, sub(path, "rules"), depth)
	} else {
		n = join(combinator, im.parts(rules, sub(path, "rules"), depth))
	}
	if not && n.Op != op.Bad {
		n = no(n)
	}
	return n, len(im.faults) == before
}

func (im *importer) combinator(e *element, path string) op.Op {
	switch {
	case e.kind == 's' && strings.EqualFold(e.text, "and"):
		return op.And
	case e.kind == 's' && strings.EqualFold(e.text, "or"):
		return op.Or
	}
	im.fault(e, path, `want "and" or "or"`)
	return op.And
}

// parts are the conditions of a group, without those that are muted.
func (im *importer) parts(rules *element, path string, depth int) (out []rule.Node) {
	for i, e := range rules.list {
		if n, ok := im.part(e, fmt.Sprintf("%s[%d]", path, i), depth); ok && n.Op != op.Bad {
			out = append(out, n)
		}
	}
	return out
}

func (im *importer) part(e *element, path string, depth int) (rule.Node, bool) {
	if _, group := e.keys["rules"]; group || e.kind != '{' {
		return im.group(e, path, depth+1)
	}
	return im.rule(e, path, depth)
}

// between makes a condition of rules with combinators between them; and binds tighter than or. A muted rule goes with
// the combinator before it.
func (im *importer) between(rules *element, path string, depth int) rule.Node {
	var any, all []rule.Node
	for i, e := range rules.list {
		at := fmt.Sprintf("%s[%d]", path, i)
		if i%2 == 1 {
			o := im.combinator(e, at)
			if i == len(rules.list)-1 {
				im.fault(e, at, "want a rule behind it")
			}
			if o == op.Or {
				any, all = append(any, join(op.And, all)), nil
			}
			continue
		}
		if n, ok := im.part(e, at, depth); ok && n.Op != op.Bad {
			all = append(all, n)
		}
	}
	any = append(any, join(op.And, all))
	var kept []rule.Node
	for _, n := range any {
		if n.Op != op.Bad {
			kept = append(kept, n)
		}
	}
	return join(op.Or, kept)
}

// join makes a junction as a compiler makes it: a chain at its beginning is one with it.
func join(o op.Op, parts []rule.Node) rule.Node {
	switch {
	case len(parts) == 0:
		return rule.Node{}
	case len(parts) == 1:
		return parts[0]
	case parts[0].Op == o:
		parts = append(append([]rule.Node(nil), parts[0].Args...), parts[1:]...)
	}
	return rule.Node{Op: o, Type: rule.Bool, Args: parts}
}

func no(n rule.Node) rule.Node { return condition(op.Not, n) }

func condition(o op.Op, args ...rule.Node) rule.Node {
	return rule.Node{Op: o, Type: rule.Bool, Args: args}
}
