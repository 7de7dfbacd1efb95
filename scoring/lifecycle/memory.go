package lifecycle

import (
	"context"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

var shape = derived.Shape[Row, Turn]{
	Room: "lifecycle", Kind: "stage",
	Key:       func(r *Row) (string, string) { return r.Profile, r.Name },
	Due:       func(r *Row) *rule.Instant { return &r.Due },
	Version:   func(r *Row) *int64 { return &r.Version },
	Holds:     func(r *Row) bool { return r.Stage != "" },
	Moved:     Moved,
	Owner:     func(t *Turn) string { return t.Profile },
	Entry:     func(t *Turn) (string, string) { return "turn", t.Lifecycle },
	MovedPast: MovedTurns,
}

type memory = derived.Memory[Row, Turn]

// Memory is a Store in memory. It is safe for concurrent use. Load takes one map access per person and does not
// allocate; the cost of Due depends on n, not on the number of rows; List with a stage looks at the people of the
// other stages too.
type Memory struct {
	memory
	table *derived.Table[Row, Turn]
}

// NewMemory makes an empty store.
func NewMemory() *Memory {
	t := derived.New(shape)
	return &Memory{derived.NewMemory(t), t}
}

var _ Store = (*Memory)(nil)

// Commit implements Store.
func (m *Memory) Commit(_ context.Context, c Change) (known bool, err error) {
	change := change{Rows: c.Rows, Past: c.Turns, Say: c.Say}
	if c.Key != "" {
		change.Keys = []string{c.Key}
	}
	keys, err := m.table.Commit(change)
	return len(keys) > 0, err
}

// List implements Store.
func (m *Memory) List(_ context.Context, q Query) ([]*Row, error) {
	if q.Stage == "" {
		return m.table.Scan(q.Name, q.After, q.N), nil
	}
	var out []*Row
	for n := max(q.N, 256); len(out) < q.N; {
		rows := m.table.Scan(q.Name, q.After, n)
		for _, r := range rows {
			if r.Stage == q.Stage && len(out) < q.N {
				out = append(out, r)
			}
		}
		if len(rows) < n {
			break
		}
		q.After = rows[n-1].Profile
	}
	return out, nil
}

// History implements Store.
func (m *Memory) History(_ context.Context, profile string) ([]Turn, error) {
	return m.table.Past(profile), nil
}

// find is the row of a name in rows sorted by name, or nil.
func find(rows []*Row, name string) *Row {
	return derived.Find(rows, name, func(r *Row) string { return r.Name })
}
