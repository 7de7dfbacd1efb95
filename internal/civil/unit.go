package civil

import (
	"fmt"
	"time"
)

// Unit is a stretch of the calendar.
type Unit uint8

// The units. A week begins on Monday.
const (
	Hour Unit = iota + 1
	Day
	Week
	Month
)

var unitNames = [...]string{Hour: "hour", Day: "day", Week: "week", Month: "month"}

// String writes "hour", "day", "week" or "month".
func (u Unit) String() string {
	if int(u) < len(unitNames) && u != 0 {
		return unitNames[u]
	}
	return fmt.Sprintf("unit(%d)", uint8(u))
}

// MarshalText writes what String does; the zero Unit is an error.
func (u Unit) MarshalText() ([]byte, error) {
	if u < Hour || u > Month {
		return nil, fmt.Errorf("civil: no unit %d", uint8(u))
	}
	return []byte(u.String()), nil
}

// UnmarshalText reads what MarshalText writes.
func (u *Unit) UnmarshalText(b []byte) error {
	for i := Hour; i <= Month; i++ {
		if unitNames[i] == string(b) {
			*u = i
			return nil
		}
	}
	return fmt.Errorf("civil: unit %q: want hour, day, week or month", b)
}

// StartOf is the first instant of the unit of the calendar in loc that t lies in. Where midnight does not exist
// that is the first instant after the shift. A wall hour, and with it its day, that is shown twice is one stretch.
// An unknown unit panics.
func StartOf(u Unit, t time.Time, loc *time.Location) time.Time {
	start, _ := Bounds(u, t, loc)
	return start
}

// EndOf is the first instant behind the unit of the calendar in loc that t lies in: the start of the next one that
// exists.
func EndOf(u Unit, t time.Time, loc *time.Location) time.Time {
	_, end := Bounds(u, t, loc)
	return end
}

// Bounds is StartOf and EndOf: start <= t < end.
func Bounds(u Unit, t time.Time, loc *time.Location) (start, end time.Time) {
	loc = orUTC(loc)
	wall := u.floor(shown(t, loc))
	start = reach(wall, loc)
	for {
		wall = u.next(wall)
		end = reach(wall, loc)
		if end.After(t) {
			return start, end
		}
		start = end // t lies behind a shift back over the boundary, in what has begun already
	}
}

// floor and next work on wall times that are written as UTC.
func (u Unit) floor(wall time.Time) time.Time {
	y, m, d := wall.Date()
	switch u {
	case Hour:
		return time.Date(y, m, d, wall.Hour(), 0, 0, 0, time.UTC)
	case Day:
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case Week:
		return time.Date(y, m, d-int(wall.Weekday()+6)%7, 0, 0, 0, 0, time.UTC)
	case Month:
		return time.Date(y, m, 1, 0, 0, 0, 0, time.UTC)
	}
	panic(fmt.Sprintf("civil: no unit %d", uint8(u)))
}

func (u Unit) next(wall time.Time) time.Time {
	switch u {
	case Hour:
		return wall.Add(time.Hour)
	case Day:
		return wall.AddDate(0, 0, 1)
	case Week:
		return wall.AddDate(0, 0, 7)
	}
	return wall.AddDate(0, 1, 0)
}
