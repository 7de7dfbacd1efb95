package journey

import (
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// Commit applies changes.
func (m *Memory) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change) ([]Answer, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(l, false); err != nil {
		return nil, err
	}
	answers := make([]Answer, len(cs))
	for i := range cs {
		answers[i] = m.apply(now, &cs[i])
	}
	return answers, nil
}

func (m *Memory) apply(now time.Time, c *Change) Answer {
	old := m.rows[c.State.ID]
	if c.State.ID != "" {
		var stored int64
		if old != nil {
			stored = old.Version
		}
		if stored != c.State.Version-1 {
			return Answer{Conflict: true}
		}
	}
	for _, h := range c.Holds {
		if _, known := m.holds.Get(h.Key); known {
			return Answer{Again: true}
		}
	}
	if len(c.Holds) > 0 {
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
		if x := m.out[key]; x != nil {
			x.Tried = true
		}
	}
	for _, key := range c.Cancel {
		if x := m.out[key]; x != nil && !x.Tried {
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
		m.strike(x.Key)
		m.dead = slices.DeleteFunc(m.dead, func(d Command) bool { return d.Key == x.Key })
		m.out[x.Key] = &letter{Command: x}
		m.queue.push(m.out[x.Key])
	}
	if c.State.ID != "" {
		m.put(old, c.State)
	}
	for _, t := range c.Tally {
		n := t.N
		t.N = 0
		m.tally[t] += n
	}
	m.feed.say(c.Emit)
	return Answer{OK: true}
}

// strike takes a command out of the outbox.
func (m *Memory) strike(key string) {
	if x := m.out[key]; x != nil {
		x.gone = true
		m.queue.stale++
		delete(m.out, key)
	}
}

func (m *Memory) put(old *row, s State) {
	var r *row
	if s.Ended == "" {
		r = &row{State: s}
		m.rows[s.ID] = r
		if !s.Due.IsZero() {
			m.due.push(r)
		}
	}
	if old == nil {
		if r != nil {
			m.list(r)
		}
		return
	}
	m.retire(old)
	rows := m.people[old.Profile]
	at := slices.Index(rows, old)
	if r != nil && old.Profile == s.Profile && old.Entered.Equal(s.Entered) {
		rows[at] = r
		return
	}
	if rows = slices.Delete(rows, at, at+1); len(rows) == 0 {
		delete(m.people, old.Profile)
	} else {
		m.people[old.Profile] = rows
	}
	if r != nil {
		m.list(r)
	} else {
		delete(m.rows, s.ID)
	}
}

// retire makes the heap forget a row.
func (m *Memory) retire(r *row) {
	r.gone = true
	if !r.Due.IsZero() {
		m.due.stale++
	}
}

// list puts a row among those of its person.
func (m *Memory) list(r *row) {
	rows := m.people[r.Profile]
	at, _ := slices.BinarySearchFunc(rows, r, func(a, b *row) int { return older(a.State, b.State) })
	m.people[r.Profile] = slices.Insert(rows, at, r)
}
