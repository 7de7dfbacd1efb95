package suite

import (
	"context"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
)

// moveKeys: of enrollments in one journey for different keys, which take of different counters, all stay; so do those that
// wait to enter it at different times of a schedule, which take nothing.
func moveKeys(t *testing.T, s journey.Store) {
	enters := func(id, profile, counter string) journey.Change {
		return journey.Change{State: state(id, profile), Holds: []limit.Hold{{
			Key: id, Profile: profile, Takes: []limit.Take{{Counter: counter, Own: true, N: 1, Limit: 1}},
		}}}
	}
	pends := func(id, profile string, day int) journey.Change {
		c := journey.Change{State: state(id, profile)}
		c.State.Journey, c.State.Node, c.State.Since = "did", "", noon.AddDate(0, 0, day)
		return c
	}
	must(t, s, enters("a1", "ann", "journey/j/1"), enters("b2", "anna", "journey/j/2"), enters("c1", "anna", "journey/j/1"),
		pends("p1", "ann", 1), pends("q2", "anna", 2), pends("r1", "anna", 1))
	if err := s.Move(context.Background(), marque.Move{Key: "m1", From: "anna", Into: "ann", At: noon}); err != nil {
		t.Fatal(err)
	}
	got := get(t, s, "a1", "b2", "c1", "p1", "q2", "r1")
	ids := make([]string, len(got))
	for i, x := range got {
		ids[i] = x.ID
	}
	equal(t, "states", ids, "a1", "b2", "p1", "q2")
}
