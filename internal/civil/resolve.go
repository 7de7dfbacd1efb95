package civil

import "time"

// Resolve is the instant at which a clock in loc shows the wall time. A wall time that a forward shift of the clock
// skips moves forward by the length of the shift (02:30 becomes 03:30, a day that does not exist the day after
// it); one that occurs twice is the first. Values out of range are carried over as time.Date does: day 0 is the
// last of the month before. The result is in loc; a nil loc is UTC.
func Resolve(year int, month time.Month, day, hour, min, sec, ns int, loc *time.Location) time.Time {
	wall := time.Date(year, month, day, hour, min, sec, ns, time.UTC)
	if loc == nil || loc == time.UTC {
		return wall
	}
	first, _ := solve(wall, loc)
	return first
}

// reach is the first instant at which a clock in loc has come to the wall time, given as if it were UTC: the one
// that shows it, or, where a shift skips it, that of the shift.
func reach(wall time.Time, loc *time.Location) time.Time {
	_, reached := solve(wall, loc)
	return reached
}

// horizon is more than any zone was ever away from UTC (Manila before 1844: 15:56).
const horizon = 26 * time.Hour

// solve walks over the periods of constant offset around the wall time, earliest first. In a period with offset o
// the wall time stands at wall-o, if that lies within; if it lies before the period, a shift skipped it.
func solve(wall time.Time, loc *time.Location) (resolved, reached time.Time) {
	at := wall.Add(-horizon).In(loc)
	var skipped time.Time // the wall time by the offset of the period before
	for {
		start, end := period(at)
		_, offset := at.Zone()
		t := wall.Add(-time.Duration(offset) * time.Second)
		switch {
		case !start.IsZero() && t.Before(start):
			if skipped.IsZero() {
				skipped = t
			}
			return skipped.In(loc), start.In(loc)
		case end.IsZero() || t.Before(end):
			t = t.In(loc)
			return t, t
		}
		at, skipped = end, t
	}
}

// period is a stretch around t in which its zone keeps its offset; a zero time is no bound. It may be cut short.
func period(t time.Time) (start, end time.Time) {
	start, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		// On the last day of a leap year beyond the table of the zone, package time gives an end that is past.
		end = t.Add(time.Hour)
	}
	return start, end
}

// shown is what the clock in loc shows at t, as if it were UTC.
func shown(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		return t.UTC()
	}
	t = t.In(loc)
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

func in(t time.Time, loc *time.Location) time.Time {
	if loc == nil {
		return t.UTC()
	}
	return t.In(loc)
}
