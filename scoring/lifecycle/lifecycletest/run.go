package lifecycletest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/lifecycle"
)

// Run proves a store. open makes an empty one for each case.
func Run(t *testing.T, open func(t *testing.T) lifecycle.Store) {
	derivedtest.Run(t, derivedtest.Suite{
		Open:  func(t *testing.T) derivedtest.Store { return port{open(t)} },
		Keys:  true,
		Holds: true,
	})
	t.Run("all fields of a row", func(t *testing.T) { fields(t, open(t)) })
	t.Run("load appends", func(t *testing.T) {
		got, err := open(t).Load(t.Context(), []string{"ann"}, make([][]*lifecycle.Row, 2, 8))
		if err != nil || len(got) != 3 {
			t.Fatalf("%d lists, error %v; want 3", len(got), err)
		}
	})
	t.Run("list by stage", func(t *testing.T) { list(t, open(t)) })
	t.Run("history", func(t *testing.T) { history(t, open(t)) })
	t.Run("acts and stages move", func(t *testing.T) { moves(t, open(t)) })
}

var (
	phone, card = marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	at          = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
)

func commit(t *testing.T, s lifecycle.Store, c lifecycle.Change) {
	t.Helper()
	if known, err := s.Commit(t.Context(), c); err != nil || known {
		t.Fatalf("commit: known %v, error %v", known, err)
	}
}

func one(t *testing.T, s lifecycle.Store, profile string) lifecycle.Row {
	t.Helper()
	got, err := s.Load(t.Context(), []string{profile}, nil)
	if err != nil || len(got) != 1 || len(got[0]) != 1 {
		t.Fatalf("got %+v, error %v; want one row", got, err)
	}
	return *got[0][0]
}

func fields(t *testing.T, s lifecycle.Store) {
	want := lifecycle.Row{
		Profile: "ann", Name: "a", Stage: "active", Since: 17, Trail: "t", Turn: 3, Due: 4_000_001, Version: 1,
		Seen:  []lifecycle.Seen{{ID: "e1", At: 12}, {ID: "e2", At: 17}},
		Hands: []lifecycle.Hand{{Stage: "lost", At: 3}, {Stage: "active", At: 16, Via: phone, Cause: "k"}},
		Cut:   lifecycle.Cut{At: 17, Circle: "active -> lost -> active"},
	}
	row := want
	commit(t, s, lifecycle.Change{Rows: []*lifecycle.Row{&row}})
	if got := one(t, s, "ann"); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

func list(t *testing.T, s lifecycle.Store) {
	var rows []*lifecycle.Row
	for i := range 20 {
		rows = append(rows, &lifecycle.Row{Profile: fmt.Sprintf("p%02d", i), Name: "a", Stage: []string{"x", "y", ""}[i%3], Version: 1})
	}
	commit(t, s, lifecycle.Change{Rows: rows})
	for stage, want := range map[string]int{"x": 7, "y": 7, "": 14, "z": 0} {
		var got []string
		for after := ""; ; {
			page, err := s.List(t.Context(), lifecycle.Query{Name: "a", Stage: stage, After: after, N: 2})
			if err != nil || len(page) > 2 {
				t.Fatalf("%d rows, error %v; want 2 at most", len(page), err)
			}
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				if r.Stage == "" || stage != "" && r.Stage != stage {
					t.Fatalf("%+v in the list of %q", r, stage)
				}
				got = append(got, r.Profile)
			}
			after = got[len(got)-1]
		}
		if len(got) != want || !slices.IsSorted(got) {
			t.Fatalf("stage %q: %q, want %d in order", stage, got, want)
		}
	}
}

func history(t *testing.T, s lifecycle.Store) {
	turns := []lifecycle.Turn{
		{Profile: "ann", Lifecycle: "a", To: "x", At: 10, By: lifecycle.Began, Version: "v", Known: 30},
		{Profile: "ann", Lifecycle: "a", From: "x", To: "y", At: 20, Since: 10, By: lifecycle.ByEvent, Move: "m", Cause: "e", Via: phone, Version: "v"},
	}
	for i, turn := range turns {
		row := &lifecycle.Row{Profile: "ann", Name: "a", Stage: turn.To, Version: int64(i + 1)}
		commit(t, s, lifecycle.Change{Rows: []*lifecycle.Row{row}, Turns: []lifecycle.Turn{turn}})
	}
	own := func(profile string) []lifecycle.Turn {
		t.Helper()
		got, err := s.History(t.Context(), profile)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if got := own("ann"); !reflect.DeepEqual(got, turns) {
		t.Fatalf("got %+v, want %+v", got, turns)
	}
	var kinds []string
	for item, err := range s.Export(t.Context(), "ann") {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, item.Kind+" "+item.Key)
	}
	if want := []string{"stage a", "turn a", "turn a"}; !slices.Equal(kinds, want) {
		t.Fatalf("export: %q, want %q", kinds, want)
	}
	if err := s.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at}); err != nil {
		t.Fatal(err)
	}
	if got := own("bob"); len(got) != 2 || got[0].Origin != "ann" || got[1].Profile != "bob" {
		t.Fatalf("after the merge: %+v", got)
	}
	if got := own("ann"); len(got) != 0 {
		t.Fatalf("of who is gone: %+v", got)
	}
	if err := s.Move(t.Context(), marque.Move{Key: "n", From: "bob", Into: "ann", IDs: []marque.ID{phone}, At: at}); err != nil {
		t.Fatal(err)
	}
	if got := own("ann"); !reflect.DeepEqual(got, turns) {
		t.Fatalf("parted again: %+v, want %+v", got, turns)
	}
	if n, err := s.Erase(t.Context(), "ann"); err != nil || n == 0 {
		t.Fatalf("erase: %d, error %v", n, err)
	}
	if got := own("ann"); len(got) != 0 {
		t.Fatalf("after erase: %+v", got)
	}
}

