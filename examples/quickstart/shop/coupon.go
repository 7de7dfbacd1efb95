package shop

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// A Coupon is money off an order, once.
type Coupon struct {
	ID     string
	IDs    []marque.ID  // of the person who holds it
	Amount marque.Money // off
	Min    marque.Money // the least order it is good for, before it is taken off. Orders above Amount only, always
	Until  time.Time    // good before this instant. Zero: for good
}

// Granted puts a coupon into the person's hands. Of the orders of their own accord half remember it, of those
// that a message moved them to nearly all. An ID that is known does nothing. It is false where nobody is known
// by the identifiers.
func (s *Shop) Granted(c Coupon) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	i, ok := s.Person(c.IDs...)
	if !ok {
		return false
	}
	if _, known := s.granted[c.ID]; !known {
		s.granted[c.ID] = struct{}{}
		c.IDs = nil
		s.held[uint32(i)] = append(s.held[uint32(i)], c)
	}
	return true
}

// use takes the coupon that saves most on an order of that amount; of equals the one that ends first.
func (s *Shop) use(i int, at, amount int64) (Coupon, bool) {
	held := s.held[uint32(i)]
	if len(held) == 0 {
		return Coupon{}, false
	}
	now := time.UnixMilli(at)
	held = slices.DeleteFunc(held, func(c Coupon) bool { return !c.Until.IsZero() && !now.Before(c.Until) })
	best := -1
	for k, c := range held {
		if amount <= int64(c.Amount) || amount < int64(c.Min) {
			continue
		}
		if best < 0 || c.Amount > held[best].Amount || c.Amount == held[best].Amount && c.before(held[best]) {
			best = k
		}
	}
	var used Coupon
	if best >= 0 {
		used = held[best]
		held = slices.Delete(held, best, best+1)
	}
	if s.held[uint32(i)] = held; len(held) == 0 {
		delete(s.held, uint32(i))
	}
	return used, best >= 0
}

func (c Coupon) before(o Coupon) bool {
	if c.Until.Equal(o.Until) {
		return c.ID < o.ID
	}
	return o.Until.IsZero() || !c.Until.IsZero() && c.Until.Before(o.Until)
}
