package civil

import "time"

// AddDays is n calendar days later in loc at the same wall time, resolved as Resolve does. n may be negative.
func AddDays(t time.Time, n int, loc *time.Location) time.Time {
	w := in(t, loc)
	if n == 0 {
		return w
	}
	return Resolve(w.Year(), w.Month(), w.Day()+n, w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), loc)
}

// AddMonths is n calendar months later in loc at the same wall time, on the last day of the month where it has no
// such day: January 31 and a month is February 28 or 29. n may be negative.
func AddMonths(t time.Time, n int, loc *time.Location) time.Time {
	w := in(t, loc)
	if n == 0 {
		return w
	}
	year, month, day := w.Date()
	target := time.Date(year, month+time.Month(n), 1, 0, 0, 0, 0, time.UTC)
	day = min(day, DaysIn(target.Year(), target.Month()))
	return Resolve(target.Year(), target.Month(), day, w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), loc)
}

// DaysIn is the number of days of a month on the calendar, 28 to 31.
func DaysIn(year int, month time.Month) int {
	return time.Date(year, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// Next is the first instant strictly after t at which a clock in loc shows c. Each calendar day has one such
// instant, Resolve's: on a day that skips c it is later by the shift, on one that shows c twice it is the first.
func Next(t time.Time, c Clock, loc *time.Location) time.Time {
	return NextWeekday(t, EveryDay, c, loc)
}

// NextOrAt is Next, or t itself where t is such an instant.
func NextOrAt(t time.Time, c Clock, loc *time.Location) time.Time {
	return NextWeekday(t.Add(-1), EveryDay, c, loc)
}

// NextWeekday is the first instant strictly after t at which a clock in loc shows c on one of the days. No days
// are every day. The weekday is that of the calendar day in loc; a date that does not exist there is passed over.
func NextWeekday(t time.Time, days Weekdays, c Clock, loc *time.Location) time.Time {
	year, month, day := in(t, loc).Date()
	h, m, s := c.HMS()
	// The day before may come late by a shift over midnight; after a shift back of a day, days repeat.
	for day--; ; day++ {
		date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		if !days.Has(date.Weekday()) {
			continue
		}
		r := Resolve(year, month, day, h, m, s, 0, loc)
		if r.After(t) && (r.Day() == date.Day() || exists(date, loc)) {
			return r
		}
	}
}

// NextWeekdayOrAt is NextWeekday, or t itself where t is such an instant.
func NextWeekdayOrAt(t time.Time, days Weekdays, c Clock, loc *time.Location) time.Time {
	return NextWeekday(t.Add(-1), days, c, loc)
}

// exists reports whether a clock in loc ever shows the date.
func exists(date time.Time, loc *time.Location) bool {
	return reach(date, orUTC(loc)).Day() == date.Day()
}

func orUTC(loc *time.Location) *time.Location {
	if loc == nil {
		return time.UTC
	}
	return loc
}
