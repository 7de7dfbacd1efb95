package taggingtest

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/tagging"
)

// Run proves a store. open makes an empty one for each case.
func Run(t *testing.T, open func(t *testing.T) tagging.Store) {
	derivedtest.Run(t, derivedtest.Suite{
		Open:  func(t *testing.T) derivedtest.Store { return port{open(t)} },
		Keys:  true,
		Holds: true,
	})
	t.Run("all fields of a row", func(t *testing.T) { fields(t, open(t)) })
	t.Run("load appends", func(t *testing.T) {
		got, err := open(t).Load(t.Context(), []string{"ann"}, make([][]*tagging.Row, 2, 8))
		if err != nil || len(got) != 3 {
			t.Fatalf("%d lists, error %v; want 3", len(got), err)
		}
	})
	t.Run("history", func(t *testing.T) { history(t, open(t)) })
	t.Run("marks move", func(t *testing.T) { marks(t, open(t)) })
}

func fields(t *testing.T, s tagging.Store) {
	want := tagging.Row{
		Profile: "ann", Name: "a", On: true, Since: 17, Off: 12, Turn: 3, Due: 4_000_001, Version: 1,
		Marks: []tagging.Mark{
			{Source: tagging.Manual, At: 17, Via: marque.ID{Kind: "phone", Value: "1"}},
			{Source: tagging.Behaviour, At: 18, Until: 4_000_001},
		},
	}
	row := want
	if _, err := s.Commit(t.Context(), tagging.Change{Rows: []*tagging.Row{&row}}); err != nil {
		t.Fatal(err)
	}
	if got := one(t, s, "ann"); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

func one(t *testing.T, s tagging.Store, profile string) tagging.Row {
	t.Helper()
	got, err := s.Load(t.Context(), []string{profile}, nil)
	if err != nil || len(got) != 1 || len(got[0]) != 1 {
		t.Fatalf("got %+v, error %v; want one row", got, err)
	}
	return *got[0][0]
}

func history(t *testing.T, s tagging.Store) {
	turns := []tagging.Turn{
		{Profile: "ann", Tag: "a", On: true, At: 10, Source: tagging.Manual, Cause: "k"},
		{Profile: "ann", Tag: "a", At: 20, Reason: tagging.ByHand},
	}
	for i, turn := range turns {
		row := &tagging.Row{Profile: "ann", Name: "a", On: turn.On, Version: int64(i + 1)}
		if _, err := s.Commit(t.Context(), tagging.Change{Rows: []*tagging.Row{row}, Turns: []tagging.Turn{turn}}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := s.History(t.Context(), "ann"); err != nil || !reflect.DeepEqual(got, turns) {
		t.Fatalf("got %+v, error %v; want %+v", got, err, turns)
	}
	if err := s.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob"}); err != nil {
		t.Fatal(err)
	}
	if got, err := s.History(t.Context(), "bob"); err != nil || len(got) != 2 || got[0].Origin != "ann" || got[0].Profile != "bob" {
		t.Fatalf("after the merge: %+v, error %v", got, err)
	}
	if got, err := s.History(t.Context(), "ann"); err != nil || len(got) != 0 {
		t.Fatalf("of who is gone: %+v, error %v", got, err)
	}
	if n, err := s.Erase(t.Context(), "bob"); err != nil || n == 0 {
		t.Fatalf("erase: %d, error %v", n, err)
	}
	if got, err := s.History(t.Context(), "bob"); err != nil || len(got) != 0 {
		t.Fatalf("after erase: %+v, error %v", got, err)
	}
}

func marks(t *testing.T, s tagging.Store) {
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	phone, card := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	row := &tagging.Row{Profile: "ann", Name: "a", On: true, Version: 1, Marks: []tagging.Mark{
		{Source: tagging.Manual, At: 17, Via: card}, {Source: tagging.Manual, At: 17, Via: phone}, {Source: tagging.Rule, At: 17},
	}}
	if _, err := s.Commit(t.Context(), tagging.Change{Rows: []*tagging.Row{row}}); err != nil {
		t.Fatal(err)
	}
	part := marque.Move{Key: "part", From: "ann", Into: "bob", IDs: []marque.ID{phone}, At: at}
	for range 2 {
		if err := s.Move(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		if bob := one(t, s, "bob"); len(bob.Marks) != 1 || bob.Marks[0].Via != phone || bob.Due != rule.At(at) {
			t.Fatalf("who got the mark: %+v", bob)
		}
		if ann := one(t, s, "ann"); len(ann.Marks) != 2 || ann.Due != rule.At(at) || ann.Version != 2 {
			t.Fatalf("who gave it: %+v", ann)
		}
	}
	if err := s.Move(t.Context(), marque.Move{Key: "merge", From: "ann", Into: "bob", At: at}); err != nil {
		t.Fatal(err)
	}
	if bob := one(t, s, "bob"); len(bob.Marks) != 2 || bob.Version != 2 {
		t.Fatalf("after the merge: %+v", bob)
	}
}

// port is a store as the common suite sees it.
type port struct{ tagging.Store }

func (p port) Load(ctx context.Context, profiles []string) ([][]derivedtest.Row, error) {
	lists, err := p.Store.Load(ctx, profiles, nil)
	out := make([][]derivedtest.Row, len(lists))
	for i, rows := range lists {
		out[i] = common(rows)
	}
	return out, err
}

func common(rows []*tagging.Row) (out []derivedtest.Row) {
	for _, r := range rows {
		out = append(out, derivedtest.Row{Profile: r.Profile, Name: r.Name, Holds: r.On, Turn: r.Turn, Due: r.Due.Time(), Version: r.Version})
	}
	return out
}

func (p port) Commit(ctx context.Context, c derivedtest.Change) (bool, error) {
	change := tagging.Change{Key: c.Key, Say: c.Say}
	for _, r := range c.Rows {
		change.Rows = append(change.Rows, &tagging.Row{
			Profile: r.Profile, Name: r.Name, On: r.Holds, Turn: r.Turn, Due: rule.At(r.Due), Version: r.Version,
		})
	}
	return p.Store.Commit(ctx, change)
}

func (p port) List(ctx context.Context, name, after string, n int) ([]derivedtest.Row, error) {
	rows, err := p.Store.List(ctx, tagging.Query{Name: name, After: after, N: n})
	return common(rows), err
}
