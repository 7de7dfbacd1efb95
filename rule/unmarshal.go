package rule

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
)

// UnmarshalFacts reads what MarshalFacts writes. The error lists every name that the lexicon does not have, with its
// place, every value that there is not, and events that are not in order. A value keeps the type it is written in: the
// text "34" for an integer attribute is no fault, and no number either, so that comparisons with it are unknown.
func (l *Lexicon) UnmarshalFacts(b []byte) (*Facts, error) {
	var in factsJSON
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&in); err != nil {
		return nil, fmt.Errorf("rule: facts: %w", err)
	}
	if d.More() {
		return nil, fmt.Errorf("rule: facts: something stands behind the record")
	}
	var faults marque.Faults
	f := NewFacts(l, in.Profile)
	f.Zone, f.IDs = in.Zone, in.IDs
	for _, c := range in.Consents {
		f.Consents = append(f.Consents, Consent{Channel: c.Channel, Topic: c.Topic, OK: c.OK, At: Instant(c.At)})
	}
	read(f.Attrs, l.schema.Attributes, in.Attributes, "attributes", &faults)
	for _, name := range slices.Sorted(maps.Keys(in.Events)) {
		slot, ok := l.events[name]
		if !ok {
			faults.Add("events."+name, "no such event%s", Hint(name, l.EventNames()))
			continue
		}
		fields := l.schema.Events[slot].Props
		for i, h := range in.Events[name] {
			path := fmt.Sprintf("events.%s[%d]", name, i)
			hit := Hit{At: Instant(h.At)}
			if i > 0 && hit.At < f.Events[slot][i-1].At {
				faults.Add(path+".at", "is before the event before it")
			}
			if len(h.Props) > 0 {
				hit.Props = make([]Value, len(fields))
				read(hit.Props, fields, h.Props, path+".props", &faults)
			}
			f.Events[slot] = append(f.Events[slot], hit)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(in.Scores)) {
		slot, ok := l.scores[name]
		if !ok {
			faults.Add("scores."+name, "no such score%s", Hint(name, l.schema.Scores))
			continue
		}
		for i, t := range in.Scores[name] {
			points, err := readValue(t.Points, Float)
			if err == nil && points.t != Float && points.t != Int {
				err = fmt.Errorf("%s is not a number", t.Points)
			}
			faults.Wrap(fmt.Sprintf("scores.%s[%d].points", name, i), err)
			f.Scores[slot] = append(f.Scores[slot], Term{Instant(t.From), Instant(t.Until), points.Float(), t.HalfLife})
		}
	}
	f.Tags = marksIn(in.Tags, l.tags, l.schema.Tags, "tags", &faults)
	f.Segments = marksIn(in.Segments, l.segments, l.schema.Segments, "segments", &faults)
	if err := faults.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

func read(row []Value, fields []Field, values map[string]json.RawMessage, path string, faults *marque.Faults) {
	for _, name := range slices.Sorted(maps.Keys(values)) {
		i := slices.IndexFunc(fields, func(f Field) bool { return f.Name == name })
		if i < 0 {
			names := make([]string, len(fields))
			for i, f := range fields {
				names[i] = f.Name
			}
			faults.Add(path+"."+name, "no such name%s", Hint(name, names))
			continue
		}
		v, err := readValue(values[name], fields[i].Type)
		faults.Wrap(path+"."+name, err)
		row[i] = v
	}
}

func marksIn(in []markJSON, slots map[string]int, names []string, path string, faults *marque.Faults) []Mark {
	var marks []Mark
	for i, m := range in {
		slot, ok := slots[m.Name]
		if !ok {
			faults.Add(fmt.Sprintf("%s[%d].name", path, i), "no %q%s", m.Name, Hint(m.Name, names))
		}
		marks = append(marks, Mark{slot, Instant(m.From), Instant(m.Until), Instant(m.Holds)})
	}
	return marks
}

// readValue reads a value of a field that is declared as t.
func readValue(b json.RawMessage, t Type) (Value, error) {
	var x any
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&x); err != nil {
		return Value{}, err
	}
	switch x := x.(type) {
	case json.Number:
		if n, err := x.Int64(); err == nil {
			return IntValue(n), nil
		}
		n, err := x.Float64()
		return FloatValue(n), err
	case string:
		if t == Time {
			return readTime(b)
		}
		return StringValue(x), nil
	case map[string]any:
		if len(x) != 1 {
			break
		}
		if s, ok := x["string"].(string); ok {
			return StringValue(s), nil
		}
		if s, ok := x["float"].(string); ok {
			n, err := strconv.ParseFloat(s, 64)
			return FloatValue(n), err
		}
		if at, ok := x["time"]; ok {
			b, err := json.Marshal(at)
			if err != nil {
				return Value{}, err
			}
			return readTime(b)
		}
	default:
		v, ok := Of(x)
		if nul := v.t == Strings && v.n > 0 && strings.Count(v.s, "\x00") >= int(v.n); ok && v.k && !nul {
			return v, nil
		}
	}
	return Value{}, fmt.Errorf("%s is not a value", b)
}

func readTime(b []byte) (Value, error) {
	var at instantJSON
	err := at.UnmarshalJSON(b)
	return TimeValue(Instant(at)), err
}
