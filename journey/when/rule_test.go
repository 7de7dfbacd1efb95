package when

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/internal/civil"
)

const day = 24 * time.Hour

func at(s string) time.Time {
	t, err := time.Parse("2006-01-02T15:04:05", s)
	if err != nil {
		panic(err)
	}
	return t
}

func load(t testing.TB, name string) *time.Location {
	loc, err := time.LoadLocation(name)
	require.NoError(t, err)
	return loc
}

func clock(s string) civil.Clock {
	c, err := civil.ParseClock(s)
	if err != nil {
		panic(err)
	}
	return c
}

func weekdays(s string) civil.Weekdays {
	w, err := civil.ParseWeekdays(s)
	if err != nil {
		panic(err)
	}
	return w
}

func window(from, to, days string) Window {
	return Window{civil.Window{Start: clock(from), End: clock(to)}, weekdays(days)}
}

func TestDue(t *testing.T) {
	for _, c := range []struct {
		name, zone, since, want string
		rule                    Rule
	}{
		{"exact", "UTC", "2026-03-02T10:00:01", "2026-03-04T10:00:01", After(2 * day)},
		{"exact over a gap", "America/New_York", "2026-03-07T12:00:00", "2026-03-09T12:00:00", After(2 * day)},
		{"exact over an overlap", "Europe/Berlin", "2026-10-24T12:00:00", "2026-10-26T12:00:00", After(2 * day)},

		{"a duration and then a time", "UTC", "2026-12-04T09:00:00", "2026-12-12T08:00:00", AfterAt{7 * day, clock("08:00")}},
		{"a duration and then a time, before it", "UTC", "2026-12-04T07:00:00", "2026-12-11T08:00:00", AfterAt{7 * day, clock("08:00")}},
		{"a duration that ends at the time", "UTC", "2026-12-04T08:00:00", "2026-12-11T08:00:00", AfterAt{7 * day, clock("08:00")}},
		{"a duration and then a time in a gap", "America/New_York", "2026-03-07T07:10:00", "2026-03-08T07:30:00", AfterAt{day, clock("02:30")}},

		{"days over a gap keep the time of day", "America/New_York", "2026-03-07T12:00:00", "2026-03-09T11:00:00", Days(2)},
		{"days over an overlap keep the time of day", "Europe/Berlin", "2026-10-24T12:00:00", "2026-10-26T13:00:00", Days(2)},
		{"days over a gap of half an hour", "Australia/Lord_Howe", "2026-10-03T01:00:00", "2026-10-04T00:30:00", Days(1)},
		{"days over a month's end", "Asia/Kolkata", "2028-02-28T04:00:00", "2028-02-29T04:00:00", Days(1)},
		{"a day into a midnight that is not there", "Africa/Cairo", "2026-04-22T22:00:00", "2026-04-23T22:00:00", Days(1)},
		{"a day into the day that is not there", "Pacific/Apia", "2011-12-29T22:00:00", "2011-12-30T22:00:00", Days(1)},
		{"two days over the day that is not there", "Pacific/Apia", "2011-12-29T22:00:00", "2011-12-30T22:00:00", Days(2)},

		{"a day at a time", "Asia/Shanghai", "2026-03-02T13:00:00", "2026-03-03T01:00:00", DaysAt{1, clock("09:00")}},
		{"a day at a time, whatever the hour now", "UTC", "2026-03-02T00:00:00", "2026-03-03T09:00:00", DaysAt{1, clock("09:00")}},
		{"days at a time after a gap", "America/New_York", "2026-03-07T17:00:00", "2026-03-08T13:00:00", DaysAt{1, clock("09:00")}},
		{"days at a time in a gap", "Europe/Berlin", "2026-03-28T12:00:00", "2026-03-29T01:30:00", DaysAt{1, clock("02:30")}},
		{"days at a time that comes twice", "America/New_York", "2026-10-31T12:00:00", "2026-11-01T05:30:00", DaysAt{1, clock("01:30")}},
		{"days at a time that comes twice, in the south", "Australia/Sydney", "2026-04-04T12:00:00", "2026-04-04T15:30:00", DaysAt{1, clock("02:30")}},

		{"the next time, today", "Asia/Shanghai", "2026-03-02T00:30:00", "2026-03-02T01:00:00", NextAt{clock("09:00"), 0}},
		{"the next time, at it", "Asia/Shanghai", "2026-03-02T01:00:00", "2026-03-03T01:00:00", NextAt{clock("09:00"), 0}},
		{"a half-hour zone", "Asia/Kolkata", "2026-03-02T03:29:59", "2026-03-02T03:30:00", NextAt{clock("09:00"), 0}},
		{"a gap in New York goes forward", "America/New_York", "2026-03-08T05:00:00", "2026-03-08T07:30:00", NextAt{clock("02:30"), 0}},
		{"a gap in Berlin goes forward", "Europe/Berlin", "2026-03-29T00:00:00", "2026-03-29T01:30:00", NextAt{clock("02:30"), 0}},
		{"a gap in Sydney", "Australia/Sydney", "2026-10-03T15:00:00", "2026-10-03T16:30:00", NextAt{clock("02:30"), 0}},
		{"a gap of half an hour", "Australia/Lord_Howe", "2026-10-03T15:00:00", "2026-10-03T15:45:00", NextAt{clock("02:15"), 0}},
		{"a midnight that is not there", "Africa/Cairo", "2026-04-23T12:00:00", "2026-04-23T22:00:00", NextAt{clock("00:00"), 0}},
		{"a midnight that is not there in Santiago", "America/Santiago", "2026-09-05T12:00:00", "2026-09-06T04:00:00", NextAt{clock("00:00"), 0}},
		{"an overlap takes the first", "Europe/Berlin", "2026-10-24T23:00:00", "2026-10-25T00:30:00", NextAt{clock("02:30"), 0}},
		{"between the two of an overlap: tomorrow", "Europe/Berlin", "2026-10-25T00:45:00", "2026-10-26T01:30:00", NextAt{clock("02:30"), 0}},
		{"an overlap before midnight", "America/Santiago", "2026-04-04T12:00:00", "2026-04-05T02:30:00", NextAt{clock("23:30"), 0}},

		// What others got wrong.
		{"the weekday is the zone's, not UTC's", "Asia/Shanghai", "2026-03-06T04:00:00", "2026-03-08T23:00:00", NextAt{clock("07:00"), weekdays("mon")}},
		{"the offset is that of then, not of now", "America/New_York", "2026-03-07T17:00:00", "2026-03-08T13:00:00", NextAt{clock("09:00"), weekdays("sun")}},
		{"Tokyo on a Saturday evening, 09:00 mon-fri", "Asia/Tokyo", "2026-03-07T09:13:00", "2026-03-09T00:00:00", NextAt{clock("09:00"), weekdays("mon-fri")}},
		{"Tokyo on a Saturday evening, window mon-fri", "Asia/Tokyo", "2026-03-07T09:13:00", "2026-03-09T00:00:00", window("09:00", "18:00", "mon-fri")},
		{"Friday before 08:00 in Shanghai is Friday", "Asia/Shanghai", "2026-03-05T23:00:00", "2026-03-05T23:30:00", NextAt{clock("07:30"), weekdays("fri")}},

		{"inside a window: at once", "Asia/Shanghai", "2026-03-02T01:00:00", "2026-03-02T01:00:00", window("09:00", "18:00", "")},
		{"at the end of a window", "Asia/Shanghai", "2026-03-02T10:00:00", "2026-03-03T01:00:00", window("09:00", "18:00", "")},
		{"before a window", "Asia/Shanghai", "2026-03-02T00:59:59", "2026-03-02T01:00:00", window("09:00", "18:00", "")},
		{"inside, on another weekday", "Asia/Shanghai", "2026-03-07T02:00:00", "2026-03-09T01:00:00", window("09:00", "18:00", "mon-fri")},
		{"after midnight of the weekday", "UTC", "2026-03-07T01:59:59", "2026-03-07T01:59:59", window("22:00", "02:00", "fri")},
		{"its end after midnight", "UTC", "2026-03-07T02:00:00", "2026-03-13T22:00:00", window("22:00", "02:00", "fri")},
		{"after midnight on the weekday is the day before", "UTC", "2026-03-06T01:00:00", "2026-03-06T22:00:00", window("22:00", "02:00", "fri")},
		{"a window that begins in a gap opens at the shift", "America/New_York", "2026-03-08T06:00:00", "2026-03-08T07:00:00", window("02:30", "05:00", "")},
		{"a window at a midnight that is not there", "Africa/Cairo", "2026-04-23T12:00:00", "2026-04-23T22:00:00", window("00:00", "06:00", "")},
		{"a window open over the day that is not there", "Pacific/Apia", "2011-12-30T11:00:00", "2011-12-30T11:00:00", window("22:00", "02:00", "thu")},

		{"the hour of today", "UTC", "2026-03-02T10:00:00", "2026-03-02T20:00:00", Hour{clock("20:00"), 0}},
		{"the hour at it", "UTC", "2026-03-02T20:00:00", "2026-03-02T20:00:00", Hour{clock("20:00"), 0}},
		{"the hour of tomorrow", "UTC", "2026-03-02T20:00:01", "2026-03-03T20:00:00", Hour{clock("20:00"), 0}},
		{"the hour, no later than", "UTC", "2026-03-02T10:00:00", "2026-03-02T16:00:00", Hour{clock("20:00"), 6 * time.Hour}},
		{"the hour, just within", "UTC", "2026-03-02T14:00:00", "2026-03-02T20:00:00", Hour{clock("20:00"), 6 * time.Hour}},
		{"a day of 25 hours is a day", "Europe/Berlin", "2026-10-24T18:00:01", "2026-10-25T19:00:00", Hour{clock("20:00"), 0}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.rule.Due(at(c.since), load(t, c.zone))
			require.Equal(t, c.want, got.Format("2006-01-02T15:04:05"))
			require.Equal(t, time.UTC, got.Location())
		})
	}
}

