package when

import (
	"time"

	"github.com/marque-go/marque/internal/civil"
)

// No clock is further from UTC.
const (
	ahead  = 14 * time.Hour
	behind = 12 * time.Hour
)

// An Occasion is when something happens to many people: at the times of a Cron in one Zone, or, where there is no Zone, at
// those on everybody's own clock; or around a date of everybody's. An occurrence is known by an instant: that of the Cron;
// without a Zone the time on the wall as if it were UTC; of a date the day, at midnight UTC.
type Occasion struct {
	Cron Cron // empty: Date
	Zone *time.Location
	Date Date
}

// Dated reports whether it is around a date.
func (o Occasion) Dated() bool { return o.Cron == "" }

// Begins is the earliest instant of an occurrence on Earth, for dates that of its day.
func (o Occasion) Begins(at time.Time) time.Time {
	if o.Zone != nil || at.IsZero() {
		return at
	}
	return at.Add(-ahead)
}

// Over is the instant from which on the occurrence is past everywhere.
func (o Occasion) Over(at time.Time) time.Time {
	switch {
	case o.Dated():
		return at.Add(24*time.Hour + behind)
	case o.Zone == nil:
		return at.Add(behind)
	}
	return at
}

// Next is the occurrence after one, zero where there is none.
func (o Occasion) Next(at time.Time) time.Time {
	if o.Dated() {
		return at.AddDate(0, 0, 1)
	}
	return o.Cron.Next(at, o.Zone)
}

// First is the first occurrence that is not past everywhere.
func (o Occasion) First(now time.Time) time.Time {
	switch {
	case o.Dated():
		return now.UTC().Add(-behind).Truncate(24 * time.Hour)
	case o.Zone == nil:
		return o.Cron.Next(now.Add(-behind), nil)
	}
	return o.Cron.Next(now, o.Zone)
}

// Latest is the last occurrence, of at and those after it, that is past everywhere; at itself where none is.
func (o Occasion) Latest(at, now time.Time) time.Time {
	gone := now.Add(at.Sub(o.Over(at)))
	if at.After(gone) {
		return at
	}
	if o.Dated() {
		return gone.UTC().Truncate(24 * time.Hour)
	}
	if last := o.Cron.Latest(at, gone, o.Zone); !last.IsZero() {
		return last
	}
	return at
}

// Holds reports whether at is an occurrence.
func (o Occasion) Holds(at time.Time) bool {
	return o.Dated() || o.Next(at.Add(-time.Microsecond)).Equal(at)
}

// Due is the instant of an occurrence for somebody in that zone.
func (o Occasion) Due(at time.Time, loc *time.Location) time.Time {
	y, m, d := at.Date()
	switch {
	case o.Dated():
		return o.Date.At.On(y, m, d, loc).UTC()
	case o.Zone == nil:
		return civil.Resolve(y, m, d, at.Hour(), at.Minute(), 0, 0, loc).UTC()
	}
	return at
}

// Is reports whether the occurrence is that of somebody's date.
func (o Occasion) Is(at time.Time, date Day) bool {
	y, m, d := at.Date()
	return o.Date.Falls(date, Day{y, m, d})
}
