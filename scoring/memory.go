package scoring

import (
	"context"
	"iter"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

var shape = derived.Shape[Row, Entry]{
	Room: "scoring", Kind: "score",
	Key:       func(r *Row) (string, string) { return r.Profile, r.Name },
	Due:       func(r *Row) *rule.Instant { return &r.Due },
	Version:   func(r *Row) *int64 { return &r.Version },
	Holds:     func(r *Row) bool { return len(r.Parts) > 0 },
	Moved:     Moved,
	Owner:     func(e *Entry) string { return e.Profile },
	Entry:     func(e *Entry) (string, string) { return "entry", e.Score },
	MovedPast: func(m marque.Move, _ []*Row, from []Entry) (stays, goes []Entry) { return MovedEntries(m, from) },
}

type memory = derived.Memory[Row, Entry]

// Memory is a Store in memory. It is safe for concurrent use. Load takes one map access per person and does not
// allocate; the cost of Due depends on n, not on the number of rows.
type Memory struct {
	memory
	table *derived.Table[Row, Entry]
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	t := derived.New(shape)
	return &Memory{memory: derived.NewMemory(t), table: t}
}

var _ Store = (*Memory)(nil)

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, c Change) (known bool, err error) {
	change := derived.Change[Row, Entry]{Rows: c.Rows, Past: c.Entries, Say: c.Say}
	if c.Key != "" {
		change.Keys = []string{c.Key}
	}
	keys, err := m.table.Commit(change)
	return len(keys) > 0, err
}

// List implements Store.
func (m *Memory) List(_ context.Context, q Query) ([]*Row, error) {
	return m.table.Scan(q.Name, q.After, q.N), nil
}

// History implements Store.
func (m *Memory) History(_ context.Context, profile, name string) iter.Seq2[Entry, error] {
	past := m.table.Past(profile)
	return func(yield func(Entry, error) bool) {
		for i := range past {
			if past[i].Score == name && !yield(past[i], nil) {
				return
			}
		}
	}
}

// find is the row of a name in rows sorted by name, or nil.
func find(rows []*Row, name string) *Row {
	return derived.Find(rows, name, func(r *Row) string { return r.Name })
}
