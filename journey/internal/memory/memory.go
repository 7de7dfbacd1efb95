package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// Memory is a Store in memory. It is safe for concurrent use. Somebody who waits costs some hundreds of bytes, and to
// find who is due costs the same whether ten thousand or a million wait.
type Memory struct {
	mu      sync.Mutex
	rows    slab[row]
	ids     map[string]uint32 // rows by id
	people  map[string]uint32 // the first row of each person, in the order of Entered, ID
	spots   map[spotKey]*spot
	spot    *spot    // the last that was looked for
	kinds   []string // of identifiers, by number
	due     agenda   // of rows
	found   []uint32 // rows that are asked for, for a moment
	letters slab[letter]
	out     map[string]uint32 // letters by key
	queue   agenda            // of letters
	waves   []wave
	dead    []Command
	holds   limit.Table
	feed    feed
	tally   map[Count]*int // N is 0 in the key
	last    [8]counter     // of those that were added to
	moves   map[string]bool
	epochs  []epoch
	tours   map[string][]string // by journey, the ids whose pages are being asked for
}

type counter struct {
	key Count
	n   *int
}

type epoch struct {
	parts marque.Parts
	n     int64
}

// New returns an empty store.
func New() *Memory {
	m := &Memory{
		ids: map[string]uint32{}, people: map[string]uint32{}, spots: map[spotKey]*spot{}, kinds: []string{""},
		out: map[string]uint32{}, tally: map[Count]*int{}, moves: map[string]bool{}, tours: map[string][]string{},
	}
	m.rows.chunks, m.letters.chunks = append(m.rows.chunks, new([chunk]row)), append(m.letters.chunks, new([chunk]letter))
	m.due = agenda{tie: m.tieRows, live: func(e entry) bool { return m.rows.at(e.i).turn == e.turn }, gone: m.left}
	m.queue = agenda{tie: m.tieLetters, live: m.waits, gone: m.sent}
	return m
}

func (m *Memory) tieRows(a, b uint32) int {
	x, y := m.rows.at(a), m.rows.at(b)
	if c := strings.Compare(x.profile, y.profile); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(y.spot.priority, x.spot.priority), strings.Compare(x.id, y.id))
}

// Open returns states by id, those of people, or those of a journey, behind those in room.
func (m *Memory) Open(ctx context.Context, q Query, room []State) ([]State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if q.Journey != "" && len(q.IDs)+len(q.Profiles) == 0 {
		return m.tour(q), nil
	}
	m.found = m.found[:0]
	for _, id := range q.IDs {
		if i := m.ids[id]; i != 0 {
			m.found = append(m.found, i)
		}
	}
	for _, p := range q.Profiles {
		for i := m.people[p]; i != 0; i = m.rows.at(i).next {
			if r := m.rows.at(i); q.Journey != "" && r.spot.journey == q.Journey || q.Journey == "" && q.hears(r.spot.listens) {
				m.found = append(m.found, i)
			}
		}
	}
	if len(q.IDs) > 1 || len(q.Profiles) > 1 {
		slices.SortFunc(m.found, func(a, b uint32) int {
			x, y := m.rows.at(a), m.rows.at(b)
			if c := strings.Compare(x.profile, y.profile); c != 0 {
				return c
			}
			return cmp.Or(cmp.Compare(x.entered, y.entered), strings.Compare(x.id, y.id))
		})
	}
	return m.all(room), nil
}

// all gives the rows that were found.
func (m *Memory) all(room []State) []State {
	if len(m.found) == 0 {
		return room
	}
	room = slices.Grow(room, len(m.found))
	for _, i := range m.found {
		room = append(room, m.state(m.rows.at(i)))
	}
	return room
}

// Claim returns states that are due, behind those in room. Its cost is that of the heap, so it wants all partitions, or few of them.
func (m *Memory) Claim(ctx context.Context, l marque.Lease, until time.Time, n int, room []State) ([]State, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.fence(l, l.Epoch == 0); err != nil {
		return nil, err
	}
	m.found = m.found[:0]
	m.due.first(n, micros(until), func(e entry) (take bool) {
		if !l.Parts.Has(m.rows.at(e.i).profile) {
			return false
		}
		m.found = append(m.found, e.i)
		return true
	})
	return m.all(room), nil
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
	for key, n := range m.tally {
		all[key] = *n
	}
	for _, p := range m.spots {
		for ; p != nil; p = p.next {
			if p.waiting > 0 {
				all[Count{Journey: p.journey, Node: p.node, What: "waiting"}] += p.waiting
			}
		}
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
