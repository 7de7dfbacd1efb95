package suite

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// Store is the conformance suite of journey.Store.
func Store(t *testing.T, open func(t *testing.T) journey.Store) {
	for _, c := range []struct {
		name string
		run  func(t *testing.T, s journey.Store)
	}{
		{"commit is compare and swap", swap},
		{"a state keeps all that it is", whole},
		{"a refused change leaves no trace, the others stand", refused},
		{"a hold's key is granted once", again},
		{"release comes after the holds", probe},
		{"open finds who listens, oldest first", listens},
		{"all of a journey, page by page", tour},
		{"claim goes by due, profile, id and marks nothing", claim},
		{"claim takes a person's highest priority first", precedence},
		{"a state keeps every field", everyField},
		{"what a state holds moves with its person", moveHeld},
		{"a state of nobody", nobody},
		{"what must not overtake a refused change is put off", putOff},
		{"what was put off comes in again in its order", resume},
		{"the outbox person by person, wave by wave", waves},
		{"partitions", parts},
		{"a stale epoch changes nothing", fence},
		{"outbox in order, retry, done, dead", outbox},
		{"what is of a command that is gone is refused", gone},
		{"cancel takes back only what was not handed out", cancel},
		{"feed keeps the order until taken", feed},
		{"counts", counts},
		{"move, older stays, other exits merged", move},
		{"move, where both may be in several times", moveMany},
		{"move, where keys and times differ", moveKeys},
		{"move by identifiers", moveSome},
		{"a merge that comes again after the two were parted", moveAgain},
		{"what came under an id alone goes back to it", moveBack},
		{"erase and export", erase},
		{"one of many goroutines wins", race},
		{"many goroutines never exceed a cap", capped},
		{"a cancelled context changes nothing", cancelled},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(t, open(t)) })
	}
}

// state is a first version of an enrollment.
func state(id, profile string) journey.State {
	return journey.State{ID: id, Journey: "j", Plan: "1", Profile: profile, Entered: noon, Node: "w", Since: noon, Version: 1}
}

func commit(t *testing.T, s journey.Store, cs ...journey.Change) []journey.Answer {
	t.Helper()
	as, err := s.Commit(context.Background(), marque.Lease{}, noon, cs)
	if err != nil {
		t.Fatalf("commit: %v", err)
	}
	if len(as) != len(cs) {
		t.Fatalf("%d answers to %d changes", len(as), len(cs))
	}
	return as
}

// must commits changes of which each must be applied.
func must(t *testing.T, s journey.Store, cs ...journey.Change) {
	t.Helper()
	for i, a := range commit(t, s, cs...) {
		if !a.OK {
			t.Fatalf("change %d: %+v", i, a)
		}
	}
}

func get(t *testing.T, s journey.Store, ids ...string) []journey.State {
	t.Helper()
	got, err := s.Open(context.Background(), journey.Query{IDs: ids})
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return got
}

func claimed(t *testing.T, s journey.Store, until time.Time, n int) (ids []string) {
	t.Helper()
	got, err := s.Claim(context.Background(), marque.Lease{}, until, n)
	if err != nil {
		t.Fatalf("claim: %v", err)
	}
	for _, x := range got {
		ids = append(ids, x.ID)
	}
	return ids
}

func keys(t *testing.T, s journey.Store, b journey.Batch) (keys []string) {
	t.Helper()
	got, err := s.Outbox(context.Background(), marque.Lease{}, b)
	if err != nil {
		t.Fatalf("outbox: %v", err)
	}
	for _, c := range got {
		keys = append(keys, c.Key)
	}
	return keys
}

func equal[T comparable](t *testing.T, what string, got []T, want ...T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}
