package tagging

import (
	"context"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

var shape = derived.Shape[Row, Turn]{
	Key:     func(r *Row) (string, string) { return r.Profile, r.Name },
	Due:     func(r *Row) rule.Instant { return r.Due },
	Version: func(r *Row) *int64 { return &r.Version },
	Holds:   func(r *Row) bool { return r.On },
	Owner:   func(t *Turn) string { return t.Profile },
}

// Memory is a Store in memory. It is safe for concurrent use.
type Memory struct{ table *derived.Table[Row, Turn] }

// NewMemory makes an empty store.
func NewMemory() *Memory { return &Memory{derived.New(shape)} }

var _ Store = (*Memory)(nil)

// Load implements Store. It takes one map access per person and does not allocate.
func (m *Memory) Load(_ context.Context, profiles []string, into [][]*Row) ([][]*Row, error) {
	return m.table.Load(profiles, into), nil
}

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, c Change) (known bool, err error) {
	return m.table.Commit(derived.Change[Row, Turn]{Key: c.Key, Rows: c.Rows, Past: c.Turns, Say: c.Say})
}

// Due implements Store. Its cost depends on n, not on the number of rows.
func (m *Memory) Due(_ context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error) {
	return m.table.Due(parts, rule.At(until), n), nil
}

// List implements Store.
func (m *Memory) List(_ context.Context, q Query) ([]*Row, error) {
	return m.table.Scan(q.Name, q.After, q.N), nil
}

// History implements Store.
func (m *Memory) History(_ context.Context, profile string) ([]Turn, error) {
	return m.table.Past(profile), nil
}

// Pending implements marque.Feed.
func (m *Memory) Pending(_ context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	return m.table.Pending(parts, n), nil
}

// Taken implements marque.Feed.
func (m *Memory) Taken(_ context.Context, ids []string) error {
	m.table.Taken(ids)
	return nil
}

// Move implements marque.Holder.
func (m *Memory) Move(_ context.Context, mv marque.Move) error {
	m.table.Move(mv, Moved, MovedTurns)
	return nil
}

// Erase implements marque.Holder.
func (m *Memory) Erase(_ context.Context, profile string) (int, error) {
	return m.table.Erase(profile), nil
}

// Export implements marque.Holder.
func (m *Memory) Export(_ context.Context, profile string) iter.Seq2[marque.Item, error] {
	rows, past := m.table.Load([]string{profile}, nil)[0], m.table.Past(profile)
	return func(yield func(marque.Item, error) bool) {
		for _, r := range rows {
			if !yield(marque.Item{Room: "tagging", Kind: "tag", Key: r.Name, Data: *r}, nil) {
				return
			}
		}
		for _, t := range past {
			if !yield(marque.Item{Room: "tagging", Kind: "turn", Key: t.Tag, Data: t}, nil) {
				return
			}
		}
	}
}
