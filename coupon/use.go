package coupon

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/marque-go/marque"
)

// A LockRequest asks to reserve a coupon for an order.
type LockRequest struct {
	Key     string // request key, required
	Coupon  string // required
	Order   string // required
	Cart    Cart
	Profile string          // who asks; NotYours where the coupon is somebody else's. Default not checked
	TTL     marque.Duration // Default Options.TTL
	Cause   marque.Event    // Default none
	Now     time.Time       // Default Options.Now
}

// Lock reserves a coupon for an order, and its discount from the batch's money, until the lock runs out, is
// released, or becomes a redemption. The result's Coupon.Discount is the saving. Reasons: NotYours, NotYet, Expired,
// Locked, Used, Voided, NotActive, NotEligible, BelowThreshold, SavesNothing, Spent.
func (b *Book) Lock(ctx context.Context, q LockRequest) (Result, error) {
	cart, err := json.Marshal(q.Cart)
	if err != nil {
		return Result{}, fmt.Errorf("coupon: lock: %w", err)
	}
	ttl := q.TTL
	if ttl <= 0 {
		ttl = b.opts.TTL
	}
	return b.act(ctx, action{
		name: "lock", key: q.Key, coupon: q.Coupon, order: q.Order, ordered: true, profile: q.Profile, cause: q.Cause,
		now: q.Now, params: []string{q.Order, ttl.String(), string(cart)},
	}, func(x *Change) (Decision, error) {
		c := x.Coupon
		if q.Profile != "" && q.Profile != c.Profile {
			return no(NotYours), nil
		}
		facts, err := b.facts(ctx, c, x.Now)
		if err != nil {
			return Decision{}, err
		}
		quote, err := b.plan.Price(c, q.Cart, facts, x.Now)
		if err != nil || !quote.OK {
			return quote.Decision, err
		}
		x.lock(q.Order, quote.Discount, ttl, b.plan.byName[c.Batch].Budget.Money)
		return Decision{OK: true}, nil
	})
}

// A RedeemRequest says that the order was paid.
type RedeemRequest struct {
	Key    string // request key, required
	Coupon string // required
	Order  string // required
	Cause  marque.Event
	Now    time.Time // Default Options.Now
}

// Redeem spends a coupon on the order that it is locked for, at the discount of the lock. Where the lock ran out and
// nobody else took the coupon, the money is taken from the budget again if it is there, and the coupon must still
// be good; else Options.Honour decides. Reasons: NotLocked, Locked, Used, Expired, Voided, Spent.
func (b *Book) Redeem(ctx context.Context, q RedeemRequest) (Result, error) {
	return b.act(ctx, action{name: "redeem", key: q.Key, coupon: q.Coupon, order: q.Order, ordered: true, cause: q.Cause, now: q.Now, params: []string{q.Order}},
		func(x *Change) (Decision, error) { return x.redeem(q.Order, b.opts.Honour), nil })
}

// A ReleaseRequest gives up a lock.
type ReleaseRequest struct {
	Key    string // request key, required
	Coupon string // required
	Order  string // required
	Cause  marque.Event
	Now    time.Time // Default Options.Now
}

// Release gives a locked coupon back to its owner and the money to the budget. Reasons: NotLocked, Locked (for
// another order), Used, Expired, Voided.
func (b *Book) Release(ctx context.Context, q ReleaseRequest) (Result, error) {
	return b.act(ctx, action{name: "release", key: q.Key, coupon: q.Coupon, order: q.Order, ordered: true, cause: q.Cause, now: q.Now, params: []string{q.Order}},
		func(x *Change) (Decision, error) { return x.release(q.Order), nil })
}

// A ReturnRequest says that the order of a redeemed coupon was taken back.
type ReturnRequest struct {
	Key    string // request key, required
	Coupon string // required
	Order  string // required
	Back   bool   // the owner may use the coupon again, as long as it is good
	Cause  marque.Event
	Now    time.Time // Default Options.Now
}

// Return undoes a redemption: its discount goes back to the batch's money. Reasons: NotLocked (it was not
// redeemed), Used (on another order, or returned before), Expired, Voided.
func (b *Book) Return(ctx context.Context, q ReturnRequest) (Result, error) {
	return b.act(ctx, action{name: "return", key: q.Key, coupon: q.Coupon, order: q.Order, ordered: true, cause: q.Cause, now: q.Now, params: []string{q.Order, fmt.Sprint(q.Back)}},
		func(x *Change) (Decision, error) { return x.giveBack(q.Order, q.Back), nil })
}

// A VoidRequest takes a coupon back.
type VoidRequest struct {
	Key    string // request key, required
	Coupon string // required
	Reason string // is said with coupon.voided
	Cause  marque.Event
	Now    time.Time // Default Options.Now
}

// Void takes back a coupon that was not redeemed, locked or not. The piece stays counted in the budget. Reasons:
// Used, Expired, Voided.
func (b *Book) Void(ctx context.Context, q VoidRequest) (Result, error) {
	return b.act(ctx, action{name: "void", key: q.Key, coupon: q.Coupon, cause: q.Cause, now: q.Now, params: []string{q.Reason}},
		func(x *Change) (Decision, error) { return x.void(q.Reason), nil })
}

// An action is what the requests on a coupon have in common.
type action struct {
	name, key, coupon, order string
	ordered                  bool
	profile                  string
	cause                    marque.Event
	now                      time.Time
	params                   []string
}

func (a action) validate() error {
	var f marque.Faults
	for _, p := range []struct {
		path, s string
		want    bool
	}{{"key", a.key, true}, {"coupon", a.coupon, true}, {"order", a.order, a.ordered}} {
		if p.want && p.s == "" {
			f.Add(p.path, "is empty")
		}
	}
	return f.Err()
}

// act loads, decides and commits, anew where somebody else was faster.
func (b *Book) act(ctx context.Context, a action, decide func(*Change) (Decision, error)) (Result, error) {
	fail := func(err error) (Result, error) {
		return Result{}, fmt.Errorf("coupon: %s %q: %w", a.name, a.coupon, err)
	}
	if err := a.validate(); err != nil {
		return fail(err)
	}
	receipt := Receipt{Key: a.name + "/" + a.key, Digest: marque.Key(append([]string{a.name, a.coupon}, a.params...)...), Profile: a.profile}
	for range b.opts.Attempts {
		l, err := b.store.Load(ctx, Query{Coupons: []string{a.coupon}, Receipts: []string{receipt.Key}})
		if err != nil {
			return fail(err)
		}
		x := Change{Now: b.at(a.now), Coupon: l.Coupons[0], Was: l.Coupons[0].Turn, cause: a.cause}
		d, known := Decision{}, Answer{Receipt: l.Receipts[0]}
		switch {
		case known.Receipt.Key != "":
		case x.Coupon.ID == "":
			return fail(marque.ErrNotFound)
		default:
			x.pass(x.Now)
			if d, err = decide(&x); err != nil {
				return fail(err)
			}
			if !d.OK {
				return Result{Decision: d, Coupon: x.Coupon}, nil
			}
		}
		x.Receipt = receipt
		x.Receipt.Coupon = x.Coupon
		answer := known
		if known.Receipt.Key == "" {
			answers, err := b.store.Commit(ctx, []Change{x})
			if err != nil {
				return fail(err)
			}
			if answer = answers[0]; answer.Conflict {
				continue
			}
		}
		r, err := b.result(x, d, answer)
		if err != nil {
			return fail(err)
		}
		if !r.OK { // as it is, not as it would have been
			r.Coupon = l.Coupons[0].At(x.Now)
		}
		return r, nil
	}
	return fail(marque.ErrConflict)
}
