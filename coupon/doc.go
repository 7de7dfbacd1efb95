// Package coupon gives people something off: batches with budgets, what a coupon saves on a cart, and each coupon's
// life from the issue to the order it was used on.
//
//	  batch (Def)            budget: count, per person, per day                    budget: money
//	──────────────── Issue ───────────┬──────────────── Lock ────────────┬───── Redeem ─────► redeemed ── Return ──►
//	new-customer     one piece        │ issued          for an order,    │ locked
//	20.00 off 100.00 ◄─ counted       │ in the wallet   until a time     │ at a fixed discount
//	                                  └── Expire, Void  ◄── Release, or the time ran out
//
// There are three layers. A Def is data; Compile checks all of them and makes an immutable Plan; a Book leads coupons
// through their life over a Store. Pricing is pure: Terms.Price is arithmetic on a cart, Plan.Price adds the
// coupon's validity and its batch's rule. Money is int64 in minor units, percentages are basis points with 128 bits
// in between, and what is rounded is rounded once, half up; there is no float in this package.
//
// Every change takes a request key, and the same key again gets the same answer: a retry never issues a second
// coupon or spends one twice. So the key names the attempt: who takes a coupon off an order and puts it on again locks
// with a new key. Budgets are holds of package limit inside the commit of the coupon itself, so nothing
// is ever given away above a limit. A "no" is a value with its Reason and what is missing; an error means that it could
// not be decided. What happens is said as events (coupon.issued, …, coupon.expired at the exact instant), which wait
// in the store's feed.
//
//	plan, err := coupon.Compile(defs, lex, rules)
//	book := coupon.NewBook(coupon.NewMemory(), plan, nil)
//	r, err := book.Issue(ctx, coupon.IssueRequest{Key: "signup-42", Batch: "new-customer", Profile: "ann"})
//	r, err = book.Lock(ctx, coupon.LockRequest{Key: "o1-try1", Coupon: r.Coupon.ID, Order: "o1", Cart: cart})
//	r, err = book.Redeem(ctx, coupon.RedeemRequest{Key: "o1", Coupon: r.Coupon.ID, Order: "o1"})
//
// One coupon saves on one cart here. The package does not combine coupons, does not spread a discount over lines, has
// no codes to type, charges nobody and sends nothing.
package coupon
