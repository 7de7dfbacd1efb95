package memory

import (
	"context"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/step"
)

// Move gives enrollments, commands, dead letters and holds to another person. Where both are in one journey (for one key), or both
// wait to enter it, the older enrollment stays and the other exits as merged, or, of two that others wait for, the one
// that is still waited for stays; in a journey that is entered every time all stay.
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
		if c := m.letters.at(m.out[key]).Command; c.Profile == mv.From {
			m.post(readdress(c, mv))
		}
	}
	for i, c := range m.dead {
		if c.Profile == mv.From {
			m.dead[i] = readdress(c, mv)
		}
	}
	theirs := m.states(mv.Into)
	for _, s := range m.states(mv.From) {
		if !goes(s.Via) {
			continue
		}
		s.Profile = mv.Into
		s.Via, _ = mv.Takes(s.Via)
		if s.Pause != nil && s.Pause.Held != nil {
			pause, held := *s.Pause, readdress(*s.Pause.Held, mv)
			pause.Held = &held
			s.Pause = &pause
		}
		s.Version++
		m.put(m.ids[s.ID], &s)
		at := slices.IndexFunc(theirs, func(o State) bool { return m.doubles(o, s) })
		if at < 0 || m.every(s.ID) {
			continue
		}
		other := theirs[at]
		stays := s.Entered.Before(other.Entered) || s.Entered.Equal(other.Entered) && s.ID < other.ID
		if m.orphan(&s) != m.orphan(&other) {
			stays = m.orphan(&other)
		}
		if stays {
			theirs = slices.Delete(theirs, at, at+1)
			m.merged(other, cut(mv.At))
			continue
		}
		m.merged(s, cut(mv.At))
	}
	return nil
}

// states are those of a person, oldest first.
func (m *Memory) states(profile string) (got []State) {
	for r := range m.of(profile) {
		got = append(got, m.state(r))
	}
	return got
}

// orphan reports whether the enrollment that waits for this one has ended.
func (m *Memory) orphan(s *State) bool { return s.Parent != nil && m.ids[s.Parent.Enrollment] == 0 }

// doubles reports whether two enrollments are one too many: of one journey, for one key, both in or both waiting to
// enter; those that wait for a time of a schedule or a date, for the same.
func (m *Memory) doubles(a, b State) bool {
	if a.Journey != b.Journey || (a.Node == "") != (b.Node == "") {
		return false
	}
	counter := m.counter(a.ID)
	return counter == m.counter(b.ID) && (counter != "" || a.Since.Equal(b.Since))
}

// counter is what the entry of an enrollment, or its wait to enter, took first.
func (m *Memory) counter(id string) string {
	for _, key := range [...]string{id, marque.Key(id, "pending")} {
		if h, ok := m.holds.Get(key); ok && len(h.Hold.Takes) > 0 {
			return h.Hold.Takes[0].Counter
		}
	}
	return ""
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
func (m *Memory) merged(s State, now time.Time) {
	c := step.Merge(s, now)
	if h, ok := m.holds.Get(s.ID); ok && len(h.Hold.Takes) > 0 && h.Hold.Takes[0].Until.IsZero() {
		c.Release = append(c.Release, s.ID)
	}
	m.apply(now, &c)
}

// Erase removes what is kept of a person. Counts stay. It costs as much as there are people who wait.
func (m *Memory) Erase(ctx context.Context, profile string) (rows int, err error) {
	if err := ctx.Err(); err != nil || profile == "" {
		return 0, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for m.people[profile] != 0 {
		m.drop(m.people[profile])
		rows++
	}
	for _, key := range slices.Sorted(maps.Keys(m.out)) {
		if m.letters.at(m.out[key]).Profile == profile {
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
	for _, s := range m.states(profile) {
		items = append(items, marque.Item{Room: "journey", Kind: "enrollment", Key: s.ID, Data: s})
	}
	for _, key := range slices.Sorted(maps.Keys(m.out)) {
		if c := m.letters.at(m.out[key]).Command; c.Profile == profile {
			items = append(items, marque.Item{Room: "journey", Kind: "command", Key: key, Data: c})
		}
	}
	for _, c := range m.dead {
		if c.Profile == profile {
			items = append(items, marque.Item{Room: "journey", Kind: "dead letter", Key: c.Key, Data: c})
		}
	}
	return append(items, m.holds.Export("journey", profile)...)
}
