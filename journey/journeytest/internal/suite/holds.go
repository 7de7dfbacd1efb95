package suite

import (
	"context"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/limit"
)

func take(n, limit_ int64) limit.Take {
	return limit.Take{Counter: "cap", Own: true, N: n, Limit: limit_}
}

func refused(t *testing.T, s journey.Store) {
	must(t, s, journey.Change{Holds: []limit.Hold{{Key: "h1", Profile: "ann", Takes: []limit.Take{take(1, 1)}}}})
	as := commit(t, s,
		journey.Change{
			State: state("a", "ann"), Holds: []limit.Hold{{Key: "h0", Profile: "ann"}, {Key: "h2", Profile: "ann", Takes: []limit.Take{take(1, 1)}}},
			Commands: []journey.Command{{Key: "c1", Profile: "ann", At: noon}}, Emit: []marque.Event{{ID: "e1", Profile: "ann"}},
			Tally: []journey.Count{{Journey: "j", What: "in", N: 1}},
		},
		journey.Change{State: state("b", "bob"), Holds: []limit.Hold{{Key: "h2", Profile: "bob", Takes: []limit.Take{take(1, 1)}}}},
	)
	if as[0].OK || as[0].Refused != "cap" || !as[1].OK {
		t.Fatalf("answers %+v", as)
	}
	equal(t, "commands", keys(t, s, journey.Batch{Until: noon, N: 9}))
	if ev, _ := s.Pending(context.Background(), marque.Parts{}, 9); len(ev) != 0 {
		t.Fatalf("said %v", ev)
	}
	if got := get(t, s, "a", "b"); len(got) != 1 || got[0].ID != "b" {
		t.Fatalf("states %+v", got)
	}
	must(t, s, journey.Change{Release: []string{"h1"}, Holds: []limit.Hold{{Key: "h0", Profile: "ann"}}})
	must(t, s, journey.Change{Holds: []limit.Hold{{Key: "h3", Profile: "ann", Takes: []limit.Take{take(1, 1)}}}})
}

func again(t *testing.T, s journey.Store) {
	h := []limit.Hold{{Key: "h", Profile: "ann"}}
	must(t, s, journey.Change{State: state("a", "ann"), Holds: h})
	if a := commit(t, s, journey.Change{State: state("b", "ann"), Holds: h})[0]; a.OK || !a.Again {
		t.Fatalf("%+v", a)
	}
	must(t, s, journey.Change{Release: []string{"h"}})
	if a := commit(t, s, journey.Change{State: state("b", "ann"), Holds: h})[0]; a.OK || !a.Again {
		t.Fatalf("after a release: %+v", a)
	}
	if got := get(t, s, "b"); len(got) != 0 {
		t.Fatal("applied")
	}
}

func probe(t *testing.T, s journey.Store) {
	p := func(key string) journey.Change {
		return journey.Change{Holds: []limit.Hold{{Key: key, Profile: "ann", Takes: []limit.Take{take(1, 1)}}}, Release: []string{key}}
	}
	must(t, s, p("p1"), p("p2"))
	must(t, s, journey.Change{Holds: []limit.Hold{{Key: "h", Profile: "ann", Takes: []limit.Take{take(1, 1)}}}})
	if a := commit(t, s, p("p3"))[0]; a.Refused != "cap" {
		t.Fatalf("%+v", a)
	}
}
