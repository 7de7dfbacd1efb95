package civil

import (
	"fmt"
	"time"
)

// Clock is a time of day on the wall in seconds since midnight, 0 to 86,399, written "21:30" or "21:30:15".
type Clock int32

// NewClock is the time of day h:m:s, which must lie within 00:00:00 and 23:59:59.
func NewClock(h, m, s int) (Clock, error) {
	if h < 0 || h > 23 || m < 0 || m > 59 || s < 0 || s > 59 {
		return 0, fmt.Errorf("civil: no time of day %02d:%02d:%02d", h, m, s)
	}
	return Clock(h*3600 + m*60 + s), nil
}

// ParseClock reads "21:30" or "21:30:15", each number in two digits. Midnight is "00:00", also as an end.
func ParseClock(s string) (Clock, error) {
	bad := func() (Clock, error) {
		if s == "24:00" || s == "24:00:00" {
			return 0, fmt.Errorf(`civil: time of day %q: midnight is "00:00"`, s)
		}
		return 0, fmt.Errorf(`civil: time of day %q: want "21:30" or "21:30:15"`, s)
	}
	if len(s) != 5 && len(s) != 8 {
		return bad()
	}
	var part [3]int
	for i := range len(s) {
		switch c := s[i]; {
		case i%3 == 2 && c == ':':
		case i%3 != 2 && c >= '0' && c <= '9':
			part[i/3] = part[i/3]*10 + int(c-'0')
		default:
			return bad()
		}
	}
	c, err := NewClock(part[0], part[1], part[2])
	if err != nil {
		return bad()
	}
	return c, nil
}

// ClockOf is what a clock in loc shows at t, cut to the second.
func ClockOf(t time.Time, loc *time.Location) Clock {
	h, m, s := in(t, loc).Clock()
	return Clock(h*3600 + m*60 + s)
}

// HMS is the time of day in hours, minutes and seconds.
func (c Clock) HMS() (h, m, s int) { return int(c) / 3600, int(c) / 60 % 60, int(c) % 60 }

// On is the instant at which a clock in loc shows c on the date, resolved as Resolve does.
func (c Clock) On(year int, month time.Month, day int, loc *time.Location) time.Time {
	h, m, s := c.HMS()
	return Resolve(year, month, day, h, m, s, 0, loc)
}

// String writes "21:30", with seconds only where there are some.
func (c Clock) String() string {
	h, m, s := c.HMS()
	if s == 0 {
		return fmt.Sprintf("%02d:%02d", h, m)
	}
	return fmt.Sprintf("%02d:%02d:%02d", h, m, s)
}

// MarshalText writes what String does; a value out of range is an error.
func (c Clock) MarshalText() ([]byte, error) {
	if c < 0 || c >= 86400 {
		return nil, fmt.Errorf("civil: time of day of %d seconds", int32(c))
	}
	return []byte(c.String()), nil
}

// UnmarshalText reads what ParseClock does.
func (c *Clock) UnmarshalText(b []byte) error {
	v, err := ParseClock(string(b))
	if err == nil {
		*c = v
	}
	return err
}
