package coupon_test

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// A coupon's life: issued, locked for an order, redeemed when the payment came.
func Example() {
	ctx := context.Background()
	plan := must(coupon.Compile([]coupon.Def{{
		Name:   "new-customer",
		Terms:  coupon.Terms{Kind: coupon.Spend, Currency: "CNY", Spend: 10000, Off: 2000},
		Budget: coupon.Budget{Count: new(int64(1000)), PerPerson: new(int64(1)), Money: new(marque.Money(500000))},
		Valid:  coupon.Valid{Days: 7},
		Zone:   "Asia/Shanghai",
	}}, nil, nil))
	store := coupon.NewMemory()
	book := coupon.NewBook(store, plan, nil)

	r := must(book.Issue(ctx, coupon.IssueRequest{Key: "signup-42", Batch: "new-customer", Profile: "ann", Now: noon}))
	fmt.Println(r.OK, r.Coupon.State, "until", r.Coupon.Until)
	id := r.Coupon.ID

	r = must(book.Issue(ctx, coupon.IssueRequest{Key: "again", Batch: "new-customer", Profile: "ann", Now: noon}))
	fmt.Println(r.OK, r.Reason)

	r = must(book.Lock(ctx, coupon.LockRequest{Key: "o1", Coupon: id, Order: "o1", Cart: coupon.CartOf("CNY", 8800), Now: noon}))
	fmt.Println(r.OK, r.Reason, "missing", r.Missing.Format("CNY"))

	r = must(book.Lock(ctx, coupon.LockRequest{Key: "o1", Coupon: id, Order: "o1", Cart: coupon.CartOf("CNY", 10000), Now: noon}))
	fmt.Println(r.OK, r.Coupon.State, "saves", r.Coupon.Discount.Format("CNY"))

	r = must(book.Redeem(ctx, coupon.RedeemRequest{Key: "paid-1", Coupon: id, Order: "o1", Now: noon.Add(time.Minute)}))
	fmt.Println(r.OK, r.Coupon.State)
	r = must(book.Redeem(ctx, coupon.RedeemRequest{Key: "paid-1", Coupon: id, Order: "o1", Now: noon.Add(time.Hour)}))
	fmt.Println(r.OK, r.Coupon.State, r.Again)

	fmt.Println(must(book.Stats(ctx, "new-customer")))
	for _, e := range must(store.Pending(ctx, marque.Parts{}, 10)) {
		fmt.Println(e.Name, e.Props["amount"])
	}
	// Output:
	// true issued until 2026-03-07 16:00:00 +0000 UTC
	// false per_person
	// false below_threshold missing 12.00
	// true locked saves 20.00
	// true redeemed
	// true redeemed true
	// {1 0 1 0 0 0 2000 2000}
	// coupon.issued 2000
	// coupon.locked 2000
	// coupon.redeemed 2000
}

// What three coupons save on one cart.
func ExampleTerms_Price() {
	cart := coupon.Cart{Currency: "CNY", Lines: []coupon.Line{
		{SKU: "shoe", Price: 29900, Quantity: 1},
		{SKU: "sock", Price: 1555, Quantity: 3},
	}}
	for _, t := range []coupon.Terms{
		{Kind: coupon.Amount, Currency: "CNY", Off: 1000},
		{Kind: coupon.Rate, Currency: "CNY", Percent: 1250, Cap: 4000},
		{Kind: coupon.Spend, Currency: "CNY", Spend: 10000, Off: 1500, Every: true},
		{Kind: coupon.Amount, Currency: "CNY", Off: 1000, Threshold: 50000},
	} {
		q := must(t.Price(cart))
		fmt.Println(q.Total.Format("CNY"), q.Discount.Format("CNY"), q.Reason, q.Missing)
	}
	// Output:
	// 345.65 10.00  0
	// 345.65 40.00  0
	// 345.65 45.00  0
	// 345.65 0.00 below_threshold 15435
}

// A definition as it stands in a file.
func ExampleDef() {
	var d coupon.Def
	err := json.Unmarshal([]byte(`{
		"name": "spring", "title": "12.5% off, up to 40.00", "status": "active",
		"kind": "percent", "currency": "CNY", "percent": "12.5%", "cap": 4000, "threshold": 10000,
		"when": "cart.items >= 2",
		"budget": {"count": 5000, "per_person": 2, "money": 10000000},
		"valid": {"until": "2026-05-01T00:00:00+08:00", "days": 14},
		"zone": "Asia/Shanghai"
	}`), &d)
	fmt.Println(err, d.Validate(), d.Percent, d.Face(), *d.Budget.Count)

	d.Percent, d.Off, d.Valid.For, d.Zone = 20000, 5, marque.Day, "Asia/Shanghia"
	fmt.Println(d.Validate())
	// Output:
	// <nil> <nil> 12.5% 4000 5000
	// percent: is 200%, want 0.01% to 100%
	// off: is for the kinds amount and spend, not for the kind "percent"
	// valid.days: cannot be given beside for
	// zone: civil: unknown zone "Asia/Shanghia"
}

// Seven calendar days in Shanghai, the day of the receipt being the first, within the batch's window.
func ExampleValid_Span() {
	shanghai := must(time.LoadLocation("Asia/Shanghai"))
	v := coupon.Valid{Days: 7, Until: time.Date(2026, 3, 10, 0, 0, 0, 0, shanghai)}
	for _, day := range []int{1, 5, 10} {
		from, until, ok := v.Span(time.Date(2026, 3, day, 20, 15, 0, 0, shanghai), shanghai)
		fmt.Println(from.Format("2 15:04"), until.Format("2 15:04"), ok)
	}
	// Output:
	// 1 20:15 8 00:00 true
	// 5 20:15 10 00:00 true
	// 10 20:15 10 00:00 false
}

// Expiry is an instant like any other: said when it comes, exactly.
func ExampleBook_Wake() {
	ctx := context.Background()
	plan := must(coupon.Compile([]coupon.Def{{
		Name: "flash", Terms: coupon.Terms{Kind: coupon.Amount, Currency: "CNY", Off: 500}, Valid: coupon.Valid{For: 2 * marque.Hour},
	}}, nil, nil))
	book := coupon.NewBook(coupon.NewMemory(), plan, nil)
	for i, person := range []string{"ann", "bob"} {
		must(book.Issue(ctx, coupon.IssueRequest{Key: person, Batch: "flash", Profile: person, Now: noon.Add(time.Duration(i) * time.Minute)}))
	}
	for c, err := range book.Expiring(ctx, marque.Parts{}, noon, noon.Add(2*time.Hour)) {
		fmt.Println("remind", c.Profile, err)
	}
	due := must(book.Due(ctx, marque.Parts{}, noon.AddDate(0, 0, 1), 1))
	fmt.Println(due[0].Profile, due[0].At.Format("15:04"))
	for _, e := range must(book.Wake(ctx, marque.Parts{}, noon.AddDate(0, 0, 1), 10)) {
		fmt.Println(e.At.Format("15:04"), e.Name, e.Profile)
	}
	// Output:
	// remind ann <nil>
	// ann 14:00
	// 14:00 coupon.expired ann
	// 14:01 coupon.expired bob
}
