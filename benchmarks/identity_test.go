package benchmarks

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// What a graph is asked to take in, after 100,000 identifiers are known:
//
//	known     88 % of people have 2 to 8 identifiers, each number as likely, 10 % one alone, 2 % 20 to 60 (browsers
//	          that forget their cookies), 0.05 % 200 to 400; half of them a member number and a phone, which are
//	          limited, the rest openids, devices and cookies; seen two or three together, each with a strong one
//	observed  70 % what was seen before, any of it, at a later time
//	          25 % a new cookie of somebody who is known
//	           5 % two people who are known, by an identifier of each; the limits refuse some
//
// Whoever has been seen with more is seen again more often, in proportion.
const (
	knownIDs    = 100_000
	perRound    = 400
	repeatShare = 0.70
	newShare    = 0.25
)

var identityPolicy = identity.Policy{Kinds: []identity.Kind{
	{Name: "member", Limit: 1}, {Name: "phone", Limit: 2}, {Name: "openid"}, {Name: "device"}, {Name: "cookie"},
}}

// A scene draws observations in order of time.
type scene struct {
	r    *rand.Rand
	seen [][]marque.ID // without repeats
	n    int
}

func (s *scene) observation(ids ...marque.ID) identity.Observation {
	s.n++
	return identity.Observation{
		Key: "event-" + strconv.Itoa(s.n), Source: "visit", At: time.Unix(1_700_000_000+int64(s.n), 0), IDs: slices.Clone(ids),
	}
}

func (s *scene) id(kind string) marque.ID {
	return marque.ID{Kind: kind, Value: strconv.FormatUint(s.r.Uint64()>>4|1<<59, 36)}
}

// known are observations by which at least n identifiers are known.
func (s *scene) known(n int) (obs []identity.Observation) {
	for have := 0; have < n; {
		size := 2 + s.r.IntN(7)
		switch x := s.r.Float64(); {
		case x < 0.0005:
			size = 200 + s.r.IntN(201)
		case x < 0.02:
			size = 20 + s.r.IntN(41)
		case x < 0.12:
			size = 1
		}
		kinds := []string{"member", "phone", "openid"}
		if s.r.IntN(2) == 0 { // somebody who never signed up
			kinds = []string{"openid", "device", "cookie"}
		}
		var p []marque.ID
		for i := range size {
			if i < len(kinds) {
				p = append(p, s.id(kinds[i]))
			} else {
				p = append(p, s.id([]string{"device", "cookie"}[s.r.IntN(2)]))
			}
		}
		for i, id := range p {
			switch {
			case i == 0:
				s.see(&obs, id)
			case i < 3 || s.r.IntN(2) == 0:
				s.see(&obs, p[0], id)
			default:
				s.see(&obs, p[s.r.IntN(2)], p[2], id)
			}
		}
		have += size
	}
	return obs
}

func (s *scene) see(obs *[]identity.Observation, ids ...marque.ID) {
	s.seen = append(s.seen, ids)
	*obs = append(*obs, s.observation(ids...))
}

// stream are n observations more.
func (s *scene) stream(n int) (obs []identity.Observation) {
	some := func() []marque.ID { return s.seen[s.r.IntN(len(s.seen))] }
	for range n {
		switch x := s.r.Float64(); {
		case x < repeatShare:
			obs = append(obs, s.observation(some()...))
		case x < repeatShare+newShare:
			s.see(&obs, some()[0], s.id("cookie"))
		default:
			p, q := some(), some()
			s.see(&obs, p[0], q[len(q)-1])
		}
	}
	return obs
}

// A rebuilder keeps the observations of what hangs together, each list once, and makes people of them anew whenever
// one arrives, by a union-find that keeps to limits. Like a graph it says whether that changed who is who. It is for
// observations that come in order, without hubs and rulings.
type rebuilder struct {
	limits map[string]int
	parts  map[marque.ID]*part
}

type part struct {
	seen   []identity.Observation
	ids    []marque.ID
	people [][]marque.ID
}

func (r *rebuilder) observe(o identity.Observation) (changed bool) {
	var home *part
	ids, people := 0, 0
	for _, id := range o.IDs {
		p := r.parts[id]
		if p == nil || p == home {
			continue
		}
		ids, people = ids+len(p.ids), people+len(p.people)
		if home == nil {
			home = p
		} else {
			if len(p.seen) > len(home.seen) {
				home, p = p, home
			}
			home.seen = append(home.seen, p.seen...)
			for _, id := range p.ids {
				r.parts[id] = home
			}
		}
	}
	if home == nil {
		home = &part{}
	}
	for _, id := range o.IDs {
		r.parts[id] = home
	}
	if !slices.ContainsFunc(home.seen, func(x identity.Observation) bool { return slices.Equal(x.IDs, o.IDs) }) {
		home.seen = append(home.seen, o)
	}
	home.rebuild(r.limits)
	return ids != len(home.ids) || people != len(home.people)
}

