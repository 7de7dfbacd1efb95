package suite

import (
	"context"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
)

func move(t *testing.T, s journey.Store) {
	ctx := context.Background()
	young, old, mine := state("young", "ann"), state("old", "anna"), state("mine", "anna")
	young.Entered = noon.Add(time.Hour)
	mine.Journey = "other"
	young.Awaits = "cmd"
	must(t, s, journey.Change{State: young, Commands: []journey.Command{{Key: "cmd", Enrollment: "young", Profile: "ann", At: noon}}},
		journey.Change{State: old, Holds: []limit.Hold{{Key: "h", Profile: "anna", Takes: []limit.Take{take(1, 1)}}}},
		journey.Change{State: mine, Commands: []journey.Command{{Key: "msg", Profile: "anna", At: noon, Message: &journey.Message{Profile: "anna"}}}})
	mv := marque.Move{Key: "m1", From: "anna", Into: "ann", At: noon.Add(2 * time.Hour)}
	for range 2 {
		if err := s.Move(ctx, mv); err != nil {
			t.Fatal(err)
		}
	}
	got := get(t, s, "young", "old", "mine")
	if len(got) != 2 || got[0].Profile != "ann" || got[1].Profile != "ann" {
		t.Fatalf("states %+v", got)
	}
	equal(t, "outbox", keys(t, s, journey.Batch{Until: noon, N: 9}), "msg")
	if c, _ := s.Outbox(ctx, marque.Lease{}, journey.Batch{Until: noon, N: 1}); c[0].Profile != "ann" || c[0].Message.Profile != "ann" {
		t.Fatalf("command %+v", c[0])
	}
	said, _ := s.Pending(ctx, marque.Parts{}, 9)
	if len(said) != 1 || said[0].Name != "journey.exited" || said[0].Props["reason"] != "merged" || said[0].Fact != "journey/j/young" {
		t.Fatalf("said %+v", said)
	}
	if a := commit(t, s, journey.Change{Holds: []limit.Hold{{Key: "h2", Profile: "ann", Takes: []limit.Take{take(1, 1)}}}})[0]; a.Refused != "cap" {
		t.Fatalf("holds did not move: %+v", a)
	}
}

// moveMany: each person has two of a journey that is entered every time, and waits to enter another.
func moveMany(t *testing.T, s journey.Store) {
	enters := func(id, profile string, at time.Duration) journey.Change {
		c := journey.Change{State: state(id, profile), Holds: []limit.Hold{{Key: id, Profile: profile}}}
		c.State.Entered = noon.Add(at * time.Microsecond)
		return c
	}
	pends := func(id, profile string, at time.Duration) journey.Change {
		c := enters(id, profile, at)
		c.State.Journey, c.State.Node, c.Holds = "did", "", nil
		return c
	}
	in := enters("in", "ann", 9)
	in.State.Journey, in.Holds[0].Takes = "did", []limit.Take{take(1, 1)}
	must(t, s, enters("a1", "ann", 1), enters("b1", "anna", 2), enters("a2", "ann", 3), enters("b2", "anna", 4),
		pends("p", "ann", 5), pends("q", "anna", 6), in,
		journey.Change{Dead: []journey.Command{{Key: "d", Profile: "anna", At: noon, Message: &journey.Message{Profile: "anna"}}}})
	if err := s.Move(context.Background(), marque.Move{Key: "m", From: "anna", Into: "ann", At: noon}); err != nil {
		t.Fatal(err)
	}
	var left []string
	for _, x := range get(t, s, "a1", "a2", "b1", "b2", "in", "p", "q") {
		left = append(left, x.ID)
	}
	equal(t, "left", left, "a1", "b1", "a2", "b2", "p", "in")
	dead, err := s.Outbox(context.Background(), marque.Lease{}, journey.Batch{N: 9, Dead: true})
	if err != nil || len(dead) != 1 || dead[0].Profile != "ann" || dead[0].Message.Profile != "ann" {
		t.Fatalf("dead letters %+v, %v", dead, err)
	}
}

func moveSome(t *testing.T, s journey.Store) {
	phone := marque.ID{Kind: "phone", Value: "1"}
	a, b := state("a", "ann"), state("b", "ann")
	a.Via, b.Journey = phone, "other"
	must(t, s, journey.Change{State: a}, journey.Change{State: b})
	if err := s.Move(context.Background(), marque.Move{Key: "u", From: "ann", Into: "new", IDs: []marque.ID{phone}, At: noon}); err != nil {
		t.Fatal(err)
	}
	got := get(t, s, "a", "b")
	if len(got) != 2 || got[0].ID != "b" || got[0].Profile != "ann" || got[1].ID != "a" || got[1].Profile != "new" {
		t.Fatalf("%+v", got)
	}
}

