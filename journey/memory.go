package journey

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// Memory is a Store in memory. It is safe for concurrent use.
type Memory struct {
	mu     sync.Mutex
	rows   map[string]*row
	people map[string][]*row // in the order of Entered, ID
	due    heap[*row]
	out    map[string]*letter
	queue  heap[*letter]
	dead   []Command
	holds  limit.Table
	feed   feed
	tally  map[Count]int // N is 0 in the key
	moves  map[string]bool
	epochs []epoch
}

// row is one state in store; a new one for each commit, so that a stale entry of the heap is known by its pointer.
type row struct {
	State
	gone bool
}

type letter struct {
	Command
	gone bool
}

type epoch struct {
	parts marque.Parts
	n     int64
}

// NewMemory returns an empty store.
func NewMemory() *Memory {
	return &Memory{
		rows: map[string]*row{}, people: map[string][]*row{}, out: map[string]*letter{}, tally: map[Count]int{}, moves: map[string]bool{},
		due: heap[*row]{
			less: func(a, b *row) bool {
				return cmp.Or(a.Due.Compare(b.Due), strings.Compare(a.Profile, b.Profile), strings.Compare(a.ID, b.ID)) < 0
			},
			gone: func(r *row) bool { return r.gone },
		},
		queue: heap[*letter]{
			less: func(a, b *letter) bool {
				return cmp.Or(a.At.Compare(b.At), strings.Compare(a.Profile, b.Profile), strings.Compare(a.Key, b.Key)) < 0
			},
			gone: func(c *letter) bool { return c.gone },
		},
	}
}

// Open returns states by id, or those that listen.
func (m *Memory) Open(ctx context.Context, q Query) ([]State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var got []State
	for _, id := range q.IDs {
		if r := m.rows[id]; r != nil {
			got = append(got, r.State)
		}
	}
	for _, p := range q.Profiles {
		for _, r := range m.people[p] {
			if slices.Contains(r.Listens, q.Event) {
				got = append(got, r.State)
			}
		}
	}
	if len(q.IDs) > 1 || len(q.Profiles) > 1 {
		slices.SortFunc(got, func(a, b State) int { return cmp.Or(strings.Compare(a.Profile, b.Profile), older(a, b)) })
	}
	return got, nil
}

func older(a, b State) int {
	return cmp.Or(a.Entered.Compare(b.Entered), strings.Compare(a.ID, b.ID))
}

// Claim returns states that are due. Its cost is that of the heap, so it wants all partitions, or few of them.
func (m *Memory) Claim(ctx context.Context, l marque.Lease, until time.Time, n int) ([]State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(l, l.Epoch == 0); err != nil {
		return nil, err
	}
	var got []State
	m.due.first(n, func(r *row) (take, more bool) {
		if r.Due.After(until) {
			return false, false
		}
		if !l.Parts.Has(r.Profile) {
			return false, true
		}
		got = append(got, r.State)
		return true, true
	})
	return got, nil
}

// Outbox returns commands that are due, or dead letters.
func (m *Memory) Outbox(ctx context.Context, l marque.Lease, q Batch) ([]Command, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(l, l.Epoch == 0); err != nil {
		return nil, err
	}
	var got []Command
	if q.Dead {
		for _, c := range m.dead {
			if len(got) < q.N && l.Parts.Has(c.Profile) {
				got = append(got, c)
			}
		}
		return got, nil
	}
	m.queue.first(q.N, func(c *letter) (take, more bool) {
		if c.At.After(q.Until) {
			return false, false
		}
		if !l.Parts.Has(c.Profile) {
			return false, true
		}
		got = append(got, c.Command)
		return true, true
	})
	return got, nil
}

// fence refuses a lease that was taken over, and remembers one that takes over.
func (m *Memory) fence(l marque.Lease, look bool) error {
	if look {
		return nil
	}
	known := false
	for i := range m.epochs {
		e := &m.epochs[i]
		if !overlap(e.parts, l.Parts) {
			continue
		}
		if e.n > l.Epoch {
			return fmt.Errorf("journey: lease of epoch %d was taken over by %d: %w", l.Epoch, e.n, marque.ErrConflict)
		}
		known = known || e.parts == l.Parts && e.n == l.Epoch
	}
	if l.Epoch > 0 && !known {
		m.epochs = slices.DeleteFunc(m.epochs, func(e epoch) bool { return within(e.parts, l.Parts) })
		m.epochs = append(m.epochs, epoch{l.Parts, l.Epoch})
	}
	return nil
}

func span(p marque.Parts) (from, to int) {
	if p == (marque.Parts{}) {
		return 0, marque.Partitions
	}
	return p.From, p.To
}

func overlap(a, b marque.Parts) bool {
	af, at := span(a)
	bf, bt := span(b)
	return af < bt && bf < at
}

func within(a, b marque.Parts) bool {
	af, at := span(a)
	bf, bt := span(b)
	return bf <= af && at <= bt
}

// Counts returns the tally.
func (m *Memory) Counts(ctx context.Context) ([]Count, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	all := make(map[Count]int, len(m.tally))
	maps.Copy(all, m.tally)
	for _, r := range m.rows {
		all[Count{Journey: r.Journey, Node: r.Node, What: "waiting"}]++
	}
	got := make([]Count, 0, len(all))
	for c, n := range all {
		c.N = n
		got = append(got, c)
	}
	slices.SortFunc(got, func(a, b Count) int {
		return cmp.Or(strings.Compare(a.Journey, b.Journey), strings.Compare(a.Node, b.Node), strings.Compare(a.What, b.What))
	})
	return got, nil
}

// Pending returns what was said and not taken.
func (m *Memory) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.feed.pending(parts, n), nil
}

// Taken marks events as taken.
func (m *Memory) Taken(ctx context.Context, ids []string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.feed.taken(ids)
	return nil
}
