package segmenttest

import (
	"context"
	"reflect"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/segment"
)

// Run proves a store. open makes an empty one for each case.
func Run(t *testing.T, open func(t *testing.T) segment.Store) {
	derivedtest.Run(t, derivedtest.Suite{
		Open:  func(t *testing.T) derivedtest.Store { return port{open(t)} },
		Holds: true,
	})
	t.Run("all fields of a row", func(t *testing.T) {
		s := open(t)
		want := segment.Row{Profile: "ann", Name: "a", In: true, Since: 17, Turn: 3, Due: 4_000_001, Version: 1}
		row := want
		if err := s.Commit(t.Context(), segment.Change{Rows: []*segment.Row{&row}}); err != nil {
			t.Fatal(err)
		}
		got, err := s.Load(t.Context(), []string{"ann"}, nil)
		if err != nil || len(got) != 1 || len(got[0]) != 1 || !reflect.DeepEqual(*got[0][0], want) {
			t.Fatalf("got %+v, error %v; want %+v", got, err, want)
		}
	})
	t.Run("load appends", func(t *testing.T) {
		got, err := open(t).Load(t.Context(), []string{"ann"}, make([][]*segment.Row, 2, 8))
		if err != nil || len(got) != 3 {
			t.Fatalf("%d lists, error %v; want 3", len(got), err)
		}
	})
	t.Run("count", func(t *testing.T) {
		s := open(t)
		count := func(want int) {
			t.Helper()
			if n, err := s.Count(t.Context(), "a"); err != nil || n != want {
				t.Fatalf("count %d, error %v; want %d", n, err, want)
			}
		}
		commit := func(rows ...*segment.Row) {
			t.Helper()
			if err := s.Commit(t.Context(), segment.Change{Rows: rows}); err != nil {
				t.Fatal(err)
			}
		}
		count(0)
		commit(&segment.Row{Profile: "ann", Name: "a", In: true, Version: 1}, &segment.Row{Profile: "bob", Name: "a", In: true, Version: 1},
			&segment.Row{Profile: "eve", Name: "a", Version: 1}, &segment.Row{Profile: "eve", Name: "b", In: true, Version: 1})
		count(2)
		commit(&segment.Row{Profile: "ann", Name: "a", Version: 2}, &segment.Row{Profile: "bob", Name: "a", In: true, Version: 2})
		count(1)
		if _, err := s.Erase(t.Context(), "bob"); err != nil {
			t.Fatal(err)
		}
		count(0)
	})
}

// port is a store as the common suite sees it.
type port struct{ segment.Store }

func (p port) Load(ctx context.Context, profiles []string) ([][]derivedtest.Row, error) {
	lists, err := p.Store.Load(ctx, profiles, nil)
	out := make([][]derivedtest.Row, len(lists))
	for i, rows := range lists {
		out[i] = common(rows)
	}
	return out, err
}

func common(rows []*segment.Row) (out []derivedtest.Row) {
	for _, r := range rows {
		out = append(out, derivedtest.Row{Profile: r.Profile, Name: r.Name, Holds: r.In, Turn: r.Turn, Due: r.Due.Time(), Version: r.Version})
	}
	return out
}

func (p port) Commit(ctx context.Context, c derivedtest.Change) (bool, error) {
	change := segment.Change{Say: c.Say}
	for _, r := range c.Rows {
		change.Rows = append(change.Rows, &segment.Row{
			Profile: r.Profile, Name: r.Name, In: r.Holds, Turn: r.Turn, Due: rule.At(r.Due), Version: r.Version,
		})
	}
	return false, p.Store.Commit(ctx, change)
}

func (p port) List(ctx context.Context, name, after string, n int) ([]derivedtest.Row, error) {
	rows, err := p.Store.List(ctx, segment.Query{Name: name, After: after, N: n})
	return common(rows), err
}

var _ marque.Holder = port{}
