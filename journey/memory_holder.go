package journey

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/step"
)

// Move gives enrollments, commands, dead letters and holds to another person. Where both are in one journey, or both
// wait to enter it, the older enrollment stays and the other exits as merged; in a journey that is entered every time
// all stay.
func (m *Memory) Move(ctx context.Context, mv marque.Move) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.moves[mv.Key] || mv.From == mv.Into || mv.From == "" || mv.Into == "" {
		return nil
	}
	if mv.Key != "" {
		m.moves[mv.Key] = true
	}
	m.holds.Move(mv)
	goes := func(via marque.ID) bool {
		_, takes := mv.Takes(via)
		return takes
	}
	for _, key := range slices.Sorted(maps.Keys(m.out)) {
		if c := m.out[key].Command; c.Profile == mv.From {
			m.strike(key)
			m.out[key] = &letter{Command: readdress(c, mv)}
			m.queue.push(m.out[key])
		}
	}
	for i, c := range m.dead {
		if c.Profile == mv.From {
			m.dead[i] = readdress(c, mv)
		}
	}
	theirs := slices.Clone(m.people[mv.Into])
	for _, r := range slices.Clone(m.people[mv.From]) {
		if !goes(r.Via) {
			continue
		}
		s := r.State
		s.Profile = mv.Into
		s.Via, _ = mv.Takes(s.Via)
		s.Version++
		m.put(r, s)
		at := slices.IndexFunc(theirs, func(o *row) bool { return o.Journey == s.Journey && (o.Node == "") == (s.Node == "") })
		if at < 0 || m.every(s.ID) {
			continue
		}
		if other := theirs[at]; older(s, other.State) < 0 {
			theirs = slices.Delete(theirs, at, at+1)
			m.merged(other, cut(mv.At))
			continue
		}
		m.merged(m.rows[s.ID], cut(mv.At))
	}
	return nil
}

// every reports whether the entry of an enrollment took nothing: its journey may be entered every time.
func (m *Memory) every(id string) bool {
	h, ok := m.holds.Get(id)
	return ok && len(h.Hold.Takes) == 0
}

// readdress is a command of From after a move: for the person whom it is for then, and in an unmerge to that person's
// identifiers only.
func readdress(c Command, mv marque.Move) Command {
	via, goes := mv.Takes(c.Via)
	if c.Via = via; goes {
		c.Profile = mv.Into
	}
	if c.Message != nil {
		msg := *c.Message
		msg.Profile = c.Profile
		if len(mv.IDs) > 0 {
			msg.To = slices.DeleteFunc(slices.Clone(msg.To), func(id marque.ID) bool { return slices.Contains(mv.IDs, id) != goes })
		}
		c.Message = &msg
	}
	return c
}

// merged ends an enrollment that its person has twice. What its entry took for good, or while it lasted, is given
// back; a window runs on.
func (m *Memory) merged(r *row, now time.Time) {
	c := step.Merge(r.State, now)
	if h, ok := m.holds.Get(r.ID); ok && len(h.Hold.Takes) > 0 && h.Hold.Takes[0].Until.IsZero() {
		c.Release = append(c.Release, r.ID)
	}
	m.apply(now, &c)
}

// Erase removes what is kept of a person. Counts stay. It costs as much as there are people who wait.
func (m *Memory) Erase(ctx context.Context, profile string) (rows int, err error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, r := range m.people[profile] {
		m.retire(r)
		delete(m.rows, r.ID)
		rows++
	}
	delete(m.people, profile)
	for _, key := range slices.Sorted(maps.Keys(m.out)) {
		if m.out[key].Profile == profile {
			m.strike(key)
			rows++
		}
	}
	n := len(m.dead)
	m.dead = slices.DeleteFunc(m.dead, func(c Command) bool { return c.Profile == profile })
	if rows > 0 { // what was struck out still names the person
		m.due.sweep()
		m.queue.sweep()
	}
	return rows + n - len(m.dead) + m.feed.forget(profile) + m.holds.Erase(profile), nil
}

// Export yields a person's enrollments, commands, dead letters and holds.
func (m *Memory) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return func(yield func(marque.Item, error) bool) {
		if err := ctx.Err(); err != nil {
			yield(marque.Item{}, err)
			return
		}
		for _, item := range m.items(profile) {
			if !yield(item, nil) {
				return
			}
		}
	}
}

func (m *Memory) items(profile string) []marque.Item {
	m.mu.Lock()
	defer m.mu.Unlock()
	var items []marque.Item
	for _, r := range m.people[profile] {
		items = append(items, marque.Item{Room: "journey", Kind: "enrollment", Key: r.ID, Data: r.State})
	}
	for _, key := range slices.Sorted(maps.Keys(m.out)) {
		if c := m.out[key]; c.Profile == profile {
			items = append(items, marque.Item{Room: "journey", Kind: "command", Key: key, Data: c.Command})
		}
	}
	for _, c := range m.dead {
		if c.Profile == profile {
			items = append(items, marque.Item{Room: "journey", Kind: "dead letter", Key: c.Key, Data: c})
		}
	}
	return append(items, m.holds.Export("journey", profile)...)
}
