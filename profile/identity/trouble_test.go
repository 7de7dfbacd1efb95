package identity_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
)

// shop is a policy as a shop would have it.
var shop = identity.Policy{
	Kinds: []identity.Kind{
		{Name: "member", Limit: 1}, {Name: "unionid", Limit: 1}, {Name: "openid:app1", Limit: 1}, {Name: "openid:app2", Limit: 1},
		{Name: "phone", Limit: 2}, {Name: "email", Limit: 5}, {Name: "device"},
	},
}

// see is an observation: "member/1 phone/138".
func see(minute int, ids string) identity.Observation {
	o := identity.Observation{Key: fmt.Sprintf("e%d", minute), At: start.Add(time.Duration(minute) * time.Minute)}
	for s := range strings.FieldsSeq(ids) {
		o.IDs = append(o.IDs, one(s))
	}
	return o
}

func one(s string) marque.ID {
	kind, value, _ := strings.Cut(s, "/")
	return id(kind, value)
}

// people are the people of a result or a change: "member/1 phone/138".
func people[P any](list []P, ids func(P) []marque.ID) (out []string) {
	for _, p := range list {
		var words []string
		for _, x := range ids(p) {
			words = append(words, x.Kind+"/"+x.Value)
		}
		out = append(out, strings.Join(words, " "))
	}
	return out
}

func whole(p identity.Person) []marque.ID { return p.IDs }
func listed(ids []marque.ID) []marque.ID  { return ids }
func refused(f identity.Refusal) string {
	return fmt.Sprintf("%s %s %s %s%s", f.Key, f.A, f.B, f.Why, of(f.Kind))
}
func of(kind string) string {
	if kind == "" {
		return ""
	}
	return " of " + kind
}

// What goes wrong with identities elsewhere, each by its name.
func TestTrouble(t *testing.T) {
	for _, tt := range []struct {
		name    string
		policy  identity.Policy
		seen    []string
		people  []string
		refused []string
	}{
		{
			name:    "second user on one address: Segment's example",
			policy:  identity.Policy{Kinds: []identity.Kind{{Name: "user_id", Limit: 1}, {Name: "email", Limit: 5}}},
			seen:    []string{"user_id/abc123 email/jane@example.com", "user_id/abc456 email/jane@example.com"},
			people:  []string{"user_id/abc123 email/jane@example.com", "user_id/abc456"},
			refused: []string{"e1 user_id:abc456 email:jane@example.com limit of user_id"},
		},
		{
			name:    "a device that a family shares",
			policy:  shop,
			seen:    []string{"member/1 device/d", "member/2 device/d", "member/3 device/d", "member/2 phone/138"},
			people:  []string{"member/1 device/d", "member/2 phone/138", "member/3"},
			refused: []string{"e1 member:2 device:d limit of member", "e2 member:3 device:d limit of member"},
		},
		{
			name:   "logout without reset: the next one goes on under the same anonymous id",
			policy: shop,
			seen:   []string{"anonymous/a", "member/1 anonymous/a", "anonymous/a", "member/2 anonymous/a", "member/2 email/b@example.com"},
			people: []string{"member/1 anonymous/a", "member/2 email/b@example.com"},
			refused: []string{
				"e3 member:2 anonymous:a limit of member",
			},
		},
		{
			name:   "null and zeros",
			policy: shop,
			seen: []string{
				"member/1 phone/0000 device/00:00:00:00", "member/2 phone/0000 device/00:00:00:00", "anonymous/null email/a@example.com", "anonymous/null email/b@example.com",
			},
			people: []string{"member/1", "member/2", "email/a@example.com", "email/b@example.com"},
		},
		{
			name:   "an openid is one app's, a unionid is the subject's",
			policy: shop,
			seen: []string{
				"unionid/u openid:app1/x", "unionid/u openid:app2/x", "unionid/v openid:app2/y", "unionid/v openid:app1/x", "member/1 openid:app2/x",
			},
			people:  []string{"member/1 unionid/u openid:app1/x openid:app2/x", "unionid/v openid:app2/y"},
			refused: []string{"e3 unionid:v openid:app1:x limit of unionid"},
		},
		{
			name:    "too many of a kind in one event",
			policy:  shop,
			seen:    []string{"member/1 member/2 phone/138"},
			people:  []string{"member/1", "member/2", "phone/138"},
			refused: []string{"e0 member:1 member:2 limit of member", "e0 member:1 phone:138 limit of member"},
		},
		{
			name:   "the last is dropped, the others stay",
			policy: shop,
			seen:   []string{"member/1 device/d", "member/2 phone/138 device/d"},
			people: []string{"member/1 device/d", "member/2 phone/138"},
			refused: []string{
				"e1 member:2 device:d limit of member",
			},
		},
		{
			name:   "a trusted source goes first, whenever it came",
			policy: identity.Policy{Kinds: shop.Kinds, Sources: []string{"login"}},
			seen:   []string{"member/1 device/d", "login: member/2 device/d"},
			people: []string{"member/1", "member/2 device/d"},
			refused: []string{
				"e0 member:1 device:d limit of member",
			},
		},
		{
			name:   "one zero value trusts all",
			seen:   []string{"member/1 device/d", "member/2 device/d"},
			people: []string{"device/d member/1 member/2"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := compile(t, tt.policy)
			var e identity.Evidence
			for i, ids := range tt.seen {
				source, list, ok := strings.Cut(ids, ": ")
				if !ok {
					source, list = "", ids
				}
				o := see(i, list)
				o.Source = source
				e.Observations = append(e.Observations, o)
			}
			got := r.Resolve(e)
			require.Equal(t, tt.people, people(got.People, whole))
			var no []string
			for _, f := range got.Refused {
				no = append(no, refused(f))
			}
			require.Equal(t, tt.refused, no)
		})
	}
}

