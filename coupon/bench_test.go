package coupon_test

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
)

// A coupon from its issue to its order, every budget on.
func BenchmarkLife(b *testing.B) {
	def := off(500)
	def.Budget = coupon.Budget{Count: new(int64(1 << 40)), PerPerson: new(int64(1 << 40)), PerDay: new(int64(1 << 40)), Money: new(marque.Money(1 << 60))}
	plan, err := coupon.Compile([]coupon.Def{def}, nil, nil)
	require.NoError(b, err)
	store := coupon.NewMemory()
	book := coupon.NewBook(store, plan, nil)
	ctx, cart := b.Context(), coupon.CartOf("CNY", 9900)
	b.ReportAllocs()
	for i := range b.N {
		key := strconv.Itoa(i)
		r, _ := book.Issue(ctx, coupon.IssueRequest{Key: key, Batch: "b", Profile: key[len(key)/2:], Now: at(0)})
		_, _ = book.Lock(ctx, coupon.LockRequest{Key: key, Coupon: r.Coupon.ID, Order: key, Cart: cart, Now: at(1)})
		if r, err := book.Redeem(ctx, coupon.RedeemRequest{Key: key, Coupon: r.Coupon.ID, Order: key, Now: at(2)}); err != nil || !r.OK {
			b.Fatal(r, err)
		}
		if i%100 == 99 {
			b.StopTimer()
			events, _ := store.Pending(ctx, marque.Parts{}, 1000)
			ids := make([]string, len(events))
			for i, e := range events {
				ids[i] = e.ID
			}
			_ = store.Taken(ctx, ids)
			b.StartTimer()
		}
	}
}

func BenchmarkPrice(b *testing.B) {
	terms := coupon.Terms{Kind: coupon.Rate, Currency: "CNY", Percent: 1250, Cap: 4000}
	cart := coupon.Cart{Currency: "CNY", Lines: []coupon.Line{{Price: 29900, Quantity: 1}, {Price: 1555, Quantity: 3}}}
	b.ReportAllocs()
	for b.Loop() {
		if q, err := terms.Price(cart); err != nil || q.Discount != 4000 {
			b.Fatal(q, err)
		}
	}
}
