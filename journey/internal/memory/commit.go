package memory

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// Commit applies changes and answers them in their order.
func (m *Memory) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change, answer func(Answer)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(l, false); err != nil {
		return err
	}
	var behind map[string]bool // whose changes are put off
	for i := range cs {
		c, a := &cs[i], Answer{}
		if behind != nil && (behind[m.person(c)] || m.shares(c)) {
			a = Answer{Skipped: true}
		} else {
			a = m.apply(now, c)
		}
		if answer(a); a.OK {
			continue
		}
		if behind == nil {
			behind = map[string]bool{}
		}
		if p := m.person(c); p != "" {
			behind[p] = true
		}
	}
	return nil
}

// person is whom a change is about.
func (m *Memory) person(c *Change) string {
	switch {
	case c.State.Profile != "":
		return c.State.Profile
	case c.OfProfile != "":
		return c.OfProfile
	case len(c.Holds) > 0:
		return c.Holds[0].Profile
	case len(c.Commands) > 0:
		return c.Commands[0].Profile
	case len(c.Dead) > 0:
		return c.Dead[0].Profile
	case len(c.Done) > 0 && m.out[c.Done[0]] != 0:
		return m.letters.at(m.out[c.Done[0]]).Profile
	case len(c.Emit) > 0:
		return c.Emit[0].Profile
	}
	return ""
}

// shares reports whether a change takes of a counter that people share, or gives back to one.
func (m *Memory) shares(c *Change) bool {
	shared := func(t limit.Take) bool { return !t.Own }
	for i := range c.Holds {
		if slices.ContainsFunc(c.Holds[i].Takes, shared) {
			return true
		}
	}
	gives := func(key string) bool {
		h, ok := m.holds.Get(key)
		return ok && slices.ContainsFunc(h.Hold.Takes, shared)
	}
	return slices.ContainsFunc(c.Release, gives) || slices.ContainsFunc(c.Cancel, gives)
}

func (m *Memory) apply(now time.Time, c *Change) Answer {
	if c.Of != "" {
		if x := m.out[c.Of]; x == 0 || m.letters.at(x).Profile != c.OfProfile {
			return Answer{Gone: true}
		}
	}
	var i uint32
	if c.State.ID != "" {
		var stored int64
		if i = m.ids[c.State.ID]; i != 0 {
			stored = m.rows.at(i).version
		}
		if stored != c.State.Version-1 {
			return Answer{Conflict: true}
		}
	}
	if len(c.Holds) == 1 {
		switch v := m.holds.Reserve(now, c.Holds[0]); {
		case v.Again || v.Refused == limit.Mismatch:
			return Answer{Again: true}
		case !v.OK:
			return Answer{Refused: v.Refused}
		}
	} else if len(c.Holds) > 0 {
		for k := range c.Holds {
			if m.holds.Has(c.Holds[k].Key) {
				return Answer{Again: true}
			}
		}
		if verdicts, ok := m.holds.ReserveAll(now, c.Holds); !ok {
			for _, v := range verdicts {
				if !v.OK {
					return Answer{Refused: v.Refused}
				}
			}
		}
	}
	for _, key := range c.Release {
		m.holds.Release(key)
	}
	for _, key := range c.Tried {
		if x := m.out[key]; x != 0 {
			m.letters.at(x).Tried = true
		}
	}
	for _, key := range c.Cancel {
		if x := m.out[key]; x != 0 && !m.letters.at(x).Tried {
			m.strike(key)
			m.holds.Release(key)
		}
	}
	for _, key := range c.Done {
		m.strike(key)
	}
	for _, x := range c.Dead {
		m.strike(x.Key)
		m.dead = append(m.dead, x)
	}
	for _, x := range c.Commands {
		m.post(x)
	}
	for _, key := range c.Revive {
		m.revive(now, key)
	}
	if c.State.ID != "" {
		m.put(i, &c.State)
	}
	for i := range c.Tally {
		m.count(i, &c.Tally[i])
	}
	m.feed.say(c.Emit)
	return Answer{OK: true}
}

