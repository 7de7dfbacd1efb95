package coupontest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/limit"
)

func own(n int64) limit.Take { return limit.Take{Counter: "own", Own: true, N: 1, Limit: n} }

func move(t *testing.T, s coupon.Store) {
	granted(t, s, issued("c1", "ann", at(60), own(2)), issued("c2", "anna", at(60), own(2)), issued("c3", "anna", at(30), own(2)))
	before := load(t, s, "c2")
	m := marque.Move{Key: "m1", From: "anna", Into: "ann", At: at(1)}
	for range 2 {
		check(t, s.Move(t.Context(), m))
		cs, err := s.Wallet(t.Context(), "ann")
		check(t, err)
		same(t, "wallet", []string{"c3", "c1", "c2"}, names(cs))
	}
	if c := load(t, s, "c2"); c.Profile != "ann" || c.Turn == before.Turn {
		t.Fatalf("a moved row has a new turn: %+v", c)
	}
	stale := coupon.Change{Now: at(1), Coupon: before, Was: before.Turn}
	if a := commit(t, s, stale)[0]; !a.Conflict {
		t.Fatalf("a change decided before the move: %+v", a)
	}
	if a := commit(t, s, issued("c4", "ann", at(60), own(3)))[0]; a.Refused.Refused != "own" || a.Refused.Left != 0 {
		t.Fatalf("what both had counts: %+v", a)
	}
	granted(t, s, issued("c5", "anna", at(60), own(1)))
	check(t, s.Move(t.Context(), m)) // a known key moves nothing that came later
	if c := load(t, s, "c5"); c.Profile != "anna" {
		t.Fatalf("a move was carried out twice: %+v", c)
	}
	l, err := s.Load(t.Context(), coupon.Query{Receipts: []string{"issue/c2"}})
	check(t, err)
	if r := l.Receipts[0]; r.Profile != "anna" || r.Coupon.Profile != "ann" {
		t.Fatalf("a receipt tells who asked, and whose it is now: %+v", r)
	}
}

func unmerge(t *testing.T, s coupon.Store) {
	x := issued("c2", "ann", at(60), own(5))
	x.Coupon.Via = marque.ID{Kind: "openid", Value: "o"}
	x.Holds[0].Via = x.Coupon.Via
	granted(t, s, issued("c1", "ann", at(60), own(5)), x)
	check(t, s.Move(t.Context(), marque.Move{Key: "u1", From: "ann", Into: "new", IDs: []marque.ID{x.Coupon.Via}, At: at(1)}))
	if a, b := load(t, s, "c1"), load(t, s, "c2"); a.Profile != "ann" || b.Profile != "new" {
		t.Fatalf("got %s and %s", a.Profile, b.Profile)
	}
	if a := commit(t, s, issued("c3", "new", at(60), own(1)))[0]; a.OK {
		t.Fatal("the hold did not go with its coupon")
	}
	granted(t, s, issued("c4", "ann", at(60), own(2)))
}

// goBack merges somebody who was known by an id alone, and parts the two again.
func goBack(t *testing.T, s coupon.Store) {
	x, y := issued("c1", "ann", at(60), own(2)), issued("c2", "bob", at(60), own(2))
	for _, z := range []*coupon.Change{&x, &y} {
		z.Coupon.Via, z.Holds[0].Via = marque.ID{}, marque.ID{}
	}
	granted(t, s, x, y)
	bob := marque.ID{Kind: marque.ProfileKind, Value: "bob"}
	check(t, s.Move(t.Context(), marque.Move{Key: "m1", From: "bob", Into: "ann", At: at(1)}))
	if c := load(t, s, "c2"); c.Profile != "ann" || c.Via != bob {
		t.Fatalf("what came under an id alone is not marked with it: %+v", c)
	}
	check(t, s.Move(t.Context(), marque.Move{Key: "u1", From: "ann", Into: "bob", IDs: []marque.ID{bob}, At: at(2)}))
	if a, b := load(t, s, "c1"), load(t, s, "c2"); a.Profile != "ann" || b.Profile != "bob" || b.Via != (marque.ID{}) {
		t.Fatalf("got %+v and %+v", a, b)
	}
	granted(t, s, issued("c3", "bob", at(60), own(2)))
	if a := commit(t, s, issued("c4", "ann", at(60), own(1)))[0]; a.OK {
		t.Fatal("ann's hold did not stay")
	}
}

