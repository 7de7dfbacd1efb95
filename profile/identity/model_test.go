package identity_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func id(kind, value string) marque.ID { return marque.ID{Kind: kind, Value: value} }

func compile(t require.TestingT, p identity.Policy) *identity.Rules {
	r, err := p.Compile()
	require.NoError(t, err)
	return r
}

// model is Resolve as its documentation says it, over maps, with no thought for speed.
func model(r *identity.Rules, e identity.Evidence) identity.Result {
	order := func(a, b marque.ID) int {
		if u := r.Usable([]marque.ID{b, a}); a.Kind != b.Kind && len(u) == 2 {
			if u[0] == a {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.Value, b.Value)
	}
	people := map[marque.ID]*identity.Person{}
	known := func(x marque.ID) bool {
		if r.Blocked(x) {
			return false
		}
		if people[x] == nil {
			people[x] = &identity.Person{IDs: []marque.ID{x}}
		}
		return true
	}
	hubs := map[marque.ID]bool{}
	for _, h := range e.Hubs {
		if known(h) {
			hubs[h] = true
		}
	}

	// What was observed, in order, each list once; and who was seen with whom.
	var obs []identity.Observation
	for _, o := range e.Observations {
		o.IDs, o.At = r.Usable(o.IDs), o.At.UTC()
		if len(o.IDs) > 0 {
			obs = append(obs, o)
		}
	}
	slices.SortFunc(obs, r.Compare)
	seen := map[string]bool{}
	obs = slices.DeleteFunc(obs, func(o identity.Observation) bool {
		list := fmt.Sprintf("%q", o.IDs)
		again := seen[list]
		seen[list] = true
		return again
	})
	with := map[marque.ID]map[marque.ID]bool{}
	for _, o := range obs {
		for _, x := range o.IDs {
			known(x)
			for _, y := range o.IDs {
				if x != y && r.Limit(y.Kind) > 0 {
					if with[x] == nil {
						with[x] = map[marque.ID]bool{}
					}
					with[x][y] = true
				}
			}
		}
	}
	for x, ys := range with {
		if len(ys) > r.Hub(x.Kind) {
			hubs[x] = true
		}
	}

	// The latest ruling on each pair.
	type pair struct{ a, b marque.ID }
	latest := map[pair]identity.Ruling{}
	for _, l := range e.Rulings {
		if l.A == l.B || r.Blocked(l.A) || r.Blocked(l.B) {
			continue
		}
		known(l.A)
		known(l.B)
		if order(l.A, l.B) > 0 {
			l.A, l.B = l.B, l.A
		}
		l.At = l.At.UTC()
		was, ok := latest[pair{l.A, l.B}]
		later := cmp.Or(l.At.Compare(was.At), cmp.Compare(l.Key, was.Key), cmp.Compare(l.By, was.By))
		if !ok || later > 0 || later == 0 && !l.Linked {
			latest[pair{l.A, l.B}] = l
		}
	}
	parted := func(a, b marque.ID) bool {
		for _, p := range []pair{{a, b}, {b, a}} {
			if l, ok := latest[p]; ok {
				return !l.Linked
			}
		}
		return false
	}

	over := func(ids []marque.ID) string {
		all := map[marque.ID]bool{}
		for _, x := range ids {
			for _, y := range people[x].IDs {
				all[y] = true
			}
		}
		count := map[string]int{}
		for x := range all {
			count[x.Kind]++
		}
		for _, kind := range kinds {
			if l := r.Limit(kind); l > 0 && count[kind] > l {
				return kind
			}
		}
		return ""
	}
	link := func(j identity.Join) {
		p, q := people[j.A], people[j.B]
		if p == q {
			return
		}
		one := &identity.Person{IDs: append(slices.Clone(p.IDs), q.IDs...), Joins: append(slices.Clone(p.Joins), q.Joins...)}
		one.Joins = append(one.Joins, j)
		for _, x := range one.IDs {
			people[x] = one
		}
	}

	var out identity.Result
	number := map[identity.Join]int{} // when each join came
	for _, o := range obs {
		var rest []marque.ID
		for _, x := range o.IDs {
			if !hubs[x] {
				rest = append(rest, x)
			}
		}
		first := o.IDs[0]
		if len(rest) > 0 {
			first = rest[0]
			rest = slices.DeleteFunc(rest, func(x marque.ID) bool { return parted(first, x) })
		}
		dropped := map[marque.ID]string{}
		for len(rest) > 1 && over(rest) != "" {
			dropped[rest[len(rest)-1]] = over(rest)
			rest = rest[:len(rest)-1]
		}
		for _, x := range o.IDs {
			f := identity.Refusal{Key: o.Key, A: first, B: x}
			switch {
			case x == first:
				continue
			case hubs[x]:
				f.Why = identity.Hub
			case parted(first, x):
				f.Why = identity.Unlinked
			case dropped[x] != "":
				f.Why, f.Kind = identity.Limit, dropped[x]
			default:
				j := identity.Join{A: first, B: x, At: o.At, Source: o.Source, Key: o.Key}
				if _, ok := number[j]; !ok {
					number[j] = len(number)
				}
				link(j)
				continue
			}
			out.Refused = append(out.Refused, f)
		}
	}
	links := slices.SortedFunc(maps.Values(latest), func(x, y identity.Ruling) int {
		return cmp.Or(x.At.Compare(y.At), cmp.Compare(x.Key, y.Key), order(x.A, y.A), order(x.B, y.B))
	})
	for _, l := range links {
		f := identity.Refusal{Key: l.Key, A: l.A, B: l.B, Why: identity.Hub}
		switch {
		case !l.Linked:
			continue
		case hubs[l.A] || hubs[l.B]:
		case over([]marque.ID{l.A, l.B}) != "":
			f.Why, f.Kind = identity.Limit, over([]marque.ID{l.A, l.B})
		default:
			j := identity.Join{A: l.A, B: l.B, At: l.At, Source: l.By, Key: l.Key}
			number[j] = len(number)
			link(j)
			continue
		}
		out.Refused = append(out.Refused, f)
	}

	done := map[*identity.Person]bool{}
	for _, p := range people {
		if !done[p] {
			slices.SortFunc(p.IDs, order)
			slices.SortFunc(p.Joins, func(x, y identity.Join) int { return cmp.Compare(number[x], number[y]) })
			out.People = append(out.People, *p)
		}
		done[p] = true
	}
	slices.SortFunc(out.People, func(x, y identity.Person) int { return order(x.IDs[0], y.IDs[0]) })
	if len(hubs) > 0 {
		out.Hubs = slices.SortedFunc(maps.Keys(hubs), order)
	}
	return out
}

// The kinds in order of strength; the last one is not in the policies.
var kinds = []string{"user", "phone", "email", "device", "cookie"}

var (
	somePolicy = rapid.Custom(func(t *rapid.T) identity.Policy {
		return identity.Policy{
			Kinds: []identity.Kind{
				{Name: "user", Limit: 1},
				{Name: "phone", Limit: rapid.IntRange(0, 2).Draw(t, "phones"), Hub: rapid.IntRange(-1, 3).Draw(t, "hub of phones")},
				{Name: "email", Limit: 2},
				{Name: "device", Blocked: []string{"5"}},
			},
			Sources: []string{"login", "order"},
			Hub:     rapid.SampledFrom([]int{-1, 0, 2, 3, 4}).Draw(t, "hub"),
		}
	})
	someIDs = rapid.Custom(func(t *rapid.T) marque.ID {
		return id(rapid.SampledFrom(kinds).Draw(t, "kind"), rapid.SampledFrom([]string{"1", "2", "3", "4", "5", "null"}).Draw(t, "value"))
	})
	someTime = rapid.Custom(func(t *rapid.T) time.Time {
		return start.Add(time.Duration(rapid.IntRange(0, 9).Draw(t, "minute")) * time.Minute).In(time.FixedZone("", 8*3600))
	})
	someKey         = rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "g"})
	someObservation = rapid.Custom(func(t *rapid.T) identity.Observation {
		return identity.Observation{
			Key: someKey.Draw(t, "key"), Source: rapid.SampledFrom([]string{"login", "order", "visit", ""}).Draw(t, "source"),
			At: someTime.Draw(t, "at"), IDs: rapid.SliceOfN(someIDs, 0, 4).Draw(t, "ids"),
		}
	})
	someRuling = rapid.Custom(func(t *rapid.T) identity.Ruling {
		return identity.Ruling{
			Key: someKey.Draw(t, "key"), By: rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "by"), At: someTime.Draw(t, "at"),
			A: someIDs.Draw(t, "a"), B: someIDs.Draw(t, "b"), Linked: rapid.Bool().Draw(t, "linked"),
		}
	})
	someEvidence = rapid.Custom(func(t *rapid.T) identity.Evidence {
		return identity.Evidence{
			Observations: rapid.SliceOfN(someObservation, 0, 25).Draw(t, "observations"),
			Rulings:      rapid.SliceOfN(someRuling, 0, 5).Draw(t, "rulings"),
			Hubs:         rapid.SliceOfN(someIDs, 0, 1).Draw(t, "hubs"),
		}
	})
)
