// Package coupontest proves a coupon.Store: Run is the conformance suite, Fault a store that fails before or after
// any durable write.
//
//	func TestStore(t *testing.T) {
//		coupontest.Run(t, func(t *testing.T) coupon.Store { return coupon.NewMemory() })
//	}
package coupontest

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/limit"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func at(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }

// Run proves that what open returns keeps the contract of coupon.Store. Each case opens a store of its own, which
// must be empty.
func Run(t *testing.T, open func(t *testing.T) coupon.Store) {
	for _, c := range []struct {
		name string
		test func(*testing.T, coupon.Store)
	}{
		{"rows", rows},
		{"changes", changes},
		{"holds", holds},
		{"wallet", wallet},
		{"due", due},
		{"feed", feed},
		{"move", move},
		{"unmerge", unmerge},
		{"what came under an id alone goes back to it", goBack},
		{"erase", erase},
		{"export", export},
		{"budget", budget},
		{"money", money},
		{"one key", oneKey},
		{"one owner", oneOwner},
		{"stats", stats},
	} {
		t.Run(c.name, func(t *testing.T) { c.test(t, open(t)) })
	}
}

// issued is a change that brings a coupon into being.
func issued(id, profile string, until time.Time, takes ...limit.Take) coupon.Change {
	c := coupon.Coupon{
		ID: id, Batch: "b", Profile: profile, Via: marque.ID{Kind: "phone", Value: profile},
		Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 500}, State: coupon.Issued,
		Issued: start, From: start, Until: until, Turn: 1,
	}
	x := coupon.Change{
		Now: start, Coupon: c, Receipt: coupon.Receipt{Key: "issue/" + id, Digest: "d", Profile: profile, Coupon: c},
		Stats: coupon.Stats{Issued: 1, Face: 500},
		Emit:  []marque.Event{{ID: "said/" + id, Name: "coupon.issued", At: start, Received: start, Profile: profile, Props: map[string]any{"coupon": id}}},
	}
	if len(takes) > 0 {
		x.Holds = []limit.Hold{{Key: "hold/" + id, Profile: profile, Via: c.Via, Takes: takes}}
	}
	return x
}

func commit(t *testing.T, s coupon.Store, xs ...coupon.Change) []coupon.Answer {
	t.Helper()
	as, err := s.Commit(t.Context(), xs)
	check(t, err)
	if len(as) != len(xs) {
		t.Fatalf("%d answers to %d changes", len(as), len(xs))
	}
	return as
}

func granted(t *testing.T, s coupon.Store, xs ...coupon.Change) {
	t.Helper()
	for i, a := range commit(t, s, xs...) {
		if !a.OK {
			t.Fatalf("change %d was refused: %+v", i, a)
		}
	}
}

func load(t *testing.T, s coupon.Store, id string) coupon.Coupon {
	t.Helper()
	l, err := s.Load(t.Context(), coupon.Query{Coupons: []string{id}})
	check(t, err)
	return l.Coupons[0]
}

func pending(t *testing.T, s coupon.Store) (ids []string) {
	t.Helper()
	events, err := s.Pending(t.Context(), marque.Parts{}, 1000)
	check(t, err)
	for _, e := range events {
		ids = append(ids, e.ID)
	}
	return ids
}

func figures(t *testing.T, s coupon.Store) coupon.Stats {
	t.Helper()
	f, err := s.Stats(t.Context(), "b")
	check(t, err)
	return f
}

func names(cs []coupon.Coupon) (ids []string) {
	for _, c := range cs {
		ids = append(ids, c.ID)
	}
	return ids
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// same compares by JSON, in which times of one instant are one.
func same(t *testing.T, what string, want, got any) {
	t.Helper()
	a, err := json.Marshal(want)
	check(t, err)
	b, err := json.Marshal(got)
	check(t, err)
	if string(a) != string(b) {
		t.Fatalf("%s: want %s, got %s", what, a, b)
	}
}

var errStop = errors.New("stop")

func numbered(prefix string, n int) string { return fmt.Sprintf("%s%03d", prefix, n) }
