package suite

import (
	"context"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/record"
)

// moveHeld: a command that a pause keeps is for the person whom its enrollment goes to.
func moveHeld(t *testing.T, s journey.Store) {
	x := state("a", "anna")
	x.Best = &record.Best{Match: 1, Event: "e", Vars: map[string]any{"item": "hat"}}
	x.Pause = &record.Pause{Held: &journey.Command{Key: "k", Profile: "anna", Message: &journey.Message{Profile: "anna"}}}
	must(t, s, journey.Change{State: x})
	if err := s.Move(context.Background(), marque.Move{Key: "m", From: "anna", Into: "ann", At: noon}); err != nil {
		t.Fatal(err)
	}
	got := get(t, s, "a")
	if len(got) != 1 || got[0].Best == nil || got[0].Best.Vars["item"] != "hat" || got[0].Pause == nil || got[0].Pause.Held == nil {
		t.Fatalf("%+v", got)
	}
	if c := got[0].Pause.Held; c.Profile != "ann" || c.Message.Profile != "ann" {
		t.Fatalf("held %+v", c)
	}
	if n, err := s.Erase(context.Background(), "ann"); err != nil || n == 0 || len(get(t, s, "a")) != 0 {
		t.Fatalf("erase: %d, %v", n, err)
	}
}

// nobody: what has no profile is claimed like anything else, and belongs to no person.
func nobody(t *testing.T, s journey.Store) {
	x := journey.State{ID: "round", Journey: "j", Entered: noon, Since: noon, Due: noon, Version: 1,
		Round: &record.Round{At: noon, After: "m", Event: &marque.Event{ID: "e", Name: "low", At: noon}}}
	must(t, s, journey.Change{State: x})
	if n, err := s.Erase(context.Background(), ""); err != nil || n != 0 {
		t.Fatalf("erase of nobody: %d, %v", n, err)
	}
	for item, err := range s.Export(context.Background(), "") {
		t.Fatalf("export of nobody: %+v, %v", item, err)
	}
	got := get(t, s, "round")
	if len(got) != 1 || got[0].Round == nil || got[0].Round.After != "m" || got[0].Round.Event == nil || got[0].Round.Event.Name != "low" {
		t.Fatalf("%+v", got)
	}
	equal(t, "claim", claimed(t, s, noon, 9), "round")
	if counts, err := s.Counts(context.Background()); err != nil || len(counts) != 0 {
		t.Fatalf("counts %v, %v", counts, err)
	}
}
