package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/record"
)

func swap(t *testing.T, s journey.Store) {
	must(t, s, journey.Change{State: state("a", "ann")})
	if a := commit(t, s, journey.Change{State: state("a", "ann")})[0]; a.OK || !a.Conflict {
		t.Fatalf("the same version twice: %+v", a)
	}
	two := state("a", "ann")
	two.Version, two.Node = 2, "x"
	must(t, s, journey.Change{State: two})
	two.Version = 2
	if a := commit(t, s, journey.Change{State: two})[0]; !a.Conflict {
		t.Fatalf("a stale version: %+v", a)
	}
	four := two
	four.Version = 4
	if a := commit(t, s, journey.Change{State: four})[0]; !a.Conflict {
		t.Fatalf("a version ahead: %+v", a)
	}
	if a := commit(t, s, journey.Change{State: func() journey.State { x := state("b", "ann"); x.Version = 2; return x }()})[0]; !a.Conflict {
		t.Fatalf("a second version of nothing: %+v", a)
	}
	if got := get(t, s, "a", "b"); len(got) != 1 || got[0].Node != "x" || got[0].Version != 2 {
		t.Fatalf("got %+v", got)
	}
	end := two
	end.Version, end.Ended = 3, record.Completed
	must(t, s, journey.Change{State: end})
	if got := get(t, s, "a"); len(got) != 0 {
		t.Fatalf("ended, and still there: %+v", got)
	}
}

func whole(t *testing.T, s journey.Store) {
	x := state("ünï/漢", "profile 漢")
	x.Via = marque.ID{Kind: "phone", Value: "+86"}
	x.Entered = noon.Add(time.Microsecond)
	x.Due = noon.Add(time.Hour + 3*time.Microsecond)
	x.Visit, x.Awaits, x.Tried, x.Hops, x.Cause = 7, "k", 5, 2, "e0"
	x.Listens, x.Seen = []string{"open", "order"}, []string{"e1"}
	x.Sent = []record.Mark{{Node: "n", Key: "k"}}
	x.Vars = map[string]any{"coupon": "issued", "vip": true}
	must(t, s, journey.Change{State: x})
	got := get(t, s, x.ID)
	if len(got) != 1 {
		t.Fatalf("got %d", len(got))
	}
	y := got[0]
	if y.Via != x.Via || !y.Entered.Equal(x.Entered) || !y.Due.Equal(x.Due) || !y.Since.Equal(x.Since) || y.Visit != 7 || y.Awaits != "k" ||
		y.Tried != 5 || y.Hops != 2 || y.Cause != "e0" || y.Profile != x.Profile || y.Vars["coupon"] != "issued" || y.Vars["vip"] != true ||
		!slices.Equal(y.Listens, x.Listens) || !slices.Equal(y.Seen, x.Seen) || !slices.Equal(y.Sent, x.Sent) {
		t.Fatalf("\ngot  %+v\nwant %+v", y, x)
	}
}

