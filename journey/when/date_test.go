package when

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/rule"
)

func TestDayOf(t *testing.T) {
	instant := func(s string) rule.Value { return rule.TimeValue(rule.At(at(s))) }
	for _, c := range []struct {
		name, zone string
		v          rule.Value
		want       Day
	}{
		{"a text", "Asia/Shanghai", rule.StringValue("1990-02-28"), Day{1990, 2, 28}},
		{"midnight in UTC is the date it shows, west", "America/New_York", instant("1990-02-28T00:00:00"), Day{1990, 2, 28}},
		{"midnight in UTC is the date it shows, east", "Asia/Shanghai", instant("1990-02-28T00:00:00"), Day{1990, 2, 28}},
		{"1970 is a date", "Asia/Shanghai", rule.TimeValue(0), Day{1970, 1, 1}},
		{"another time is the date in the zone", "Asia/Shanghai", instant("1990-02-27T16:00:00"), Day{1990, 2, 28}},
		{"a second before", "Asia/Shanghai", instant("1990-02-27T15:59:59"), Day{1990, 2, 27}},
		{"another time, west", "America/New_York", instant("1990-03-01T04:59:59"), Day{1990, 2, 28}},
		{"a text with a time", "Asia/Shanghai", rule.StringValue("1990-02-28T00:00:00+08:00"), Day{1990, 2, 28}},
		{"a text that is midnight in UTC", "America/New_York", rule.StringValue("1990-02-28T00:00:00Z"), Day{1990, 2, 28}},
		{"missing", "UTC", rule.Value{}, Day{}},
		{"no such day", "UTC", rule.StringValue("1990-02-29"), Day{}},
		{"another text", "UTC", rule.StringValue("28.2.1990"), Day{}},
		{"a number", "UTC", rule.IntValue(19900228), Day{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := DayOf(c.v, load(t, c.zone))
			require.Equal(t, c.want, got)
			require.Equal(t, c.want != Day{}, ok)
		})
	}
}

func TestDate(t *testing.T) {
	ten := clock("10:00")
	for _, c := range []struct {
		name, zone, now string
		day             Day
		date            Date
		want            string // "" for past
	}{
		{"to come", "Asia/Shanghai", "2026-03-02T00:00:00", Day{2026, 3, 10}, Date{At: ten}, "2026-03-10T02:00:00"},
		{"due now is due", "Asia/Shanghai", "2026-03-10T02:00:00", Day{2026, 3, 10}, Date{At: ten}, "2026-03-10T02:00:00"},
		{"past by a second", "Asia/Shanghai", "2026-03-10T02:00:01", Day{2026, 3, 10}, Date{At: ten}, ""},
		{"days before, over a month", "UTC", "2026-02-01T00:00:00", Day{2026, 3, 2}, Date{Days: -7, At: ten}, "2026-02-23T10:00:00"},
		{"days after, over February 29", "UTC", "2028-02-01T00:00:00", Day{2028, 2, 28}, Date{Days: 2, At: ten}, "2028-03-01T10:00:00"},
		{"in a gap", "Europe/Berlin", "2026-03-02T00:00:00", Day{2026, 3, 29}, Date{At: clock("02:30")}, "2026-03-29T01:30:00"},
		{"twice: the first", "America/New_York", "2026-03-02T00:00:00", Day{2026, 11, 1}, Date{At: clock("01:30")}, "2026-11-01T05:30:00"},
		{"a midnight that is not there", "Africa/Cairo", "2026-03-02T00:00:00", Day{2026, 4, 24}, Date{}, "2026-04-23T22:00:00"},
		{"a day that is not there", "Pacific/Apia", "2011-12-01T00:00:00", Day{2011, 12, 30}, Date{At: ten}, "2011-12-30T20:00:00"},

		{"a birthday, this year", "Asia/Shanghai", "2026-03-02T00:00:00", Day{1990, 5, 1}, Date{At: ten, Yearly: true}, "2026-05-01T02:00:00"},
		{"a birthday, today", "Asia/Shanghai", "2026-05-01T02:00:00", Day{1990, 5, 1}, Date{At: ten, Yearly: true}, "2026-05-01T02:00:00"},
		{"a birthday, a second after", "Asia/Shanghai", "2026-05-01T02:00:01", Day{1990, 5, 1}, Date{At: ten, Yearly: true}, "2027-05-01T02:00:00"},
		{"New Year in the east is last year in UTC", "Asia/Shanghai", "2026-12-31T15:00:00", Day{1990, 1, 1}, Date{Yearly: true}, "2026-12-31T16:00:00"},
		{"New Year's Eve in the west is next year in UTC", "America/New_York", "2027-01-01T03:00:00", Day{1990, 12, 31}, Date{At: clock("23:00"), Yearly: true}, "2027-01-01T04:00:00"},
		{"days before a birthday in January", "UTC", "2026-12-20T00:00:00", Day{1990, 1, 3}, Date{Days: -7, At: ten, Yearly: true}, "2026-12-27T10:00:00"},
		{"days after a birthday in December", "UTC", "2027-01-02T00:00:00", Day{1990, 12, 30}, Date{Days: 7, At: ten, Yearly: true}, "2027-01-06T10:00:00"},
		{"more days than a year", "UTC", "2026-03-02T00:00:00", Day{1990, 5, 1}, Date{Days: 400, At: ten, Yearly: true}, "2026-06-05T10:00:00"},
		{"not before the date itself", "UTC", "2026-03-02T00:00:00", Day{2028, 5, 1}, Date{At: ten, Yearly: true}, "2028-05-01T10:00:00"},

		{"February 29 in a leap year", "UTC", "2028-01-01T00:00:00", Day{1996, 2, 29}, Date{At: ten, Yearly: true}, "2028-02-29T10:00:00"},
		{"February 29 in another: the 28th", "UTC", "2026-01-01T00:00:00", Day{1996, 2, 29}, Date{At: ten, Yearly: true}, "2026-02-28T10:00:00"},
		{"February 29 in another: March 1", "UTC", "2026-01-01T00:00:00", Day{1996, 2, 29}, Date{At: ten, Yearly: true, Mar1: true}, "2026-03-01T10:00:00"},
		{"March 1 policy in a leap year", "UTC", "2028-01-01T00:00:00", Day{1996, 2, 29}, Date{At: ten, Yearly: true, Mar1: true}, "2028-02-29T10:00:00"},
		{"on the 28th, past, the next is the leap day", "UTC", "2027-02-28T10:00:01", Day{1996, 2, 29}, Date{At: ten, Yearly: true}, "2028-02-29T10:00:00"},
		{"February 29 in 1900 is none", "UTC", "1899-03-02T00:00:00", Day{1896, 2, 29}, Date{At: ten, Yearly: true}, "1900-02-28T10:00:00"},
		{"a day before March 1 policy", "UTC", "2026-01-01T00:00:00", Day{1996, 2, 29}, Date{Days: -1, At: ten, Yearly: true, Mar1: true}, "2026-02-28T10:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, ok := c.date.Next(c.day, at(c.now), load(t, c.zone))
			require.Equal(t, c.want != "", ok)
			if ok {
				require.Equal(t, c.want, got.Format("2006-01-02T15:04:05"))
			} else {
				require.True(t, got.Before(at(c.now)))
			}
		})
	}
}

