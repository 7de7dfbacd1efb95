package derived

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// Until is the instant of a verdict's end, zero where it is for good. A rule never ends its verdict at or before
// the instant of the test; one that did would be looked at again a second later rather than for ever.
func Until(end time.Time, now rule.Instant) rule.Instant {
	at := rule.At(end)
	if at != 0 && at <= now {
		return now + 1_000_000
	}
	return at
}

// Sooner is the earlier of two instants of which zero is none.
func Sooner(a, b rule.Instant) rule.Instant {
	if a == 0 || b != 0 && b < a {
		return b
	}
	return a
}

// Next is when to look again at a row that is due at due, where nothing changed but that the rule is certain until
// want. An instant that is too early is kept: the look then costs less than a write now, and says nothing. So
// somebody who does something every day does not move a row every day.
func Next(due, want, now rule.Instant) rule.Instant {
	if due > now && (want == 0 || due <= want) {
		return due
	}
	return want
}

// Cause is the event of a pass, as the cause of what is said of its person.
func Cause(p *rule.Pass) marque.Event {
	e := p.Event
	e.Profile = p.Facts.Profile
	return e
}
