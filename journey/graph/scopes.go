package graph

import (
	"maps"
	"slices"

	"github.com/marque-go/marque/rule"
)

// Scopes gives the scope "vars", the variables of the journeys, that a schema must have for rules over them to
// compile. It is empty where the journeys have none. Properties that an entry or a wait keeps have the type that
// events declare, else any; so does a variable that two journeys use with different types.
func Scopes(defs []Def, events ...rule.EventType) []rule.Scope {
	var fields []rule.Field
	var theirs [][2]string
	add := func(name string, t rule.Type) {
		at := slices.IndexFunc(fields, func(f rule.Field) bool { return f.Name == name })
		if at < 0 {
			fields = append(fields, rule.Field{Name: name, Type: t})
		} else if fields[at].Type != t {
			fields[at].Type = rule.Any
		}
	}
	keep := func(event string, names []string) {
		for _, name := range names {
			t := rule.Any
			for _, e := range events {
				for _, p := range e.Props {
					if e.Name == event && p.Name == name {
						t = p.Type
					}
				}
			}
			add(name, t)
		}
	}
	for i := range defs {
		e := &defs[i].Entry
		keep(e.Trigger(), e.Keep)
		for j := range defs[i].Nodes {
			n := &defs[i].Nodes[j]
			if n.Wait != nil {
				for _, m := range n.Wait.Matches() {
					keep(m.Event, m.Keep)
				}
			}
			if n.Coupon != nil {
				as := n.Coupon.Var()
				for _, v := range []struct {
					suffix string
					t      rule.Type
				}{{"", rule.String}, {"_id", rule.String}, {"_amount", rule.Int}, {"_reason", rule.String}} {
					add(as+v.suffix, v.t)
				}
			}
			if n.Assign != nil {
				for _, suffix := range []string{"", "_agent", "_reason"} {
					add(n.Assign.Var()+suffix, rule.String)
				}
			}
			if n.Sub != nil {
				for _, name := range slices.Sorted(maps.Keys(n.Sub.Vars)) {
					theirs = append(theirs, [2]string{name, n.Sub.Vars[name]})
				}
			}
			if n.Call != nil && n.Call.As != "" {
				add(n.Call.As, rule.String)
				for _, v := range n.Call.Fields {
					add(n.Call.As+"_"+v.Name, v.Type)
				}
			}
		}
	}
	for _, v := range theirs { // of the type of the variable that they are set to
		t := rule.Any
		if i := slices.IndexFunc(fields, func(f rule.Field) bool { return f.Name == v[1] }); i >= 0 {
			t = fields[i].Type
		}
		add(v[0], t)
	}
	if len(fields) == 0 {
		return nil
	}
	return []rule.Scope{{Name: "vars", Fields: fields}}
}

// Trigger is the event that the entry looks at.
func (e *Entry) Trigger() string {
	switch {
	case e.Segment != "":
		return "segment.entered"
	case e.Left != "":
		return "segment.left"
	case e.Did != "":
		return e.Did
	case e.Signal != nil:
		return e.Signal.Open
	}
	return e.Event
}