// A yearly date comes every year, once.
func TestYearlyProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		loc, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		require.NoError(t, err)
		born := time.Date(rapid.IntRange(1950, 2000).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		y, m, dd := born.Date()
		d := Date{Days: rapid.IntRange(-500, 500).Draw(t, "days"), At: clock("10:00"), Yearly: true, Mar1: rapid.Bool().Draw(t, "mar1")}
		now := time.Unix(rapid.Int64Range(1262304000, 1893456000).Draw(t, "now"), 0).UTC()
		first, ok := d.Next(Day{y, m, dd}, now, loc)
		require.True(t, ok)
		require.False(t, first.Before(now))
		again, _ := d.Next(Day{y, m, dd}, first, loc)
		require.Equal(t, first, again)
		second, _ := d.Next(Day{y, m, dd}, first.Add(time.Second), loc)
		gap := second.Sub(first)
		require.True(t, 364*day <= gap && gap <= 367*day, "%v", gap)
	})
}

func TestClockOf(t *testing.T) {
	for _, c := range []struct {
		v    rule.Value
		want string
	}{
		{rule.IntValue(20), "20:00"}, {rule.IntValue(0), "00:00"}, {rule.FloatValue(20.9), "20:00"}, {rule.StringValue("20:30"), "20:30"},
		{rule.StringValue("8"), "08:00"}, {rule.StringValue("08"), "08:00"}, {rule.IntValue(24), ""}, {rule.IntValue(-1), ""},
		{rule.StringValue("24"), ""}, {rule.StringValue("evening"), ""}, {rule.StringValue(""), ""}, {rule.StringValue("+8"), ""},
		{rule.Value{}, ""}, {rule.BoolValue(true), ""},
	} {
		got, ok := ClockOf(c.v)
		require.Equal(t, c.want != "", ok, "%v", c.v)
		if ok {
			require.Equal(t, c.want, got.String())
		}
	}
}

func FuzzParseHour(f *testing.F) {
	for _, s := range []string{"20", "8", "08", "20:30", "24", "", "20:30:15", "-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c, ok := ParseHour(s)
		if !ok {
			return
		}
		again, ok := ParseHour(c.String())
		require.True(t, ok)
		require.Equal(t, c, again)
	})
}

func FuzzDayOf(f *testing.F) {
	for _, s := range []string{"1990-02-28", "1990-02-28T00:00:00+08:00", "0000-01-01", "9999-12-31", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := DayOf(rule.StringValue(s), time.UTC); ok {
			back := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
			require.Equal(t, []int{d.Year, int(d.Month), d.Day}, []int{back.Year(), int(back.Month()), back.Day()})
		}
	})
}
