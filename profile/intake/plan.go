package intake

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/clean"
)

// ErrSkipped says that a record is one of those that the mapping leaves out.
var ErrSkipped = errors.New("intake: skipped")

var errNobody = errors.New("says nothing of who it is: no profile and no identifier")

// Options of Compile. The zero value works.
type Options struct {
	// Normalize brings an identifier into its form, or says what is wrong with it. Default clean.IDs(nil).
	Normalize func(marque.ID) (marque.ID, error)
	// Now is asked for each record with an instant, and one later than that by more than Ahead is a fault. Default an
	// instant may be in the future.
	Now func() time.Time
	// Ahead is how far the clock of the source may be ahead of Now. Default 0.
	Ahead time.Duration
	// Remember is how many events of one file are known again when they are repeated; what repeats one beyond is taken for
	// an event, and the report says so. Default 1,000,000.
	Remember int
}

// A Plan makes events of records. It is immutable and safe for concurrent use.
type Plan struct {
	m         Mapping
	normalize func(marque.ID) (marque.ID, error)
	now       func() time.Time // nil: any instant is taken
	ahead     time.Duration
	remember  int
	at        clock
	props     []prop
	missing   map[string]bool
}

// Compile checks the mapping and lists every fault with its path.
func Compile(m Mapping, o *Options) (*Plan, error) {
	m = m.clone()
	c := compiler{m: m}
	c.head()
	p := &Plan{m: m, at: c.at(), props: c.props(), missing: map[string]bool{"": true}}
	if err := c.f.Err(); err != nil {
		return nil, err
	}
	for _, text := range m.Missing {
		p.missing[text] = true
	}
	if o != nil {
		p.normalize, p.now, p.ahead, p.remember = o.Normalize, o.Now, o.Ahead, o.Remember
	}
	if p.normalize == nil {
		p.normalize = clean.IDs(nil)
	}
	if p.remember <= 0 {
		p.remember = 1_000_000
	}
	return p, nil
}

// Fields lists the fields that the plan reads, each once, in the order of their names.
func (p *Plan) Fields() []string {
	set := map[string]bool{p.m.Event.Field: true, p.m.At.Field: true, p.m.Profile: true}
	for _, field := range p.m.Record {
		set[field] = true
	}
	for _, s := range p.m.Skip {
		set[s.Field] = true
	}
	for _, id := range p.m.IDs {
		set[id.Field] = true
	}
	for i := range p.props {
		set[p.props[i].Field] = true
	}
	delete(set, "")
	return slices.Sorted(maps.Keys(set))
}

// Event makes the event of a record, whose values are texts, numbers, bool, nil, time.Time, lists of texts and maps of
// those. The error is ErrSkipped, or every fault of the record joined, those of a field as a marque.FieldError whose
// path is the field; the text of a property is quoted in it, that of an identifier is not. Identifiers that are Lax and malformed are left out.
//
// The event's ID depends on the source, the event's name and the fields of Record only, on every machine.
func (p *Plan) Event(record map[string]any) (marque.Event, error) {
	e, _, err := p.event(record)
	return e, err
}

// event is Event, and the faults of identifiers that were left out.
func (p *Plan) event(record map[string]any) (e marque.Event, dropped []error, err error) {
	if p.skip(record) {
		return marque.Event{}, nil, ErrSkipped
	}
	var f, lax marque.Faults
	e.Name = p.name(record, &f)
	e.At = p.instant(record, &f)
	nobody := !p.identify(&e, record, &f, &lax)
	for i := range p.props {
		d := &p.props[i]
		v, err := d.value(field(record, d.Field), p.missing)
		switch {
		case err != nil:
			f.Wrap(d.Field, err)
		case v == nil && d.Required:
			f.Add(d.Field, "is missing")
		case v != nil:
			if e.Props == nil {
				e.Props = make(map[string]any, len(p.props))
			}
			e.Props[d.Name] = v
		}
	}
	e.ID, err = p.id(e.Name, record, &f)
	if err == nil && nobody && f.Err() == nil {
		err = errNobody
	}
	if err = errors.Join(append(unjoin(f.Err()), err)...); err != nil {
		return marque.Event{}, nil, err
	}
	return e, unjoin(lax.Err()), nil
}

