package suite

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
)

func outbox(t *testing.T, s journey.Store) {
	c := func(key, profile string, at time.Duration) journey.Command {
		return journey.Command{Key: key, Do: "send", Profile: profile, At: noon.Add(at), Message: &journey.Message{Key: key, Text: "hello"}}
	}
	must(t, s, journey.Change{Commands: []journey.Command{c("d", "bob", 0), c("b", "ann", 0), c("a", "ann", 0)}},
		journey.Change{Commands: []journey.Command{c("later", "ann", time.Hour)}})
	equal(t, "order", keys(t, s, journey.Batch{Until: noon, N: 9}), "a", "b", "d")
	equal(t, "n", keys(t, s, journey.Batch{Until: noon, N: 1}), "a")
	must(t, s, journey.Change{Done: []string{"a", "unknown"}})
	retry := c("b", "ann", time.Minute)
	retry.Attempts, retry.Tried = 1, true
	must(t, s, journey.Change{Commands: []journey.Command{retry}})
	equal(t, "after done and retry", keys(t, s, journey.Batch{Until: noon, N: 9}), "d")
	equal(t, "in an hour", keys(t, s, journey.Batch{Until: noon.Add(time.Hour), N: 9}), "d", "b", "later")
	got, _ := s.Outbox(context.Background(), marque.Lease{}, journey.Batch{Until: noon.Add(time.Minute), N: 9})
	if x := got[1]; x.Attempts != 1 || !x.Tried || x.Message == nil || x.Message.Text != "hello" {
		t.Fatalf("retry %+v", x)
	}
	retry.Fault = "no answer"
	must(t, s, journey.Change{Dead: []journey.Command{retry}})
	equal(t, "without the dead", keys(t, s, journey.Batch{Until: noon.Add(time.Hour), N: 9}), "d", "later")
	equal(t, "dead", keys(t, s, journey.Batch{N: 9, Dead: true}), "b")
	revived := journey.Change{Revive: []string{"b", "d", "unknown"}}
	must(t, s, revived)
	equal(t, "revived", keys(t, s, journey.Batch{Until: noon, N: 9}), "b", "d")
	equal(t, "no longer dead", keys(t, s, journey.Batch{N: 9, Dead: true}))
	got, _ = s.Outbox(context.Background(), marque.Lease{}, journey.Batch{Until: noon, N: 1})
	if x := got[0]; x.Attempts != 0 || x.Fault != "" || x.Tried || !x.ByHand || !x.At.Equal(noon) || x.Message == nil || x.Message.Text != "hello" {
		t.Fatalf("revived %+v", x)
	}
	must(t, s, journey.Change{Done: []string{"b", "d"}}, revived)
	equal(t, "revived once", keys(t, s, journey.Batch{Until: noon, N: 9}))
}

// gone: what is of a command that was cancelled, erased, moved or done leaves no trace.
func gone(t *testing.T, s journey.Store) {
	ctx := context.Background()
	of := func(key, profile string) journey.Change {
		return journey.Change{Of: key, OfProfile: profile, Tried: []string{key}}
	}
	for _, key := range []string{"cancelled", "done", "erased", "moved", "here"} {
		must(t, s, journey.Change{Commands: []journey.Command{{Key: key, Do: "send", Profile: "p " + key, At: noon}}})
	}
	must(t, s, of("here", "p here"), journey.Change{Cancel: []string{"cancelled", "here"}, Done: []string{"done"}})
	if _, err := s.Erase(ctx, "p erased"); err != nil {
		t.Fatal(err)
	}
	if err := s.Move(ctx, marque.Move{Key: "m", From: "p moved", Into: "ann", At: noon}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"cancelled", "done", "erased", "moved", "never"} {
		c := of(key, "p "+key)
		c.State, c.Holds = state("s "+key, "p "+key), []limit.Hold{{Key: "h", Profile: "p " + key}}
		c.Commands = []journey.Command{{Key: key, Do: "send", Profile: "p " + key, At: noon, Attempts: 1}}
		c.Dead, c.Emit = c.Commands, []marque.Event{{ID: "e " + key, Profile: "p " + key}}
		as := commit(t, s, c, enters("behind "+key, "p "+key), enters("beside "+key, "bob"))
		if as[0].OK || !as[0].Gone || !as[1].Skipped || as[1].Gone || !as[2].OK {
			t.Fatalf("%s: %+v", key, as)
		}
		if got := get(t, s, "s "+key, "behind "+key); len(got) != 0 {
			t.Fatalf("%s: %+v", key, got)
		}
	}
	equal(t, "outbox", keys(t, s, journey.Batch{Until: noon, N: 9}), "moved", "here")
	equal(t, "dead", keys(t, s, journey.Batch{N: 9, Dead: true}))
	if ev, _ := s.Pending(ctx, marque.Parts{}, 9); len(ev) != 0 {
		t.Fatalf("said %v", ev)
	}
	must(t, s, journey.Change{Of: "here", OfProfile: "p here", Done: []string{"here"}, Holds: []limit.Hold{{Key: "h", Profile: "p here"}}},
		of("moved", "ann"))
}

func cancel(t *testing.T, s journey.Store) {
	h := func(key, profile string) []limit.Hold {
		return []limit.Hold{{Key: key, Profile: profile, Takes: []limit.Take{take(1, 1)}}}
	}
	must(t, s, journey.Change{Holds: h("a", "ann"), Commands: []journey.Command{{Key: "a", Profile: "ann", At: noon}}},
		journey.Change{Holds: h("b", "bob"), Commands: []journey.Command{{Key: "b", Profile: "bob", At: noon}}},
		journey.Change{Tried: []string{"b"}},
		journey.Change{Cancel: []string{"a", "b"}})
	equal(t, "outbox", keys(t, s, journey.Batch{Until: noon, N: 9}), "b")
	if as := commit(t, s, journey.Change{Holds: h("a2", "ann")}, journey.Change{Holds: h("b2", "bob")}); !as[0].OK || as[1].Refused != "cap" {
		t.Fatalf("holds after cancel: %+v", as)
	}
}

func feed(t *testing.T, s journey.Store) {
	ctx := context.Background()
	for i := range 5 {
		must(t, s, journey.Change{Emit: []marque.Event{
			{ID: fmt.Sprintf("e%d", i), Name: "message.sent", Profile: "ann", At: noon, Received: noon, Props: map[string]any{"channel": "push"}, Hops: 1},
		}})
	}
	pending := func(n int) (ids []string) {
		got, err := s.Pending(ctx, marque.Parts{}, n)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range got {
			if e.Name != "message.sent" || e.Props["channel"] != "push" || !e.At.Equal(noon) || e.Hops != 1 {
				t.Fatalf("event %+v", e)
			}
			ids = append(ids, e.ID)
		}
		return ids
	}
	equal(t, "first", pending(2), "e0", "e1")
	if err := s.Taken(ctx, []string{"e1", "e3", "unknown"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "rest", pending(9), "e0", "e2", "e4")
	if err := s.Taken(ctx, []string{"e0", "e2", "e4", "e4"}); err != nil {
		t.Fatal(err)
	}
	equal(t, "none", pending(9))
}
