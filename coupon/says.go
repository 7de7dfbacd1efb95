package coupon

import (
	"strconv"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

func itoa(n int) string { return strconv.Itoa(n) }

// utc is t as stores keep it: in UTC, cut to the microsecond.
func utc(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Says lists the events that the package says, for the schema of rules. Each changes the fact "coupon/ID".
func Says() []rule.EventType {
	events := []rule.EventType{
		{Name: "coupon.issued", Doc: "a person got a coupon; amount is its face value"},
		{Name: "coupon.locked", Doc: "it is reserved for an order; amount is the discount"},
		{Name: "coupon.redeemed", Doc: "the order was paid; amount is the discount"},
		{Name: "coupon.released", Doc: "the reservation was given up (released) or ran out (timeout)"},
		{Name: "coupon.returned", Doc: "the redemption was undone; amount is the discount"},
		{Name: "coupon.expired", Doc: "its time ended unused; amount is its face value"},
		{Name: "coupon.voided", Doc: "it was taken back; amount is its face value"},
	}
	for i := range events {
		events[i].Props = []rule.Field{
			{Name: "batch", Type: rule.String},
			{Name: "coupon", Type: rule.String, Doc: "the coupon's id"},
			{Name: "amount", Type: rule.Int, Doc: "in minor units"},
			{Name: "currency", Type: rule.String},
			{Name: "topic", Type: rule.String},
			{Name: "order", Type: rule.String},
			{Name: "reason", Type: rule.String},
			{Name: "until", Type: rule.Time, Doc: "when the coupon ends"},
		}
	}
	return events
}

// say counts a turn of the coupon and says it.
func (x *Change) say(name string, at time.Time, amount marque.Money, reason string) {
	c := &x.Coupon
	c.Turn++
	props := map[string]any{"batch": c.Batch, "coupon": c.ID, "amount": int64(amount), "currency": c.Terms.Currency}
	for k, v := range map[string]string{"topic": c.Topic, "order": c.Order, "reason": reason} {
		if v != "" {
			props[k] = v
		}
	}
	if !c.Until.IsZero() {
		props["until"] = c.Until
	}
	e := x.cause
	e.Profile = c.Profile
	if c.Via != (marque.ID{}) {
		e.IDs = []marque.ID{c.Via}
	}
	x.Emit = append(x.Emit, e.Turn(name, "coupon/"+c.ID, c.Turn, at, props))
}
