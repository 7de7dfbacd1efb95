package coupontest

import (
	"sync"
	"testing"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
)

const hands = 64

// crowd runs do in 64 goroutines at once.
func crowd(t *testing.T, do func(hand int) error) {
	t.Helper()
	var wg sync.WaitGroup
	errs := make([]error, hands)
	begin := make(chan struct{})
	for i := range hands {
		wg.Go(func() { <-begin; errs[i] = do(i) })
	}
	close(begin)
	wg.Wait()
	for _, err := range errs {
		check(t, err)
	}
}

func book(t *testing.T, s coupon.Store, b coupon.Budget) *coupon.Book {
	t.Helper()
	plan, err := coupon.Compile([]coupon.Def{{
		Name: "b", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 500}, Budget: b,
		Valid: coupon.Valid{For: marque.Hour},
	}}, nil, nil)
	check(t, err)
	return coupon.NewBook(s, plan, nil)
}

// budget: never above a count, a day's share or a person's share, with every retry answered alike.
func budget(t *testing.T, s coupon.Store) {
	count, each, day := int64(100), int64(3), int64(90)
	b := book(t, s, coupon.Budget{Count: &count, PerPerson: &each, PerDay: &day})
	var mu sync.Mutex
	got := map[string]int64{}
	crowd(t, func(hand int) error {
		profile := numbered("p", hand%40)
		for i := range 5 {
			q := coupon.IssueRequest{Key: numbered(numbered("k", hand), i), Batch: "b", Profile: profile, Now: start.Add(time.Duration(hand) * time.Second)}
			first, err := b.Issue(t.Context(), q)
			if err != nil {
				return err
			}
			again, err := b.Issue(t.Context(), q)
			if err != nil {
				return err
			}
			if first.OK && (!again.OK || !again.Again || again.Coupon.ID != first.Coupon.ID) || again.OK && !again.Again && first.OK {
				t.Errorf("a retry of %+v got %+v", first, again)
			}
			if first.OK || again.OK {
				mu.Lock()
				got[profile]++
				mu.Unlock()
			}
		}
		return nil
	})
	sum := int64(0)
	for p, n := range got {
		if sum += n; n > each {
			t.Errorf("%s has %d", p, n)
		}
	}
	if sum != day {
		t.Errorf("%d were issued, want %d", sum, day)
	}
	same(t, "figures", coupon.Stats{Issued: day, Face: marque.Money(500 * day)}, figures(t, s))
	if n := len(pending(t, s)); int64(n) != day {
		t.Errorf("%d were said", n)
	}
}

// money: the discounts locked and redeemed are never above the budget, and releases give back exactly.
func money(t *testing.T, s coupon.Store) {
	most := marque.Money(5250) // ten of 5.00, and a rest that nobody can use
	b := book(t, s, coupon.Budget{Money: &most})
	crowd(t, func(hand int) error {
		_, err := b.Issue(t.Context(), coupon.IssueRequest{Key: numbered("i", hand), Batch: "b", Profile: numbered("p", hand), Now: start})
		return err
	})
	crowd(t, func(hand int) error {
		id, order := coupon.CouponID("b", numbered("i", hand)), numbered("o", hand)
		for try := range 4 {
			r, err := b.Lock(t.Context(), coupon.LockRequest{Key: numbered(order, try), Coupon: id, Order: order, Cart: coupon.CartOf("CNY", 9900), Now: start})
			if err != nil {
				return err
			}
			if !r.OK {
				if r.Reason != coupon.Spent {
					t.Errorf("refused as %s", r.Reason)
				}
				continue
			}
			if hand%3 != 0 || try == 3 {
				_, err = b.Redeem(t.Context(), coupon.RedeemRequest{Key: order, Coupon: id, Order: order, Now: start})
				return err
			}
			if _, err = b.Release(t.Context(), coupon.ReleaseRequest{Key: numbered(order, try), Coupon: id, Order: order, Now: start}); err != nil {
				return err
			}
		}
		return nil
	})
	if f := figures(t, s); f.Cost > most || f.Locked != 0 || f.Cost != marque.Money(500*f.Redeemed) || f.Redeemed == 0 {
		t.Errorf("of %d: %+v", most, f)
	}
}

// oneKey: of 64 hands with one key, one issues and the others get its answer.
func oneKey(t *testing.T, s coupon.Store) {
	b := book(t, s, coupon.Budget{})
	var mu sync.Mutex
	first := 0
	crowd(t, func(hand int) error {
		r, err := b.Issue(t.Context(), coupon.IssueRequest{Key: "k", Batch: "b", Profile: "ann", Now: at(hand)})
		mu.Lock()
		defer mu.Unlock()
		if r.OK && !r.Again {
			first++
		}
		return err
	})
	if f := figures(t, s); first != 1 || f.Issued != 1 || len(pending(t, s)) != 1 {
		t.Errorf("%d were first, %+v", first, f)
	}
}

// oneOwner: of 64 orders that want one coupon, one gets it.
func oneOwner(t *testing.T, s coupon.Store) {
	b := book(t, s, coupon.Budget{})
	_, err := b.Issue(t.Context(), coupon.IssueRequest{Key: "k", Batch: "b", Profile: "ann", Now: start})
	check(t, err)
	var mu sync.Mutex
	won := 0
	crowd(t, func(hand int) error {
		order := numbered("o", hand)
		r, err := b.Lock(t.Context(), coupon.LockRequest{Key: order, Coupon: coupon.CouponID("b", "k"), Order: order, Cart: coupon.CartOf("CNY", 9900), Now: start})
		mu.Lock()
		defer mu.Unlock()
		if r.OK {
			won++
		}
		return err
	})
	if f := figures(t, s); won != 1 || f.Locked != 1 {
		t.Errorf("%d orders have the coupon, %+v", won, f)
	}
}

// stats: the figures are those of the rows, also when a write breaks off before or after it happened.
func stats(t *testing.T, s coupon.Store) {
	writes := 0
	b := book(t, Fault(s, func(op string, after bool) error {
		if writes++; writes%3 == 0 {
			return errStop
		}
		return nil
	}), coupon.Budget{})
	until := func(do func() error) {
		for i := 0; ; i++ {
			if err := do(); err == nil {
				return
			} else if i == 9 {
				t.Fatal(err)
			}
		}
	}
	for i := range 12 {
		id, order := coupon.CouponID("b", numbered("i", i)), numbered("o", i)
		until(func() error {
			_, err := b.Issue(t.Context(), coupon.IssueRequest{Key: numbered("i", i), Batch: "b", Profile: "ann", Now: start})
			return err
		})
		if i%3 == 0 {
			continue
		}
		until(func() error {
			_, err := b.Lock(t.Context(), coupon.LockRequest{Key: order, Coupon: id, Order: order, Cart: coupon.CartOf("CNY", 400), Now: start})
			return err
		})
		if i%3 == 1 {
			until(func() error {
				_, err := b.Redeem(t.Context(), coupon.RedeemRequest{Key: order, Coupon: id, Order: order, Now: start})
				return err
			})
		}
	}
	same(t, "figures", coupon.Stats{Issued: 12, Locked: 4, Redeemed: 4, Face: 6000, Cost: 1600}, figures(t, s))
	until(func() error { _, err := b.Expire(t.Context(), at(60)); return err })
	same(t, "figures", coupon.Stats{Issued: 12, Redeemed: 4, Expired: 8, Face: 6000, Cost: 1600}, figures(t, s))
	if n := len(pending(t, s)); n != 12+8+4+4+8 {
		t.Errorf("%d were said", n)
	}
}
