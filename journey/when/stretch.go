package when

import (
	"time"

	"github.com/marque-go/marque/internal/civil"
)

// A Stretch is a minute, hour, day, week or month of a calendar, from Begin up to, not including, End. N numbers those
// of one length: a later one has a higher number. A number may be missing: an hour or a day that the zone skipped.
type Stretch struct {
	N          int64
	Begin, End time.Time
}

// Stretches are the lengths that there are, shortest first. A minute is that of UTC, a week begins on Monday, and an hour
// that a clock shows twice is one.
var Stretches = []string{"minute", "hour", "day", "week", "month"}

var units = map[string]civil.Unit{"hour": civil.Hour, "day": civil.Day, "week": civil.Week, "month": civil.Month}

// StretchAt is the stretch that t lies in. Any other length is one stretch for good: number 0, without bounds.
func StretchAt(per string, t time.Time, loc *time.Location) Stretch {
	if per == "minute" {
		begin := t.UTC().Truncate(time.Minute)
		return Stretch{begin.Unix() / 60, begin, begin.Add(time.Minute)}
	}
	unit, ok := units[per]
	if !ok {
		return Stretch{}
	}
	begin, end := civil.Bounds(unit, t, loc)
	return Stretch{number(unit, zone(begin, loc)), begin.UTC(), end.UTC()}
}

// StretchOf is the stretch of that number, or, where the zone skipped it, the next.
func StretchOf(per string, n int64, loc *time.Location) Stretch {
	i, at := int(n), time.Time{}
	switch per {
	case "minute":
		at = time.Unix(n*60, 0)
	case "hour":
		at = civil.Resolve(1970, 1, 1, i, 0, 0, 0, loc)
	case "day":
		at = civil.Resolve(1970, 1, 1+i, 0, 0, 0, 0, loc)
	case "week":
		at = civil.Resolve(1969, 12, 29+7*i, 0, 0, 0, 0, loc)
	case "month":
		at = civil.Resolve(1970, time.Month(1+i), 1, 0, 0, 0, 0, loc)
	}
	return StretchAt(per, at, loc)
}

// number counts from the one with 1970-01-01 on the calendar.
func number(unit civil.Unit, begin time.Time) int64 {
	y, m, d := begin.Date()
	if unit == civil.Month {
		return int64(y-1970)*12 + int64(m) - 1
	}
	hours := floor(time.Date(y, m, d, begin.Hour(), 0, 0, 0, time.UTC).Unix(), 3600)
	switch unit {
	case civil.Day:
		return floor(hours, 24)
	case civil.Week:
		return floor(floor(hours, 24)+3, 7) // 1970-01-01 was a Thursday
	}
	return hours
}

func floor(a, b int64) int64 {
	if a < 0 {
		a -= b - 1
	}
	return a / b
}