// The phone of a call centre is on hundreds of orders. It belongs to the first member, until it is a hub.
func TestCallCentrePhone(t *testing.T) {
	r := compile(t, shop)
	g := identity.NewGraph(r)
	for i := range 100 {
		g.Observe(see(i, fmt.Sprintf("member/m%d phone/400 device/d%d", i, i)))
	}
	require.Empty(t, g.Hubs())
	p, _ := g.Person(one("phone/400"))
	require.Equal(t, []marque.ID{one("member/m0"), one("phone/400"), one("device/d0")}, p.IDs)

	changes := g.Observe(see(100, "member/m100 phone/400 device/d100"))
	require.Len(t, changes, 1)
	require.Contains(t, people(changes[0].Before, listed), "member/m0 phone/400 device/d0")
	require.Contains(t, people(changes[0].After, listed), "member/m0 device/d0")
	require.Contains(t, people(changes[0].After, listed), "phone/400")
	require.Equal(t, []marque.ID{one("phone/400")}, g.Hubs())

	for i := range 300 {
		g.Observe(see(200+i, fmt.Sprintf("member/m%d phone/400 device/d%d", 200+i, 200+i)))
	}
	p, _ = g.Person(one("phone/400"))
	require.Len(t, p.IDs, 1)
	for _, i := range []string{"0", "57", "100", "499"} {
		p, _ := g.Person(one("member/m" + i))
		require.Equal(t, []marque.ID{one("member/m" + i), one("device/d" + i)}, p.IDs, "what they have of their own still counts")
		require.Len(t, g.Evidence(p.IDs[0]).Observations, 1, "nothing hangs together through a hub")
	}
}

// A number has a new owner. The operator unlinks the old one; what the new one sent then counts, and the old one's
// app may send what it sent before as often as it likes.
func TestRecycledPhone(t *testing.T) {
	g := identity.NewGraph(compile(t, shop))
	g.Observe(see(0, "member/1 phone/138"), see(1, "member/1 email/a@example.com"))
	g.Observe(see(2, "member/2 phone/138"))
	owner := func() string {
		p, _ := g.Person(one("phone/138"))
		return people([]identity.Person{p}, whole)[0]
	}
	require.Equal(t, "member/1 phone/138 email/a@example.com", owner())
	g.Unlink(one("phone/138"), one("member/1"), "ann", start.AddDate(0, 0, 90))
	require.Equal(t, "member/2 phone/138", owner(), "the new owner was seen before the ruling")

	require.Empty(t, g.Observe(see(900000, "member/2 phone/138")))
	require.Empty(t, g.Observe(see(900001, "member/1 phone/138")), "sending it again does not link again")
	g.Observe(see(900002, "member/1 phone/138 device/new"))
	require.Equal(t, "member/2 phone/138", owner())

	// It was a mistake after all. Observations go by their time, so the number is the first owner's again.
	c := g.Relink(one("member/1"), one("phone/138"), "ann", start.AddDate(0, 0, 91))
	require.Equal(t, []string{"member/1 email/a@example.com device/new", "member/2 phone/138"}, people(c[0].Before, listed))
	require.Equal(t, []string{"member/1 phone/138 email/a@example.com device/new", "member/2"}, people(c[0].After, listed))
}

