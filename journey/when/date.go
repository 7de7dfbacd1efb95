package when

import (
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Day is a date of the calendar, without a zone.
type Day struct {
	Year  int
	Month time.Month
	Day   int
}

// DayOf reads the date that a value holds. A text is "1990-02-28", or a time as RFC 3339 writes it. A time that is
// midnight in UTC is the date that it shows there, for that is how dates without a time are kept; another one is the
// date that it is in loc. ok is false where the value is missing or is no date: there is no February 29 in 1990.
func DayOf(v rule.Value, loc *time.Location) (d Day, ok bool) {
	switch {
	case !v.Known():
		return d, false
	case v.Type() == rule.Time:
		return dayOf(time.UnixMicro(int64(v.Bits())), loc), true
	}
	t, err := time.Parse(time.DateOnly, v.Text())
	if err == nil {
		return dayOf(t, time.UTC), true
	}
	if t, err = time.Parse(time.RFC3339, v.Text()); err == nil {
		return dayOf(t, loc), true
	}
	return d, false
}

func dayOf(t time.Time, loc *time.Location) Day {
	if u := t.UTC(); u.Equal(time.Date(u.Year(), u.Month(), u.Day(), 0, 0, 0, 0, time.UTC)) || loc == nil {
		t = u
	} else {
		t = t.In(loc)
	}
	y, m, d := t.Date()
	return Day{y, m, d}
}

// A Date is a time of day on, before or after a date.
type Date struct {
	Days   int // after the date; before it where negative
	At     civil.Clock
	Yearly bool // every year, from that of the date on
	Mar1   bool // February 29 is March 1 in other years, instead of February 28
}

// On is the instant that belongs to the date itself.
func (d Date) On(day Day, loc *time.Location) time.Time {
	return d.At.On(day.Year, day.Month, day.Day+d.Days, loc).UTC()
}

// Next is the first instant at now or after it. ok is false where there is none: the date is past, and not yearly.
//
// The days are counted on the calendar and the time of day is resolved in loc as civil.Resolve does, so that a day
// which the zone skipped is the day after it.
func (d Date) Next(day Day, now time.Time, loc *time.Location) (at time.Time, ok bool) {
	if !d.Yearly {
		at = d.On(day, loc)
		return at, !at.Before(now)
	}
	// A year early: days may carry an occurrence over the end of its year, and a zone may be a day off UTC.
	year := max(day.Year, now.AddDate(0, 0, -d.Days).UTC().Year()-1)
	for ; ; year++ {
		if at = d.On(d.in(day, year), loc); !at.Before(now) {
			return at, true
		}
	}
}

// in is the date in another year.
func (d Date) in(day Day, year int) Day {
	last := civil.DaysIn(year, day.Month)
	switch {
	case day.Day <= last:
		return Day{year, day.Month, day.Day}
	case d.Mar1:
		return Day{year, time.March, 1}
	}
	return Day{year, day.Month, last}
}
