package scoringtest

import (
	"context"
	"errors"
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
	t.Run("history in the order of commits", func(t *testing.T) { history(t, open(t)) })
	t.Run("history is part of the commit", func(t *testing.T) { atomic(t, open(t)) })
	t.Run("history moves", func(t *testing.T) { moves(t, open(t)) })
}

var phone, card = marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}

func sample() scoring.Row {
	return scoring.Row{
		Profile: "ann", Name: "a", Up: []string{"hot"}, Grade: "B2", Turn: 3, Due: 4_000_001, Version: 1,
		Parts: []scoring.Part{
			{Rule: "member", At: 16, Points: 3, Holds: true},
			{Rule: "order", Via: card, At: 17, Points: 0.1, Given: 0.2, Count: 1, Shut: 9},
			{Rule: "order", Via: phone, Hits: []scoring.Hit{{At: 18, Points: 6, Period: 10}, {At: 20, Points: 6.5, Period: 10}}},
		},
		Seen:  []scoring.Seen{{ID: "e1", At: 18}, {ID: "e2", At: 20}},
		Curve: rule.Curve{{Points: 3}, {From: 20, Until: 90, Points: 12.6, HalfLife: marque.Day}}, Fit: 1,
		Bound: rule.Curve{{From: 20, Points: 15}}, Made: "v1", Last: 20, Cross: 4_000_001, Sure: 4_000_002,
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
		if bob := one(t, s, "bob"); len(bob.Parts) != 1 || bob.Made != "" || bob.Parts[0].Via != phone || bob.Due != rule.At(at) || len(bob.Seen) != 2 {
			t.Fatalf("who got the points: %+v", bob)
		}
		if ann := one(t, s, "ann"); len(ann.Parts) != 2 || ann.Made != "" || ann.Due != rule.At(at) || ann.Version != 2 {
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

func entry(profile, score, event string, at rule.Instant, via marque.ID) scoring.Entry {
	return scoring.Entry{Profile: profile, Score: score, Rule: "order", Points: 0.1, Event: event, At: at, Recorded: at + 1, Via: via}
}

func past(t *testing.T, s scoring.Store, profile, score string) (list []scoring.Entry) {
	t.Helper()
	for e, err := range s.History(t.Context(), profile, score) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

func commit(t *testing.T, s scoring.Store, c scoring.Change) {
	t.Helper()
	if known, err := s.Commit(t.Context(), c); known || err != nil {
		t.Fatalf("commit: known %v, error %v", known, err)
	}
}

func equal(t *testing.T, what string, got, want []scoring.Entry) {
	t.Helper()
	if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

func history(t *testing.T, s scoring.Store) {
	list := []scoring.Entry{
		entry("ann", "a", "e2", 20, phone), entry("ann", "a", "e1", 10, card),
		{Profile: "ann", Score: "a", At: 30, Recorded: 31, Joined: 32, Anew: true},
		{Profile: "ann", Score: "a", Rule: "buy", Points: 2, At: 30, Recorded: 31, Left: 32},
		{Profile: "ann", Score: "a", Rule: "member", Points: -2.5, At: 33, Recorded: 34, Holds: true},
	}
	row, next := sample(), sample()
	next.Version = 2
	commit(t, s, scoring.Change{Rows: []*scoring.Row{&row}, Entries: append([]scoring.Entry{entry("bob", "a", "e3", 1, card)}, list[:2]...)})
	commit(t, s, scoring.Change{Rows: []*scoring.Row{&next}, Entries: append([]scoring.Entry{entry("ann", "b", "e4", 1, card)}, list[2:]...)})
	equal(t, "history", past(t, s, "ann", "a"), list)
	equal(t, "of another score", past(t, s, "ann", "b"), []scoring.Entry{entry("ann", "b", "e4", 1, card)})
	equal(t, "of nobody", past(t, s, "eve", "a"), nil)
	for range s.History(t.Context(), "ann", "a") {
		break // it may be cut short
	}
	if n, err := s.Erase(t.Context(), "ann"); err != nil || n < 7 {
		t.Fatalf("erase: %d rows, error %v; want 7", n, err)
	}
	equal(t, "after erase", past(t, s, "ann", "a"), nil)
	equal(t, "of the other", past(t, s, "bob", "a"), []scoring.Entry{entry("bob", "a", "e3", 1, card)})
}

func atomic(t *testing.T, s scoring.Store) {
	row := sample()
	commit(t, s, scoring.Change{Key: "k", Rows: []*scoring.Row{&row}, Entries: []scoring.Entry{entry("ann", "a", "e1", 1, card)}})
	next := sample()
	next.Version = 2
	if known, err := s.Commit(t.Context(), scoring.Change{Key: "k", Rows: []*scoring.Row{&next}, Entries: []scoring.Entry{entry("ann", "a", "e2", 1, card)}}); !known || err != nil {
		t.Fatalf("a known key: known %v, error %v", known, err)
	}
	next.Version = 7
	if _, err := s.Commit(t.Context(), scoring.Change{Rows: []*scoring.Row{&next}, Entries: []scoring.Entry{entry("ann", "a", "e2", 1, card)}}); !errors.Is(err, marque.ErrConflict) {
		t.Fatalf("a stale row: error %v, want a conflict", err)
	}
	equal(t, "history", past(t, s, "ann", "a"), []scoring.Entry{entry("ann", "a", "e1", 1, card)})
}

func moves(t *testing.T, s scoring.Store) {
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	row, other := sample(), sample()
	other.Profile = "bob"
	list := []scoring.Entry{entry("ann", "a", "e1", 1, card), entry("ann", "a", "e2", 2, phone)}
	own := entry("bob", "a", "e3", 3, marque.ID{})
	commit(t, s, scoring.Change{Rows: []*scoring.Row{&row, &other}, Entries: append([]scoring.Entry{own}, list...)})
	merge := marque.Move{Key: "merge", From: "ann", Into: "bob", At: at}
	part := marque.Move{Key: "part", From: "bob", Into: "ann", IDs: []marque.ID{phone}, At: at.Add(time.Hour)}
	_, joined := scoring.MovedEntries(merge, list)
	joined = append([]scoring.Entry{own}, joined...)
	stays, goes := scoring.MovedEntries(part, joined)
	for range 2 {
		if err := s.Move(t.Context(), merge); err != nil {
			t.Fatal(err)
		}
		equal(t, "who was merged", past(t, s, "ann", "a"), nil)
		equal(t, "with the other", past(t, s, "bob", "a"), joined)
	}
	for range 2 {
		if err := s.Move(t.Context(), part); err != nil {
			t.Fatal(err)
		}
		equal(t, "who gave back", past(t, s, "bob", "a"), stays)
		equal(t, "who got it back", past(t, s, "ann", "a"), goes)
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