// moveBack merges somebody who was known by an id alone, and parts the two again: a message that waits goes to the
// identifiers of its person only.
func moveBack(t *testing.T, s journey.Store) {
	ctx := context.Background()
	phone, card := marque.ID{Kind: "phone", Value: "1"}, marque.ID{Kind: "card", Value: "2"}
	bob := marque.ID{Kind: marque.ProfileKind, Value: "bob"}
	msg := func() *journey.Message {
		return &journey.Message{Profile: "ann", To: []marque.ID{phone, card}}
	}
	must(t, s, journey.Change{State: state("b", "bob")})
	if err := s.Move(ctx, marque.Move{Key: "m", From: "bob", Into: "ann", At: noon}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "b"); len(got) != 1 || got[0].Profile != "ann" || got[0].Via != bob {
		t.Fatalf("what came under an id alone is not marked with it: %+v", got)
	}
	must(t, s,
		journey.Change{State: state("a", "ann"), Commands: []journey.Command{{Key: "k1", Profile: "ann", Via: phone, At: noon, Message: msg()}}},
		journey.Change{Dead: []journey.Command{{Key: "k2", Profile: "ann", Via: card, At: noon, Message: msg()}}})
	if err := s.Move(ctx, marque.Move{Key: "u", From: "ann", Into: "bob", IDs: []marque.ID{card, bob}, At: noon}); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "b"); len(got) != 1 || got[0].Profile != "bob" || got[0].Via != (marque.ID{}) {
		t.Fatalf("after parting: %+v", got)
	}
	for dead, want := range map[bool]struct {
		who string
		to  marque.ID
	}{false: {"ann", phone}, true: {"bob", card}} {
		out, err := s.Outbox(ctx, marque.Lease{}, journey.Batch{Until: noon, N: 9, Dead: dead})
		if err != nil || len(out) != 1 || out[0].Profile != want.who || out[0].Message.Profile != want.who ||
			len(out[0].Message.To) != 1 || out[0].Message.To[0] != want.to {
			t.Fatalf("dead %v: %+v, %v", dead, out, err)
		}
	}
}

// moveAgain: a merge is done once, also where its key comes again when its people were parted long ago.
func moveAgain(t *testing.T, s journey.Store) {
	bob := marque.ID{Kind: marque.ProfileKind, Value: "bob"}
	must(t, s, enters("b", "bob", take(1, 9)), journey.Change{Commands: []journey.Command{{Key: "k", Profile: "bob", At: noon}}})
	merge := marque.Move{Key: "m", From: "bob", Into: "ann", At: noon}
	for _, mv := range []marque.Move{merge, {Key: "u", From: "ann", Into: "bob", IDs: []marque.ID{bob}, At: noon}, merge} {
		if err := s.Move(context.Background(), mv); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, s, "b"); len(got) != 1 || got[0].Profile != "bob" {
		t.Fatalf("state %+v", got)
	}
	if out, err := s.Outbox(context.Background(), marque.Lease{}, journey.Batch{Until: noon, N: 9}); err != nil || len(out) != 1 || out[0].Profile != "bob" {
		t.Fatalf("outbox %+v, %v", out, err)
	}
	full := limit.Take{Counter: "cap", Own: true, N: 1, Limit: 1}
	if as := commit(t, s, enters("x", "bob", full), enters("y", "ann", full)); as[0].Refused != "cap" || !as[1].OK {
		t.Fatalf("holds: %+v", as)
	}
}

func erase(t *testing.T, s journey.Store) {
	ctx := context.Background()
	must(t, s, journey.Change{State: state("a", "ann"), Commands: []journey.Command{{Key: "c", Profile: "ann", At: noon}}, Emit: []marque.Event{{ID: "e", Profile: "ann"}}},
		journey.Change{State: state("b", "bob"), Dead: []journey.Command{{Key: "d", Profile: "ann", At: noon}}})
	kinds := func() (kinds []string) {
		for item, err := range s.Export(ctx, "ann") {
			if err != nil {
				t.Fatal(err)
			}
			if item.Room != "journey" {
				t.Fatalf("item %+v", item)
			}
			kinds = append(kinds, item.Kind)
		}
		return kinds
	}
	equal(t, "export", kinds(), "enrollment", "command", "dead letter")
	n, err := s.Erase(ctx, "ann")
	if err != nil || n < 3 {
		t.Fatalf("erase: %d, %v", n, err)
	}
	equal(t, "export after", kinds())
	equal(t, "outbox", keys(t, s, journey.Batch{Until: noon, N: 9}))
	if got := get(t, s, "a", "b"); len(got) != 1 || got[0].ID != "b" {
		t.Fatalf("%+v", got)
	}
	if ev, _ := s.Pending(ctx, marque.Parts{}, 9); len(ev) != 0 {
		t.Fatalf("feed %v", ev)
	}
	if n, err := s.Erase(ctx, "ann"); err != nil || n != 0 {
		t.Fatalf("again: %d, %v", n, err)
	}
}
