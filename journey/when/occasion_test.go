package when_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/when"
)

func TestOccasion(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse("2006-01-02 15:04", s)
		require.NoError(t, err)
		return at
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	cron := func(line string) when.Cron {
		c, err := when.ParseCron(line)
		require.NoError(t, err)
		return c
	}
	nine, err := civil.ParseClock("09:00")
	require.NoError(t, err)
	for _, c := range []struct {
		name               string
		o                  when.Occasion
		now                string
		first, begins      string
		over, next, latest string // latest from first on, a week later
	}{
		{"a fixed zone", when.Occasion{Cron: cron("0 9 * * *"), Zone: berlin}, "2026-03-02 08:00",
			"2026-03-03 08:00", "2026-03-03 08:00", "2026-03-03 08:00", "2026-03-04 08:00", "2026-03-09 08:00"},
		{"on everybody's own clock", when.Occasion{Cron: cron("0 9 * * *")}, "2026-03-02 20:59",
			"2026-03-02 09:00", "2026-03-01 19:00", "2026-03-02 21:00", "2026-03-03 09:00", "2026-03-08 09:00"},
		{"on everybody's own clock, over", when.Occasion{Cron: cron("0 9 * * *")}, "2026-03-02 21:00",
			"2026-03-03 09:00", "2026-03-02 19:00", "2026-03-03 21:00", "2026-03-04 09:00", "2026-03-09 09:00"},
		{"a date", when.Occasion{Date: when.Date{At: nine, Yearly: true}}, "2026-03-02 11:59",
			"2026-03-01 00:00", "2026-02-28 10:00", "2026-03-02 12:00", "2026-03-02 00:00", "2026-03-07 00:00"},
		{"a date, over", when.Occasion{Date: when.Date{At: nine, Yearly: true}}, "2026-03-02 12:00",
			"2026-03-02 00:00", "2026-03-01 10:00", "2026-03-03 12:00", "2026-03-03 00:00", "2026-03-08 00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			now := day(c.now)
			first := c.o.First(now)
			require.Equal(t, day(c.first), first)
			require.Equal(t, day(c.begins), c.o.Begins(first))
			require.Equal(t, day(c.over), c.o.Over(first))
			require.Equal(t, day(c.next), c.o.Next(first))
			require.Equal(t, day(c.latest), c.o.Latest(first, now.AddDate(0, 0, 7)))
			require.Equal(t, first, c.o.Latest(first, now))
			require.True(t, c.o.Holds(first))
		})
	}
	require.False(t, when.Occasion{Cron: cron("0 10 * * *"), Zone: berlin}.Holds(day("2026-03-03 08:00")))
	require.True(t, when.Occasion{Cron: cron("0 10 29 2 *")}.Begins(time.Time{}).IsZero(), "none follows")
}
