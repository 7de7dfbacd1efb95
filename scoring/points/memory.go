package points

import (
	"context"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

var shape = derived.Shape[Row, Entry]{
	Room: "points", Kind: "account",
	Key:       func(r *Row) (string, string) { return r.Profile, r.Name },
	Due:       func(r *Row) *rule.Instant { return &r.Due },
	Version:   func(r *Row) *int64 { return &r.Version },
	Holds:     func(r *Row) bool { return len(r.Lots) > 0 || r.Tier != "" },
	Moved:     Moved,
	Owner:     func(e *Entry) string { return e.Profile },
	Entry:     func(e *Entry) (string, string) { return "entry", e.Program },
	MovedPast: func(m marque.Move, _ []*Row, from []Entry) (stays, goes []Entry) { return MovedEntries(m, from) },
}

type memory = derived.Memory[Row, Entry]

// Memory is a Store in memory. It is safe for concurrent use. Load takes one map access per person and does not
// allocate; the cost of Due depends on n, not on the number of rows, that of Entries on the person's history.
type Memory struct {
	memory
	table *derived.Table[Row, Entry]
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	t := derived.New(shape)
	return &Memory{derived.NewMemory(t), t}
}

var _ Store = (*Memory)(nil)

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, c Change) (known []string, err error) {
	return m.table.Commit(derived.Change[Row, Entry]{Keys: c.Keys, Rows: c.Rows, Past: c.Entries, Say: c.Say})
}

// List implements Store.
func (m *Memory) List(_ context.Context, q Query) ([]*Row, error) {
	return m.table.Scan(q.Name, q.After, q.N), nil
}

// Entries implements Store.
func (m *Memory) Entries(_ context.Context, q Lookup) ([]Entry, error) {
	var out []Entry
	for _, e := range m.table.Past(q.Profile) {
		if e.Program != q.Program || q.Key != "" && e.Key != q.Key {
			continue
		}
		if q.Skip--; q.Skip >= 0 {
			continue
		}
		if len(out) == q.N {
			break
		}
		out = append(out, e)
	}
	return out, nil
}

// find is the row of a name in rows sorted by name, or nil.
func find(rows []*Row, name string) *Row {
	return derived.Find(rows, name, func(r *Row) string { return r.Name })
}
