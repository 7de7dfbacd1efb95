package journey

import (
	"context"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/internal/memory"
)

// Memory is a Store in memory. It is safe for concurrent use. Somebody who waits costs less than a kilobyte, and to find
// who is due costs about the same whether ten thousand or a million wait; with a lease of few partitions it looks at all
// who are due.
type Memory struct{ m *memory.Memory }

// NewMemory returns an empty store.
func NewMemory() *Memory { return &Memory{memory.New()} }

// Open returns states.
func (m *Memory) Open(ctx context.Context, q Query) ([]State, error) { return m.open(ctx, q, nil) }

func (m *Memory) open(ctx context.Context, q Query, room []State) ([]State, error) {
	return m.m.Open(ctx, memory.Query(q), room)
}

// Claim returns states that are due.
func (m *Memory) Claim(ctx context.Context, l marque.Lease, until time.Time, n int) ([]State, error) {
	return m.claim(ctx, l, until, n, nil)
}

func (m *Memory) claim(ctx context.Context, l marque.Lease, until time.Time, n int, room []State) ([]State, error) {
	return m.m.Claim(ctx, l, until, n, room)
}

// Outbox returns commands.
func (m *Memory) Outbox(ctx context.Context, l marque.Lease, q Batch) ([]Command, error) {
	return m.outbox(ctx, l, q, nil)
}

func (m *Memory) outbox(ctx context.Context, l marque.Lease, q Batch, room []Command) ([]Command, error) {
	return m.m.Outbox(ctx, l, memory.Batch(q), room)
}

// Commit applies changes.
func (m *Memory) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change) ([]Answer, error) {
	return m.commit(ctx, l, now, cs, make([]Answer, 0, len(cs)))
}

func (m *Memory) commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change, room []Answer) ([]Answer, error) {
	err := m.m.Commit(ctx, l, now, cs, func(a memory.Answer) { room = append(room, Answer(a)) })
	if err != nil {
		return nil, err
	}
	return room, nil
}

// Counts returns the tally.
func (m *Memory) Counts(ctx context.Context) ([]Count, error) { return m.m.Counts(ctx) }

// Pending returns what was said and not taken.
func (m *Memory) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	return m.m.Pending(ctx, parts, n)
}

// Taken marks events as taken.
func (m *Memory) Taken(ctx context.Context, ids []string) error { return m.m.Taken(ctx, ids) }

// Move gives enrollments, commands, dead letters and holds to another person. Where both are in one journey, or both
// wait to enter it, the older enrollment stays and the other exits as merged, or, of two that others wait for, the one
// that is still waited for stays; in a journey that is entered every time all stay.
func (m *Memory) Move(ctx context.Context, mv marque.Move) error { return m.m.Move(ctx, mv) }

// Erase removes what is kept of a person. Counts stay. It costs as much as there are people who wait.
func (m *Memory) Erase(ctx context.Context, profile string) (rows int, err error) {
	return m.m.Erase(ctx, profile)
}

// Export yields a person's enrollments, commands, dead letters and holds.
func (m *Memory) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return m.m.Export(ctx, profile)
}
