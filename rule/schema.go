package rule

import (
	"fmt"
	"math"
	"strings"

	"github.com/marque-go/marque"
)

// Schema declares the names that rules may use. It is data; Compile checks it and numbers the names. The stage of a
// person in a lifecycle is the attribute "stage/lifecycle", a text, and one of RFM's figures "rfm/r", an integer. They
// are declared and filled as any attribute, and a rule says stage("lifecycle") and rfm("r").
type Schema struct {
	Attributes []Field     `json:"attributes,omitempty"`
	Events     []EventType `json:"events,omitempty"`
	Tags       []string    `json:"tags,omitempty"`
	Scores     []string    `json:"scores,omitempty"`
	Scales     []Scale     `json:"scales,omitempty"`
	Segments   []string    `json:"segments,omitempty"`
	Scopes     []Scope     `json:"scopes,omitempty"`
}

// A Field is an attribute of a person or a property of an event or scope. A Name is any text but the empty one: package
// rule/lang says which ones stand bare in a rule. Without a Type it is Any.
type Field struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	Doc  string `json:"doc,omitempty"`
	// From lists the event properties that set an attribute, as "event.property"; package profile does it.
	// A property's own From is not used.
	From []string `json:"from,omitempty"`
}

// An EventType is a kind of event with its properties.
type EventType struct {
	Name  string  `json:"name"`
	Doc   string  `json:"doc,omitempty"`
	Props []Field `json:"props,omitempty"`
}

// A Scope names what a caller of a rule adds beside the person: "cart", "task", "vars". The event at hand is the
// scope "event/<name>", declared by its EventType. In a rule a field of a scope is "cart.total"; a property of
// the event at hand is "event.amount".
type Scope struct {
	Name   string  `json:"name"`
	Fields []Field `json:"fields,omitempty"`
}

// A Scale cuts a score into grades: grade("lead") of a rule is the grade of the scale lead. The lowest comes first
// and is for everything below the second, also where there are no points at all.
type Scale struct {
	Name   string  `json:"name"`
	Score  string  `json:"score"`
	Grades []Grade `json:"grades"`
}

// A Grade goes from From, inclusive, to the next grade of its scale. The From of the lowest is not used.
type Grade struct {
	Name string  `json:"name"`
	From float64 `json:"from,omitempty"`
}

// A Lexicon is a compiled schema: every name with its slot and type. It is immutable.
type Lexicon struct {
	schema                                       Schema
	attrs, events, tags, scores, segments, scope map[string]int
	scales                                       map[string]int
	props                                        []map[string]int // by event slot
	fields                                       []map[string]int // by scope slot
}

// Compile checks the schema and lists every fault: names that are empty or declared twice, sources of
// attributes that do not exist or are of another type, scales of no score or whose grades do not ascend.
func (s Schema) Compile() (*Lexicon, error) {
	var f marque.Faults
	l := &Lexicon{schema: s, attrs: map[string]int{}, events: map[string]int{}, tags: map[string]int{},
		scores: map[string]int{}, scales: map[string]int{}, segments: map[string]int{}, scope: map[string]int{}}
	put := func(m map[string]int, path, name string, slot int) {
		if name == "" {
			f.Add(path, "name is empty")
		} else if at, ok := m[name]; ok {
			f.Add(path, "%q is declared twice, first as number %d", name, at+1)
		} else {
			m[name] = slot
		}
	}
	fields := func(path string, fs []Field) map[string]int {
		m := map[string]int{}
		for i, x := range fs {
			put(m, fmt.Sprintf("%s[%d].name", path, i), x.Name, i)
		}
		return m
	}
	for i, e := range s.Events {
		put(l.events, fmt.Sprintf("events[%d].name", i), e.Name, i)
		l.props = append(l.props, fields(fmt.Sprintf("events[%d].props", i), e.Props))
	}
	for i, a := range s.Attributes {
		put(l.attrs, fmt.Sprintf("attributes[%d].name", i), a.Name, i)
		for j, from := range a.From {
			path := fmt.Sprintf("attributes[%d].from[%d]", i, j)
			event, prop, ok := Source(from)
			if !ok {
				f.Add(path, "%q: want event.property", from)
				continue
			}
			e, ok := l.events[event]
			if !ok {
				f.Add(path, "no event %q%s", event, Hint(event, l.EventNames()))
				continue
			}
			p, ok := l.props[e][prop]
			if !ok {
				f.Add(path, "event %q has no property %q", event, prop)
			} else if t := s.Events[e].Props[p].Type; t != a.Type && a.Type != Any {
				f.Add(path, "%s is %v, the attribute %v", from, t, a.Type)
			}
		}
	}
	for _, set := range []struct {
		m     map[string]int
		kind  string
		names []string
	}{{l.tags, "tags", s.Tags}, {l.scores, "scores", s.Scores}, {l.segments, "segments", s.Segments}} {
		for i, n := range set.names {
			put(set.m, fmt.Sprintf("%s[%d]", set.kind, i), n, i)
		}
	}
	for i, sc := range s.Scales {
		path := fmt.Sprintf("scales[%d]", i)
		put(l.scales, path+".name", sc.Name, i)
		if _, ok := l.scores[sc.Score]; !ok {
			f.Add(path+".score", "no score %q%s", sc.Score, Hint(sc.Score, s.Scores))
		}
		f.Wrap(path, sc.check())
	}
	for i, sc := range s.Scopes {
		if sc.Name == "event" || sc.Name == "it" || sc.Name == "now" || strings.HasPrefix(sc.Name, "event/") {
			f.Add(fmt.Sprintf("scopes[%d].name", i), "%q means something else in rules", sc.Name)
		}
		put(l.scope, fmt.Sprintf("scopes[%d].name", i), sc.Name, i)
		l.fields = append(l.fields, fields(fmt.Sprintf("scopes[%d].fields", i), sc.Fields))
	}
	if err := f.Err(); err != nil {
		return nil, err
	}
	return l, nil
}