func listens(t *testing.T, s journey.Store) {
	young, old, deaf, other := state("a", "ann"), state("b", "ann"), state("c", "ann"), state("d", "bob")
	young.Entered = noon.Add(time.Second)
	young.Listens, old.Listens, deaf.Listens, other.Listens = []string{"x", "open"}, []string{"open"}, []string{"y", "=tag/vip"}, []string{"=tag/vip", "=attr/city", "open"}
	for _, x := range []journey.State{young, other, deaf, old} {
		must(t, s, journey.Change{State: x})
	}
	ids := func(q journey.Query) (ids []string) {
		got, err := s.Open(context.Background(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range got {
			ids = append(ids, x.ID)
		}
		return ids
	}
	equal(t, "ann", ids(journey.Query{Profiles: []string{"ann"}, Event: "open"}), "b", "a")
	equal(t, "both", ids(journey.Query{Profiles: []string{"bob", "ann"}, Event: "open"}), "b", "a", "d")
	equal(t, "a fact", ids(journey.Query{Profiles: []string{"bob", "ann"}, Facts: []string{"=attr/city"}}), "d")
	equal(t, "one of two facts", ids(journey.Query{Profiles: []string{"bob", "ann"}, Facts: []string{"=attr/city", "=tag/vip"}}), "c", "d")
	equal(t, "an event or a fact", ids(journey.Query{Profiles: []string{"bob", "ann"}, Event: "x", Facts: []string{"=tag/vip"}}), "c", "a", "d")
	equal(t, "nobody", ids(journey.Query{Profiles: []string{"eve"}, Event: "open"}))
	old.Version, old.Listens = 2, nil
	must(t, s, journey.Change{State: old})
	equal(t, "after it went on", ids(journey.Query{Profiles: []string{"ann"}, Event: "open"}), "a")
}

func claim(t *testing.T, s journey.Store) {
	at := func(id, profile string, due time.Duration) {
		x := state(id, profile)
		x.Due = noon.Add(due)
		must(t, s, journey.Change{State: x})
	}
	at("e", "bob", time.Minute)
	at("d", "ann", time.Minute)
	at("c", "ann", time.Minute)
	at("b", "zoe", 0)
	at("a", "ann", time.Hour)
	must(t, s, journey.Change{State: state("never", "ann")})
	equal(t, "due is due", claimed(t, s, noon, 9), "b")
	equal(t, "one microsecond before", claimed(t, s, noon.Add(time.Minute-time.Microsecond), 9), "b")
	for range 2 {
		equal(t, "order", claimed(t, s, noon.Add(time.Hour), 9), "b", "c", "d", "e", "a")
		equal(t, "n", claimed(t, s, noon.Add(time.Hour), 2), "b", "c")
	}
	b := get(t, s, "b")[0]
	b.Version, b.Due = 2, noon.Add(2*time.Hour)
	must(t, s, journey.Change{State: b})
	c := get(t, s, "c")[0]
	c.Version, c.Ended = 2, record.Left
	must(t, s, journey.Change{State: c})
	equal(t, "after changes", claimed(t, s, noon.Add(3*time.Hour), 9), "d", "e", "a", "b")
}

func parts(t *testing.T, s journey.Store) {
	var want []string
	half := marque.Parts{From: 0, To: marque.Partitions / 2}
	for i := range 40 {
		p := fmt.Sprintf("p%02d", i)
		x := state("s"+p, p)
		x.Due = noon
		must(t, s, journey.Change{State: x, Commands: []journey.Command{{Key: "s" + p, Profile: p, At: noon}}})
		if half.Has(p) {
			want = append(want, x.ID)
		}
	}
	got, err := s.Claim(context.Background(), marque.Lease{Parts: half}, noon, 99)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, x := range got {
		ids = append(ids, x.ID)
	}
	equal(t, "claim", ids, want...)
	cs, err := s.Outbox(context.Background(), marque.Lease{Parts: half}, journey.Batch{Until: noon, N: 99})
	if err != nil {
		t.Fatal(err)
	}
	ids = nil
	for _, x := range cs {
		ids = append(ids, x.Key)
	}
	equal(t, "outbox", ids, want...)
}

func fence(t *testing.T, s journey.Store) {
	ctx := context.Background()
	all := func(epoch int64) marque.Lease { return marque.Lease{Worker: "w", Epoch: epoch} }
	do := func(l marque.Lease, id string) error {
		_, err := s.Commit(ctx, l, noon, []journey.Change{{State: state(id, "ann")}})
		return err
	}
	if err := do(all(1), "a"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Claim(ctx, all(2), noon, 1); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"commit":  do(all(1), "b"),
		"no":      do(all(0), "b"),
		"claim":   func() error { _, err := s.Claim(ctx, all(1), noon, 1); return err }(),
		"outbox":  func() error { _, err := s.Outbox(ctx, all(1), journey.Batch{Until: noon, N: 1}); return err }(),
		"overlap": do(marque.Lease{Parts: marque.Parts{From: 0, To: marque.Partitions}, Epoch: 1}, "b"),
	} {
		if !errors.Is(err, marque.ErrConflict) {
			t.Errorf("%s with a stale epoch: %v, want ErrConflict", name, err)
		}
	}
	if got := get(t, s, "a", "b"); len(got) != 1 {
		t.Fatalf("states %+v", got)
	}
	if _, err := s.Claim(ctx, marque.Lease{}, noon, 1); err != nil {
		t.Errorf("a look without a lease: %v", err)
	}
	if err := do(all(2), "b"); err != nil {
		t.Fatal(err)
	}
}

func counts(t *testing.T, s journey.Store) {
	must(t, s, journey.Change{State: state("a", "ann"), Tally: []journey.Count{{Journey: "j", What: "in", N: 1}, {Journey: "j", Node: "w", What: "in", N: 1}}},
		journey.Change{State: state("b", "bob"), Tally: []journey.Count{{Journey: "j", What: "in", N: 1}}})
	got, err := s.Counts(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "counts", got, journey.Count{Journey: "j", What: "in", N: 2}, journey.Count{Journey: "j", Node: "w", What: "in", N: 1},
		journey.Count{Journey: "j", Node: "w", What: "waiting", N: 2})
}
