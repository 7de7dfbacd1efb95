package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque/rule"
)

// index knows in which layouts histories are kept: the rows of one name of event with one list of properties. A
// view is what one lexicon means by its slots. The log is the truth; the index can be dropped at any time.
type index struct {
	views      []*view
	layouts    []layout
	byKey      map[string]uint32
	generation int
}

type view struct {
	lex    *rule.Lexicon
	attrs  []attributeSlot
	events []uint32 // layouts by event slot
}

type attributeSlot struct {
	name uint32
	t    rule.Type
}

type layout struct {
	name   uint32
	fields []rule.Field
}

// series is one person's history in one layout. hits is handed out: it is only ever extended or replaced.
type series struct {
	layout uint32
	read   int // how many of person.log are in hits
	hits   []rule.Hit
}

// A process has few lexicons at once; where it goes through many, the index starts over.
const maxViews = 8

func (m *Store) view(lex *rule.Lexicon) *view {
	for _, v := range m.index.views {
		if v.lex == lex {
			return v
		}
	}
	if len(m.index.views) == maxViews {
		m.index = index{generation: m.index.generation + 1}
	}
	if m.index.byKey == nil {
		m.index.byKey = map[string]uint32{}
	}
	v := &view{lex: lex}
	s := lex.Schema()
	for _, a := range s.Attributes {
		v.attrs = append(v.attrs, attributeSlot{m.log.names.of(a.Name), a.Type})
	}
	for _, e := range s.Events {
		key := strings.Builder{}
		fmt.Fprintf(&key, "%q", e.Name)
		for _, p := range e.Props {
			fmt.Fprintf(&key, " %q %d", p.Name, p.Type)
		}
		n, ok := m.index.byKey[key.String()]
		if !ok {
			n = uint32(len(m.index.layouts))
			m.index.byKey[key.String()] = n
			m.index.layouts = append(m.index.layouts, layout{m.log.names.of(e.Name), e.Props})
		}
		v.events = append(v.events, n)
	}
	m.index.views = append(m.index.views, v)
	return v
}

// Fill implements profile.Store. It allocates only for events that came since the history was asked for last.
func (m *Store) Fill(ctx context.Context, lex *rule.Lexicon, need rule.Need, _ time.Time, people []*rule.Facts) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	v := m.view(lex)
	for _, f := range people {
		p := m.people[f.Profile]
		if p == nil {
			p = &m.nobody
		} else {
			p = p.stands()
		}
		f.Zone = p.zone
		if need.IDs {
			f.IDs = slices.Clip(p.ids)
		}
		if need.Consents {
			f.Consents = p.statements()
		}
		for _, slot := range need.Attrs {
			a := v.attrs[slot]
			x := p.attribute(a.name)
			if x.Known() && x.Type() != a.t {
				x, _ = x.As(a.t)
			}
			f.Attrs[slot] = x
		}
		for _, e := range need.Events {
			f.Events[e.Slot] = m.history(p, v.events[e.Slot])
		}
	}
	return nil
}

// history is the person's history in a layout, up to date.
func (m *Store) history(p *person, layout uint32) []rule.Hit {
	if len(p.log) == 0 {
		return nil
	}
	if p.layouts != m.index.generation {
		p.series, p.layouts = nil, m.index.generation
	}
	for i := range p.series {
		if s := &p.series[i]; s.layout == layout {
			if s.read < len(p.log) {
				m.extend(s, p.log)
			}
			return slices.Clip(s.hits)
		}
	}
	s := series{layout: layout}
	m.extend(&s, p.log)
	p.series = append(p.series, s)
	return slices.Clip(s.hits)
}

// extend brings a series up to the end of the person's log. Readers of its hits see no change: a late event
// leads to a new slice.
func (m *Store) extend(s *series, log []uint32) {
	l := m.index.layouts[s.layout]
	hits, late := s.hits, false
	for _, n := range log[s.read:] {
		r := m.log.at(n)
		if r.name != l.name {
			continue
		}
		late = late || len(hits) > 0 && r.at < hits[len(hits)-1].At
		hits = append(hits, rule.Hit{At: r.at, Props: row(l.fields, r.props)})
	}
	if late {
		hits = slices.Clone(hits)
		slices.SortStableFunc(hits, func(a, b rule.Hit) int { return cmp.Compare(a.At, b.At) })
	}
	s.hits, s.read = hits, len(log)
}

// row puts properties into slots, as rule.Lexicon.Row does.
func row(fields []rule.Field, props map[string]any) []rule.Value {
	if len(fields) == 0 {
		return nil
	}
	out := make([]rule.Value, len(fields))
	for i := range fields {
		if x, ok := props[fields[i].Name]; ok {
			if v, ok := rule.Of(x); ok {
				out[i], _ = v.As(fields[i].Type)
			}
		}
	}
	return out
}
