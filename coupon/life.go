package coupon

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// State is where a coupon is in its life.
type State string

// The states, beside Locked, Expired and Voided.
//
//	Issued ──► Locked ──► Redeemed ──► Returned
//	   │ ◄───────┘ │
//	   ▼           ▼
//	Expired      Voided
const (
	Issued   State = "issued"
	Redeemed State = "redeemed"
	Returned State = "returned" // redeemed, and the order was taken back
)

// What is both a State and a Reason why not.
const (
	Locked  = "locked"  // reserved for an order until LockedUntil, which is the decision's At
	Expired = "expired" // its time is over; it was good until the decision's At
	Voided  = "voided"  // taken back
)

// A Coupon is one promise to one person.
type Coupon struct {
	ID      string    `json:"id"` // marque.Key("coupon", batch, request key)
	Batch   string    `json:"batch"`
	Topic   string    `json:"topic,omitempty"`
	Profile string    `json:"profile,omitempty"` // empty once the person was erased
	Via     marque.ID `json:"via,omitzero"`
	Terms   Terms     `json:"terms"`
	State   State     `json:"state"`
	Issued  time.Time `json:"issued"`
	From    time.Time `json:"from"`           // good from here
	Until   time.Time `json:"until,omitzero"` // until here, half open; zero: for good
	// Order is the order it is locked for or was redeemed on. It stays when a lock runs out, so that a payment
	// that comes late still finds its coupon; a release clears it.
	Order       string       `json:"order,omitempty"`
	LockedUntil time.Time    `json:"locked_until,omitzero"`
	Discount    marque.Money `json:"discount,omitempty"` // on that order
	Hold        string       `json:"hold,omitempty"`     // the reservation of the money for it
	RedeemedAt  time.Time    `json:"redeemed_at,omitzero"`
	// Turn counts the changes. It is the row's version.
	Turn int `json:"turn"`
}

// Final reports whether nothing but a return can happen to the coupon any more.
func (c Coupon) Final() bool { return c.State != Issued && c.State != Locked }

// Due is the next instant at which time alone changes the coupon, zero for never: a lock runs out, the coupon
// expires. A coupon that is locked when its time ends expires with the lock.
func (c Coupon) Due() time.Time { return c.due() }

func (c *Coupon) due() time.Time {
	switch c.State {
	case Locked:
		return c.LockedUntil
	case Issued:
		return c.Until
	}
	return time.Time{}
}

// At is the coupon as time alone has left it at an instant, whether a keeper has noticed or not.
func (c Coupon) At(now time.Time) Coupon {
	x := Change{Coupon: c}
	x.pass(now)
	return x.Coupon
}

// usable says whether a coupon that is up to date may be locked.
func (c Coupon) usable(now time.Time) Decision {
	switch {
	case c.State == Locked:
		return noAt(Locked, c.LockedUntil)
	case c.State == Expired:
		return noAt(Expired, c.Until)
	case c.State == Voided:
		return no(Voided)
	case c.State != Issued:
		return no(Used)
	case now.Before(c.From):
		return noAt(NotYet, c.From)
	}
	return Decision{OK: true}
}

// pass lets time go by: what it changes is said at its own instant.
func (x *Change) pass(now time.Time) {
	c := &x.Coupon
	free := c.Until
	if c.State == Locked && !now.Before(c.LockedUntil) {
		x.unlock("timeout", c.LockedUntil)
		if free.Before(c.LockedUntil) {
			free = c.LockedUntil
		}
	}
	if c.State == Issued && !c.Until.IsZero() && !now.Before(c.Until) {
		x.expire(free)
	}
}

func (x *Change) unlock(reason string, at time.Time) {
	x.Coupon.State = Issued
	x.Stats.Locked--
	x.say("coupon.released", at, x.Coupon.Discount, reason)
}

func (x *Change) expire(at time.Time) {
	x.Coupon.State = Expired
	x.Stats.Expired++
	x.say("coupon.expired", at, x.Coupon.Terms.Face(), "")
}

