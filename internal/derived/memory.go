package derived

import (
	"context"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Memory is what stores in memory have in common.
type Memory[R, H any] struct{ table *Table[R, H] }

// NewMemory is a store over a table.
func NewMemory[R, H any](t *Table[R, H]) Memory[R, H] { return Memory[R, H]{t} }

// Load takes one map access per person and does not allocate.
func (m Memory[R, H]) Load(_ context.Context, profiles []string, into [][]*R) ([][]*R, error) {
	return m.table.Load(profiles, into), nil
}

// Due costs by n, not by the number of rows.
func (m Memory[R, H]) Due(_ context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error) {
	return m.table.Due(parts, rule.At(until), n), nil
}

// Pending implements marque.Feed.
func (m Memory[R, H]) Pending(_ context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	return m.table.Pending(parts, n), nil
}

// Taken implements marque.Feed.
func (m Memory[R, H]) Taken(_ context.Context, ids []string) error {
	m.table.Taken(ids)
	return nil
}

// Move implements marque.Holder.
func (m Memory[R, H]) Move(_ context.Context, mv marque.Move) error {
	m.table.Move(mv)
	return nil
}

// Erase implements marque.Holder.
func (m Memory[R, H]) Erase(_ context.Context, profile string) (int, error) {
	return m.table.Erase(profile), nil
}

// Export implements marque.Holder: the rows by name, then the history.
func (m Memory[R, H]) Export(_ context.Context, profile string) iter.Seq2[marque.Item, error] {
	shape := &m.table.shape
	rows, past := m.table.Load([]string{profile}, nil)[0], m.table.Past(profile)
	return func(yield func(marque.Item, error) bool) {
		for _, r := range rows {
			_, name := shape.Key(r)
			if !yield(marque.Item{Room: shape.Room, Kind: shape.Kind, Key: name, Data: *r}, nil) {
				return
			}
		}
		for i := range past {
			kind, key := shape.Entry(&past[i])
			if !yield(marque.Item{Room: shape.Room, Kind: kind, Key: key, Data: past[i]}, nil) {
				return
			}
		}
	}
}
