package when

import (
	"time"

	"github.com/marque-go/marque/internal/civil"
)

// Window is a part of the day on some weekdays; no weekdays are all. It may cross midnight, and is then of the day on
// which it begins: "22:00-02:00" on "fri" ends on Saturday. Its two ends must not be the same.
type Window struct {
	civil.Window
	Weekdays civil.Weekdays
}

// Due is since for who comes inside, else the first instant inside.
func (w Window) Due(since time.Time, loc *time.Location) time.Time {
	t := since
	for {
		if t = w.NextInside(t, loc); t.IsZero() || w.Weekdays.Has(w.day(t, loc)) {
			return t.UTC()
		}
		t = w.NextOutside(t, loc)
	}
}

// day is the weekday on which the window began that t lies in.
func (w Window) day(t time.Time, loc *time.Location) time.Weekday {
	if w.Start < w.End || civil.ClockOf(t, loc) >= w.Start {
		return zone(t, loc).Weekday()
	}
	return zone(civil.StartOf(civil.Day, t, loc).Add(-1), loc).Weekday() // the day before may not exist
}
