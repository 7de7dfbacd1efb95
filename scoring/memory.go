package scoring

import (
	"context"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

type none = struct{} // scores keep no history beside their parts

var shape = derived.Shape[Row, none]{
	Key:     func(r *Row) (string, string) { return r.Profile, r.Name },
	Due:     func(r *Row) rule.Instant { return r.Due },
	Version: func(r *Row) *int64 { return &r.Version },
	Holds:   func(r *Row) bool { return len(r.Parts) > 0 },
}

// Memory is a Store in memory. It is safe for concurrent use.
type Memory struct{ table *derived.Table[Row, none] }

// NewMemory makes an empty store.
func NewMemory() *Memory { return &Memory{derived.New(shape)} }

var _ Store = (*Memory)(nil)

// Load implements Store. It takes one map access per person and does not allocate.
func (m *Memory) Load(_ context.Context, profiles []string, into [][]*Row) ([][]*Row, error) {
	return m.table.Load(profiles, into), nil
}

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, c Change) (known bool, err error) {
	return m.table.Commit(derived.Change[Row, none]{Key: c.Key, Rows: c.Rows, Say: c.Say})
}

// Due implements Store. Its cost depends on n, not on the number of rows.
func (m *Memory) Due(_ context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error) {
	return m.table.Due(parts, rule.At(until), n), nil
}

// List implements Store.
func (m *Memory) List(_ context.Context, q Query) ([]*Row, error) {
	return m.table.Scan(q.Name, q.After, q.N), nil
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
	m.table.Move(mv, Moved, nil)
	return nil
}

// Erase implements marque.Holder.
func (m *Memory) Erase(_ context.Context, profile string) (int, error) {
	return m.table.Erase(profile), nil
}

// Export implements marque.Holder.
func (m *Memory) Export(_ context.Context, profile string) iter.Seq2[marque.Item, error] {
	rows := m.table.Load([]string{profile}, nil)[0]
	return func(yield func(marque.Item, error) bool) {
		for _, r := range rows {
			if !yield(marque.Item{Room: "scoring", Kind: "score", Key: r.Name, Data: *r}, nil) {
				return
			}
		}
	}
}
