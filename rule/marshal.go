package rule

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/marque-go/marque"
)

// The record of a person with the names of a lexicon: what goes into traces.
type factsJSON struct {
	Profile    string                     `json:"profile,omitempty"`
	Zone       string                     `json:"zone,omitempty"`
	IDs        []marque.ID                `json:"ids,omitempty"`
	Consents   []consentJSON              `json:"consents,omitempty"`
	Attributes map[string]json.RawMessage `json:"attributes,omitempty"`
	Events     map[string][]hitJSON       `json:"events,omitempty"`
	Tags       []markJSON                 `json:"tags,omitempty"`
	Scores     map[string][]termJSON      `json:"scores,omitempty"`
	Segments   []markJSON                 `json:"segments,omitempty"`
}

type consentJSON struct {
	Channel string      `json:"channel,omitempty"`
	Topic   string      `json:"topic,omitempty"`
	OK      bool        `json:"ok"`
	At      instantJSON `json:"at,omitzero"`
}

type hitJSON struct {
	At    instantJSON                `json:"at"`
	Props map[string]json.RawMessage `json:"props,omitempty"`
}

type markJSON struct {
	Name  string      `json:"name"`
	From  instantJSON `json:"from,omitzero"`
	Until instantJSON `json:"until,omitzero"`
	Holds instantJSON `json:"holds,omitzero"`
}

type termJSON struct {
	From     instantJSON     `json:"from,omitzero"`
	Until    instantJSON     `json:"until,omitzero"`
	Points   json.RawMessage `json:"points"`
	HalfLife marque.Duration `json:"half_life,omitzero"`
}

// An instantJSON is a time in RFC 3339, or microseconds where its year has more than four digits.
type instantJSON Instant

func (i instantJSON) MarshalJSON() ([]byte, error) {
	t := time.UnixMicro(int64(i)).UTC()
	if y := t.Year(); y < 0 || y > 9999 {
		return strconv.AppendInt(nil, int64(i), 10), nil
	}
	return []byte(strconv.Quote(t.Format(time.RFC3339Nano))), nil
}

func (i *instantJSON) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '"' {
		n, err := strconv.ParseInt(string(b), 10, 64)
		*i = instantJSON(n)
		return err
	}
	t, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(b))
	*i = instantJSON(t.UnixMicro())
	return err
}

// MarshalFacts writes a person's record as JSON with the names of the lexicon, the same bytes for the same record:
//
//	{"profile": "ann", "attributes": {"age": 34}, "events": {"view": [{"at": "2026-06-15T12:00:00Z", "props": {"kind": "tea"}}]},
//	 "tags": [{"name": "vip", "from": "2026-06-01T00:00:00Z"}], "scores": {"lead": [{"from": "…", "points": 60.0, "half_life": "14d"}]}}
//
// A float has a point or an exponent, a time is in RFC 3339, a set of texts a list, and what is missing is left out. A
// value that would be read as of another type stands in an object that names it: {"time": "…"}, {"string": "…"},
// {"float": "+Inf"}. Texts are UTF-8. The error is of a record with more slots than the lexicon has.
func (l *Lexicon) MarshalFacts(f *Facts) ([]byte, error) {
	out := factsJSON{Profile: f.Profile, Zone: f.Zone, IDs: f.IDs}
	s := &l.schema
	if len(f.Attrs) > len(s.Attributes) || len(f.Events) > len(s.Events) || len(f.Scores) > len(s.Scores) {
		return nil, fmt.Errorf("rule: the facts of %q are of another lexicon", f.Profile)
	}
	for _, c := range f.Consents {
		out.Consents = append(out.Consents, consentJSON{c.Channel, c.Topic, c.OK, instantJSON(c.At)})
	}
	var ok bool
	if out.Attributes, ok = named(f.Attrs, s.Attributes); !ok {
		return nil, fmt.Errorf("rule: the facts of %q are of another lexicon", f.Profile)
	}
	for slot, hits := range f.Events {
		for _, h := range hits {
			props, ok := named(h.Props, s.Events[slot].Props)
			if !ok {
				return nil, fmt.Errorf("rule: the events %q of %q are of another lexicon", s.Events[slot].Name, f.Profile)
			}
			if out.Events == nil {
				out.Events = map[string][]hitJSON{}
			}
			name := s.Events[slot].Name
			out.Events[name] = append(out.Events[name], hitJSON{instantJSON(h.At), props})
		}
	}
	for slot, curve := range f.Scores {
		for _, t := range curve {
			if out.Scores == nil {
				out.Scores = map[string][]termJSON{}
			}
			name := s.Scores[slot]
			out.Scores[name] = append(out.Scores[name], termJSON{instantJSON(t.From), instantJSON(t.Until), FloatValue(t.Points).json(Float), t.HalfLife})
		}
	}
	var err error
	if out.Tags, err = marksOut(f.Tags, s.Tags); err != nil {
		return nil, err
	}
	if out.Segments, err = marksOut(f.Segments, s.Segments); err != nil {
		return nil, err
	}
	return json.Marshal(out)
}

// named gives the values of a row by the names of its fields; ok is false where there are more values than fields.
func named(row []Value, fields []Field) (m map[string]json.RawMessage, ok bool) {
	for i, v := range row {
		if !v.k {
			continue
		}
		if i >= len(fields) {
			return nil, false
		}
		if m == nil {
			m = map[string]json.RawMessage{}
		}
		m[fields[i].Name] = v.json(fields[i].Type)
	}
	return m, true
}

func marksOut(marks []Mark, names []string) ([]markJSON, error) {
	var out []markJSON
	for _, m := range marks {
		if m.Slot < 0 || m.Slot >= len(names) {
			return nil, fmt.Errorf("rule: a mark in slot %d is of another lexicon", m.Slot)
		}
		out = append(out, markJSON{names[m.Slot], instantJSON(m.From), instantJSON(m.Until), instantJSON(m.Holds)})
	}
	return out, nil
}

// json writes a known value so that readValue finds its type again where t is what is declared.
func (v Value) json(t Type) json.RawMessage {
	text := func(s string) json.RawMessage {
		b, _ := json.Marshal(s)
		return b
	}
	wrapped := func(name string, b json.RawMessage) json.RawMessage {
		return json.RawMessage(`{"` + name + `":` + string(b) + `}`)
	}
	switch v.t {
	case Time:
		b, _ := instantJSON(v.n).MarshalJSON()
		if t != Time || b[0] != '"' {
			b = wrapped("time", b)
		}
		return b
	case String:
		if t == Time {
			return wrapped("string", text(v.s))
		}
		return text(v.s)
	case Float:
		if f := v.Float(); math.IsInf(f, 0) || math.IsNaN(f) {
			return wrapped("float", text(fmt.Sprintf("%+v", f)))
		}
		return json.RawMessage(v.source())
	case Strings:
		b, _ := json.Marshal(v.Any())
		return b
	}
	return json.RawMessage(v.String())
}