// get is the text of a field, "" where it is missing.
func (p *Plan) get(record map[string]any, name string) (string, error) {
	text, err := textOf(field(record, name))
	if err != nil || p.missing[text] {
		return "", err
	}
	return text, nil
}

func (p *Plan) skip(record map[string]any) bool {
	for _, s := range p.m.Skip {
		if text, err := p.get(record, s.Field); err == nil && slices.Contains(s.Is, text) {
			return true
		}
	}
	return false
}

func (p *Plan) name(record map[string]any, f *marque.Faults) string {
	n := &p.m.Event
	if n.Name != "" {
		return n.Name
	}
	text, err := p.get(record, n.Field)
	if err != nil {
		f.Wrap(n.Field, err)
		return ""
	}
	if name, ok := n.Values[text]; ok {
		return name
	}
	switch {
	case n.Else != "":
		return n.Else
	case text == "":
		f.Add(n.Field, "is missing")
	default:
		f.Wrap(n.Field, unknown(text, n.Values))
	}
	return ""
}

func (p *Plan) instant(record map[string]any, f *marque.Faults) (at time.Time) {
	name := p.m.At.Field
	if name == "" {
		return at
	}
	x := field(record, name)
	at, ok := x.(time.Time)
	if at = at.UTC(); !ok || at.IsZero() {
		text, err := textOf(x)
		switch {
		case err == nil && p.missing[text]:
			f.Add(name, "is missing")
			return at
		case err == nil:
			at, err = p.at.read(text)
		}
		if err != nil {
			f.Wrap(name, err)
			return at
		}
	}
	if p.now != nil {
		if now := p.now().UTC(); at.After(now.Add(p.ahead)) {
			f.Add(name, "%s is in the future, it is %s", at.Format(time.RFC3339), now.Format(time.RFC3339))
		}
	}
	return at
}

// identify sets the profile and the identifiers, each once, and reports whether the event is of somebody, or none is
// declared to be.
func (p *Plan) identify(e *marque.Event, record map[string]any, f, lax *marque.Faults) bool {
	var err error
	if p.m.Profile != "" {
		if e.Profile, err = p.get(record, p.m.Profile); err != nil {
			f.Wrap(p.m.Profile, err)
		}
	}
	for _, d := range p.m.IDs {
		text, err := p.get(record, d.Field)
		if err == nil && text == "" {
			if d.Required {
				f.Add(d.Field, "is missing")
			}
			continue
		}
		id := marque.ID{Kind: d.Kind, Value: text}
		if err == nil {
			id, err = p.normalize(id)
		}
		switch {
		case err != nil && d.Lax:
			lax.Wrap(d.Field, err)
		case err != nil:
			f.Wrap(d.Field, err)
		case !slices.Contains(e.IDs, id):
			e.IDs = append(e.IDs, id)
		}
	}
	return e.Profile != "" || len(e.IDs) > 0 || p.m.Profile == "" && len(p.m.IDs) == 0
}

// id derives the event's ID. The name is part of it: an order that is paid and then shipped is two events of one record.
func (p *Plan) id(name string, record map[string]any, f *marque.Faults) (string, error) {
	if len(p.m.Record) == 0 {
		text, err := json.Marshal(record) // with its keys in order
		if err != nil {
			return "", fmt.Errorf("no digest: %w", err)
		}
		return marque.Key("intake", p.m.Source, name, "digest", string(text)), nil
	}
	parts := []string{"intake", p.m.Source, name, "record"}
	for _, field := range p.m.Record {
		text, err := p.get(record, field)
		switch {
		case err != nil:
			f.Wrap(field, err)
		case text == "":
			f.Add(field, "is missing")
		}
		parts = append(parts, text)
	}
	return marque.Key(parts...), nil
}
