package lang

import (
	"fmt"

	"github.com/expr-lang/expr/ast"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// name resolves a bare name: an attribute, or now.
func (w *walk) name(name string, at rule.Span) rule.Node {
	if name == "now" {
		return rule.Node{Op: op.Now, Type: rule.Time, Span: at}
	}
	if name == "it" && w.filter || name == w.word && name != "" {
		return w.fault("name", at, "", "%s needs a field, as in %s.name", name, name)
	}
	if slot, ok := w.lex.Attr(name); ok {
		t := w.lex.Schema().Attributes[slot].Type
		if w.used == nil {
			w.used = map[string]rule.Type{}
		}
		w.used[name] = t
		return rule.Node{Op: op.Attr, Type: t, Name: name, Slot: slot, Span: at}
	}
	switch name {
	case "it":
		return w.fault("name", at, "", "it stands for an event only within the filter of did, times, …")
	case "event":
		return w.fault("name", at, "", "there is no event at hand here")
	}
	return w.fault("name", at, w.meant(name), "unknown name %s", name)
}

// meant guesses what an unknown bare name stands for.
func (w *walk) meant(name string) string {
	for _, f := range w.fields {
		if f.Name == name {
			return "did you mean " + w.word + "." + name + "?"
		}
	}
	if w.event >= 0 {
		if _, _, ok := w.lex.Prop(w.event, name); ok {
			return "did you mean it." + name + "?"
		}
	}
	if word, ok := w.words[name]; ok {
		return "did you mean " + word.form + "?"
	}
	if _, ok := w.lex.Tag(name); ok {
		return fmt.Sprintf("did you mean has_tag(%q)?", name)
	}
	if _, ok := w.lex.Segment(name); ok {
		return fmt.Sprintf("did you mean in_segment(%q)?", name)
	}
	if _, ok := w.lex.Event(name); ok {
		return fmt.Sprintf("did you mean did(%q)?", name)
	}
	return w.like(name, append(fieldNames(w.lex.Schema().Attributes), "now"))
}

// member resolves event.amount, cart.total, it.kind, and the same with ["amount"].
func (w *walk) member(n *ast.MemberNode) rule.Node {
	at := place(n.Location())
	owner, ok := n.Node.(*ast.IdentifierNode)
	if !ok {
		return w.leaf(n)
	}
	at = around(place(owner.Location()), at)
	prop, ok := n.Property.(*ast.StringNode)
	if _, attr := w.lex.Attr(owner.Value); !ok && attr && owner.Value != w.word {
		return w.leaf(n)
	}
	if !ok {
		at = around(at, place(n.Property.Location()))
		return w.fault("argument", at, "", "the field must be written out, as in %s.name", owner.Value)
	}
	field := place(prop.Location())
	at = around(at, field)
	switch {
	case owner.Value == "it" && w.filter:
		if w.event < 0 {
			return rule.Node{Span: at}
		}
		slot, t, ok := w.lex.Prop(w.event, prop.Value)
		if !ok {
			e := w.lex.Schema().Events[w.event]
			return w.fault("name", field, w.like(prop.Value, fieldNames(e.Props)), "event %s has no property %s", e.Name, prop.Value)
		}
		return rule.Node{Op: op.It, Type: t, Name: prop.Value, Of: "it", Slot: slot, Span: at}
	case owner.Value == w.word && w.word != "":
		for slot, f := range w.fields {
			if f.Name == prop.Value {
				return rule.Node{Op: op.Field, Type: f.Type, Name: f.Name, Of: w.word, Slot: slot, Span: at}
			}
		}
		return w.fault("name", field, w.like(prop.Value, fieldNames(w.fields)), "%s has no field %s", w.word, prop.Value)
	}
	if x := w.name(owner.Value, place(owner.Location())); !bad(x) {
		w.fault("name", at, "", "%s has no fields", owner.Value)
	}
	return rule.Node{Span: at}
}

func fieldNames(fs []rule.Field) []string {
	names := make([]string, len(fs))
	for i, f := range fs {
		names[i] = f.Name
	}
	return names
}
