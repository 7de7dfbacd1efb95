package derived

import (
	"slices"
	"sync"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Table keeps rows in memory. It is safe for concurrent use.
type Table[R, H any] struct {
	shape Shape[R, H]

	mu     sync.RWMutex
	people map[string]*person[R, H]
	counts map[string]int
	keys   map[string]struct{}
	roll   roll
	agenda agenda
	feed   feed
}

type person[R, H any] struct {
	rows   []*R // by name; replaced whole, never changed
	alarms []*alarm
	past   []H
}

// New makes an empty table.
func New[R, H any](shape Shape[R, H]) *Table[R, H] {
	return &Table[R, H]{
		shape: shape, people: map[string]*person[R, H]{}, counts: map[string]int{}, keys: map[string]struct{}{},
	}
}

// Load appends the rows of each person, sorted by name, to into.
func (t *Table[R, H]) Load(profiles []string, into [][]*R) [][]*R {
	t.mu.RLock()
	defer t.mu.RUnlock()
	for _, profile := range profiles {
		if p := t.people[profile]; p != nil {
			into = append(into, p.rows)
		} else {
			into = append(into, nil)
		}
	}
	return into
}

// Commit applies a change. It is marque.ErrConflict where a row was changed by somebody else since it was loaded.
func (t *Table[R, H]) Commit(c Change[R, H]) (known []string, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, key := range c.Keys {
		if _, ok := t.keys[key]; ok {
			known = append(known, key)
		}
	}
	if known != nil {
		return known, nil
	}
	for _, r := range c.Rows {
		if *t.shape.Version(r) != t.version(r)+1 {
			return nil, marque.ErrConflict
		}
	}
	for _, r := range c.Rows {
		t.put(r)
	}
	for i := range c.Past {
		p := t.person(t.shape.Owner(&c.Past[i]))
		p.past = append(p.past, c.Past[i])
	}
	t.feed.say(c.Say)
	for _, key := range c.Keys {
		t.keys[key] = struct{}{}
	}
	return nil, nil
}

func (t *Table[R, H]) version(r *R) int64 {
	profile, name := t.shape.Key(r)
	if p := t.people[profile]; p != nil {
		if i, ok := t.shape.place(p.rows, name); ok {
			return *t.shape.Version(p.rows[i])
		}
	}
	return 0
}

func (t *Table[R, H]) person(profile string) *person[R, H] {
	p := t.people[profile]
	if p == nil {
		p = &person[R, H]{}
		t.people[profile] = p
		t.roll.add(profile)
	}
	return p
}

func (t *Table[R, H]) put(r *R) {
	profile, name := t.shape.Key(r)
	p := t.person(profile)
	i, ok := t.shape.place(p.rows, name)
	rows := make([]*R, 0, len(p.rows)+1)
	rows = append(rows, p.rows[:i]...)
	rows = append(rows, r)
	if ok {
		t.count(p.rows[i], -1)
		rows = append(rows, p.rows[i+1:]...)
	} else {
		rows = append(rows, p.rows[i:]...)
		p.alarms = slices.Insert(p.alarms, i, &alarm{profile: profile, name: name, pos: -1})
	}
	p.rows = rows
	t.count(r, 1)
	t.agenda.set(p.alarms[i], *t.shape.Due(r))
}

func (t *Table[R, H]) count(r *R, by int) {
	if t.shape.Holds(r) {
		_, name := t.shape.Key(r)
		t.counts[name] += by
	}
}

// drop removes all rows of a person, and the person.
func (t *Table[R, H]) drop(profile string) {
	p := t.people[profile]
	if p == nil {
		return
	}
	for i, r := range p.rows {
		t.count(r, -1)
		t.agenda.set(p.alarms[i], 0)
	}
	delete(t.people, profile)
	t.roll.gone = true
}

// Due lists what is due at or before until, up to n, in the order of marque.Due.
func (t *Table[R, H]) Due(parts marque.Parts, until rule.Instant, n int) []marque.Due {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.agenda.list(parts, until, n)
}

// Count is the number of rows of a definition that hold.
func (t *Table[R, H]) Count(name string) int {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.counts[name]
}

// Scan lists up to n rows of a definition that hold, of people behind after, in order of profile.
func (t *Table[R, H]) Scan(name, after string, n int) []*R {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.roll.gone {
		t.roll = roll{}
		for profile := range t.people {
			t.roll.add(profile)
		}
	}
	var out []*R
	for _, profile := range t.roll.behind(after) {
		if len(out) >= n {
			break
		}
		p := t.people[profile]
		if i, ok := t.shape.place(p.rows, name); ok && t.shape.Holds(p.rows[i]) {
			out = append(out, p.rows[i])
		}
	}
	return out
}

// Pending lists up to n events that were said and not taken, in order.
func (t *Table[R, H]) Pending(parts marque.Parts, n int) []marque.Event {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.feed.pending(parts, n)
}

// Taken forgets events that were said.
func (t *Table[R, H]) Taken(ids []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.feed.taken(ids)
}

// Past is the history of a person, in the order of commits.
func (t *Table[R, H]) Past(profile string) []H {
	t.mu.RLock()
	defer t.mu.RUnlock()
	if p := t.people[profile]; p != nil {
		return slices.Clone(p.past)
	}
	return nil
}