// count adds to a tally. Changes of a batch mostly add to the same, in the same places, so the last of each place is at
// hand.
func (m *Memory) count(place int, c *Count) {
	x := &m.last[place%len(m.last)]
	if x.n == nil || x.key.Node != c.Node || x.key.What != c.What || x.key.Journey != c.Journey {
		key := *c
		key.N = 0
		n := m.tally[key]
		if n == nil {
			n = new(int)
			m.tally[key] = n
		}
		x.key, x.n = key, n
	}
	*x.n += c.N
}

// put makes row i, 0 for none yet, what the state says.
func (m *Memory) put(i uint32, s *State) {
	if i != 0 {
		r := m.rows.at(i)
		if s.Ended == "" && r.profile == s.Profile && r.spot.priority == s.Priority {
			m.renew(i, s)
			return
		}
		m.drop(i) // the heap goes by what has changed: another row
	}
	if s.Ended != "" {
		return
	}
	i = m.rows.take()
	r := m.rows.at(i)
	m.pack(r, s)
	r.spot = m.at(s)
	r.count(1)
	m.ids[s.ID] = i
	m.list(i)
	m.plan(i)
}

// renew overwrites a row.
func (m *Memory) renew(i uint32, s *State) {
	r := m.rows.at(i)
	due, moved := r.due, r.entered != micros(s.Entered)
	if moved {
		m.unlist(i)
	}
	r.count(-1)
	m.pack(r, s)
	r.spot = m.at(s)
	r.count(1)
	if moved {
		m.list(i)
	}
	if due == r.due {
		return
	}
	if due != never {
		r.turn++
		m.due.stale++
	}
	m.plan(i)
}

// plan puts a row that is due into the heap.
func (m *Memory) plan(i uint32) {
	if r := m.rows.at(i); r.due != never {
		r.entries++
		m.due.push(entry{r.due, i, r.turn})
	}
}

// drop takes a row out. What the heap goes by stays as long as the heap names it.
func (m *Memory) drop(i uint32) {
	m.unlist(i)
	r := m.rows.at(i)
	r.count(-1)
	delete(m.ids, r.id)
	if r.due != never {
		m.due.stale++
	}
	*r = row{spot: r.spot, id: r.id, profile: r.profile, turn: r.turn + 1, entries: r.entries, ended: true}
	if r.entries == 0 {
		m.free(i)
	}
}

// left: the heap has forgotten an entry of a row.
func (m *Memory) left(i uint32) {
	r := m.rows.at(i)
	if r.entries--; r.entries == 0 && r.ended {
		m.free(i)
	}
}

func (m *Memory) free(i uint32) {
	r := m.rows.at(i)
	*r = row{turn: r.turn}
	m.rows.give(i)
}

// count counts who stands at a spot; a round is nobody.
func (r *row) count(n int) {
	if r.profile != "" {
		r.spot.waiting += n
	}
}

// of gives the rows of a person.
func (m *Memory) of(profile string) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		for i := m.people[profile]; i != 0; {
			r := m.rows.at(i)
			if i = r.next; !yield(r) {
				return
			}
		}
	}
}

// list puts a row among those of its person. Rounds are nobody's.
func (m *Memory) list(i uint32) {
	r := m.rows.at(i)
	if r.profile == "" {
		return
	}
	first := m.people[r.profile]
	at := first
	var before *row
	for at != 0 {
		x := m.rows.at(at)
		if x.entered > r.entered || x.entered == r.entered && strings.Compare(x.id, r.id) > 0 {
			break
		}
		before, at = x, x.next
	}
	r.next = at
	if before == nil {
		m.people[r.profile] = i
	} else {
		before.next = i
	}
}

func (m *Memory) unlist(i uint32) {
	r := m.rows.at(i)
	if r.profile == "" {
		return
	}
	if first := m.people[r.profile]; first != i {
		x := m.rows.at(first)
		for x.next != i {
			x = m.rows.at(x.next)
		}
		x.next = r.next
	} else if r.next != 0 {
		m.people[r.profile] = r.next
	} else {
		delete(m.people, r.profile)
	}
	r.next = 0
}
