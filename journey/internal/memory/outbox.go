package memory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
)

// A letter is a command in the outbox.
type letter struct {
	Command
	turn uint32
}

// A wave is what is left of the commands that were due when somebody began to ask for them person by person.
type wave struct {
	parts marque.Parts
	until int64
	after string // the last person who was handed out
	left  []entry
}

func (m *Memory) tieLetters(a, b uint32) int {
	x, y := m.letters.at(a), m.letters.at(b)
	if c := strings.Compare(x.Profile, y.Profile); c != 0 {
		return c
	}
	return strings.Compare(x.Key, y.Key)
}

func (m *Memory) waits(e entry) bool { return m.letters.at(e.i).turn == e.turn }

// sent: the queue has forgotten a letter that was struck.
func (m *Memory) sent(i uint32) {
	m.letters.at(i).Command = Command{}
	m.letters.give(i)
}

// post puts a command into the outbox.
func (m *Memory) post(c Command) {
	m.strike(c.Key)
	i := m.letters.take()
	x := m.letters.at(i)
	x.Command = c
	m.out[c.Key] = i
	m.queue.push(entry{micros(c.At), i, x.turn})
}

// revive puts a dead letter back.
func (m *Memory) revive(now time.Time, key string) {
	if i := slices.IndexFunc(m.dead, func(d Command) bool { return d.Key == key }); i >= 0 {
		m.post(m.dead[i].Revived(cut(now)))
		m.dead = slices.Delete(m.dead, i, i+1)
	}
}

// strike takes a command out of the outbox.
func (m *Memory) strike(key string) {
	if i := m.out[key]; i != 0 {
		x := m.letters.at(i)
		x.Command = Command{Profile: x.Profile, Key: x.Key} // the queue is in that order
		x.turn++
		m.queue.stale++
		delete(m.out, key)
	}
}

// Outbox returns commands that are due, or dead letters, behind those in room.
func (m *Memory) Outbox(ctx context.Context, l marque.Lease, q Batch, got []Command) ([]Command, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(l, l.Epoch == 0); err != nil {
		return nil, err
	}
	switch {
	case q.Dead:
		for _, c := range m.dead {
			if len(got) < q.N && l.Parts.Has(c.Profile) {
				got = append(got, c)
			}
		}
	case q.Whole:
		return m.page(l.Parts, q, got), nil
	default:
		m.queue.first(q.N, micros(q.Until), func(e entry) (take bool) {
			if x := m.letters.at(e.i); l.Parts.Has(x.Profile) {
				got = append(got, x.Command)
				return true
			}
			return false
		})
	}
	return got, nil
}

// page gives the next people of a wave. A wave is sorted once, and is forgotten when its last page was given.
func (m *Memory) page(parts marque.Parts, q Batch, got []Command) []Command {
	until := micros(q.Until)
	i := slices.IndexFunc(m.waves, func(w wave) bool { return w.parts == parts && w.until == until && w.after == q.After })
	if i < 0 || q.After == "" {
		m.waves = slices.DeleteFunc(m.waves, func(w wave) bool { return w.parts == parts })
		m.waves = append(m.waves, m.wave(parts, until, q.After))
		i = len(m.waves) - 1
	}
	w := &m.waves[i]
	got = slices.Grow(got, max(0, min(q.N, len(w.left))))
	for len(w.left) > 0 {
		if e := w.left[0]; m.waits(e) {
			x := m.letters.at(e.i)
			if len(got) >= q.N && x.Profile != w.after {
				return got
			}
			w.after = x.Profile
			got = append(got, x.Command)
		}
		w.left = w.left[1:]
	}
	m.waves = slices.Delete(m.waves, i, i+1)
	return got
}

func (m *Memory) wave(parts marque.Parts, until int64, after string) wave {
	due := slices.DeleteFunc(m.queue.all(until), func(e entry) bool {
		p := m.letters.at(e.i).Profile
		return after != "" && p <= after || !parts.Has(p)
	})
	slices.SortFunc(due, func(a, b entry) int {
		x, y := m.letters.at(a.i), m.letters.at(b.i)
		return cmp.Or(strings.Compare(x.Profile, y.Profile), cmp.Compare(a.at, b.at), strings.Compare(x.Key, y.Key))
	})
	return wave{parts, until, after, due}
}