// lock reserves the coupon for an order, and the money for its discount.
func (x *Change) lock(order string, discount marque.Money, ttl marque.Duration, budget *marque.Money) {
	c := &x.Coupon
	c.State, c.Order, c.Discount = Locked, order, discount
	c.LockedUntil = utc(x.Now.Add(time.Duration(ttl)))
	x.Stats.Locked++
	x.say("coupon.locked", x.Now, discount, "")
	c.Hold = marque.Key("coupon", "lock", c.ID, itoa(c.Turn))
	x.Holds = append(x.Holds, limit.Hold{
		Key: c.Hold, Profile: c.Profile, Via: c.Via, Expires: c.LockedUntil,
		Takes: []limit.Take{{Counter: counter(c.Batch, money), N: int64(discount), Limit: most((*int64)(budget))}},
	})
}

// redeem spends the coupon on the order it is, or was last, locked for.
func (x *Change) redeem(order string, honour bool) Decision {
	c := &x.Coupon
	late := c.Hold != "" && c.Order == order // the lock ran out, and nobody else took it
	switch c.State {
	case Locked:
		if c.Order != order {
			return noAt(Locked, c.LockedUntil)
		}
		x.Stats.Locked--
	case Issued:
		if !late {
			return no(NotLocked)
		}
	case Expired:
		if !late || !honour {
			return noAt(Expired, c.Until)
		}
		x.Stats.Expired--
	default:
		return c.usable(x.Now)
	}
	c.State, c.RedeemedAt = Redeemed, x.Now
	x.Stats.Redeemed++
	x.Stats.Cost += c.Discount
	x.Commit = limit.Commit{Key: c.Hold, Honour: honour}
	x.say("coupon.redeemed", x.Now, c.Discount, "")
	return Decision{OK: true}
}

// release gives a locked coupon back to its owner, and the money to the budget.
func (x *Change) release(order string) Decision {
	c := &x.Coupon
	switch {
	case c.State == Locked && c.Order != order:
		return noAt(Locked, c.LockedUntil)
	case c.State == Issued:
		return no(NotLocked)
	case c.State != Locked:
		return c.usable(x.Now)
	}
	x.Release = append(x.Release, c.Hold)
	x.unlock("released", x.Now)
	x.free()
	return Decision{OK: true}
}

// free forgets the order, and lets a coupon whose time ended meanwhile expire.
func (x *Change) free() {
	c := &x.Coupon
	c.Order, c.Discount, c.Hold, c.LockedUntil, c.RedeemedAt = "", 0, "", time.Time{}, time.Time{}
	if !c.Until.IsZero() && !x.Now.Before(c.Until) {
		x.expire(x.Now)
	}
}

// void takes the coupon back.
func (x *Change) void(reason string) Decision {
	c := &x.Coupon
	switch c.State {
	case Locked:
		x.Stats.Locked--
		x.Release = append(x.Release, c.Hold)
	case Issued:
	default:
		return c.usable(x.Now)
	}
	c.State = Voided
	x.Stats.Voided++
	x.say("coupon.voided", x.Now, c.Terms.Face(), reason)
	return Decision{OK: true}
}

// giveBack undoes a redemption: its money goes back to the budget, and the coupon to its owner where back.
func (x *Change) giveBack(order string, back bool) Decision {
	c := &x.Coupon
	switch {
	case c.State == Redeemed && c.Order != order:
		return no(Used)
	case c.State == Returned:
		return no(Used)
	case c.State == Issued, c.State == Locked:
		return no(NotLocked)
	case c.State != Redeemed:
		return c.usable(x.Now)
	}
	x.Stats.Redeemed--
	x.Stats.Cost -= c.Discount
	x.Release = append(x.Release, c.Hold)
	c.State = Returned
	if back {
		c.State = Issued
	} else {
		x.Stats.Returned++
	}
	x.say("coupon.returned", x.Now, c.Discount, "")
	if back {
		x.free()
	}
	return Decision{OK: true}
}