func moves(t *testing.T, s lifecycle.Store) {
	row := &lifecycle.Row{Profile: "ann", Name: "a", Stage: "x", Since: 5, Version: 1, Hands: []lifecycle.Hand{
		{Stage: "x", At: 5, Via: card}, {Stage: "y", At: 6, Via: phone},
	}}
	commit(t, s, lifecycle.Change{Rows: []*lifecycle.Row{row}})
	part := marque.Move{Key: "part", From: "ann", Into: "bob", IDs: []marque.ID{phone}, At: at}
	for range 2 {
		if err := s.Move(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		if bob := one(t, s, "bob"); bob.Stage != "" || len(bob.Hands) != 1 || bob.Hands[0].Via != phone || bob.Due != rule.At(at) {
			t.Fatalf("who got the act: %+v", bob)
		}
		if ann := one(t, s, "ann"); ann.Stage != "x" || len(ann.Hands) != 1 || ann.Due != rule.At(at) || ann.Version != 2 {
			t.Fatalf("who gave it: %+v", ann)
		}
	}
	if err := s.Move(t.Context(), marque.Move{Key: "merge", From: "ann", Into: "bob", At: at}); err != nil {
		t.Fatal(err)
	}
	if bob := one(t, s, "bob"); bob.Stage != "x" || bob.Since != 5 || len(bob.Hands) != 2 || bob.Version != 2 {
		t.Fatalf("after the merge: %+v", bob)
	}
	rows := []*lifecycle.Row{
		{Profile: "eve", Name: "a", Stage: "y", Since: 9, Version: 1, Seen: []lifecycle.Seen{{ID: "e1", At: 9}}, Hands: []lifecycle.Hand{{Stage: "y", At: 9, Via: card}}},
		{Profile: "joe", Name: "a", Stage: "x", Since: 8, Version: 1, Seen: []lifecycle.Seen{{ID: "e0", At: 8}, {ID: "e1", At: 9}}, Hands: []lifecycle.Hand{{Stage: "x", At: 8}, {Stage: "x", At: 8, Via: card}}},
	}
	commit(t, s, lifecycle.Change{Rows: rows})
	if err := s.Move(t.Context(), marque.Move{Key: "two", From: "joe", Into: "eve", At: at}); err != nil {
		t.Fatal(err)
	}
	want := lifecycle.Row{
		Profile: "eve", Name: "a", Stage: "y", Since: 9, Due: rule.At(at), Version: 2,
		Seen:  []lifecycle.Seen{{ID: "e0", At: 8}, {ID: "e1", At: 9}},
		Hands: []lifecycle.Hand{{Stage: "x", At: 8, Via: marque.ID{Kind: marque.ProfileKind, Value: "joe"}}, {Stage: "y", At: 9, Via: card}},
	}
	if eve := one(t, s, "eve"); !reflect.DeepEqual(eve, want) {
		t.Fatalf("two who have a stage: got %+v, want %+v", eve, want)
	}
}

// port is a store as the common suite sees it.
type port struct{ lifecycle.Store }

func (p port) Load(ctx context.Context, profiles []string) ([][]derivedtest.Row, error) {
	lists, err := p.Store.Load(ctx, profiles, nil)
	out := make([][]derivedtest.Row, len(lists))
	for i, rows := range lists {
		out[i] = common(rows)
	}
	return out, err
}

func common(rows []*lifecycle.Row) (out []derivedtest.Row) {
	for _, r := range rows {
		out = append(out, derivedtest.Row{Profile: r.Profile, Name: r.Name, Holds: r.Stage != "", Turn: r.Turn, Due: r.Due.Time(), Version: r.Version})
	}
	return out
}

func (p port) Commit(ctx context.Context, c derivedtest.Change) (bool, error) {
	change := lifecycle.Change{Key: c.Key, Say: c.Say}
	for _, r := range c.Rows {
		row := &lifecycle.Row{Profile: r.Profile, Name: r.Name, Turn: r.Turn, Due: rule.At(r.Due), Version: r.Version}
		if r.Holds {
			row.Stage = "in"
		}
		change.Rows = append(change.Rows, row)
	}
	return p.Store.Commit(ctx, change)
}

func (p port) List(ctx context.Context, name, after string, n int) ([]derivedtest.Row, error) {
	rows, err := p.Store.List(ctx, lifecycle.Query{Name: name, After: after, N: n})
	return common(rows), err
}
