package segment

import (
	"context"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

type none = struct{} // segments keep no history

var shape = derived.Shape[Row, none]{
	Room: "segment", Kind: "membership",
	Key:     func(r *Row) (string, string) { return r.Profile, r.Name },
	Due:     func(r *Row) *rule.Instant { return &r.Due },
	Version: func(r *Row) *int64 { return &r.Version },
	Holds:   func(r *Row) bool { return r.In },
	Moved:   Moved,
}

type memory = derived.Memory[Row, none]

// Memory is a Store in memory. It is safe for concurrent use. Load takes one map access per person and does not
// allocate; the cost of Due depends on n, not on the number of rows.
type Memory struct {
	memory
	table *derived.Table[Row, none]
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	t := derived.New(shape)
	return &Memory{derived.NewMemory(t), t}
}

var _ Store = (*Memory)(nil)

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, c Change) error {
	_, err := m.table.Commit(derived.Change[Row, none]{Rows: c.Rows, Say: c.Say})
	return err
}

// List implements Store.
func (m *Memory) List(_ context.Context, q Query) ([]*Row, error) {
	return m.table.Scan(q.Name, q.After, q.N), nil
}

// Count implements Store.
func (m *Memory) Count(_ context.Context, name string) (int, error) { return m.table.Count(name), nil }

// find is the row of a name in rows sorted by name, or nil.
func find(rows []*Row, name string) *Row {
	return derived.Find(rows, name, func(r *Row) string { return r.Name })
}
