package civil

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var zoneNames = []string{
	"UTC", "Asia/Shanghai", "America/New_York", "Europe/Berlin", "Australia/Sydney", "Australia/Lord_Howe", "America/Sao_Paulo",
	"Africa/Cairo", "Asia/Beirut", "America/St_Johns", "Pacific/Apia", "Europe/Dublin", "Africa/Casablanca", "Asia/Kolkata",
	"Antarctica/Troll", "America/Nuuk", "America/Scoresbysund", "Asia/Gaza",
}

// drawAt draws an instant on a full minute, half of the times near a shift of the clock.
func drawAt(t *rapid.T, loc *time.Location) time.Time {
	at := time.Unix(rapid.Int64Range(0, 140*366*24*60).Draw(t, "minute")*60, 0).In(loc) // 1970 to 2110
	if rapid.IntRange(0, 9).Draw(t, "near a new year") == 0 {
		return time.Date(at.Year(), 12, 31, 0, rapid.IntRange(-3000, 3000).Draw(t, "off"), 0, 0, loc)
	}
	if rapid.Bool().Draw(t, "near a shift") {
		if start, _ := at.ZoneBounds(); !start.IsZero() && start.Unix() > 0 {
			at = start.Truncate(time.Minute).Add(time.Duration(rapid.IntRange(-1600, 1600).Draw(t, "off")) * time.Minute)
		}
	}
	return at
}

func drawZone(t *rapid.T) *time.Location {
	loc, err := new(Zones).Load(rapid.SampledFrom(zoneNames).Draw(t, "zone"))
	require.NoError(t, err)
	return loc
}

// gapAt is the length of the forward shift that the clock took last before or at t, and its instant.
func gapAt(t time.Time) (gap time.Duration, shift time.Time) {
	start, _ := t.ZoneBounds()
	if start.IsZero() {
		return 0, start
	}
	_, now := t.Zone()
	_, before := start.Add(-1).Zone()
	return time.Duration(now-before) * time.Second, start
}

func TestResolveProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		wall := shown(drawAt(t, loc), loc)
		if gap, shift := gapAt(wall.In(loc)); rapid.Bool().Draw(t, "in the gap") && gap > 0 {
			wall = shown(shift.Add(-1), loc).Add(1 + gap/2)
		}
		got := Resolve(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), loc)

		var first time.Time // by looking at every instant that shows this second of a minute
		for m := -27 * 60; m <= 27*60 && first.IsZero(); m++ {
			if at := wall.Add(time.Duration(m) * time.Minute); shown(at, loc).Equal(wall) {
				first = at
			}
		}
		if !first.IsZero() {
			require.True(t, first.Equal(got), "shows the wall time for the first time: want %v, got %v", first.In(loc), got)
			return
		}
		gap, shift := gapAt(got)
		require.Positive(t, gap)
		require.Less(t, got.Sub(shift), gap, "the wall time was skipped by the last shift")
		require.True(t, shown(got, loc).Equal(wall.Add(gap)), "wall %v, gap %v, got %v", wall, gap, got)
	})
}

func TestNextProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		from := drawAt(t, loc)
		c := Clock(rapid.IntRange(0, 24*60-1).Draw(t, "clock") * 60)
		got := Next(from, c, loc)
		require.True(t, got.After(from))
		require.True(t, NextOrAt(got, c, loc).Equal(got))
		require.True(t, Next(got.Add(-1), c, loc).Equal(got))

		for at := from.Add(time.Minute); ; at = at.Add(time.Minute) {
			if showsFirst(at, c, loc) || skippedTo(at, c, loc) {
				require.True(t, at.Equal(got), "minimal: want %v, got %v", at, got)
				return
			}
		}
	})
}

// showsFirst reports whether the clock shows c at t, and the date with it for the first time.
func showsFirst(t time.Time, c Clock, loc *time.Location) bool {
	if ClockOf(t, loc) != c {
		return false
	}
	wall := shown(t, loc)
	for at := t.Add(-27 * time.Hour); at.Before(t); at = at.Add(time.Minute) {
		if shown(at, loc).Equal(wall) {
			return false
		}
	}
	return true
}

// skippedTo reports whether a clock in loc that had not been put forward last would show c at t, within the gap.
func skippedTo(t time.Time, c Clock, loc *time.Location) bool {
	gap, shift := gapAt(t.In(loc))
	return gap > 0 && t.Sub(shift) < gap && (int(ClockOf(t, loc))-int(gap.Seconds())+86400)%86400 == int(c)
}

func TestBoundsProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := drawAt(t, loc)
		u := Unit(rapid.IntRange(int(Hour), int(Month)).Draw(t, "unit"))
		start, end := Bounds(u, at, loc)
		require.False(t, start.After(at))
		require.True(t, end.After(at))
		for _, same := range []time.Time{start, end.Add(-1)} {
			s, e := Bounds(u, same, loc)
			require.True(t, s.Equal(start) && e.Equal(end), "one stretch: %v to %v, at %v %v to %v", start, end, same, s, e)
		}
		s, _ := Bounds(u, end, loc)
		require.True(t, s.Equal(end), "the next begins where this ends")
	})
}

func TestWindowProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := drawAt(t, loc)
		minute := rapid.IntRange(0, 24*60-1)
		w := Window{Start: Clock(minute.Draw(t, "start") * 60), End: Clock(minute.Draw(t, "end") * 60)}
		outside, inside := w.NextOutside(at, loc), w.NextInside(at, loc)
		for m := at; m.Before(outside); m = m.Add(time.Minute) {
			require.True(t, w.In(m, loc), "%v", m)
		}
		require.False(t, w.In(outside, loc))
		if w.Start == w.End {
			require.True(t, inside.IsZero())
			return
		}
		for m := at; m.Before(inside); m = m.Add(time.Minute) {
			require.False(t, w.In(m, loc), "%v", m)
		}
		require.True(t, w.In(inside, loc))
	})
}

func TestAddDaysProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc := drawZone(t)
		at := drawAt(t, loc)
		n := rapid.IntRange(-400, 400).Draw(t, "days")
		got := AddDays(at, n, loc)
		want := shown(at, loc).AddDate(0, 0, n)
		if show := shown(got, loc); !show.Equal(want) {
			gap, _ := gapAt(got)
			require.True(t, show.Equal(want.Add(gap)), "want %v, got %v", want, show)
			require.Positive(t, gap)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	for _, name := range []string{"UTC", "Asia/Shanghai", "America/New_York"} {
		b.Run(name, func(b *testing.B) {
			loc := zone(b, name)
			at := time.Date(2026, 7, 1, 12, 0, 0, 0, loc)
			b.ReportAllocs()
			for b.Loop() {
				Next(at, 9*3600, loc)
			}
		})
	}
}

func BenchmarkResolve(b *testing.B) {
	loc := zone(b, "America/New_York")
	b.ReportAllocs()
	for b.Loop() {
		Resolve(2026, 7, 1, 12, 0, 0, 0, loc)
	}
}

func BenchmarkWindowIn(b *testing.B) {
	loc := zone(b, "America/New_York")
	at := time.Date(2026, 7, 1, 12, 0, 0, 0, loc)
	b.ReportAllocs()
	for b.Loop() {
		Window{22 * 3600, 8 * 3600}.NextOutside(at, loc)
	}
}