func TestNoZoneIsUTC(t *testing.T) {
	for _, r := range []Rule{After(day), AfterAt{day, 3600}, Days(3), DaysAt{3, 3600}, NextAt{3600, weekdays("sat")}, window("22:00", "02:00", "fri"), Hour{3600, 0}} {
		require.Equal(t, r.Due(at("2026-03-02T10:00:00"), time.UTC), r.Due(at("2026-03-02T10:00:00"), nil))
	}
}

var zones = []string{"UTC", "America/New_York", "Europe/Berlin", "Australia/Sydney", "America/Santiago", "Australia/Lord_Howe", "Africa/Cairo",
	"Asia/Kolkata", "Asia/Shanghai", "Pacific/Apia", "America/St_Johns"}

// No rule is due before its beginning, and who waits a little first is not due earlier.
func TestDueProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		since := time.Unix(rapid.Int64Range(1262304000, 1893456000).Draw(t, "since"), 0).UTC()
		c := civil.Clock(rapid.IntRange(0, 24*60-1).Draw(t, "at") * 60)
		days := civil.Weekdays(rapid.IntRange(0, 127).Draw(t, "weekdays"))
		w := Window{civil.Window{Start: c, End: civil.Clock((int(c) + 60*rapid.IntRange(1, 1439).Draw(t, "long")) % 86400)}, days}
		for _, r := range []Rule{NextAt{c, days}, DaysAt{rapid.IntRange(1, 40).Draw(t, "days"), c}, w, Hour{c, 0}, Days(rapid.IntRange(1, 40).Draw(t, "n"))} {
			due := r.Due(since, loc)
			require.False(t, due.Before(since), "%T", r)
		}
		due := w.Due(since, loc)
		require.True(t, w.In(due, loc))
		require.Equal(t, due, w.Due(due, loc), "who is inside goes on at once")
		next := NextAt{c, days}.Due(since, loc)
		require.Equal(t, next, NextAt{c, days}.Due(next.Add(-time.Second), loc))
		if show := civil.ClockOf(next, loc); show == c {
			require.True(t, days.Has(next.In(loc).Weekday()))
		}
	})
}
