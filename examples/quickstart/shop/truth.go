package shop

import "github.com/marque-go/marque"

// Truth is what happened so far, seen by the one who made it happen: what no analysis of the events can know.
type Truth struct {
	People, Members int // who came, who registered
	Events          int
	Orders, Refunds int
	Revenue         marque.Money // paid, refunds not taken off
	Redeemed        int          // coupons used
	Discount        marque.Money
	Messages        int // delivered
	Repeats         int // deliveries dropped because their key was known
	Unwanted        int // delivered to somebody who had withdrawn consent
	Opened, Clicked int
	OptOuts         int
	Caused          int // orders that a message moved somebody to
	Displaced       int // orders that did not come any more, because a caused one had brought them forward
}

// Incremental is the true number of orders that there were because of messages.
func (t Truth) Incremental() int { return t.Caused - t.Displaced }

// Truth returns the counts so far.
func (s *Shop) Truth() Truth {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.truth
}

// Caused is the number of orders that messages of a journey moved somebody to. Displaced ones are not taken off.
func (s *Shop) Caused(journey string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.caused[journey]
}
