package when_test

import (
	"testing"
	"time"

	"github.com/adhocore/gronx"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/when"
)

// The next instant is the least, after the one given, of all instants that the times on the wall of the days around become.
func TestCronIsTheLeast(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(name string, of ...string) string { return rapid.SampledFrom(of).Draw(t, name) }
		line := pick("minute", "0", "30", "*/15", "5,45", "59") + " " + pick("hour", "*", "2", "0-3", "1,2,23", "*/6") + " " +
			pick("day", "*", "1-28", "L", "*/2") + " * " + pick("weekday", "*", "sun", "mon-fri")
		loc, err := time.LoadLocation(pick("zone", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "UTC"))
		require.NoError(t, err)
		around := rapid.SampledFrom([]time.Time{
			time.Date(2026, 3, 8, 7, 0, 0, 0, time.UTC), time.Date(2026, 11, 1, 6, 0, 0, 0, time.UTC), time.Date(2026, 3, 29, 1, 0, 0, 0, time.UTC),
			time.Date(2026, 10, 25, 1, 0, 0, 0, time.UTC), time.Date(2026, 10, 3, 15, 30, 0, 0, time.UTC), time.Date(2026, 4, 4, 15, 0, 0, 0, time.UTC),
			time.Date(2026, 4, 23, 22, 0, 0, 0, time.UTC), time.Date(2011, 12, 30, 10, 0, 0, 0, time.UTC),
		}).Draw(t, "shift")
		from := around.Add(time.Duration(rapid.IntRange(-2*24*60, 24*60).Draw(t, "minutes")) * time.Minute)
		c, err := when.ParseCron(line)
		require.NoError(t, err)
		got := c.Next(from, loc)
		if got.Sub(from) > 3*24*time.Hour {
			return
		}
		var want time.Time
		g := gronx.New()
		for wall := from.Add(-52 * time.Hour).Truncate(time.Minute); wall.Before(from.Add(4 * 24 * time.Hour)); wall = wall.Add(time.Minute) {
			at := civil.Resolve(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, loc)
			if !at.After(from) || !want.IsZero() && !at.Before(want) {
				continue
			}
			if due, err := g.IsDue(line, wall); err == nil && due {
				want = at.UTC()
			}
		}
		require.Equal(t, want, got, "%s after %s", line, from.In(loc))
	})
}
