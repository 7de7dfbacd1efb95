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

// Bought is how often the person with that number has paid so far, and how much.
func (s *Shop) Bought(serial int) (orders int, paid marque.Money) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.people[serial]
	return int(p.orders), p.paid
}

// Household names two people who might live together, as of now: a member, by the device, and somebody who has bought
// on WeChat and is no member, by the openid. It is false where there are no two such people who have both bought.
func (s *Shop) Household() (tablet, guest marque.ID, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	const wants, knows = follows | knownPhone, registered | usedApp | newDevice
	a, b := -1, -1
	for i := range s.people {
		switch p := &s.people[i]; {
		case p.orders == 0:
		case p.state&knows == registered|usedApp && (a < 0 || p.orders > s.people[a].orders):
			a = i
		case p.state&(wants|registered) == wants && p.habit == wechat && (b < 0 || p.orders > s.people[b].orders):
			b = i
		}
	}
	if a < 0 || b < 0 {
		return marque.ID{}, marque.ID{}, false
	}
	return s.ids(a, device)[0], s.ids(b, openid)[0], true
}