func erase(t *testing.T, s coupon.Store) {
	locked := issued("c2", "ann", at(60), limit.Take{Counter: "n", N: 1, Limit: 3})
	locked.Coupon.State, locked.Coupon.LockedUntil, locked.Coupon.Hold, locked.Stats.Locked = coupon.Locked, at(9), "hold/c2", 1
	locked.Holds[0].Expires = at(9)
	used := issued("c3", "ann", at(60), limit.Take{Counter: "n", N: 1, Limit: 3})
	used.Coupon.State, used.Coupon.Order, used.Coupon.Discount, used.Stats.Redeemed, used.Stats.Cost = coupon.Redeemed, "o1", 500, 1, 500
	granted(t, s, issued("c1", "ann", at(60), own(1)), locked, used, issued("c4", "bob", at(60)))
	n, err := s.Erase(t.Context(), "ann")
	check(t, err)
	if n < 3 {
		t.Fatalf("erased %d rows", n)
	}
	for item := range s.Export(t.Context(), "ann") {
		t.Fatalf("left behind: %+v", item)
	}
	cs, err := s.Wallet(t.Context(), "ann")
	check(t, err)
	dues, err := s.Due(t.Context(), coupon.DueQuery{Until: at(99), N: 9})
	check(t, err)
	if len(cs) != 0 || len(dues) != 1 {
		t.Fatalf("wallet %v, due %v", cs, dues)
	}
	same(t, "said", []string{"said/c4"}, pending(t, s))
	same(t, "figures", coupon.Stats{Issued: 4, Redeemed: 1, Voided: 2, Face: 2000, Cost: 500}, figures(t, s))
	l, err := s.Load(t.Context(), coupon.Query{Coupons: []string{"c1", "c2", "c3"}, Receipts: []string{"issue/c1", "issue/c3"}})
	check(t, err)
	b, err := json.Marshal(l)
	check(t, err)
	if strings.Contains(string(b), `"ann"`) {
		t.Fatalf("the person is still named: %s", b)
	}
	if c := l.Coupons[2]; c.State != coupon.Redeemed || c.Discount != 500 {
		t.Fatalf("amounts stay: %+v", c)
	}
	// c3 stays spent, c2 was only reserved: two of three are free
	granted(t, s, issued("d1", "bob", at(60), limit.Take{Counter: "n", N: 2, Limit: 3}))
	if a := commit(t, s, issued("d2", "bob", at(60), limit.Take{Counter: "n", N: 1, Limit: 3}))[0]; a.OK {
		t.Fatal("a spent budget was given back")
	}
	n, err = s.Erase(t.Context(), "ann")
	check(t, err)
	if n != 0 {
		t.Fatalf("erased %d rows again", n)
	}
}

func export(t *testing.T, s coupon.Store) {
	granted(t, s, issued("c1", "ann", at(60), own(1)), issued("c2", "bob", at(60), own(1)))
	kinds := map[string]int{}
	for item, err := range s.Export(t.Context(), "ann") {
		check(t, err)
		b, err := json.Marshal(item)
		check(t, err)
		if item.Room != "coupon" || item.Key == "" || strings.Contains(string(b), "bob") {
			t.Fatalf("got %s", b)
		}
		kinds[item.Kind]++
	}
	for _, kind := range []string{"coupon", "receipt", "hold", "event"} {
		if kinds[kind] != 1 {
			t.Fatalf("kinds %v, want one %s", kinds, kind)
		}
	}
	for range s.Export(t.Context(), "ann") {
		break // a reader may stop
	}
}
