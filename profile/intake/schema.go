package intake

import (
	"fmt"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

// Check lists where the mapping and a schema do not agree: events that are not declared, properties (of a "profile.set":
// attributes) that the event has not, and types that do not fit. The events that package profile understands need not be
// declared. A property has to be one of every event that the mapping gives.
func (m Mapping) Check(s *rule.Schema) error {
	var f marque.Faults
	events := slices.Concat(s.Events, profile.Hears())
	names := make([]string, len(events))
	for i, e := range events {
		names[i] = e.Name
	}
	type named struct{ path, name string }
	all := []named{{"event.name", m.Event.Name}, {"event.else", m.Event.Else}}
	for _, value := range sorted(m.Event.Values) {
		all = append(all, named{fmt.Sprintf("event.values[%q]", value), m.Event.Values[value]})
	}
	checked := map[string]bool{"": true}
	for _, n := range all {
		at := slices.Index(names, n.name)
		if n.name != "" && at < 0 {
			f.Add(n.path, "no event %q%s", n.name, rule.Hint(n.name, names))
		}
		if at < 0 || checked[n.name] {
			continue
		}
		checked[n.name] = true
		kind, fields := "property", events[at].Props
		if n.name == profile.SetEvent {
			kind, fields = "attribute", append(slices.Clip(s.Attributes), rule.Field{Name: "zone", Type: rule.String})
		}
		m.props(&f, n.name, kind, fields)
	}
	return f.Err()
}

// props compares the properties with those of one event.
func (m Mapping) props(f *marque.Faults, event, kind string, fields []rule.Field) {
	names := make([]string, len(fields))
	for i, d := range fields {
		names[i] = d.Name
	}
	for i, p := range m.Props {
		at := slices.Index(names, p.Name)
		if at < 0 {
			f.Add(fmt.Sprintf("props[%d].name", i), "%s has no %s %q%s", event, kind, p.Name, rule.Hint(p.Name, names))
			continue
		}
		if want := fields[at].Type; !p.Type.fits(want) {
			f.Add(fmt.Sprintf("props[%d].type", i), "is %s; %s of %s is %v", p.Type.orString(), p.Name, event, want)
		}
	}
}

func (t Type) orString() Type {
	if t == "" {
		return String
	}
	return t
}

// fits reports whether every value of the type is one of the schema's.
func (t Type) fits(want rule.Type) bool {
	switch t.orString() {
	case String:
		return want == rule.Any || want == rule.String || want == rule.Strings
	case Int, Money:
		return want == rule.Any || want == rule.Int || want == rule.Float
	case Float:
		return want == rule.Any || want == rule.Float
	case Bool:
		return want == rule.Any || want == rule.Bool
	case Time:
		return want == rule.Any || want == rule.Time
	case Strings:
		return want == rule.Any || want == rule.Strings
	}
	return true // no type at all is Validate's to tell
}
