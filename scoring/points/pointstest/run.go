package pointstest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring/points"
)

// Run proves a store. open makes an empty one for each case.
func Run(t *testing.T, open func(t *testing.T) points.Store) {
	derivedtest.Run(t, derivedtest.Suite{
		Open:  func(t *testing.T) derivedtest.Store { return port{open(t)} },
		Keys:  true,
		Holds: true,
	})
	t.Run("all fields of a row", func(t *testing.T) { fields(t, open(t)) })
	t.Run("load appends", func(t *testing.T) {
		got, err := open(t).Load(t.Context(), []string{"ann"}, make([][]*points.Row, 2, 8))
		if err != nil || len(got) != 3 {
			t.Fatalf("%d lists, error %v; want 3", len(got), err)
		}
	})
	t.Run("which keys were known", func(t *testing.T) { keys(t, open(t)) })
	t.Run("entries in pages and by key", func(t *testing.T) { entries(t, open(t)) })
	t.Run("lots move", func(t *testing.T) { move(t, open(t)) })
}

var (
	phone, card = marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	start       = time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
)

func sample() points.Row {
	return points.Row{
		Profile: "ann", Name: "a", Tier: "gold", Level: 2, Since: 5, Review: 9, Renew: 8, Gone: 3, Net: 45, At: 21, Stirred: true, Turn: 3, Due: 4_000_001, Version: 1,
		Lots: []points.Lot{
			{Rule: "order", Source: "e1", Via: card, At: 17, From: 18, Expires: 40, N: 50, Left: 20, Full: 60, Base: 40, Reversed: 5, Warned: true, Touched: 20,
				Taken: []points.Taken{{Why: points.BySpend, Key: "s", N: 25}, {Why: points.ByReverse, Key: "r", N: 5}}},
			{Rule: "order", Source: "e2", Via: phone, At: 17, From: 18, N: 30, Left: 30, Full: 30, Base: 30, Waiting: true, Touched: 20},
		},
		Debts:  []points.Debt{{Key: "r", Via: phone, N: 5}},
		Was:    []points.Held{{Tier: "silver", Since: 1}},
		Quotas: []points.Quota{{Grant: "gift", N: 4, Uses: []points.Taking{{Key: "u", Via: phone, N: 1}, {Key: "v", Via: card, N: 2}}}, {Grant: "gift", From: 1, Until: 99, N: 1}},
	}
}

func fields(t *testing.T, s points.Store) {
	want, row := sample(), sample()
	commit(t, s, points.Change{Rows: []*points.Row{&row}})
	if got := one(t, s, "ann"); !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
}

func commit(t *testing.T, s points.Store, c points.Change) {
	t.Helper()
	if known, err := s.Commit(t.Context(), c); err != nil || known != nil {
		t.Fatalf("commit: known %v, error %v", known, err)
	}
}

func one(t *testing.T, s points.Store, profile string) points.Row {
	t.Helper()
	got, err := s.Load(t.Context(), []string{profile}, nil)
	if err != nil || len(got) != 1 || len(got[0]) != 1 {
		t.Fatalf("got %+v, error %v; want one row", got, err)
	}
	return *got[0][0]
}

func keys(t *testing.T, s points.Store) {
	commit(t, s, points.Change{Keys: []string{"k1", "k2"}})
	known, err := s.Commit(t.Context(), points.Change{Keys: []string{"k0", "k2", "k3", "k1"}, Entries: []points.Entry{{Profile: "ann", Program: "a"}}})
	if err != nil || !reflect.DeepEqual(known, []string{"k2", "k1"}) {
		t.Fatalf("known %v, error %v; want k2 and k1", known, err)
	}
	if got := list(t, s, points.Lookup{Profile: "ann", Program: "a", N: 10}); len(got) != 0 {
		t.Fatalf("applied though keys were known: %+v", got)
	}
	commit(t, s, points.Change{Keys: []string{"k0", "k3"}}) // a refused commit leaves no key
}

