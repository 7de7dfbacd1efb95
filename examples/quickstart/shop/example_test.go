package shop_test

import (
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/examples/quickstart/shop"
)

func Example() {
	s := shop.New(1, 1000, 30, time.Date(2026, 3, 1, 16, 0, 0, 0, time.UTC))
	var events []marque.Event
	for _, ok := s.Next(); ok; _, ok = s.Next() {
		events = s.Pop(events[:0])
		for _, e := range events {
			if e.Name != "register" {
				continue
			}
			// Somebody registered: a coupon, and a word about it.
			s.Granted(shop.Coupon{ID: "hello-" + e.ID, IDs: e.IDs, Amount: 2000, Min: 9900, Until: e.At.AddDate(0, 0, 7)})
			s.Received(shop.Message{Key: "hello-" + e.ID, IDs: e.IDs, Channel: shop.Push, Journey: "hello",
				HasCoupon: true, Amount: 2000, At: e.At})
		}
	}
	t := s.Truth()
	fmt.Println("messages had an effect:", t.Caused > 0 && t.Redeemed > 0)
	fmt.Println("orders that only messages brought:", t.Incremental() == t.Caused-t.Displaced)
	// Output:
	// messages had an effect: true
	// orders that only messages brought: true
}
