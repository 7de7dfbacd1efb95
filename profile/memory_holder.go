package profile

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/marque-go/marque"
)

// Pending implements marque.Feed.
func (m *Memory) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []marque.Event
	for _, e := range m.said {
		if len(out) >= n {
			break
		}
		if p := m.people[e.Profile]; p != nil {
			e.Profile = p.stands().id
		}
		if parts.Has(e.Profile) {
			out = append(out, e)
		}
	}
	return out, nil
}

// Taken implements marque.Feed.
func (m *Memory) Taken(ctx context.Context, ids []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := make(map[string]struct{}, len(ids))
	for _, id := range ids {
		taken[id] = struct{}{}
	}
	m.said = slices.DeleteFunc(m.said, func(e marque.Event) bool { _, ok := taken[e.ID]; return ok })
	return nil
}

// Move implements marque.Holder.
func (m *Memory) Move(ctx context.Context, mv marque.Move) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(mv.IDs) > 0 {
		return fmt.Errorf("unmerge: %w", errors.ErrUnsupported)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, done := m.moveKeys[mv.Key]; done {
		return nil
	}
	m.moveKeys[mv.Key] = struct{}{}
	from, into := m.known(mv.From), m.known(mv.Into)
	if from == into {
		return nil
	}
	mv.From, mv.Into = from.id, into.id
	m.merge(from, into)
	m.moves = append(m.moves, mv)
	m.said = append(m.said, Merged(mv))
	return nil
}

// known is the person that stands under id; it begins where there is none.
func (m *Memory) known(id string) *person {
	if p := m.people[id]; p != nil {
		return p.stands()
	}
	return m.begin(id)
}

// Erase implements marque.Holder. rows counts the person, and each identifier, attribute, consent and event.
func (m *Memory) Erase(ctx context.Context, profile string) (rows int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.people[profile]
	if p == nil {
		return 0, nil
	}
	p = p.stands()
	for _, n := range p.log {
		m.erased[marque.Key("event", m.log.erase(n))] = struct{}{}
	}
	for _, id := range p.ids {
		delete(m.owners, id)
	}
	ids := append([]string{p.id}, p.former...)
	for _, id := range ids {
		delete(m.people, id)
		m.erased[marque.Key("profile", id)] = struct{}{}
	}
	m.said = slices.DeleteFunc(m.said, func(e marque.Event) bool { return slices.Contains(ids, e.Profile) })
	m.stale = true
	return 1 + len(p.ids) + len(p.attrs) + len(p.consents) + len(p.log), nil
}

// Export implements marque.Holder. It yields from a copy that is made when it begins.
func (m *Memory) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return func(yield func(marque.Item, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(marque.Item{}, err)
			return
		}
		for _, item := range m.export(profile) {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (m *Memory) export(profile string) (items []marque.Item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.people[profile]
	if p == nil {
		return nil
	}
	p = p.stands()
	add := func(kind, key string, data any) {
		items = append(items, marque.Item{Room: "profile", Kind: kind, Key: key, Data: data})
	}
	former := slices.Clone(p.former)
	slices.Sort(former)
	add("person", p.id, Person{ID: p.id, First: p.first.Time(), Former: former})
	for i, id := range p.ids {
		r := m.log.at(p.learnt[i])
		add("identifier", id.String(), Identifier{ID: id, Event: r.id, At: r.at.Time()})
	}
	attrs := slices.Clone(p.attrs)
	slices.SortFunc(attrs, func(a, b attribute) int {
		return strings.Compare(m.log.names.names[a.name], m.log.names.names[b.name])
	})
	for _, a := range attrs {
		e := m.log.event(m.log.at(a.event))
		name := m.log.names.names[a.name]
		add("attribute", name, Attribute{Name: name, Value: a.value.Any(), At: a.at.Time(), Event: e.ID, From: e.Name, Via: e.Via()})
	}
	for _, c := range p.consents {
		add("consent", c.Channel+"/"+c.Topic, c)
	}
	for _, n := range p.log {
		e := m.log.event(m.log.at(n))
		add("event", e.ID, e)
	}
	return items
}
