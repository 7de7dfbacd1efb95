package rfm

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Summary makes customers of orders. It keeps one entry per customer, and takes orders in any order. It is not safe
// for concurrent use.
type Summary struct {
	now    rule.Instant
	window rule.Instant
	people map[string]*Customer
}

// NewSummary begins a summary as of now. Orders and Spent count orders with 0 <= now-t < window; with no window (0) all
// up to now. Last is the latest order up to now, whatever the window. Orders later than now do not count.
func NewSummary(now time.Time, window marque.Duration) *Summary {
	return &Summary{now: rule.At(now), window: rule.Instant(window / 1000), people: map[string]*Customer{}}
}

// Add counts an order of an amount in minor units. A negative amount is a refund: it lowers Spent and is neither an
// order nor the latest one. An order of nothing is an order.
func (s *Summary) Add(customer string, at time.Time, amount int64) {
	t := rule.At(at)
	if t > s.now {
		return
	}
	c := s.people[customer]
	if c == nil {
		c = &Customer{ID: customer}
		s.people[customer] = c
	}
	inside := s.window == 0 || s.now-t < s.window
	if inside {
		c.Spent += amount
	}
	if amount < 0 {
		return
	}
	if inside {
		c.Orders++
	}
	if c.Last.IsZero() || t > rule.At(c.Last) {
		c.Last = t.Time()
	}
}

// Event counts an event of a profile with a whole number of minor units in a property. It reports whether it did.
func (s *Summary) Event(e marque.Event, prop string) bool {
	v, _ := rule.Of(e.Props[prop])
	v, ok := v.As(rule.Int)
	if !ok || !v.Known() || e.Profile == "" {
		return false
	}
	s.Add(e.Profile, e.At, v.Int())
	return true
}

// Customers lists who has ordered, by id. Who only got money back is not one of them.
func (s *Summary) Customers() []Customer {
	out := make([]Customer, 0, len(s.people))
	for c := range maps.Values(s.people) {
		if !c.Last.IsZero() {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Customer) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
