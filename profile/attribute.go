package profile

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Person is what is known of somebody, without the log.
type Person struct {
	ID         string         `json:"id"`
	First      time.Time      `json:"first"`            // the earliest At among the person's events
	Former     []string       `json:"former,omitempty"` // ids of people who were merged into this one, sorted
	IDs        []Identifier   `json:"ids,omitempty"`    // in the order in which they were learnt
	Attributes []Attribute    `json:"attributes,omitempty"`
	Consents   []rule.Consent `json:"consents,omitempty"` // as they were said, by channel and topic
}

// An Identifier is an identifier of a person, with the event by which it was learnt first.
type Identifier struct {
	marque.ID
	Event string    `json:"event"` // the event's ID
	At    time.Time `json:"at"`    // the event's At
}

// An Attribute is a value with its source.
type Attribute struct {
	Name  string    `json:"name"`
	Value any       `json:"value"` // as rule.Value.Any gives it; nil where it was cleared
	At    time.Time `json:"at"`    // when the event happened that set it
	Event string    `json:"event"` // the ID of that event
	From  string    `json:"from"`  // its name
	Via   marque.ID `json:"via"`   // the identifier it came with
}

// zone is the attribute that every schema has.
const zone = "zone"

// mapping is how events set the attributes of a schema.
type mapping struct {
	types  map[string]rule.Type // of the attributes by name
	order  []string             // the attributes, as declared
	events map[string][]source  // by event name
	facts  map[string][]string  // what they change, by event name
}

type source struct {
	prop, attr string
	t          rule.Type
}

func newMapping(s *rule.Schema) mapping {
	m := mapping{types: map[string]rule.Type{}, events: map[string][]source{}, facts: map[string][]string{}}
	for _, a := range s.Attributes {
		m.types[a.Name] = a.Type
		m.order = append(m.order, a.Name)
		for _, from := range a.From {
			event, prop, ok := rule.Source(from)
			if !ok {
				continue
			}
			m.events[event] = append(m.events[event], source{prop, a.Name, a.Type})
			if fact := "attr/" + a.Name; !slices.Contains(m.facts[event], fact) {
				m.facts[event] = append(m.facts[event], fact)
			}
		}
	}
	if _, declared := m.types[zone]; !declared {
		m.types[zone] = rule.String
		m.order = append(m.order, zone)
	}
	return m
}

// sets appends what the event, number at in its change, sets. What cannot be set goes to ignored.
func (m *mapping) sets(sets []Set, at int, e *marque.Event, ignored func(path string, err error)) []Set {
	put := func(s source, x any) bool {
		v, ok := rule.Of(x)
		if !ok {
			ignored("props."+s.prop, fmt.Errorf("attribute %s: no value is a %T", s.attr, x))
			return false
		}
		w, ok := v.As(s.t)
		if !ok {
			ignored("props."+s.prop, fmt.Errorf("attribute %s: %v is no %v", s.attr, v, s.t))
			return false
		}
		sets = append(sets, Set{Event: at, Name: s.attr, Value: w})
		return true
	}
	if e.Name == SetEvent {
		found := 0
		for _, name := range m.order {
			if x, ok := e.Props[name]; ok {
				found++
				put(source{name, name, m.types[name]}, x)
			}
		}
		if found < len(e.Props) {
			for _, name := range slices.Sorted(maps.Keys(e.Props)) {
				if _, declared := m.types[name]; !declared {
					ignored("props."+name, fmt.Errorf("no attribute %q%s", name, rule.Hint(name, m.order)))
				}
			}
		}
	}
	done := ""
	for _, s := range m.events[e.Name] {
		if x := e.Props[s.prop]; x != nil && s.attr != done && put(s, x) {
			done = s.attr
		}
	}
	return sets
}

// Touches lists the facts that an event of this name and with these properties may change: "attr/city".
// Definitions that read them are to be looked at again. Do not change the result.
func (b *Book) Touches(e marque.Event) []string {
	facts := b.attrs.facts[e.Name]
	if e.Name != SetEvent {
		return facts
	}
	facts = slices.Clip(facts)
	for _, name := range b.attrs.order {
		if _, ok := e.Props[name]; ok {
			facts = append(facts, "attr/"+name)
		}
	}
	return facts
}
