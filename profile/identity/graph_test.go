package identity_test

import (
	"slices"
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// world is who is who by the changes alone: people by each identifier.
type world map[marque.ID][]marque.ID

func (w world) apply(t require.TestingT, c identity.Change) {
	before, after := map[marque.ID]bool{}, map[marque.ID]bool{}
	for _, p := range c.Before {
		for _, x := range p {
			require.Equal(t, w[x], p, "who they were")
			before[x] = true
		}
	}
	for _, p := range c.After {
		require.NotEqual(t, w[p[0]], p, "nothing changes")
		for _, x := range p {
			require.False(t, after[x], "in two people")
			require.Equal(t, w[x] != nil, before[x], "from nowhere")
			after[x] = true
		}
	}
	for x := range before {
		require.True(t, after[x], "lost")
	}
	for _, p := range c.After {
		for _, x := range p {
			w[x] = p
		}
	}
}

// A graph knows at any moment what Resolve says of all that it was told.
func TestGraphMachine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := compile(t, somePolicy.Draw(t, "policy"))
		g, w := identity.NewGraph(r), world{}
		var all identity.Evidence
		minute := 0
		t.Repeat(map[string]func(*rapid.T){
			// As most come: later than all before.
			"observe": func(t *rapid.T) {
				o := someObservation.Draw(t, "o")
				minute++
				o.At = start.AddDate(0, 1, minute)
				check(t, w, g.Preview(o), g.Observe(o))
				all.Observations = append(all.Observations, o)
			},
			"observe late": func(t *rapid.T) {
				o := someObservation.Draw(t, "o")
				check(t, w, g.Preview(o), g.Observe(o))
				all.Observations = append(all.Observations, o)
			},
			"observe several": func(t *rapid.T) {
				obs := rapid.SliceOfN(someObservation, 1, 4).Draw(t, "obs")
				for _, c := range g.Observe(obs...) {
					w.apply(t, c)
				}
				all.Observations = append(all.Observations, obs...)
			},
			"observe again": func(t *rapid.T) {
				if len(all.Observations) == 0 {
					t.Skip("nothing yet")
				}
				require.Empty(t, g.Observe(rapid.SampledFrom(all.Observations).Draw(t, "o")))
			},
			"rule": func(t *rapid.T) {
				l := someRuling.Draw(t, "ruling")
				check(t, w, g.PreviewRuling(l), g.Rule(l))
				all.Rulings = append(all.Rulings, l)
			},
			"import": func(t *rapid.T) {
				if rapid.IntRange(0, 4).Draw(t, "really") > 0 {
					t.Skip("not now")
				}
				e := someEvidence.Draw(t, "evidence")
				g.Import(slices.Values([]identity.Evidence{e}))
				all.Observations = append(all.Observations, e.Observations...)
				all.Rulings = append(all.Rulings, e.Rulings...)
				all.Hubs = append(all.Hubs, e.Hubs...)
				clear(w)
				for p := range g.People() {
					for _, x := range p.IDs {
						w[x] = p.IDs
					}
				}
			},
			"": func(t *rapid.T) {
				want := r.Resolve(all)
				require.Equal(t, want.People, slices.Collect(g.People()))
				require.ElementsMatch(t, want.Hubs, g.Hubs())
				require.Len(t, w, g.Len())
				for _, p := range want.People {
					x := rapid.SampledFrom(p.IDs).Draw(t, "id")
					require.Equal(t, p.IDs, w[x])
					got, ok := g.Person(x)
					require.True(t, ok)
					require.Equal(t, p, got)
					hub := slices.Contains(want.Hubs, x)
					if y := rapid.SampledFrom(p.IDs).Draw(t, "id"); !hub {
						require.Contains(t, r.Resolve(g.Evidence(x)).People, p, "the evidence of a person is enough")
						require.Equal(t, r.Path(all, x, y), g.Path(x, y))
					}
				}
			},
		})
		other := identity.NewGraph(r)
		other.Import(g.Export())
		require.Equal(t, slices.Collect(g.People()), slices.Collect(other.People()))
		require.Equal(t, g.Hubs(), other.Hubs())
	})
}