// A ruling that links needs nothing observed, and keeps to limits.
func TestLinkedByHand(t *testing.T) {
	r := compile(t, shop)
	e := identity.Evidence{
		Observations: []identity.Observation{see(0, "member/1 phone/138"), see(1, "member/2 phone/139")},
		Rulings: []identity.Ruling{
			{Key: "r1", By: "ann", At: start, A: one("email/a@example.com"), B: one("member/1"), Linked: true},
			{Key: "r2", At: start, A: one("member/1"), B: one("phone/139"), Linked: true},
		},
	}
	got := r.Resolve(e)
	require.Equal(t, []string{"member/1 phone/138 email/a@example.com", "member/2 phone/139"}, people(got.People, whole))
	require.Len(t, got.Refused, 1)
	require.Equal(t, "r2 member:1 phone:139 limit of member", refused(got.Refused[0]))
	require.Equal(t, []identity.Step{{A: one("phone/138"), B: one("member/1"), Key: "e0", At: start}, {
		A: one("member/1"), B: one("email/a@example.com"), Key: "r1", At: start, Source: "ann",
	}}, r.Path(e, one("phone/138"), one("email/a@example.com")))

	hub := identity.Evidence{Rulings: e.Rulings[:1], Hubs: []marque.ID{one("email/a@example.com")}}
	require.Equal(t, "r1 member:1 email:a@example.com hub", refused(r.Resolve(hub).Refused[0]))
}

// An observation that arrives late makes one person of two big ones.
func TestLateBridge(t *testing.T) {
	g := identity.NewGraph(compile(t, shop))
	for i := range 300 {
		g.Observe(see(10+i, "member/1 device/a"+strconv.Itoa(i)), see(10+i, "email/x@example.com device/b"+strconv.Itoa(i)))
	}
	late := see(5, "device/a7 device/b7")
	preview := g.Preview(late)
	changes := g.Observe(late)
	require.Equal(t, []identity.Change{preview}, changes)
	require.Len(t, changes[0].Before, 2)
	require.Len(t, changes[0].After, 1)
	require.Len(t, changes[0].After[0], 602)
	p, _ := g.Person(one("device/b299"))
	require.Equal(t, "e5", p.Joins[0].Key, "it comes first")
	require.Len(t, g.Path(one("device/a1"), one("device/b1")), 5)

	// A member that was seen with the other side before both takes what was the first one's.
	g.Observe(see(1, "member/2 device/b7"))
	p, _ = g.Person(one("device/a7"))
	require.Contains(t, p.IDs, one("member/2"))
	require.NotContains(t, p.IDs, one("device/a8"))
	require.True(t, slices.Contains(p.IDs, one("device/b8")))
}

// Links of an identifier to a hub do not count, whichever comes first in the list.
func TestHubFirst(t *testing.T) {
	r := compile(t, shop)
	got := r.Resolve(identity.Evidence{
		Observations: []identity.Observation{see(0, "member/desk phone/138 device/d"), see(1, "member/desk")},
		Hubs:         []marque.ID{one("member/desk"), one("device/z"), id("device", "null")},
	})
	require.Equal(t, []string{"member/desk", "phone/138 device/d", "device/z"}, people(got.People, whole))
	require.Equal(t, []marque.ID{one("member/desk"), one("device/z")}, got.Hubs)
	require.Equal(t, "e0 phone:138 member:desk hub", refused(got.Refused[0]))
}
