package when

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestStretch(t *testing.T) {
	for _, c := range []struct {
		name, per, zone, at string
		n                   int64
		begin, end          string
	}{
		{"a minute", "minute", "Asia/Kolkata", "2026-03-02T10:00:59", 29540760, "2026-03-02T10:00:00", "2026-03-02T10:01:00"},
		{"an hour in a half-hour zone", "hour", "Asia/Kolkata", "2026-03-02T10:29:59", 492351, "2026-03-02T09:30:00", "2026-03-02T10:30:00"},
		{"a day", "day", "Asia/Shanghai", "2026-03-01T16:00:00", 20514, "2026-03-01T16:00:00", "2026-03-02T16:00:00"},
		{"a day of 23 hours", "day", "America/New_York", "2026-03-08T12:00:00", 20520, "2026-03-08T05:00:00", "2026-03-09T04:00:00"},
		{"a day without midnight", "day", "Africa/Cairo", "2026-04-24T12:00:00", 20567, "2026-04-23T22:00:00", "2026-04-24T21:00:00"},
		{"a week begins on Monday", "week", "UTC", "2026-03-01T23:59:59", 2930, "2026-02-23T00:00:00", "2026-03-02T00:00:00"},
		{"the week after", "week", "UTC", "2026-03-02T00:00:00", 2931, "2026-03-02T00:00:00", "2026-03-09T00:00:00"},
		{"a week before 1970", "week", "UTC", "1969-12-28T00:00:00", -1, "1969-12-22T00:00:00", "1969-12-29T00:00:00"},
		{"a month with February 29", "month", "UTC", "2028-02-29T12:00:00", 697, "2028-02-01T00:00:00", "2028-03-01T00:00:00"},
		{"an hour that is shown twice is one", "hour", "Europe/Berlin", "2026-10-25T01:30:00", 498026, "2026-10-25T00:00:00", "2026-10-25T02:00:00"},
		{"a midnight that comes twice", "day", "America/Santiago", "2026-04-05T03:30:00", 20547, "2026-04-04T03:00:00", "2026-04-05T04:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := load(t, c.zone)
			got := StretchAt(c.per, at(c.at), loc)
			require.Equal(t, Stretch{c.n, at(c.begin), at(c.end)}, got)
			require.Equal(t, got, StretchOf(c.per, c.n, loc))
		})
	}
	t.Run("one that the zone skipped is the next", func(t *testing.T) {
		ny := load(t, "America/New_York")
		two := StretchAt("hour", at("2026-03-08T06:00:00"), ny).N + 1
		require.Equal(t, StretchOf("hour", two+1, ny), StretchOf("hour", two, ny))
		require.Equal(t, "2026-03-08T07:00:00", StretchOf("hour", two, ny).Begin.Format("2006-01-02T15:04:05"))
	})
	t.Run("for good", func(t *testing.T) { require.Zero(t, StretchAt("", at("2026-03-08T06:00:00"), nil)) })
}

// Stretches are half open, in a row, and their numbers ascend.
func TestStretchProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		per := rapid.SampledFrom(Stretches).Draw(t, "per")
		now := time.Unix(rapid.Int64Range(1262304000, 1893456000).Draw(t, "now"), 0).UTC()
		s := StretchAt(per, now, loc)
		require.False(t, s.Begin.After(now))
		require.True(t, s.End.After(now))
		require.Equal(t, s, StretchAt(per, s.Begin, loc))
		require.Equal(t, s, StretchOf(per, s.N, loc))
		next := StretchAt(per, s.End, loc)
		require.Equal(t, s.End, next.Begin)
		require.Greater(t, next.N, s.N)
		require.Equal(t, next, StretchOf(per, s.N+1, loc))
	})
}
