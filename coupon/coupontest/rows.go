package coupontest

import (
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/limit"
)

func rows(t *testing.T, s coupon.Store) {
	x := issued("c1", "ann", at(60))
	x.Now, x.Coupon.Issued = start.Add(time.Microsecond), start.Add(time.Microsecond)
	x.Receipt.Coupon = x.Coupon
	granted(t, s, x)
	l, err := s.Load(t.Context(), coupon.Query{Coupons: []string{"none", "c1"}, Receipts: []string{"issue/c1", "none"}})
	check(t, err)
	same(t, "coupons", []coupon.Coupon{{}, x.Coupon}, l.Coupons)
	same(t, "receipts", []coupon.Receipt{x.Receipt, {}}, l.Receipts)
	l, err = s.Load(t.Context(), coupon.Query{})
	check(t, err)
	if len(l.Coupons)+len(l.Receipts) != 0 {
		t.Fatalf("an empty query got %+v", l)
	}
}

func changes(t *testing.T, s coupon.Store) {
	x := issued("c1", "ann", at(60))
	granted(t, s, x)
	again := commit(t, s, x)[0]
	if again.OK || again.Receipt.Key != "issue/c1" {
		t.Fatalf("a known key was answered with %+v", again)
	}
	same(t, "receipt", x.Receipt, again.Receipt)

	stale := x
	stale.Receipt = coupon.Receipt{Key: "other"}
	if a := commit(t, s, stale)[0]; a.OK || !a.Conflict {
		t.Fatalf("a coupon that exists was made again: %+v", a)
	}
	stale.Was = 7
	if a := commit(t, s, stale)[0]; a.OK || !a.Conflict {
		t.Fatalf("a change of another turn was accepted: %+v", a)
	}
	missing := issued("c2", "ann", at(60))
	missing.Was = 1
	if a := commit(t, s, missing)[0]; a.OK || !a.Conflict {
		t.Fatalf("a change of what is not there was accepted: %+v", a)
	}
	next := x
	next.Receipt, next.Was, next.Coupon.Turn, next.Coupon.State = coupon.Receipt{}, 1, 2, coupon.Expired
	next.Stats, next.Emit = coupon.Stats{Expired: 1}, nil
	// each change by itself: the second is refused, the first and the third happen
	as := commit(t, s, next, next, issued("c3", "bob", at(60)))
	if !as[0].OK || !as[1].Conflict || !as[2].OK {
		t.Fatalf("got %+v", as)
	}
	if c := load(t, s, "c1"); c.State != coupon.Expired || c.Turn != 2 {
		t.Fatalf("got %+v", c)
	}
	same(t, "figures", coupon.Stats{Issued: 2, Expired: 1, Face: 1000}, figures(t, s))
	same(t, "said", []string{"said/c1", "said/c3"}, pending(t, s))
}

func holds(t *testing.T, s coupon.Store) {
	take := limit.Take{Counter: "n", N: 1, Limit: 1}
	granted(t, s, issued("c1", "ann", at(60), take))
	a := commit(t, s, issued("c2", "bob", at(60), take))[0]
	if a.OK || a.Refused.Refused != "n" {
		t.Fatalf("above the limit: %+v", a)
	}
	if c := load(t, s, "c2"); c.ID != "" {
		t.Fatalf("a refused change left %+v", c)
	}
	same(t, "figures", coupon.Stats{Issued: 1, Face: 500}, figures(t, s))
	same(t, "said", []string{"said/c1"}, pending(t, s))

	release := issued("c1", "ann", at(60))
	release.Receipt, release.Was, release.Coupon.Turn, release.Emit = coupon.Receipt{Key: "r"}, 1, 2, nil
	release.Stats, release.Release = coupon.Stats{}, []string{"hold/c1"}
	granted(t, s, release)
	granted(t, s, issued("c2", "bob", at(60), take))

	// a reservation that ran out, and a late commit
	reserve := issued("c4", "ann", at(60))
	reserve.Holds = []limit.Hold{{Key: "late", Takes: []limit.Take{{Counter: "m", N: 3, Limit: 4}}, Expires: at(1)}}
	granted(t, s, reserve)
	other := issued("c5", "bob", at(60), limit.Take{Counter: "m", N: 3, Limit: 4})
	if a := commit(t, s, other)[0]; a.Refused.Refused != "m" || a.Refused.Left != 1 {
		t.Fatalf("a reservation does not count: %+v", a)
	}
	late := reserve
	late.Holds, late.Receipt, late.Was, late.Coupon.Turn = nil, coupon.Receipt{Key: "late"}, 1, 2
	late.Now, late.Commit = at(1), limit.Commit{Key: "late", N: []int64{2}}
	other.Now = at(1)
	granted(t, s, other)
	if a := commit(t, s, late)[0]; a.Refused.Refused != "m" {
		t.Fatalf("a late commit went above the limit: %+v", a)
	}
	late.Commit.Honour = true
	granted(t, s, late)
}

