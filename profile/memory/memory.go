package memory

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

// A Store is a profile.Store in the memory of the process, safe for concurrent use behind one mutex. It is made by New.
//
// An event takes about 200 bytes beside its own ID, IDs and Props, a person about 300, an identifier about 100.
// Histories for rules are kept per person beside the log, in the layout that Fill is asked for, from the first
// time that somebody asks; then they grow with the log.
type Store struct {
	mu     sync.Mutex
	log    eventLog
	people map[string]*person  // also those who lead to another
	graph  evidence            // of who they are
	erased map[string]struct{} // digests of ids of events and people

	said  []marque.Event      // in order of commits
	moves []marque.Move       // waiting, oldest first
	done  map[string]struct{} // Keys of moves and rulings

	index  index
	nobody person   // what is known of somebody unknown
	sorted []string // ids of people who stand for themselves
	stale  bool     // sorted is
}

var _ profile.Store = (*Store)(nil)

// New makes an empty store.
func New() *Store {
	return &Store{
		log:    eventLog{names: symbols{slot: map[string]uint32{}}, byID: map[string]uint32{}},
		people: map[string]*person{}, graph: newEvidence(),
		erased: map[string]struct{}{}, done: map[string]struct{}{},
	}
}

// Look implements profile.Store. It takes a few map lookups per question.
func (m *Store) Look(ctx context.Context, q profile.Query) (profile.Known, error) {
	if err := ctx.Err(); err != nil {
		return profile.Known{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var k profile.Known
	if len(q.Events) > 0 {
		k.Events = make([]bool, len(q.Events))
		for i, id := range q.Events {
			k.Events[i] = m.knows(id)
		}
	}
	if len(q.IDs)+len(q.Profiles) > 0 {
		owners := make([]profile.Owner, len(q.IDs)+len(q.Profiles))
		for i, id := range q.IDs {
			if n := m.graph.nodes[id]; n != nil {
				owners[i] = n.owner.known()
			}
		}
		k.IDs, k.Profiles = owners[:len(q.IDs):len(q.IDs)], owners[len(q.IDs):]
		for i, id := range q.Profiles {
			if p := m.people[id]; p != nil {
				k.Profiles[i] = p.stands().known()
				k.Profiles[i].Home = p.home
			} else {
				k.Profiles[i].Erased = m.wasErased("profile", id)
			}
		}
	}
	if len(q.Seen) > 0 {
		k.Seen = make([]bool, len(q.Seen))
		for i := range q.Seen {
			k.Seen[i] = m.graph.knows(&q.Seen[i])
		}
	}
	if len(q.Around) > 0 {
		var nodes []*node
		k.Evidence, nodes = m.graph.around(q.Around)
		for _, n := range nodes {
			x := profile.Node{ID: n.id, Owner: n.owner.known()}
			if n.of != nil {
				x.Of = n.of.id
			}
			k.Nodes = append(k.Nodes, x)
		}
	}
	if len(q.Keys) > 0 {
		k.Keys = make([]bool, len(q.Keys))
		for i, key := range q.Keys {
			_, k.Keys[i] = m.done[key]
		}
	}
	k.Moves = slices.Clone(m.moves[:min(max(q.Moves, 0), len(m.moves))])
	return k, nil
}

func (p *person) known() profile.Owner {
	return profile.Owner{Profile: p.id, First: p.first.Time(), Last: p.last.Time(), Version: p.version}
}

// knows reports whether the event is in the log or was erased from it.
func (m *Store) knows(event string) bool {
	_, ok := m.log.byID[event]
	return ok || m.wasErased("event", event)
}

func (m *Store) wasErased(kind, id string) bool {
	if len(m.erased) == 0 {
		return false
	}
	_, ok := m.erased[marque.Key(kind, id)]
	return ok
}

// Commit implements profile.Store.
func (m *Store) Commit(ctx context.Context, c profile.Change) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.refuses(&c); err != nil {
		return err
	}
	for _, x := range c.People {
		m.begin(x.Profile, x.Home)
	}
	for _, mv := range c.Moves {
		m.give(mv)
		m.moves = append(m.moves, mv)
		m.done[mv.Key] = struct{}{}
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
			p.last = max(p.last, rule.At(e.At))
		}
	}
	m.learn(&c, base)
	for _, s := range c.Sets {
		if e := &c.Events[s.Event]; e.Profile != "" {
			p := m.people[e.Profile]
			p.put(attribute{name: m.log.names.of(s.Name), rank: int32(s.Rank), learnt: m.learnt(e, base+uint32(s.Event)), value: s.Value})
			if s.Name == zone {
				p.zone = p.attribute(m.log.names.of(zone)).Text()
			}
		}
	}
	for _, s := range c.Says {
		if e := &c.Events[s.Event]; e.Profile != "" {
			m.people[e.Profile].say(statement{s.Channel, s.Topic, s.Proof, s.OK, m.learnt(e, base+uint32(s.Event))})
		}
	}
	m.said = append(m.said, c.Emit...)
	for _, id := range c.Handled {
		m.log.handled(id)
	}
	if len(c.Moved) > 0 {
		m.moves = slices.DeleteFunc(m.moves, func(mv marque.Move) bool { return slices.Contains(c.Moved, mv.Key) })
	}
	m.forget(c.Forget)
	return nil
}

