package identity_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// Resolve does what its documentation says.
func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, e := compile(t, somePolicy.Draw(t, "policy")), someEvidence.Draw(t, "evidence")
		require.Equal(t, model(r, e), r.Resolve(e))
	})
}

// The answer depends on the set of evidence: not on its order, nor on what is there twice.
func TestSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, e := compile(t, somePolicy.Draw(t, "policy")), someEvidence.Draw(t, "evidence")
		other := identity.Evidence{
			Observations: again(t, e.Observations), Rulings: again(t, e.Rulings), Hubs: again(t, e.Hubs),
		}
		require.Equal(t, r.Resolve(e), r.Resolve(other))
		// What was found to be a hub may be said, too.
		was := r.Resolve(e)
		other.Hubs = append(other.Hubs, was.Hubs...)
		require.Equal(t, was, r.Resolve(other))
	})
}

// again is a list in another order, with some of it twice.
func again[T any](t *rapid.T, list []T) []T {
	if len(list) == 0 {
		return nil
	}
	some := rapid.SliceOfN(rapid.SampledFrom(list), 0, 5).Draw(t, "twice")
	return rapid.Permutation(append(slices.Clone(list), some...)).Draw(t, "order")
}

// Every identifier is in one person, limits hold, hubs are alone, joins are a tree, and hubs only grow.
func TestInvariants(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, e := compile(t, somePolicy.Draw(t, "policy")), someEvidence.Draw(t, "evidence")
		got := r.Resolve(e)
		in := map[marque.ID]int{}
		for i, p := range got.People {
			require.Len(t, p.Joins, len(p.IDs)-1)
			count := map[string]int{}
			for _, x := range p.IDs {
				_, twice := in[x]
				require.False(t, twice)
				in[x] = i
				count[x.Kind]++
				if slices.Contains(got.Hubs, x) {
					require.Len(t, p.IDs, 1)
				}
			}
			for kind, n := range count {
				if l := r.Limit(kind); l > 0 {
					require.LessOrEqual(t, n, l)
				}
			}
		}
		for _, o := range e.Observations {
			for _, x := range r.Usable(o.IDs) {
				require.Contains(t, in, x)
			}
		}
		some := identity.Evidence{Observations: e.Observations[:len(e.Observations)/2], Rulings: e.Rulings, Hubs: e.Hubs}
		require.Subset(t, got.Hubs, r.Resolve(some).Hubs)
	})
}

// A path leads from a to b over links of one person, and back the same way; there is one for each two of a person.
func TestPath(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r, e := compile(t, somePolicy.Draw(t, "policy")), someEvidence.Draw(t, "evidence")
		for _, p := range r.Resolve(e).People {
			a, b := rapid.SampledFrom(p.IDs).Draw(t, "a"), rapid.SampledFrom(p.IDs).Draw(t, "b")
			path, back := r.Path(e, a, b), r.Path(e, b, a)
			require.Len(t, back, len(path))
			at := a
			for i, s := range path {
				require.Equal(t, at, s.A)
				at = s.B
				s.A, s.B = s.B, s.A
				require.Equal(t, s, back[len(back)-1-i])
			}
			require.Equal(t, b, at)
			require.LessOrEqual(t, len(path), len(p.Joins), "the joins are a way, if not the shortest")

			since, ok := p.Joined(a, b)
			require.True(t, ok)
			require.Equal(t, a == b, since.IsZero())
			other, _ := p.Joined(b, a)
			require.Equal(t, since, other)
		}
		require.Nil(t, r.Path(e, id("user", "1"), id("user", "2")))
	})
}

func TestJoined(t *testing.T) {
	r := compile(t, identity.Policy{Sources: []string{"login"}})
	a, b, c, d := id("x", "a"), id("x", "b"), id("x", "c"), id("x", "d")
	p := r.Resolve(identity.Evidence{Observations: []identity.Observation{
		{Key: "1", At: start, IDs: []marque.ID{a, b}},
		{Key: "2", At: start.AddDate(0, 0, 2), Source: "login", IDs: []marque.ID{b, c}},
		{Key: "3", At: start.AddDate(0, 0, 1), IDs: []marque.ID{c, d}},
	}}).People[0]
	require.Equal(t, []string{"2", "1", "3"}, []string{p.Joins[0].Key, p.Joins[1].Key, p.Joins[2].Key}, "logins go first")
	for _, tt := range []struct {
		name string
		a, b marque.ID
		days int
	}{
		{"one join", a, b, 0},
		{"the latest instant counts, not the last join", a, d, 2},
		{"two joins", b, d, 2},
		{"the last join", c, d, 1},
	} {
		at, ok := p.Joined(tt.a, tt.b)
		require.True(t, ok, tt.name)
		require.Equal(t, start.AddDate(0, 0, tt.days), at, tt.name)
	}
	at, ok := p.Joined(a, a)
	require.True(t, ok)
	require.Zero(t, at)
	_, ok = p.Joined(a, id("x", "z"))
	require.False(t, ok)
}

// The shortest way is found, and of two the one over the canonically first links.
func TestShortestPath(t *testing.T) {
	r := compile(t, identity.Policy{})
	a, b, c, d := id("x", "a"), id("x", "b"), id("x", "c"), id("x", "d")
	see := func(key string, ids ...marque.ID) identity.Observation {
		return identity.Observation{Key: key, At: start, IDs: ids}
	}
	e := identity.Evidence{Observations: []identity.Observation{
		see("1", a, b), see("2", b, c), see("3", c, d), see("4", a, c), see("5", d, b), see("6", c, a),
	}}
	keys := func(steps []identity.Step) (keys []string) {
		for _, s := range steps {
			keys = append(keys, s.Key)
		}
		return keys
	}
	require.Equal(t, []string{"4"}, keys(r.Path(e, a, c)))
	require.Equal(t, []string{"1", "5"}, keys(r.Path(e, a, d)))
	require.Equal(t, []string{"5", "1"}, keys(r.Path(e, d, a)))
	require.Nil(t, r.Path(e, a, a))
	require.Nil(t, r.Path(e, a, id("x", "z")))
}
