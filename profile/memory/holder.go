package memory

import (
	"context"
	"iter"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
)

// Pending implements marque.Feed.
func (m *Store) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
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
func (m *Store) Taken(ctx context.Context, ids []string) error {
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
func (m *Store) Move(ctx context.Context, mv marque.Move) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, done := m.done[mv.Key]; done {
		return nil
	}
	m.done[mv.Key] = struct{}{}
	for _, id := range []string{mv.From, mv.Into} {
		if m.people[id] == nil {
			m.begin(id, marque.ID{Kind: marque.ProfileKind, Value: id})
		}
	}
	mv.From = m.people[mv.From].stands().id
	if to := m.people[mv.Into].stands().id; len(mv.IDs) == 0 || to != mv.From {
		mv.Into = to
	}
	if mv.From == mv.Into {
		return nil
	}
	m.give(mv)
	m.moves = append(m.moves, mv)
	m.said = append(m.said, profile.Said(mv))
	return nil
}

// Erase implements marque.Holder. rows counts the person, and each identifier, attribute, consent and event.
func (m *Store) Erase(ctx context.Context, who string) (rows int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.people[who]
	if p == nil {
		return 0, nil
	}
	p = p.stands()
	for _, n := range p.log {
		m.erased[marque.Key("event", m.log.erase(n))] = struct{}{}
	}
	m.unname(p)
	m.graph.forget(p.nodes)
	ids := append([]string{p.id}, p.former()...)
	for _, id := range ids {
		delete(m.people, id)
		m.erased[marque.Key("profile", id)] = struct{}{}
	}
	m.said = slices.DeleteFunc(m.said, func(e marque.Event) bool { return slices.Contains(ids, e.Profile) })
	m.moves = slices.DeleteFunc(m.moves, func(mv marque.Move) bool { return slices.Contains(ids, mv.From) || slices.Contains(ids, mv.Into) })
	m.stale = true
	return 1 + len(p.nodes) + len(p.attrs) + len(p.lost) + len(p.said) + len(p.log), nil
}

// unname takes the person's identifiers out of the events of others that came with them.
func (m *Store) unname(p *person) {
	for _, n := range p.nodes {
		for _, k := range n.named {
			if r := m.log.at(k); !r.gone {
				r.ids = slices.DeleteFunc(slices.Clone(r.ids), func(id marque.ID) bool { return id == n.id })
			}
		}
	}
}

// Export implements marque.Holder. It yields from a copy that is made when it begins.
func (m *Store) Export(ctx context.Context, who string) iter.Seq2[marque.Item, error] {
	return func(yield func(marque.Item, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(marque.Item{}, err)
			return
		}
		for _, item := range m.export(who) {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (m *Store) export(who string) (items []marque.Item) {
	m.mu.Lock()
	defer m.mu.Unlock()
	p := m.people[who]
	if p == nil {
		return nil
	}
	p = p.stands()
	add := func(kind, key string, data any) {
		items = append(items, marque.Item{Room: "profile", Kind: kind, Key: key, Data: data})
	}
	add("person", p.id, profile.Person{ID: p.id, First: p.first.Time(), Former: p.former()})
	for _, n := range p.nodes {
		if n.id.Kind != marque.ProfileKind {
			add("identifier", n.id.String(), profile.Identifier{ID: n.id, Event: n.event, At: n.at.Time(), Hub: n.hub})
		}
	}
	names := m.log.names.names
	attribute := func(a *attribute, lost bool) profile.Attribute {
		return profile.Attribute{
			Name: names[a.name], Value: a.value.Any(), At: a.at.Time(), Event: a.event, From: names[a.learnt.name], Via: a.via,
			Rank: int(a.rank), Lost: lost,
		}
	}
	var attrs []profile.Attribute
	for i := range p.attrs {
		attrs = append(attrs, attribute(&p.attrs[i], false))
	}
	for i := range p.lost {
		attrs = append(attrs, attribute(&p.lost[i], true))
	}
	slices.SortFunc(attrs, profile.Attribute.Compare)
	for _, a := range attrs {
		add("attribute", a.Name, a)
	}
	for _, s := range p.said {
		add("consent", s.channel+"/"+s.topic, profile.Consent{
			Channel: s.channel, Topic: s.topic, OK: s.ok, At: s.at.Time(), Proof: s.proof, Event: s.event, From: names[s.name], Via: s.via,
		})
	}
	for _, n := range p.log {
		e := m.log.event(m.log.at(n))
		add("event", e.ID, e)
	}
	return items
}
