package coupon

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Def defines a batch of coupons.
type Def struct {
	// Name is the batch.
	Name string `json:"name"`
	// Title is what people see.
	Title string `json:"title,omitempty"`
	// Status opens and closes the batch. Default Active.
	Status Status `json:"status,omitempty"`
	Terms
	// When is the rule, in the scope "cart", that must be true where a coupon is used. Default always.
	When string `json:"when,omitempty"`
	// Topic is what the coupon is about, for those who listen: it is said with every event. Default none.
	Topic string `json:"topic,omitempty"`
	// Budget limits what is given away. Default no limits.
	Budget Budget `json:"budget,omitzero"`
	// Valid is when a coupon can be used. Default always.
	Valid Valid `json:"valid,omitzero"`
	// Zone is the IANA zone whose calendar counts days. Default UTC.
	Zone string `json:"zone,omitempty"`
}

// Status is the state of a batch. It closes the issuing only: what is out stays good.
type Status string

// The states of a batch.
const (
	Draft  Status = "draft"
	Active Status = "active"
	Paused Status = "paused"
	Ended  Status = "ended"
)

// Budget holds the limits of a batch. Nil is no limit, which is not the limit 0.
type Budget struct {
	Count     *int64 `json:"count,omitempty"`      // pieces ever issued
	PerPerson *int64 `json:"per_person,omitempty"` // pieces ever issued to one person
	PerDay    *int64 `json:"per_day,omitempty"`    // pieces issued in one calendar day
	// Money is the most that is given away: discounts are reserved when a coupon is locked and spent when it
	// is redeemed, in minor units.
	Money *marque.Money `json:"money,omitempty"`
}

// Valid is when the coupons of a batch are good: from From until Until, and for a while after the receipt within
// that. Intervals are half open. A receipt before From counts as one at From.
type Valid struct {
	From  time.Time `json:"from,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Wait is a number of calendar days, up to 36,500, before a coupon becomes good, at the start of the day.
	// Default 0, at once.
	Wait int `json:"wait,omitempty"`
	// For is how long a coupon is good, exactly. Default no such limit.
	For marque.Duration `json:"for,omitempty"`
	// Days is on how many calendar days a coupon is good, the first of them included: with 1 it ends with its
	// first day, at most 36,500. Default no such limit.
	Days int `json:"days,omitempty"`
}

// Span is when a coupon received at an instant is good. A zero until is for good; ok is false where nothing is left
// of the batch's window.
func (v Valid) Span(receipt time.Time, loc *time.Location) (from, until time.Time, ok bool) {
	from = receipt
	if from.Before(v.From) {
		from = v.From
	}
	if v.Wait > 0 {
		from = dayAfter(from, v.Wait, loc)
	}
	switch {
	case v.For > 0:
		until = from.Add(time.Duration(v.For))
	case v.Days > 0:
		until = dayAfter(from, v.Days, loc)
	}
	if !v.Until.IsZero() && (until.IsZero() || v.Until.Before(until)) {
		until = v.Until
	}
	return from, until, until.IsZero() || from.Before(until)
}

// dayAfter is the start of the n-th day after that of t.
func dayAfter(t time.Time, n int, loc *time.Location) time.Time {
	y, m, d := t.In(loc).Date()
	const noon = civil.Clock(12 * 3600)
	return civil.StartOf(civil.Day, noon.On(y, m, d+n, loc), loc)
}

// maxDays is a hundred years: further on there are times that JSON cannot hold.
const maxDays = 36_500

// Validate lists all faults of the definition but those of its rule, which Compile finds.
func (d Def) Validate() error {
	var f marque.Faults
	if d.Name == "" {
		f.Add("name", "is empty")
	}
	switch d.Status {
	case "", Draft, Active, Paused, Ended:
	default:
		f.Add("status", "is %q, want draft, active, paused or ended%s", d.Status, rule.Hint(string(d.Status), []string{"draft", "active", "paused", "ended"}))
	}
	f.Wrap("", d.Terms.Validate())
	limit := func(path string, n *int64) {
		if n != nil && *n < 0 {
			f.Add("budget."+path, "is %d, want 0 or more, or nothing for no limit", *n)
		}
	}
	limit("count", d.Budget.Count)
	limit("per_person", d.Budget.PerPerson)
	limit("per_day", d.Budget.PerDay)
	limit("money", (*int64)(d.Budget.Money))
	v := d.Valid
	if !v.Until.IsZero() && !v.From.Before(v.Until) {
		f.Add("valid.until", "is not after from")
	}
	if v.For < 0 {
		f.Add("valid.for", "is %v, want more than 0", v.For)
	}
	if v.Days < 0 || v.Days > maxDays {
		f.Add("valid.days", "is %d, want 1 to %d", v.Days, maxDays)
	}
	if v.Wait < 0 || v.Wait > maxDays {
		f.Add("valid.wait", "is %d, want 0 to %d", v.Wait, maxDays)
	}
	if v.For != 0 && v.Days != 0 {
		f.Add("valid.days", "cannot be given beside for")
	}
	if _, err := new(civil.Zones).Load(d.Zone); err != nil {
		f.Wrap("zone", err)
	}
	return f.Err()
}
