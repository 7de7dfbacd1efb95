package when

import (
	"time"

	"github.com/marque-go/marque/internal/civil"
)

// A Rule says when somebody who came at since goes on. It is not before since.
type Rule interface {
	Due(since time.Time, loc *time.Location) time.Time
}

// After is an exact time, whatever clocks do meanwhile.
type After time.Duration

// Due is since and the time.
func (a After) Due(since time.Time, _ *time.Location) time.Time {
	return since.Add(time.Duration(a)).UTC()
}

// AfterAt is an exact time and then until the next At, which may be that very instant.
type AfterAt struct {
	For time.Duration
	At  civil.Clock
}

// Due is the first At that is not before the time is over.
func (a AfterAt) Due(since time.Time, loc *time.Location) time.Time {
	return civil.NextOrAt(since.Add(a.For), a.At, loc).UTC()
}

// Days is a number of days of the calendar: the same time of day so many days later.
type Days int

// Due is so many days later.
func (d Days) Due(since time.Time, loc *time.Location) time.Time {
	return civil.AddDays(since, int(d), loc).UTC()
}

// DaysAt is a time of day so many days of the calendar later.
type DaysAt struct {
	Days int
	At   civil.Clock
}

// Due is At on that day; where a shift put that before since, the At after it.
func (d DaysAt) Due(since time.Time, loc *time.Location) time.Time {
	year, month, day := zone(since, loc).Date()
	at := d.At.On(year, month, day+d.Days, loc)
	if !at.After(since) {
		at = civil.Next(since, d.At, loc)
	}
	return at.UTC()
}

// NextAt is the next time of day on one of the weekdays of the calendar in the zone; no weekdays are all. Who comes at
// that very instant waits for the next.
type NextAt struct {
	At       civil.Clock
	Weekdays civil.Weekdays
}

// Due is the first such instant after since.
func (n NextAt) Due(since time.Time, loc *time.Location) time.Time {
	return civil.NextWeekday(since, n.Weekdays, n.At, loc).UTC()
}

// Hour is the next At, for who comes at it at once, but no later than Within after since; where Within is zero, the next
// At whenever that is, which is a day of the calendar at most.
type Hour struct {
	At     civil.Clock
	Within time.Duration
}

// Due is the earlier of the two.
func (h Hour) Due(since time.Time, loc *time.Location) time.Time {
	at := civil.NextOrAt(since, h.At, loc).UTC()
	if bound := since.Add(h.Within).UTC(); h.Within > 0 && bound.Before(at) {
		return bound
	}
	return at
}

func zone(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		return t.UTC()
	}
	return t.In(loc)
}