func wallet(t *testing.T, s coupon.Store) {
	gone := issued("c0", "ann", at(5))
	gone.Coupon.State = coupon.Voided
	granted(t, s, issued("c4", "ann", time.Time{}), issued("c3", "ann", at(30)), issued("c2", "ann", at(20)), issued("c1", "ann", at(30)), issued("c5", "bob", at(1)), gone)
	cs, err := s.Wallet(t.Context(), "ann")
	check(t, err)
	same(t, "wallet", []string{"c2", "c1", "c3", "c4"}, names(cs))
	cs, err = s.Wallet(t.Context(), "nobody")
	check(t, err)
	if len(cs) != 0 {
		t.Fatalf("got %v", cs)
	}
}

func due(t *testing.T, s coupon.Store) {
	locked := issued("c3", "ann", at(1))
	locked.Coupon.State, locked.Coupon.LockedUntil = coupon.Locked, at(15)
	granted(t, s, issued("c2", "bob", at(20)), issued("c1", "bob", at(20)), locked, issued("c4", "ann", at(20)), issued("c5", "ann", time.Time{}), issued("c6", "cyd", at(30)))
	list := func(q coupon.DueQuery) []coupon.Coupon {
		t.Helper()
		cs, err := s.Due(t.Context(), q)
		check(t, err)
		return cs
	}
	all := list(coupon.DueQuery{Until: at(30), N: 10})
	same(t, "all", []string{"c3", "c4", "c1", "c2", "c6"}, names(all))
	same(t, "inclusive", []string{"c3", "c4", "c1", "c2"}, names(list(coupon.DueQuery{Until: at(30).Add(-time.Microsecond), N: 10})))
	same(t, "page", []string{"c3", "c4"}, names(list(coupon.DueQuery{Until: at(30), N: 2})))
	same(t, "next page", []string{"c1", "c2"}, names(list(coupon.DueQuery{Until: at(30), N: 2, After: all[1]})))
	same(t, "from", []string{"c4", "c1", "c2", "c6"}, names(list(coupon.DueQuery{From: at(20), Until: at(30), N: 10})))
	var spread []string
	for _, p := range []marque.Parts{{From: 0, To: 300}, {From: 300, To: 1024}} {
		for _, c := range list(coupon.DueQuery{Parts: p, Until: at(30), N: 10}) {
			if !p.Has(c.Profile) {
				t.Fatalf("%s is not in %v", c.Profile, p)
			}
			spread = append(spread, c.ID)
		}
	}
	if len(spread) != 5 {
		t.Fatalf("the parts together have %v", spread)
	}
	same(t, "again", names(all), names(list(coupon.DueQuery{Until: at(30), N: 10})))
	done := issued("c3", "ann", at(1))
	done.Receipt, done.Was, done.Coupon.Turn, done.Coupon.State = coupon.Receipt{}, 1, 2, coupon.Expired
	granted(t, s, done)
	same(t, "what is final is not due", []string{"c4"}, names(list(coupon.DueQuery{Until: at(30), N: 1})))
}

func feed(t *testing.T, s coupon.Store) {
	granted(t, s, issued("c1", "ann", at(1)), issued("c2", "bob", at(1)))
	granted(t, s, issued("c3", "cyd", at(1)))
	same(t, "pending", []string{"said/c1", "said/c2", "said/c3"}, pending(t, s))
	some, err := s.Pending(t.Context(), marque.Parts{}, 2)
	check(t, err)
	if len(some) != 2 || some[0].Name != "coupon.issued" || some[0].Props["coupon"] != "c1" || !some[0].At.Equal(start) {
		t.Fatalf("got %+v", some)
	}
	p := marque.Partition("bob")
	some, err = s.Pending(t.Context(), marque.Parts{From: p, To: p + 1}, 9)
	check(t, err)
	if len(some) != 1 || some[0].Profile != "bob" {
		t.Fatalf("of one partition: %+v", some)
	}
	for range 2 {
		check(t, s.Taken(t.Context(), []string{"said/c2", "unknown"}))
	}
	same(t, "after one was taken", []string{"said/c1", "said/c3"}, pending(t, s))
	check(t, s.Taken(t.Context(), []string{"said/c1", "said/c3"}))
	same(t, "after all were taken", []string(nil), pending(t, s))
}