func (p *part) rebuild(limits map[string]int) {
	slices.SortFunc(p.seen, func(a, b identity.Observation) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Key, b.Key)) })
	numbers := make(map[marque.ID]int, len(p.ids)+1)
	up := make([]int, 0, len(p.ids)+1)
	limited := make([][]string, 0, len(p.ids)+1) // the kinds with limits of what a root is the root of
	p.ids = p.ids[:0]
	root := func(n int) int {
		for up[n] != n {
			up[n] = up[up[n]]
			n = up[n]
		}
		return n
	}
	var list []int
	for _, o := range p.seen {
		list = list[:0]
		for _, id := range o.IDs {
			n, ok := numbers[id]
			if !ok {
				n = len(up)
				numbers[id] = n
				up, limited, p.ids = append(up, n), append(limited, nil), append(p.ids, id)
				if limits[id.Kind] > 0 {
					limited[n] = []string{id.Kind}
				}
			}
			list = append(list, n)
		}
		for len(list) > 1 && !together(list, root, limited, limits) {
			list = list[:len(list)-1]
		}
		for _, n := range list[1:] {
			if a, b := root(list[0]), root(n); a != b {
				up[b] = a
				limited[a] = append(limited[a], limited[b]...)
			}
		}
	}
	of := make([]int, len(up)) // the place of a root's person in people, and one
	p.people = nil
	for n, id := range p.ids {
		r := root(n)
		if of[r] == 0 {
			p.people = append(p.people, nil)
			of[r] = len(p.people)
		}
		p.people[of[r]-1] = append(p.people[of[r]-1], id)
	}
}

// together reports whether one person of all nodes would keep to limits.
func together(nodes []int, root func(int) int, limited [][]string, limits map[string]int) bool {
	var room [8]int
	roots := room[:0]
	for _, n := range nodes {
		if r := root(n); !slices.Contains(roots, r) {
			roots = append(roots, r)
		}
	}
	if len(roots) < 2 {
		return true
	}
	for kind, limit := range limits {
		n := 0
		for _, r := range roots {
			for _, k := range limited[r] {
				if k == kind {
					n++
				}
			}
		}
		if n > limit {
			return false
		}
	}
	return true
}

// sides are both, with the same identifiers known, and what is to be observed then.
func sides(tb testing.TB, ids, more int) (*identity.Graph, *rebuilder, []identity.Observation) {
	rules, err := identityPolicy.Compile()
	require.NoError(tb, err)
	s := &scene{r: rand.New(rand.NewPCG(2026, 11))}
	g, r := identity.NewGraph(rules), &rebuilder{map[string]int{"member": 1, "phone": 2}, map[marque.ID]*part{}}
	for _, o := range s.known(ids) {
		g.Observe(o)
		r.observe(o)
	}
	require.GreaterOrEqual(tb, g.Len(), ids)
	return g, r, s.stream(more)
}

// same fails where the two do not know the same people.
func same(tb testing.TB, g *identity.Graph, r *rebuilder) {
	order := func(a, b marque.ID) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Value, b.Value)) }
	for p := range g.People() {
		one := r.parts[p.IDs[0]].people
		i := slices.IndexFunc(one, func(ids []marque.ID) bool { return slices.Contains(ids, p.IDs[0]) })
		if want := slices.SortedFunc(slices.Values(one[i]), order); !slices.Equal(want, slices.SortedFunc(slices.Values(p.IDs), order)) {
			tb.Fatalf("%v and %v", p.IDs, want)
		}
	}
}

// An observation costs a graph at most a fifth of what it costs to make the people of all that hangs together anew.
func BenchmarkPromiseIdentity(b *testing.B) {
	g, r, obs := sides(b, knownIDs, rounds*perRound)
	batch := func(round int) []identity.Observation { return obs[round*perRound : (round+1)*perRound] }
	report(b, inTurn(rounds,
		func(round int) {
			for _, o := range batch(round) {
				r.observe(o)
			}
		},
		func(round int) {
			for _, o := range batch(round) {
				g.Observe(o)
			}
		},
	), "ratio")
	same(b, g, r)
}

func TestIdentityAgree(t *testing.T) {
	g, r, obs := sides(t, 5_000, 3_000)
	for _, o := range obs {
		require.Equal(t, r.observe(o), len(g.Observe(o)) > 0)
	}
	same(t, g, r)
}
