package civil

import "time"

// Window is the part of each day from Start up to, not including, End. Where End is before Start it crosses
// midnight: 22:00 to 08:00 is a night. Where both are the same it is empty.
type Window struct {
	Start Clock `json:"start"`
	End   Clock `json:"end"`
}

// In reports whether a clock in loc shows a time within the window at t.
func (w Window) In(t time.Time, loc *time.Location) bool {
	c := ClockOf(t, loc)
	if w.Start <= w.End {
		return w.Start <= c && c < w.End
	}
	return c >= w.Start || c < w.End
}

// NextOutside is the first instant, t included, that is not in the window. Where the clock is put forward over the
// end, that is the instant of the shift.
func (w Window) NextOutside(t time.Time, loc *time.Location) time.Time {
	return w.next(t, loc, false, w.End)
}

// NextInside is the first instant, t included, that is in the window, and the zero time for an empty window.
func (w Window) NextInside(t time.Time, loc *time.Location) time.Time {
	if w.Start == w.End {
		return time.Time{}
	}
	return w.next(t, loc, true, w.Start)
}

// next looks period by period of constant offset, for within one the clock runs evenly.
func (w Window) next(t time.Time, loc *time.Location, inside bool, edge Clock) time.Time {
	t = in(t, loc)
	for w.In(t, loc) != inside {
		wait := int(edge) - int(ClockOf(t, loc))
		if wait <= 0 {
			wait += 24 * 3600
		}
		at := t.Add(time.Duration(wait)*time.Second - time.Duration(t.Nanosecond()))
		if _, shift := period(t); !shift.IsZero() && !at.Before(shift) {
			at = shift
		}
		t = at
	}
	return t
}
