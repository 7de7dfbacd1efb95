package profile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Person is what is known of somebody, without the log.
type Person struct {
	ID         string       `json:"id"`
	First      time.Time    `json:"first"`                // since when: the earliest At among the person's events
	Former     []string     `json:"former,omitempty"`     // ids that lead to this person, sorted
	IDs        []Identifier `json:"ids,omitempty"`        // in the order in which they were learnt
	Attributes []Attribute  `json:"attributes,omitempty"` // by name, the one that counts first
	Consents   []Consent    `json:"consents,omitempty"`   // as they were said, by channel and topic
}

// Attribute is the value that counts. ok is false where there is none.
func (p Person) Attribute(name string) (a Attribute, ok bool) {
	for _, a := range p.Attributes {
		if a.Name == name && !a.Lost {
			return a, true
		}
	}
	return Attribute{}, false
}

// An Identifier is an identifier of a person, with the event by which it was learnt first.
type Identifier struct {
	marque.ID
	Event string    `json:"event"`         // the event's ID
	At    time.Time `json:"at"`            // the event's At
	Hub   bool      `json:"hub,omitempty"` // it was seen with so many others that it says nothing of who somebody is
}

// An Attribute is a value with its source.
type Attribute struct {
	Name  string    `json:"name"`
	Value any       `json:"value"`          // as rule.Value.Any gives it; nil where it was cleared
	At    time.Time `json:"at"`             // when the event happened that set it
	Event string    `json:"event"`          // the ID of that event
	From  string    `json:"from"`           // its name
	Via   marque.ID `json:"via"`            // the identifier it came with; zero: under the id of the person itself
	Rank  int       `json:"rank,omitempty"` // of its source, 0 the most trusted
	Lost  bool      `json:"lost,omitempty"` // another value counts
}

// Compare orders the attributes of a person: by name, the one that counts first, then by rank, the newest first.
func (a Attribute) Compare(b Attribute) int {
	lost := func(a Attribute) int {
		if a.Lost {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(lost(a), lost(b)), cmp.Compare(a.Rank, b.Rank), b.At.Compare(a.At), cmp.Compare(a.Event, b.Event), cmp.Compare(a.From, b.From))
}

// A Consent is what the person said about a channel and a topic, with its source.
type Consent struct {
	Channel string    `json:"channel,omitempty"` // empty: all
	Topic   string    `json:"topic,omitempty"`   // empty: all
	OK      bool      `json:"ok"`
	At      time.Time `json:"at"`
	Proof   string    `json:"proof,omitempty"` // what shows that it was said: a form's version, a recording
	Event   string    `json:"event"`           // the ID of the event
	From    string    `json:"from"`            // its name
	Via     marque.ID `json:"via,omitzero"`    // the identifier it was said through
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
func (m *mapping) sets(sets []Set, at, rank int, e *marque.Event, ignored func(path string, err error)) []Set {
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
		sets = append(sets, Set{Event: at, Name: s.attr, Value: w, Rank: rank})
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