// check lists what is wrong with the grades.
func (s Scale) check() error {
	var f marque.Faults
	if len(s.Grades) < 2 {
		f.Add("grades", "there are %d, want two or more", len(s.Grades))
	}
	seen := map[string]bool{}
	for i, g := range s.Grades {
		path := fmt.Sprintf("grades[%d]", i)
		switch {
		case g.Name == "":
			f.Add(path+".name", "name is empty")
		case seen[g.Name]:
			f.Add(path+".name", "%q is declared twice", g.Name)
		}
		seen[g.Name] = true
		switch {
		case math.IsNaN(g.From) || math.IsInf(g.From, 0):
			f.Add(path+".from", "%v is not a number of points", g.From)
		case i > 1 && g.From <= s.Grades[i-1].From:
			f.Add(path+".from", "%v is not above %v of the grade before", g.From, s.Grades[i-1].From)
		}
	}
	return f.Err()
}

// Source splits "event.property" at its last dot.
func Source(from string) (event, prop string, ok bool) {
	i := strings.LastIndexByte(from, '.')
	if i <= 0 || i == len(from)-1 {
		return "", "", false
	}
	return from[:i], from[i+1:], true
}

// Schema is what the lexicon was compiled from. Do not change it.
func (l *Lexicon) Schema() *Schema { return &l.schema }

func look(m map[string]int, name string) (int, bool) { i, ok := m[name]; return i, ok }

// Attr gives the slot of an attribute, in Facts.Attrs, and whether it is declared.
func (l *Lexicon) Attr(name string) (int, bool) { return look(l.attrs, name) }

// Event gives the slot of a kind of event, in Facts.Events, and whether it is declared.
func (l *Lexicon) Event(name string) (int, bool) { return look(l.events, name) }

// Tag gives the slot of a tag, in the marks of Facts.Tags, and whether it is declared.
func (l *Lexicon) Tag(name string) (int, bool) { return look(l.tags, name) }

// Score gives the slot of a score, in Facts.Scores, and whether it is declared.
func (l *Lexicon) Score(name string) (int, bool) { return look(l.scores, name) }

// Scale gives a scale, and whether it is declared. Do not change its grades.
func (l *Lexicon) Scale(name string) (Scale, bool) {
	i, ok := l.scales[name]
	if !ok {
		return Scale{}, false
	}
	return l.schema.Scales[i], true
}

// Segment gives the slot of a segment, in the marks of Facts.Segments, and whether it is declared.
func (l *Lexicon) Segment(name string) (int, bool) { return look(l.segments, name) }

// Prop gives the slot and type of a property of the event in slot event.
func (l *Lexicon) Prop(event int, name string) (slot int, t Type, ok bool) {
	if slot, ok = l.props[event][name]; ok {
		t = l.schema.Events[event].Props[slot].Type
	}
	return slot, t, ok
}

// Fields are the fields of a scope: of "event/order_paid" the properties of that event. The empty scope has none.
func (l *Lexicon) Fields(scope string) (fs []Field, ok bool) {
	if scope == "" {
		return nil, true
	}
	if name, isEvent := strings.CutPrefix(scope, "event/"); isEvent {
		e, ok := l.events[name]
		if !ok {
			return nil, false
		}
		return l.schema.Events[e].Props, true
	}
	i, ok := l.scope[scope]
	if !ok {
		return nil, false
	}
	return l.schema.Scopes[i].Fields, true
}

// Row puts properties into the slots of a scope's fields, converted to their types (Value.As). What does not fit
// is missing; what the scope does not declare is left out.
func (l *Lexicon) Row(scope string, props map[string]any) []Value {
	fs, _ := l.Fields(scope)
	if len(fs) == 0 {
		return nil
	}
	row := make([]Value, len(fs))
	for i, f := range fs {
		if x, ok := props[f.Name]; ok {
			if v, ok := Of(x); ok {
				row[i], _ = v.As(f.Type)
			}
		}
	}
	return row
}

// EventNames lists the declared events in their order.
func (l *Lexicon) EventNames() []string {
	names := make([]string, len(l.schema.Events))
	for i, e := range l.schema.Events {
		names[i] = e.Name
	}
	return names
}
