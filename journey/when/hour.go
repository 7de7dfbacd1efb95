package when

import (
	"strconv"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// ClockOf reads the time of day that a value holds: the hour from 0 to 23 as a number, which is cut to it, or a text as
// ParseHour reads it. ok is false where the value is missing or is none.
func ClockOf(v rule.Value) (c civil.Clock, ok bool) {
	switch v.Type() {
	case rule.Int, rule.Float:
		if f := v.Float(); v.Known() && f >= 0 && f < 24 {
			return civil.Clock(int32(f) * 3600), true
		}
		return 0, false
	}
	return ParseHour(v.Text())
}

// ParseHour reads "20", "8", "08" or "20:30".
func ParseHour(s string) (c civil.Clock, ok bool) {
	if n, err := strconv.ParseUint(s, 10, 8); err == nil && n < 24 && len(s) <= 2 {
		return civil.Clock(n * 3600), true
	}
	c, err := civil.ParseClock(s)
	return c, err == nil
}

// Active is the hour at which somebody is active: their own, else that of the first of Marks that they have, else At.
type Active struct {
	Hour
	Attr  int // slot of the attribute with their own, -1 for none
	Marks []HourOf
}

// HourOf is the hour of who has a tag, or is in a segment.
type HourOf struct {
	Slot    int
	Segment bool
	At      civil.Clock
}

// Of is the hour of one person.
func (a Active) Of(f *rule.Facts, now time.Time) Hour {
	if a.Attr >= 0 {
		if c, ok := ClockOf(f.Attrs[a.Attr]); ok {
			return Hour{c, a.Within}
		}
	}
	for _, m := range a.Marks {
		marks := f.Tags
		if m.Segment {
			marks = f.Segments
		}
		if _, ok := rule.Find(marks, m.Slot, rule.At(now)); ok {
			return Hour{m.At, a.Within}
		}
	}
	return a.Hour
}