func list(t *testing.T, s points.Store, q points.Lookup) []points.Entry {
	t.Helper()
	got, err := s.Entries(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func entries(t *testing.T, s points.Store) {
	var want []points.Entry
	for i := range 7 {
		e := points.Entry{
			Profile: "ann", Program: "a", Kind: points.Spent, Points: -int64(i), Balance: 7, Pending: 2, Debt: 3, At: rule.Instant(50 - i), Rule: "order", Source: "s",
			Of: "o", Reason: "why", Left: 1, Key: fmt.Sprint("k", i), Sum: "x", Origin: "old",
		}
		want = append(want, e)
		other, third := e, e
		other.Program, third.Profile = "b", "bob"
		commit(t, s, points.Change{Entries: []points.Entry{e, other, third}})
	}
	var got []points.Entry
	for skip := 0; skip < 9; skip += 3 {
		got = append(got, list(t, s, points.Lookup{Profile: "ann", Program: "a", Skip: skip, N: 3})...)
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %+v, want %+v", got, want)
	}
	if got := list(t, s, points.Lookup{Profile: "ann", Program: "a", Key: "k5", N: 3}); !reflect.DeepEqual(got, want[5:6]) {
		t.Fatalf("by key: %+v", got)
	}
}

func move(t *testing.T, s points.Store) {
	row := sample()
	commit(t, s, points.Change{Rows: []*points.Row{&row}, Entries: []points.Entry{{Profile: "ann", Program: "a", Key: "k", Points: 9}}})
	part := marque.Move{Key: "part", From: "ann", Into: "bob", IDs: []marque.ID{phone}, At: start}
	for range 2 {
		if err := s.Move(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		if bob := one(t, s, "bob"); len(bob.Lots) != 1 || len(bob.Debts) != 1 || bob.Tier != "" || len(bob.Quotas) != 1 || len(bob.Quotas[0].Uses) != 1 || !bob.Stirred || bob.Due != rule.At(start) {
			t.Fatalf("who got the points: %+v", bob)
		}
		if ann := one(t, s, "ann"); len(ann.Lots) != 1 || len(ann.Debts) != 0 || ann.Tier != "gold" || len(ann.Quotas) != 2 || ann.Due != rule.At(start) || ann.Version != 2 {
			t.Fatalf("who gave them: %+v", ann)
		}
	}
	if err := s.Move(t.Context(), marque.Move{Key: "merge", From: "ann", Into: "bob", At: start}); err != nil {
		t.Fatal(err)
	}
	if bob := one(t, s, "bob"); len(bob.Lots) != 2 || bob.Tier != "gold" || len(bob.Quotas) != 2 || len(bob.Quotas[0].Uses) != 2 || bob.Version != 2 {
		t.Fatalf("after the merge: %+v", bob)
	}
	if got := list(t, s, points.Lookup{Profile: "bob", Program: "a", N: 9}); len(got) != 1 || got[0].Origin != "ann" {
		t.Fatalf("history after the merge: %+v", got)
	}
}

// port is a store as the common suite sees it.
type port struct{ points.Store }

func (p port) Load(ctx context.Context, profiles []string) ([][]derivedtest.Row, error) {
	lists, err := p.Store.Load(ctx, profiles, nil)
	out := make([][]derivedtest.Row, len(lists))
	for i, rows := range lists {
		out[i] = common(rows)
	}
	return out, err
}

func common(rows []*points.Row) (out []derivedtest.Row) {
	for _, r := range rows {
		out = append(out, derivedtest.Row{Profile: r.Profile, Name: r.Name, Holds: len(r.Lots) > 0, Turn: r.Turn, Due: r.Due.Time(), Version: r.Version})
	}
	return out
}

func (p port) Commit(ctx context.Context, c derivedtest.Change) (bool, error) {
	change := points.Change{Say: c.Say}
	if c.Key != "" {
		change.Keys = []string{c.Key}
	}
	for _, r := range c.Rows {
		row := &points.Row{Profile: r.Profile, Name: r.Name, Turn: r.Turn, Due: rule.At(r.Due), Version: r.Version}
		if r.Holds {
			row.Lots = []points.Lot{{Rule: "order", Source: "e", At: 1, N: 1, Left: 1, Full: 1}}
		}
		change.Rows = append(change.Rows, row)
	}
	known, err := p.Store.Commit(ctx, change)
	return len(known) > 0, err
}

func (p port) List(ctx context.Context, name, after string, n int) ([]derivedtest.Row, error) {
	rows, err := p.Store.List(ctx, points.Query{Name: name, After: after, N: n})
	return common(rows), err
}