func check(t *rapid.T, w world, preview identity.Change, done []identity.Change) {
	if len(done) == 0 {
		require.Empty(t, preview.Before)
		require.Empty(t, preview.After)
		return
	}
	require.Equal(t, []identity.Change{preview}, done)
	w.apply(t, done[0])
}

// Evidence that hangs together is decided together: taken apart by Evidence, it gives the same people and refusals.
func TestEvidenceIsClosed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, e := compile(t, somePolicy.Draw(t, "policy")), someEvidence.Draw(t, "evidence")
		g := identity.NewGraph(r)
		g.Import(slices.Values([]identity.Evidence{e}))
		whole := r.Resolve(e)
		hub := map[marque.ID]bool{}
		for _, h := range whole.Hubs {
			hub[h] = true
		}
		for _, p := range whole.People {
			if hub[p.IDs[0]] {
				require.Contains(t, g.Evidence(p.IDs[0]).Hubs, p.IDs[0])
				continue
			}
			of := g.Evidence(p.IDs[0])
			part := r.Resolve(of)
			if len(of.Observations) == 0 { // rulings alone: they may name others
				require.Contains(t, part.People, p)
				continue
			}
			for _, q := range part.People {
				require.Contains(t, whole.People, q)
			}
			require.Subset(t, whole.Refused, part.Refused)
			for _, f := range whole.Refused {
				if slices.Contains(p.IDs, f.A) {
					require.Contains(t, part.Refused, f)
				}
			}
		}
	})
}

func TestGraphIsConcurrent(t *testing.T) {
	r := compile(t, identity.Policy{Kinds: []identity.Kind{{Name: "user", Limit: 1}}, Hub: 5})
	obs := make([]identity.Observation, 400)
	for i := range obs {
		n := string(rune('a' + i%40))
		obs[i] = identity.Observation{Key: n, At: start, IDs: []marque.ID{id("user", n), id("device", string(rune('a'+i%97/2)))}}
	}
	g := identity.NewGraph(r)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for _, o := range obs[i*100 : i*100+100] {
				g.Preview(o)
				g.Observe(o)
				g.Path(o.IDs[0], o.IDs[1])
				g.Resolve(o.IDs...)
				for range g.People() {
					break
				}
			}
		})
	}
	wg.Wait()
	require.Equal(t, r.Resolve(identity.Evidence{Observations: obs}).People, slices.Collect(g.People()))
}

// What is known already costs nothing, also within somebody who has much.
func TestRepeatAllocatesNothing(t *testing.T) {
	g := identity.NewGraph(compile(t, identity.Policy{Kinds: []identity.Kind{{Name: "user", Limit: 1}, {Name: "phone", Limit: 3}}, Blocked: []string{"Shop"}}))
	o := identity.Observation{Key: "1", Source: "visit", At: start}
	for i := range 300 {
		o.IDs = []marque.ID{id("user", "Ann"), id("phone", "138"), id("cookie", strconv.Itoa(i+1000))}
		g.Observe(o)
	}
	p, ok := g.Person(id("phone", "138"))
	require.True(t, ok)
	require.Len(t, p.IDs, 302)
	o.At, o.Key = start.AddDate(0, 0, 1), "2"
	o.IDs[2].Value = "1000" // the first of many
	require.Zero(t, testing.AllocsPerRun(100, func() {
		if g.Observe(o) != nil {
			t.Fail()
		}
	}))
}

func TestResolveSeveral(t *testing.T) {
	g := identity.NewGraph(compile(t, identity.Policy{}))
	a, b, c := id("x", "a"), id("x", "b"), id("x", "c")
	g.Observe(identity.Observation{Key: "1", At: start, IDs: []marque.ID{a, b}}, identity.Observation{Key: "2", At: start, IDs: []marque.ID{c}})
	var got []marque.ID
	for _, p := range g.Resolve(c, id("x", "z"), b, a) {
		got = append(got, p.IDs...)
	}
	require.Equal(t, []marque.ID{c, a, b}, got)
	_, ok := g.Person(id("x", "z"))
	require.False(t, ok)
	require.Empty(t, g.Evidence(id("x", "z")))
	require.Nil(t, g.Path(a, c))
	require.Equal(t, 3, g.Len())
}
