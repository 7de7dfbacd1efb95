package profile

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Memory is a Store in the memory of the process, safe for concurrent use behind one mutex. It is made by
// NewMemory.
//
// An event takes about 200 bytes beside its own ID, IDs and Props, a person about 300, an identifier about 100.
// Histories for rules are kept per person beside the log, in the layout that Fill is asked for, from the first
// time that somebody asks; then they grow with the log.
type Memory struct {
	mu     sync.Mutex
	log    eventLog
	people map[string]*person    // also those who were merged away
	owners map[marque.ID]*person // likewise
	erased map[string]struct{}   // digests of ids of events and people

	said     []marque.Event // in order of commits
	moves    []marque.Move  // waiting, oldest first
	moveKeys map[string]struct{}

	index  index
	nobody person   // what is known of somebody unknown
	sorted []string // ids of people who stand for themselves
	stale  bool     // sorted is
}

var _ Store = (*Memory)(nil)

// NewMemory makes an empty store.
func NewMemory() *Memory {
	return &Memory{
		log:    eventLog{names: symbols{slot: map[string]uint32{}}, byID: map[string]uint32{}},
		people: map[string]*person{}, owners: map[marque.ID]*person{},
		erased: map[string]struct{}{}, moveKeys: map[string]struct{}{},
	}
}

// Look implements Store. It takes a few map lookups per question.
func (m *Memory) Look(ctx context.Context, q Query) (Known, error) {
	if err := ctx.Err(); err != nil {
		return Known{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var k Known
	if len(q.Events) > 0 {
		k.Events = make([]bool, len(q.Events))
		for i, id := range q.Events {
			k.Events[i] = m.knows(id)
		}
	}
	if len(q.IDs)+len(q.Profiles) > 0 {
		owners := make([]Owner, len(q.IDs)+len(q.Profiles))
		for i, id := range q.IDs {
			owners[i] = owner(m.owners[id])
		}
		k.IDs, k.Profiles = owners[:len(q.IDs):len(q.IDs)], owners[len(q.IDs):]
		for i, id := range q.Profiles {
			p := m.people[id]
			k.Profiles[i] = owner(p)
			k.Profiles[i].Erased = p == nil && m.wasErased("profile", id)
		}
	}
	k.Moves = slices.Clone(m.moves[:min(max(q.Moves, 0), len(m.moves))])
	return k, nil
}

func owner(p *person) Owner {
	if p == nil {
		return Owner{}
	}
	p = p.stands()
	return Owner{Profile: p.id, First: p.first.Time()}
}

// knows reports whether the event is in the log or was erased from it.
func (m *Memory) knows(event string) bool {
	_, ok := m.log.byID[event]
	return ok || m.wasErased("event", event)
}

func (m *Memory) wasErased(kind, id string) bool {
	if len(m.erased) == 0 {
		return false
	}
	_, ok := m.erased[marque.Key(kind, id)]
	return ok
}

// Commit implements Store.
func (m *Memory) Commit(ctx context.Context, c Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refuses(&c); err != nil {
		return err
	}
	for _, id := range c.People {
		m.begin(id)
	}
	for _, mv := range c.Moves {
		m.merge(m.people[mv.From], m.people[mv.Into])
		m.moves = append(m.moves, mv)
		m.moveKeys[mv.Key] = struct{}{}
	}
	base := m.log.size + 1
	for i := range c.Events {
		e := &c.Events[i]
		p := m.people[e.Profile]
		n := m.log.append(e, p)
		if p != nil {
			p.log = append(p.log, n)
			if at := rule.At(e.At); p.first == 0 || at < p.first {
				p.first = at
			}
		}
	}
	for _, l := range c.Links {
		p := m.people[c.Events[l.Event].Profile]
		if _, known := m.owners[l.ID]; !known {
			p.ids, p.learnt = append(p.ids, l.ID), append(p.learnt, base+uint32(l.Event))
			m.owners[l.ID] = p
		}
	}
	for _, s := range c.Sets {
		if e := &c.Events[s.Event]; e.Profile != "" {
			p := m.people[e.Profile]
			p.put(attribute{name: m.log.names.of(s.Name), event: base + uint32(s.Event), at: rule.At(e.At), value: s.Value})
			if s.Name == zone {
				p.zone = p.attribute(m.log.names.of(zone)).Text()
			}
		}
	}
	for _, s := range c.Consents {
		if e := &c.Events[s.Event]; e.Profile != "" {
			p := m.people[e.Profile]
			p.consents = putConsent(p.consents, rule.Consent{Channel: s.Channel, Topic: s.Topic, OK: s.OK, At: rule.At(e.At)})
		}
	}
	m.said = append(m.said, c.Emit...)
	for _, id := range c.Handled {
		m.log.handled(id)
	}
	if len(c.Moved) > 0 {
		m.moves = slices.DeleteFunc(m.moves, func(mv marque.Move) bool { return slices.Contains(c.Moved, mv.Key) })
	}
	return nil
}

// refuses says why the change does not fit what the store holds.
func (m *Memory) refuses(c *Change) error {
	conflict := func(format string, args ...any) error {
		return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), marque.ErrConflict)
	}
	var born map[string]struct{}
	for _, id := range c.People {
		if m.people[id] != nil {
			return conflict("person %s is known", id)
		}
		put(&born, id, struct{}{})
	}
	stands := func(id string) bool {
		if p := m.people[id]; p != nil {
			return p.into == nil
		}
		_, ok := born[id]
		return ok
	}
	for _, mv := range c.Moves {
		if !stands(mv.From) || !stands(mv.Into) {
			return conflict("move of %s into %s: not both stand for themselves", mv.From, mv.Into)
		}
	}
	for i := range c.Events {
		e := &c.Events[i]
		if m.knows(e.ID) {
			return conflict("event %s is known", e.ID)
		}
		if e.Profile != "" && !stands(e.Profile) {
			return conflict("event %s: person %s does not stand for itself", e.ID, e.Profile)
		}
	}
	for _, l := range c.Links {
		id := owner(m.owners[l.ID]).Profile
		if id == "" || id == c.Events[l.Event].Profile || slices.ContainsFunc(c.Moves, func(mv marque.Move) bool { return mv.From == id }) {
			continue
		}
		return conflict("identifier %v is known", l.ID)
	}
	return nil
}

// People implements Store. It sorts the ids anew where people came, went or merged since it was asked last.
func (m *Memory) People(ctx context.Context, parts marque.Parts, after string, n int) ([]string, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.stale {
		m.sorted, m.stale = m.sorted[:0], false
		for id, p := range m.people {
			if p.into == nil {
				m.sorted = append(m.sorted, id)
			}
		}
		slices.Sort(m.sorted)
	}
	i, found := slices.BinarySearch(m.sorted, after)
	if found {
		i++
	}
	var page []string
	for ; i < len(m.sorted) && len(page) < n; i++ {
		if parts.Has(m.sorted[i]) {
			page = append(page, m.sorted[i])
		}
	}
	return page, nil
}