func (m *Store) learnt(e *marque.Event, number uint32) learnt {
	return learnt{event: e.ID, number: number, name: m.log.names.of(e.Name), at: rule.At(e.At), via: e.Via()}
}

// learn takes up identifiers and evidence about them.
func (m *Store) learn(c *profile.Change, base uint32) {
	for _, l := range c.Links {
		if m.graph.nodes[l.ID] != nil {
			continue
		}
		n := &node{id: l.ID, event: "", number: base}
		if l.Event >= 0 {
			e := &c.Events[l.Event]
			n.event, n.at, n.number = e.ID, rule.At(e.At), base+uint32(l.Event)
		}
		if l.ID.Kind == marque.ProfileKind {
			n.of = m.people[l.ID.Value]
		}
		m.graph.nodes[l.ID] = n
		p := m.people[l.Profile]
		p.learn(n)
		p.version++
	}
	for i := range c.Events {
		others := c.Events[i].IDs
		if len(others) > 0 && c.Events[i].Hops == 0 {
			others = others[1:]
		}
		for _, id := range others {
			if n := m.graph.nodes[id]; n != nil {
				n.named = append(n.named, base+uint32(i))
			}
		}
	}
	for _, x := range c.People {
		if n := m.graph.nodes[x.Home]; n != nil {
			n.of = m.people[x.Profile]
		}
	}
	touch := func(id marque.ID) {
		if n := m.graph.nodes[id]; n != nil {
			n.owner.version++
		}
	}
	for _, o := range c.Seen {
		m.graph.observe(o)
		for _, id := range o.IDs {
			touch(id)
		}
	}
	for _, r := range c.Rulings {
		m.done[r.Key] = struct{}{}
		m.graph.rule(r)
		touch(r.A)
		touch(r.B)
	}
	for _, id := range c.Hubs {
		m.graph.nodes[id].hub = true
		touch(id)
	}
}

// refuses says why the change does not fit what the store holds.
func (m *Store) refuses(c *profile.Change) error {
	conflict := func(format string, args ...any) error {
		return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), marque.ErrConflict)
	}
	for _, r := range c.Read {
		if p := m.people[r.Profile]; p == nil || p.version != r.Version {
			return conflict("person %s has changed", r.Profile)
		}
	}
	var leads map[string]string // by id, where the change makes it lead; to itself where it stands
	for _, x := range c.People {
		if _, twice := leads[x.Profile]; twice || m.people[x.Profile] != nil {
			return conflict("person %s is known", x.Profile)
		}
		put(&leads, x.Profile, x.Profile)
	}
	lead := func(id string) string {
		if to, ok := leads[id]; ok {
			return to
		}
		if p := m.people[id]; p != nil {
			return p.stands().id
		}
		return ""
	}
	for _, r := range c.Rulings {
		if _, done := m.done[r.Key]; done {
			return conflict("ruling %s is known", r.Key)
		}
	}
	for _, mv := range c.Moves {
		if _, done := m.done[mv.Key]; done {
			return conflict("move %s is known", mv.Key)
		}
		from, into := lead(mv.From), lead(mv.Into)
		switch {
		case from != mv.From || from == "" || mv.From == mv.Into:
			return conflict("move of %s into %s: the former does not stand for itself", mv.From, mv.Into)
		case into != mv.Into && (len(mv.IDs) == 0 || into != mv.From):
			return conflict("move of %s into %s: the latter does not stand for itself", mv.From, mv.Into)
		}
		follow := func(id string) {
			if _, goes := mv.Takes(marque.ID{Kind: marque.ProfileKind, Value: id}); goes {
				put(&leads, id, mv.Into)
			}
		}
		if p := m.people[mv.From]; p != nil {
			for _, x := range p.leads {
				if _, moved := leads[x.id]; !moved {
					follow(x.id)
				}
			}
		}
		for id, to := range leads {
			if to == mv.From && (id != mv.From || len(mv.IDs) == 0) {
				follow(id)
			}
		}
		put(&leads, mv.Into, mv.Into)
	}
	for i := range c.Events {
		e := &c.Events[i]
		if m.knows(e.ID) {
			return conflict("event %s is known", e.ID)
		}
		if e.Profile != "" && lead(e.Profile) != e.Profile {
			return conflict("event %s: person %s does not stand for itself", e.ID, e.Profile)
		}
	}
	for _, l := range c.Links {
		who := ""
		if n := m.graph.nodes[l.ID]; n != nil {
			who = n.owner.id
			for _, mv := range c.Moves {
				if who == mv.From && (len(mv.IDs) == 0 || slices.Contains(mv.IDs, l.ID)) {
					who = mv.Into
				}
			}
		}
		if lead(l.Profile) != l.Profile || who != "" && who != l.Profile {
			return conflict("identifier %v leads to another", l.ID)
		}
	}
	return nil
}

// People implements profile.Store. It sorts the ids anew where people came, went or merged since it was asked last.
func (m *Store) People(ctx context.Context, parts marque.Parts, after string, n int) ([]string, error) {
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

// zone is the attribute that every schema has.
const zone = "zone"

func put[K comparable, V any](m *map[K]V, k K, v V) {
	if *m == nil {
		*m = map[K]V{}
	}
	(*m)[k] = v
}
