package builder

import (
	"slices"
	"strings"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// reserved are the words before a colon in the names of fields.
var reserved = []string{"attr", "score", "event", "total", "distinct", "first", "last", "days_since"}

// field makes the node that a field of the query names. Of "tag" and "segment" it is op.HasTag and op.InSegment
// without a name.
func (im *importer) field(e *element, path, name string, mapped bool) (n rule.Node, ok bool) {
	if to, found := im.o.Fields[name]; found && mapped {
		name = to
	}
	kind, rest, colon := strings.Cut(name, ":")
	if !colon || !slices.Contains(reserved, kind) {
		kind, rest = "", name
	}
	switch {
	case name == "tag":
		return rule.Node{Op: op.HasTag, Type: rule.Bool}, true
	case name == "segment":
		return rule.Node{Op: op.InSegment, Type: rule.Bool}, true
	case name == "now":
		return rule.Node{Op: op.Now, Type: rule.Time}, true
	case name == "~" || name == "":
		im.fault(e, path, "no field is chosen")
		return n, false
	case kind == "score":
		if _, ok = im.lex.Score(rest); !ok {
			im.unknown(e, path, "score", rest, im.lex.Schema().Scores)
		}
		return rule.Node{Op: op.Score, Type: rule.Float, Name: rest}, ok
	case kind == "days_since":
		x, ok := im.field(e, path, rest, false)
		if !ok {
			return n, false
		}
		if x.Type != rule.Time && x.Type != rule.Any || x.Moves() {
			im.fault(e, path, "days_since needs a time, %s is %s", rest, x.Type)
			return n, false
		}
		return rule.Node{Op: op.DaysSince, Type: rule.Float, Args: []rule.Node{x}}, true
	case kind == "attr":
		return im.attribute(e, path, rest)
	case kind != "":
		return im.history(e, path, kind, rest)
	}
	if prop, found := strings.CutPrefix(name, "it."); found && im.where {
		return im.property(e, path, prop)
	}
	if prop, found := strings.CutPrefix(name, im.word+"."); found && im.word != "" {
		for _, f := range im.fields {
			if f.Name == prop {
				return rule.Node{Op: op.Field, Type: f.Type, Of: im.word, Name: prop}, true
			}
		}
		im.unknown(e, path, "field", prop, names(im.fields))
		return n, false
	}
	return im.attribute(e, path, name)
}

func (im *importer) attribute(e *element, path, name string) (rule.Node, bool) {
	slot, ok := im.lex.Attr(name)
	if !ok {
		im.unknown(e, path, "field", name, names(im.lex.Schema().Attributes))
		return rule.Node{}, false
	}
	return rule.Node{Op: op.Attr, Type: im.lex.Schema().Attributes[slot].Type, Name: name}, true
}

func (im *importer) property(e *element, path, name string) (rule.Node, bool) {
	if im.event < 0 {
		return rule.Node{}, false
	}
	_, t, ok := im.lex.Prop(im.event, name)
	if !ok {
		x := im.lex.Schema().Events[im.event]
		im.unknown(e, path, "property", name, names(x.Props))
	}
	return rule.Node{Op: op.It, Type: t, Of: "it", Name: name}, ok
}

// history makes event:, total:, distinct:, first: and last:.
func (im *importer) history(e *element, path, kind, name string) (rule.Node, bool) {
	n := rule.Node{Op: op.Times, Type: rule.Int, Name: name}
	prop := ""
	switch kind {
	case "first":
		n.Op, n.Type = op.FirstAt, rule.Time
	case "last":
		n.Op, n.Type = op.LastAt, rule.Time
	case "total", "distinct":
		if n.Op = op.Distinct; kind == "total" {
			n.Op = op.Total
		}
		var ok bool
		if n.Name, prop, ok = rule.Source(name); !ok {
			im.fault(e, path, "want %s:event.property", kind)
			return n, false
		}
	}
	slot, ok := im.lex.Event(n.Name)
	switch {
	case im.where:
		im.fault(e, path, "where looks at one event, it cannot look at the history")
		return n, false
	case !ok:
		im.unknown(e, path, "event", n.Name, im.lex.EventNames())
		return n, false
	}
	if n.Slot = slot; prop == "" {
		return n, true
	}
	_, t, ok := im.lex.Prop(slot, prop)
	switch {
	case !ok:
		im.unknown(e, path, "property", prop, names(im.lex.Schema().Events[slot].Props))
	case n.Op == op.Total && t != rule.Int && t != rule.Float && t != rule.Any:
		im.fault(e, path, "total needs a number, %s is %s", prop, t)
		ok = false
	case n.Op == op.Total:
		n.Type = t
	}
	n.Of = prop
	return n, ok
}

func (im *importer) unknown(e *element, path, kind, name string, like []string) {
	im.fault(e, path, "unknown %s %q%s", kind, name, rule.Hint(name, like))
}

func names(fs []rule.Field) []string {
	out := make([]string, len(fs))
	for i, f := range fs {
		out[i] = f.Name
	}
	return out
}
