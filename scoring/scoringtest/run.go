package scoringtest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
)

// Run proves a store. open makes an empty one for each case.
func Run(t *testing.T, open func(t *testing.T) scoring.Store) {
	derivedtest.Run(t, derivedtest.Suite{
		Open:  func(t *testing.T) derivedtest.Store { return port{open(t)} },
		Keys:  true,
		Holds: true,
	})
	t.Run("all fields of a row", func(t *testing.T) { fields(t, open(t)) })
	t.Run("load appends", func(t *testing.T) {
		got, err := open(t).Load(t.Context(), []string{"ann"}, make([][]*scoring.Row, 2, 8))
		if err != nil || len(got) != 3 {
			t.Fatalf("%d lists, error %v; want 3", len(got), err)
		}
	})
	t.Run("points move", func(t *testing.T) { points(t, open(t)) })
}

var phone, card = marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}

func sample() scoring.Row {
	return scoring.Row{
		Profile: "ann", Name: "a", Up: []string{"hot"}, Turn: 3, Due: 4_000_001, Version: 1,
		Parts: []scoring.Part{
			{Rule: "order", Via: card, At: 17, Points: 0.1, Count: 1},
			{Rule: "order", Via: phone, At: 20, Points: 12.5, Count: 2, Hits: []scoring.Hit{{At: 18, Points: 6}, {At: 20, Points: 6.5}}},
		},
		Seen:  []scoring.Seen{{ID: "e1", At: 18}, {ID: "e2", At: 20}},
		Curve: rule.Curve{{From: 20, Points: 12.6, HalfLife: marque.Day}},
	}
}

func fields(t *testing.T, s scoring.Store) {
	want, row := sample(), sample()
	if _, err := s.Commit(t.Context(), scoring.Change{Rows: []*scoring.Row{&row}}); err != nil {
		t.Fatal(err)
	}
	if got := one(t, s, "ann"); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

func one(t *testing.T, s scoring.Store, profile string) scoring.Row {
	t.Helper()
	got, err := s.Load(t.Context(), []string{profile}, nil)
	if err != nil || len(got) != 1 || len(got[0]) != 1 {
		t.Fatalf("got %+v, error %v; want one row", got, err)
	}
	return *got[0][0]
}

func points(t *testing.T, s scoring.Store) {
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	row := sample()
	if _, err := s.Commit(t.Context(), scoring.Change{Rows: []*scoring.Row{&row}}); err != nil {
		t.Fatal(err)
	}
	part := marque.Move{Key: "part", From: "ann", Into: "bob", IDs: []marque.ID{phone}, At: at}
	for range 2 {
		if err := s.Move(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		if bob := one(t, s, "bob"); len(bob.Parts) != 1 || bob.Parts[0].Via != phone || bob.Due != rule.At(at) || len(bob.Seen) != 2 {
			t.Fatalf("who got the points: %+v", bob)
		}
		if ann := one(t, s, "ann"); len(ann.Parts) != 1 || ann.Due != rule.At(at) || ann.Version != 2 {
			t.Fatalf("who gave them: %+v", ann)
		}
	}
	if err := s.Move(t.Context(), marque.Move{Key: "merge", From: "ann", Into: "bob", At: at}); err != nil {
		t.Fatal(err)
	}
	if bob := one(t, s, "bob"); len(bob.Parts) != 2 || bob.Version != 2 || len(bob.Seen) != 2 {
		t.Fatalf("after the merge: %+v", bob)
	}
}

// port is a store as the common suite sees it.
type port struct{ scoring.Store }

func (p port) Load(ctx context.Context, profiles []string) ([][]derivedtest.Row, error) {
	lists, err := p.Store.Load(ctx, profiles, nil)
	out := make([][]derivedtest.Row, len(lists))
	for i, rows := range lists {
		out[i] = common(rows)
	}
	return out, err
}

func common(rows []*scoring.Row) (out []derivedtest.Row) {
	for _, r := range rows {
		out = append(out, derivedtest.Row{Profile: r.Profile, Name: r.Name, Holds: len(r.Parts) > 0, Turn: r.Turn, Due: r.Due.Time(), Version: r.Version})
	}
	return out
}

func (p port) Commit(ctx context.Context, c derivedtest.Change) (bool, error) {
	change := scoring.Change{Key: c.Key, Say: c.Say}
	for _, r := range c.Rows {
		row := &scoring.Row{Profile: r.Profile, Name: r.Name, Turn: r.Turn, Due: rule.At(r.Due), Version: r.Version}
		if r.Holds {
			row.Parts = []scoring.Part{{Rule: "order", At: 1, Points: 1, Count: 1}}
		}
		change.Rows = append(change.Rows, row)
	}
	return p.Store.Commit(ctx, change)
}

func (p port) List(ctx context.Context, name, after string, n int) ([]derivedtest.Row, error) {
	rows, err := p.Store.List(ctx, scoring.Query{Name: name, After: after, N: n})
	return common(rows), err
}
