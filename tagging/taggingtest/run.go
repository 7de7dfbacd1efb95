package taggingtest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
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
	t.Run("several keys", func(t *testing.T) { keys(t, open(t)) })
	t.Run("one key of several from many hands", func(t *testing.T) { race(t, open(t)) })
	t.Run("history", func(t *testing.T) { history(t, open(t)) })
	t.Run("marks move", func(t *testing.T) { marks(t, open(t)) })
}

func fields(t *testing.T, s tagging.Store) {
	want := tagging.Row{
		Profile: "ann", Name: "a", On: true, Since: 17, At: 18, Source: tagging.Manual, Confidence: 0.25, Off: 12, Turn: 3, Due: 4_000_001, Version: 1,
		Marks: []tagging.Mark{
			{Source: tagging.Manual, At: 17, Via: marque.ID{Kind: "phone", Value: "1"}, Cause: "k"},
			{Source: tagging.Manual, At: 17, Via: marque.ID{Kind: "phone", Value: "1"}, From: 3_000_001, Until: 4_000_001},
			{Source: tagging.Behaviour, At: 18, Until: 4_000_001, Version: "v", Count: 2, Of: 3},
			{Source: tagging.ThirdParty, At: 18, Confidence: 0.123456789012345678},
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
		{Profile: "ann", Tag: "a", On: true, At: 10, Source: tagging.Model, Confidence: 0.3, Cause: "k", Version: "v"},
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
	var kinds []string
	for item, err := range s.Export(t.Context(), "ann") {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, item.Kind+" "+item.Key)
	}
	if want := []string{"tag a", "turn a", "turn a"}; !slices.Equal(kinds, want) {
		t.Fatalf("export: %q, want %q", kinds, want)
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

// keys proves that a commit with several keys is told which are known, and then does nothing and keeps no key.
func keys(t *testing.T, s tagging.Store) {
	commit := func(version int64, keys ...string) []string {
		t.Helper()
		row := &tagging.Row{Profile: "ann", Name: "a", On: true, Version: version}
		known, err := s.Commit(t.Context(), tagging.Change{Keys: keys, Rows: []*tagging.Row{row}})
		if err != nil {
			t.Fatal(err)
		}
		slices.Sort(known)
		return known
	}
	for _, step := range []struct {
		version int64
		keys    []string
		known   []string
	}{
		{1, []string{"a", "b"}, nil},
		{2, []string{"c", "b", "a", "d"}, []string{"a", "b"}},
		{2, []string{"c", "d"}, nil},
		{9, []string{"d"}, []string{"d"}},
		{3, nil, nil},
	} {
		if known := commit(step.version, step.keys...); !slices.Equal(known, step.known) {
			t.Fatalf("keys %q: %q known, want %q", step.keys, known, step.known)
		}
	}
	if row := one(t, s, "ann"); row.Version != 3 {
		t.Fatalf("version %d, want 3", row.Version)
	}
}

// race proves that of commits that share a key, and of each of which another key is new, one is carried out.
func race(t *testing.T, s tagging.Store) {
	var wg sync.WaitGroup
	var done atomic.Int32
	for hand := range 8 {
		wg.Go(func() {
			row := &tagging.Row{Profile: fmt.Sprint("p", hand), Name: "a", On: true, Version: 1}
			known, err := s.Commit(t.Context(), tagging.Change{Keys: []string{fmt.Sprint("own", hand), "shared"}, Rows: []*tagging.Row{row}})
			switch {
			case err != nil:
				t.Error(err)
			case len(known) == 0:
				done.Add(1)
			case !slices.Equal(known, []string{"shared"}):
				t.Errorf("%q known, want what is shared", known)
			}
		})
	}
	wg.Wait()
	if n := done.Load(); n != 1 {
		t.Fatalf("%d commits did something, want 1", n)
	}
	rows, err := s.List(t.Context(), tagging.Query{Name: "a", N: 10})
	if err != nil || len(rows) != 1 {
		t.Fatalf("%d rows, error %v; want 1", len(rows), err)
	}
}

func marks(t *testing.T, s tagging.Store) {
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	phone, card := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	row := &tagging.Row{Profile: "ann", Name: "a", On: true, Version: 1, Marks: []tagging.Mark{
		{Source: tagging.Manual, At: 17, Via: card}, {Source: tagging.Manual, At: 17, Via: phone}, {Source: tagging.Rule, At: 17},
		{Source: tagging.Behaviour, At: 17, Count: 2, Of: 2}, {Source: tagging.Import, At: 17, From: rule.At(at) + 9, Via: card},
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
		if ann := one(t, s, "ann"); len(ann.Marks) != 4 || ann.Due != rule.At(at) || ann.Version != 2 {
			t.Fatalf("who gave it: %+v", ann)
		}
	}
	if err := s.Move(t.Context(), marque.Move{Key: "merge", From: "ann", Into: "bob", At: at}); err != nil {
		t.Fatal(err)
	}
	if bob := one(t, s, "bob"); len(bob.Marks) != 3 || bob.Version != 2 || bob.Marks[2].From != rule.At(at)+9 {
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
	change := tagging.Change{Say: c.Say}
	if c.Key != "" {
		change.Keys = []string{c.Key}
	}
	for _, r := range c.Rows {
		change.Rows = append(change.Rows, &tagging.Row{
			Profile: r.Profile, Name: r.Name, On: r.Holds, Turn: r.Turn, Due: rule.At(r.Due), Version: r.Version,
		})
	}
	known, err := p.Store.Commit(ctx, change)
	return len(known) > 0, err
}

func (p port) List(ctx context.Context, name, after string, n int) ([]derivedtest.Row, error) {
	rows, err := p.Store.List(ctx, tagging.Query{Name: name, After: after, N: n})
	return common(rows), err
}
