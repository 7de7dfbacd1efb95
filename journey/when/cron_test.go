package when_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/when"
	"github.com/marque-go/marque/rule"
)

func TestCronNext(t *testing.T) {
	for _, c := range []struct {
		name, cron, zone, after string
		want                    []string // RFC 3339 in the zone
	}{
		{"every weekday at nine", "0 9 * * mon-fri", "Europe/Berlin", "2026-03-06T08:00:00Z",
			[]string{"2026-03-09T09:00:00+01:00", "2026-03-10T09:00:00+01:00"}},
		{"strictly after", "0 9 * * *", "UTC", "2026-03-06T09:00:00Z", []string{"2026-03-07T09:00:00Z"}},
		{"a microsecond before", "0 9 * * *", "UTC", "2026-03-06T08:59:59.999999Z", []string{"2026-03-06T09:00:00Z"}},
		{"a microsecond behind", "0 9 * * *", "UTC", "2026-03-06T09:00:00.000001Z", []string{"2026-03-07T09:00:00Z"}},
		{"the weekday is that of the zone", "0 1 * * mon", "Asia/Tokyo", "2026-03-06T00:00:00Z",
			[]string{"2026-03-09T01:00:00+09:00", "2026-03-16T01:00:00+09:00"}},
		{"last day of the month", "0 8 L * *", "UTC", "2026-01-31T08:00:00Z",
			[]string{"2026-02-28T08:00:00Z", "2026-03-31T08:00:00Z", "2026-04-30T08:00:00Z"}},
		{"the 31st only where there is one", "0 8 31 * *", "UTC", "2026-01-31T08:00:00Z",
			[]string{"2026-03-31T08:00:00Z", "2026-05-31T08:00:00Z"}},
		{"February 29", "0 0 29 feb *", "UTC", "2026-01-01T00:00:00Z",
			[]string{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
		{"February 29 over 2100", "0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", []string{"2104-02-29T00:00:00Z"}},
		{"day or weekday", "0 0 13 * fri", "UTC", "2026-03-01T00:00:00Z",
			[]string{"2026-03-06T00:00:00Z", "2026-03-13T00:00:00Z", "2026-03-20T00:00:00Z"}},
		{"a weekday that begins with * goes with the day", "0 9 15 * */2", "UTC", "2026-03-01T00:00:00Z",
			[]string{"2026-03-15T09:00:00Z", "2026-08-15T09:00:00Z", "2026-09-15T09:00:00Z"}},
		{"a day that begins with * goes with the weekday", "0 9 */5 * 1", "UTC", "2026-03-01T00:00:00Z",
			[]string{"2026-03-16T09:00:00Z", "2026-04-06T09:00:00Z"}},
		{"all weekdays by their numbers are weekdays", "0 9 15 * 0-6", "UTC", "2026-03-01T00:00:00Z",
			[]string{"2026-03-01T09:00:00Z", "2026-03-02T09:00:00Z"}},
		{"steps and lists", "*/20 9,17 1-2 * *", "UTC", "2026-03-01T09:30:00Z",
			[]string{"2026-03-01T09:40:00Z", "2026-03-01T17:00:00Z", "2026-03-01T17:20:00Z", "2026-03-01T17:40:00Z", "2026-03-02T09:00:00Z"}},
		{"Sunday is 7 too", "0 0 * * 7", "UTC", "2026-03-01T00:00:00Z", []string{"2026-03-08T00:00:00Z"}},

		{"a gap in the north moves forward", "30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z",
			[]string{"2026-03-08T03:30:00-04:00", "2026-03-09T02:30:00-04:00"}},
		{"from within what the gap moved", "30 2 * * *", "America/New_York", "2026-03-08T07:10:00Z",
			[]string{"2026-03-08T03:30:00-04:00"}},
		{"behind what the gap moved", "30 2 * * *", "America/New_York", "2026-03-08T07:30:00Z",
			[]string{"2026-03-09T02:30:00-04:00"}},
		{"every half hour over the gap, each instant once", "*/30 * * * *", "America/New_York", "2026-03-08T06:20:00Z",
			[]string{"2026-03-08T01:30:00-05:00", "2026-03-08T03:00:00-04:00", "2026-03-08T03:30:00-04:00", "2026-03-08T04:00:00-04:00"}},
		{"what the gap moved behind what follows it", "45 2,3 * * *", "America/New_York", "2026-03-08T06:50:00Z",
			[]string{"2026-03-08T03:45:00-04:00", "2026-03-09T02:45:00-04:00"}},
		{"an overlap in the north fires at the first", "30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"}},
		{"in the second pass of an overlap", "30 1 * * *", "America/New_York", "2026-11-01T06:10:00Z",
			[]string{"2026-11-02T01:30:00-05:00"}},
		{"every half hour over the overlap", "*/30 * * * *", "America/New_York", "2026-11-01T05:20:00Z",
			[]string{"2026-11-01T01:30:00-04:00", "2026-11-01T02:00:00-05:00"}},
		{"a gap in the south", "30 2 * * *", "Australia/Sydney", "2026-10-03T00:00:00Z",
			[]string{"2026-10-04T03:30:00+11:00", "2026-10-05T02:30:00+11:00"}},
		{"an overlap in the south", "30 2 * * *", "Australia/Sydney", "2026-04-04T00:00:00Z",
			[]string{"2026-04-05T02:30:00+11:00", "2026-04-06T02:30:00+10:00"}},
		{"a gap of half an hour", "10 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00:00Z",
			[]string{"2026-10-04T02:40:00+11:00", "2026-10-05T02:10:00+11:00"}},
		{"an overlap of half an hour", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00:00Z",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}},
		{"a day that does not exist", "0 10 * * *", "Pacific/Apia", "2011-12-29T21:00:00Z",
			[]string{"2011-12-31T10:00:00+14:00", "2012-01-01T10:00:00+14:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			cron, err := when.ParseCron(c.cron)
			require.NoError(t, err)
			loc, err := time.LoadLocation(c.zone)
			require.NoError(t, err)
			at, err := time.Parse(time.RFC3339Nano, c.after)
			require.NoError(t, err)
			for _, want := range c.want {
				at = cron.Next(at, loc)
				require.Equal(t, want, at.In(loc).Format(time.RFC3339))
			}
		})
	}
}

func TestCronLatest(t *testing.T) {
	cron, err := when.ParseCron("0 9 * * mon")
	require.NoError(t, err)
	day := func(s string) time.Time {
		at, err := time.Parse(time.RFC3339, s)
		require.NoError(t, err)
		return at
	}
	for _, c := range []struct{ name, since, t, want string }{
		{"two passed", "2026-03-02T09:00:00Z", "2026-03-20T00:00:00Z", "2026-03-16T09:00:00Z"},
		{"at the very instant", "2026-03-02T09:00:00Z", "2026-03-16T09:00:00Z", "2026-03-16T09:00:00Z"},
		{"the first itself", "2026-03-02T09:00:00Z", "2026-03-09T08:59:00Z", "2026-03-02T09:00:00Z"},
		{"none", "2026-03-02T09:01:00Z", "2026-03-09T08:59:00Z", "0001-01-01T00:00:00Z"},
	} {
		require.Equal(t, c.want, cron.Latest(day(c.since), day(c.t), time.UTC).Format(time.RFC3339), c.name)
	}
}

func TestParseCronFaults(t *testing.T) {
	for _, line := range []string{
		"", "@daily", "0 9 * *", "0 0 9 * * *", "60 9 * * *", "0 24 * * *", "0 9 0 * *", "0 9 32 * *", "0 9 * 13 *", "0 9 * * 8",
		"5-1 9 * * *", "*/0 9 * * *", "*/x 9 * * *", "*/+5 9 * * *", ", 9 * * *", "1, 9 * * *", "0 9 30 feb *", "0 9 * foo *", "1,99 9 * * *",
		"-1 9 * * *", "0 9 15W * *", "0 9 * * 1#2", "0 L * * *",
		"0 9 15 * *,1", "0 9 1,* * 1", "*,5 9 * * *",
	} {
		_, err := when.ParseCron(line)
		require.Error(t, err, line)
	}
}

func TestFalls(t *testing.T) {
	d := func(s string) when.Day {
		day, ok := when.DayOf(rule.StringValue(s), nil)
		require.True(t, ok)
		return day
	}
	for _, c := range []struct {
		name    string
		date    when.Date
		day, on string
		want    bool
	}{
		{"once", when.Date{}, "2026-03-05", "2026-03-05", true},
		{"once, another year", when.Date{}, "2026-03-05", "2027-03-05", false},
		{"three days before", when.Date{Days: -3}, "2026-03-02", "2026-02-27", true},
		{"yearly", when.Date{Yearly: true}, "1990-03-05", "2026-03-05", true},
		{"yearly, not before the first", when.Date{Yearly: true}, "2027-03-05", "2026-03-05", false},
		{"February 29 is the 28th", when.Date{Yearly: true}, "1992-02-29", "2026-02-28", true},
		{"February 29 in a leap year", when.Date{Yearly: true}, "1992-02-29", "2028-02-28", false},
		{"February 29 is March 1", when.Date{Yearly: true, Mar1: true}, "1992-02-29", "2026-03-01", true},
		{"a week before, over the end of the year", when.Date{Yearly: true, Days: -7}, "1990-01-03", "2026-12-27", true},
		{"a week after, over the end of the year", when.Date{Yearly: true, Days: 7}, "1990-12-30", "2026-01-06", true},
	} {
		require.Equal(t, c.want, c.date.Falls(d(c.day), d(c.on)), c.name)
	}
}

func FuzzParseCron(f *testing.F) {
	for _, s := range []string{"0 9 * * mon-fri", "*/5 0-6/2 L 1,feb 7", "0 9 30 2 *", "1-", "* * * * *"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, err := when.ParseCron(s)
		if err != nil {
			return
		}
		at := time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC)
		loc, err := time.LoadLocation("Europe/Berlin")
		require.NoError(t, err)
		for range 3 {
			next := c.Next(at, loc)
			require.True(t, next.After(at), "%q at %s", s, at)
			at = next
		}
	})
}
