package suite

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/marque-go/marque/journey"
)

// tour: all who are in a journey, page by page, while some leave.
func tour(t *testing.T, s journey.Store) {
	for i := range 9 {
		x := state(fmt.Sprintf("e%d", (i*4)%9), fmt.Sprint("p", i)) // not in the order of ID
		if i%3 == 0 {
			x.Node, x.Due = "", noon // whoever is pending is in it too
		}
		must(t, s, journey.Change{State: x})
	}
	other, nobody := state("f", "ann"), state("e5a", "")
	other.Journey = "k"
	must(t, s, journey.Change{State: other})
	must(t, s, journey.Change{State: nobody})
	page := func(after string) (ids []string) {
		got, err := s.Open(context.Background(), journey.Query{Journey: "j", After: after, N: 4})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range got {
			ids = append(ids, x.ID)
		}
		return ids
	}
	want := func(after string, want ...string) {
		t.Helper()
		if got := page(after); !slices.Equal(got, want) {
			t.Fatalf("after %q: got %v, want %v", after, got, want)
		}
	}
	want("", "e0", "e1", "e2", "e3")
	gone := get(t, s, "e5")[0]
	gone.Version, gone.Ended = 2, "exit"
	must(t, s, journey.Change{State: gone})
	want("e3", "e4", "e6", "e7", "e8")
	want("e8")
	want("e55", "e6", "e7", "e8") // somebody else goes on, from where nobody stands
	got, err := s.Open(context.Background(), journey.Query{Journey: "j", Profiles: []string{"p2", "ann"}})
	if err != nil || len(got) != 1 || got[0].Profile != "p2" {
		t.Fatalf("who is in the journey of two people: %v, %v", got, err)
	}
}
