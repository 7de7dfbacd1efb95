package civil

import (
	"encoding/json"
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"
)

const stamp = "2006-01-02 15:04:05 -0700"

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := new(Zones).Load(name)
	require.NoError(t, err)
	return loc
}

func instant(t testing.TB, s string, loc *time.Location) time.Time {
	t.Helper()
	at, err := time.Parse(stamp, s)
	require.NoError(t, err)
	return at.In(loc)
}

func TestResolve(t *testing.T) {
	for _, c := range []struct{ name, zone, wall, want string }{
		{"plain", "Asia/Shanghai", "2026-03-29 02:30:00", "2026-03-29 02:30:00 +0800"},
		{"UTC", "", "2026-03-29 02:30:00", "2026-03-29 02:30:00 +0000"},
		{"gap in the north", "America/New_York", "2026-03-08 02:30:00", "2026-03-08 03:30:00 -0400"},
		{"first of the gap", "America/New_York", "2026-03-08 02:00:00", "2026-03-08 03:00:00 -0400"},
		{"last before the gap", "America/New_York", "2026-03-08 01:59:59", "2026-03-08 01:59:59 -0500"},
		{"behind the gap", "America/New_York", "2026-03-08 03:00:00", "2026-03-08 03:00:00 -0400"},
		{"overlap in the north", "America/New_York", "2026-11-01 01:30:00", "2026-11-01 01:30:00 -0400"},
		{"behind the overlap", "America/New_York", "2026-11-01 02:00:00", "2026-11-01 02:00:00 -0500"},
		{"gap in Europe", "Europe/Berlin", "2026-03-29 02:30:00", "2026-03-29 03:30:00 +0200"},
		{"overlap in Europe", "Europe/Berlin", "2026-10-25 02:30:00", "2026-10-25 02:30:00 +0200"},
		{"gap in the south", "Australia/Sydney", "2026-10-04 02:30:00", "2026-10-04 03:30:00 +1100"},
		{"overlap in the south", "Australia/Sydney", "2026-04-05 02:30:00", "2026-04-05 02:30:00 +1100"},
		{"gap of half an hour", "Australia/Lord_Howe", "2026-10-04 02:10:00", "2026-10-04 02:40:00 +1100"},
		{"overlap of half an hour", "Australia/Lord_Howe", "2026-04-05 01:45:00", "2026-04-05 01:45:00 +1100"},
		{"gap at midnight", "America/Sao_Paulo", "2018-11-04 00:00:00", "2018-11-04 01:00:00 -0200"},
		{"overlap before midnight", "America/Sao_Paulo", "2018-02-17 23:30:00", "2018-02-17 23:30:00 -0200"},
		{"gap at midnight in Cairo", "Africa/Cairo", "2026-04-24 00:15:00", "2026-04-24 01:15:00 +0300"},
		{"gap at midnight in Beirut", "Asia/Beirut", "2026-03-29 00:59:59", "2026-03-29 01:59:59 +0300"},
		{"day that does not exist", "Pacific/Apia", "2011-12-30 10:00:00", "2011-12-31 10:00:00 +1400"},
		{"day that occurs twice", "Pacific/Kwajalein", "1969-09-30 05:00:00", "1969-09-30 05:00:00 +1100"},
		{"last day of a leap year far ahead", "America/New_York", "2040-12-31 12:00:00", "2040-12-31 12:00:00 -0500"},
		{"offset with seconds", "Asia/Shanghai", "1900-12-31 23:00:00", "1900-12-31 23:00:00 +0805"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, err := time.Parse(time.DateTime, c.wall)
			require.NoError(t, err)
			got := Resolve(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), 7, zone(t, c.zone))
			require.Equal(t, c.want, got.Format(stamp))
			require.Equal(t, 7, got.Nanosecond())
		})
	}
	require.Equal(t, "2026-03-01 00:00:00 +0000", Resolve(2026, 2, 29, 0, 0, 0, 0, nil).Format(stamp), "carried over")
	far := time.FixedZone("far", 40*3600)
	require.Equal(t, "2026-03-01 05:00:00 +4000", Resolve(2026, 3, 1, 5, 0, 0, 0, far).Format(stamp))
}

func TestAdd(t *testing.T) {
	for _, c := range []struct {
		name, zone, from string
		months, days     int
		want             string
	}{
		{"no days stay in the second pass", "America/New_York", "2026-11-01 01:30:00 -0500", 0, 0, "2026-11-01 01:30:00 -0500"},
		{"a day over the gap is 23 hours", "America/New_York", "2026-03-07 12:00:00 -0500", 0, 1, "2026-03-08 12:00:00 -0400"},
		{"a day into the gap", "America/New_York", "2026-03-07 02:30:00 -0500", 0, 1, "2026-03-08 03:30:00 -0400"},
		{"a day over the overlap is 25 hours", "America/New_York", "2026-10-31 12:00:00 -0400", 0, 1, "2026-11-01 12:00:00 -0500"},
		{"back", "America/New_York", "2026-03-08 12:00:00 -0400", 0, -1, "2026-03-07 12:00:00 -0500"},
		{"over a day that does not exist", "Pacific/Apia", "2011-12-29 09:00:00 -1000", 0, 2, "2011-12-31 09:00:00 +1400"},
		{"onto a day that does not exist", "Pacific/Apia", "2011-12-29 09:00:00 -1000", 0, 1, "2011-12-31 09:00:00 +1400"},
		{"to the month's end", "Asia/Shanghai", "2026-01-31 09:00:00 +0800", 1, 0, "2026-02-28 09:00:00 +0800"},
		{"to the end of a leap February", "Asia/Shanghai", "2027-12-31 09:00:00 +0800", 2, 0, "2028-02-29 09:00:00 +0800"},
		{"from Feb 29 by a year", "Asia/Shanghai", "2028-02-29 09:00:00 +0800", 12, 0, "2029-02-28 09:00:00 +0800"},
		{"back over the year", "Asia/Shanghai", "2026-03-31 09:00:00 +0800", -13, 0, "2025-02-28 09:00:00 +0800"},
		{"a month into the gap", "Europe/Berlin", "2026-02-28 02:30:00 +0100", 1, 1, "2026-03-29 03:30:00 +0200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := zone(t, c.zone)
			got := instant(t, c.from, loc)
			if c.months == 1 && c.days == 1 {
				got = AddDays(got, 1, loc)
				got = AddDays(AddMonths(got, 1, loc), -3, loc) // Mar 1, Apr 1, Mar 29
			} else {
				got = AddDays(AddMonths(got, c.months, loc), c.days, loc)
			}
			require.Equal(t, c.want, got.Format(stamp))
		})
	}
	require.Equal(t, 29, DaysIn(2000, 2))
	require.Equal(t, 28, DaysIn(1900, 2))
	require.Equal(t, 31, DaysIn(2026, 12))
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ name, zone, from, clock, next, nextOrAt string }{
		{"today", "Asia/Shanghai", "2026-05-01 08:00:00 +0800", "21:30", "2026-05-01 21:30:00 +0800", ""},
		{"at", "Asia/Shanghai", "2026-05-01 21:30:00 +0800", "21:30", "2026-05-02 21:30:00 +0800", "2026-05-01 21:30:00 +0800"},
		{"tomorrow", "Asia/Shanghai", "2026-05-31 21:30:01 +0800", "21:30", "2026-06-01 21:30:00 +0800", ""},
		{"zone of the clock, not of the time", "Asia/Shanghai", "2026-05-01 20:00:00 +0000", "08:00", "2026-05-02 08:00:00 +0800", ""},
		{"gap", "America/New_York", "2026-03-08 01:00:00 -0500", "02:30", "2026-03-08 03:30:00 -0400", ""},
		{"first pass done", "America/New_York", "2026-11-01 01:30:00 -0400", "01:30", "2026-11-02 01:30:00 -0500", "2026-11-01 01:30:00 -0400"},
		{"in the second pass", "America/New_York", "2026-11-01 01:10:00 -0500", "01:30", "2026-11-02 01:30:00 -0500", ""},
		{"midnight that does not exist", "America/Sao_Paulo", "2018-11-03 12:00:00 -0300", "00:00", "2018-11-04 01:00:00 -0200", ""},
		{"day that does not exist", "Pacific/Apia", "2011-12-29 12:00:00 -1000", "10:00", "2011-12-31 10:00:00 +1400", ""},
		{"day shown twice", "Pacific/Kwajalein", "1969-09-30 04:00:00 -1200", "05:00", "1969-10-01 05:00:00 -1200", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := zone(t, c.zone)
			clock, err := ParseClock(c.clock)
			require.NoError(t, err)
			if c.nextOrAt == "" {
				c.nextOrAt = c.next
			}
			from := instant(t, c.from, loc)
			require.Equal(t, c.next, Next(from, clock, loc).Format(stamp))
			require.Equal(t, c.nextOrAt, NextOrAt(from, clock, loc).Format(stamp))
		})
	}
}

func TestNextWeekday(t *testing.T) {
	for _, c := range []struct{ name, zone, from, days, clock, want string }{
		{"later this week", "Asia/Shanghai", "2026-05-04 08:00:00 +0800", "wed,fri", "10:00", "2026-05-06 10:00:00 +0800"},
		{"same day", "Asia/Shanghai", "2026-05-04 08:00:00 +0800", "mon", "10:00", "2026-05-04 10:00:00 +0800"},
		{"a week on", "Asia/Shanghai", "2026-05-04 10:00:00 +0800", "mon", "10:00", "2026-05-11 10:00:00 +0800"},
		{"day of the zone, not of UTC", "Asia/Shanghai", "2026-05-03 18:00:00 +0000", "mon", "10:00", "2026-05-04 10:00:00 +0800"},
		{"no days are all", "Asia/Shanghai", "2026-05-04 12:00:00 +0800", "", "10:00", "2026-05-05 10:00:00 +0800"},
		{"a Friday that does not exist", "Pacific/Apia", "2011-12-29 12:00:00 -1000", "fri", "10:00", "2012-01-06 10:00:00 +1400"},
		{"a Sunday without midnight", "America/Sao_Paulo", "2018-11-01 12:00:00 -0300", "sun", "00:30", "2018-11-04 01:30:00 -0200"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := zone(t, c.zone)
			clock, _ := ParseClock(c.clock)
			days, err := ParseWeekdays(c.days)
			require.NoError(t, err)
			from := instant(t, c.from, loc)
			got := NextWeekday(from, days, clock, loc)
			require.Equal(t, c.want, got.Format(stamp))
			require.Equal(t, c.want, NextWeekdayOrAt(got, days, clock, loc).Format(stamp))
		})
	}
}

func TestBounds(t *testing.T) {
	for _, c := range []struct {
		name, zone        string
		unit              Unit
		at, start, behind string
	}{
		{"hour", "Asia/Kolkata", Hour, "2026-05-04 08:10:00 +0530", "2026-05-04 08:00:00 +0530", "2026-05-04 09:00:00 +0530"},
		{"hour before a gap", "America/New_York", Hour, "2026-03-08 01:59:00 -0500", "2026-03-08 01:00:00 -0500", "2026-03-08 03:00:00 -0400"},
		{"hour shown twice", "America/New_York", Hour, "2026-11-01 01:10:00 -0500", "2026-11-01 01:00:00 -0400", "2026-11-01 02:00:00 -0500"},
		{"hour that begins within a gap", "Australia/Lord_Howe", Hour, "2026-10-04 02:45:00 +1100", "2026-10-04 02:30:00 +1100", "2026-10-04 03:00:00 +1100"},
		{"day", "Asia/Shanghai", Day, "2026-05-04 00:00:00 +0800", "2026-05-04 00:00:00 +0800", "2026-05-05 00:00:00 +0800"},
		{"day of 23 hours", "Europe/Berlin", Day, "2026-03-29 12:00:00 +0200", "2026-03-29 00:00:00 +0100", "2026-03-30 00:00:00 +0200"},
		{"day without midnight", "America/Sao_Paulo", Day, "2018-11-04 12:00:00 -0200", "2018-11-04 01:00:00 -0200", "2018-11-05 00:00:00 -0200"},
		{"day before one without midnight", "Africa/Cairo", Day, "2026-04-23 23:59:59 +0200", "2026-04-23 00:00:00 +0200", "2026-04-24 01:00:00 +0300"},
		{"day without midnight in Beirut", "Asia/Beirut", Day, "2026-03-29 01:00:00 +0300", "2026-03-29 01:00:00 +0300", "2026-03-30 00:00:00 +0300"},
		{"last hour of a day shown twice", "America/Sao_Paulo", Day, "2018-02-17 23:30:00 -0300", "2018-02-17 00:00:00 -0200", "2018-02-18 00:00:00 -0300"},
		{"shift back over midnight", "America/St_Johns", Day, "2006-10-28 23:30:00 -0330", "2006-10-29 00:00:00 -0230", "2006-10-30 00:00:00 -0330"},
		{"before the shift back over midnight", "America/St_Johns", Day, "2006-10-28 23:30:00 -0230", "2006-10-28 00:00:00 -0230", "2006-10-29 00:00:00 -0230"},
		{"day before one that does not exist", "Pacific/Apia", Day, "2011-12-29 12:00:00 -1000", "2011-12-29 00:00:00 -1000", "2011-12-31 00:00:00 +1400"},
		{"week from Monday", "Asia/Shanghai", Week, "2026-05-10 23:00:00 +0800", "2026-05-04 00:00:00 +0800", "2026-05-11 00:00:00 +0800"},
		{"week on its Monday", "Asia/Shanghai", Week, "2026-05-11 00:00:00 +0800", "2026-05-11 00:00:00 +0800", "2026-05-18 00:00:00 +0800"},
		{"week over the year", "Asia/Shanghai", Week, "2027-01-01 00:00:00 +0800", "2026-12-28 00:00:00 +0800", "2027-01-04 00:00:00 +0800"},
		{"month", "America/New_York", Month, "2026-03-31 23:00:00 -0400", "2026-03-01 00:00:00 -0500", "2026-04-01 00:00:00 -0400"},
		{"February of a leap year", "Asia/Shanghai", Month, "2028-02-29 12:00:00 +0800", "2028-02-01 00:00:00 +0800", "2028-03-01 00:00:00 +0800"},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := zone(t, c.zone)
			at := instant(t, c.at, loc)
			require.Equal(t, c.start, StartOf(c.unit, at, loc).Format(stamp))
			require.Equal(t, c.behind, EndOf(c.unit, at, loc).Format(stamp))
		})
	}
	require.Panics(t, func() { StartOf(0, time.Time{}, nil) })
}

func TestWindow(t *testing.T) {
	night := Window{Start: 22 * 3600, End: 8 * 3600}
	day := Window{Start: 9 * 3600, End: 18 * 3600}
	short := Window{Start: 2 * 3600, End: 2*3600 + 1800}
	for _, c := range []struct {
		name, zone      string
		w               Window
		at              string
		in              bool
		outside, inside string
	}{
		{"before the night", "Asia/Shanghai", night, "2026-05-04 21:59:59 +0800", false, "", "2026-05-04 22:00:00 +0800"},
		{"the start is in", "Asia/Shanghai", night, "2026-05-04 22:00:00 +0800", true, "2026-05-05 08:00:00 +0800", ""},
		{"behind midnight", "Asia/Shanghai", night, "2026-05-05 03:00:00 +0800", true, "2026-05-05 08:00:00 +0800", ""},
		{"the end is out", "Asia/Shanghai", night, "2026-05-05 08:00:00 +0800", false, "", "2026-05-05 22:00:00 +0800"},
		{"by day", "Asia/Shanghai", day, "2026-05-05 18:00:00 +0800", false, "", "2026-05-06 09:00:00 +0800"},
		{"a short night", "Europe/Berlin", night, "2026-03-28 23:00:00 +0100", true, "2026-03-29 08:00:00 +0200", ""},
		{"a long night", "Europe/Berlin", night, "2026-10-24 23:00:00 +0200", true, "2026-10-25 08:00:00 +0100", ""},
		{"a window that the gap swallows", "Europe/Berlin", short, "2026-03-29 01:00:00 +0100", false, "", "2026-03-30 02:00:00 +0200"},
		{"a gap over the end", "Europe/Berlin", Window{Start: 3600, End: 2*3600 + 1800}, "2026-03-29 01:30:00 +0100", true, "2026-03-29 03:00:00 +0200", ""},
		{"a gap over the start", "Europe/Berlin", Window{Start: 2*3600 + 1800, End: 5 * 3600}, "2026-03-29 01:30:00 +0100", false, "", "2026-03-29 03:00:00 +0200"},
		{"an overlap opens it again", "Europe/Berlin", short, "2026-10-25 02:45:00 +0200", false, "", "2026-10-25 02:00:00 +0100"},
		{"last day of a leap year far ahead", "Europe/Berlin", night, "2040-12-31 12:00:00 +0100", false, "", "2040-12-31 22:00:00 +0100"},
		{"out by the shift back", "Australia/Lord_Howe", Window{Start: 3600 + 45*60, End: 4 * 3600}, "2026-04-05 01:50:00 +1100", true, "2026-04-05 01:30:00 +1030", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			loc := zone(t, c.zone)
			at := instant(t, c.at, loc)
			if c.outside == "" {
				c.outside = c.at
			}
			if c.inside == "" {
				c.inside = c.at
			}
			require.Equal(t, c.in, c.w.In(at, loc))
			require.Equal(t, c.outside, c.w.NextOutside(at, loc).Format(stamp))
			require.Equal(t, c.inside, c.w.NextInside(at, loc).Format(stamp))
		})
	}
	at := time.Date(2026, 5, 4, 7, 59, 59, 999, time.UTC)
	require.Equal(t, time.Date(2026, 5, 4, 8, 0, 0, 0, time.UTC), night.NextOutside(at, nil), "parts of a second")
	empty := Window{Start: 3600, End: 3600}
	require.False(t, empty.In(at, nil))
	require.Equal(t, at, empty.NextOutside(at, nil))
	require.True(t, empty.NextInside(at, nil).IsZero())
}

func TestText(t *testing.T) {
	type def struct {
		At    Clock    `json:"at"`
		Quiet *Window  `json:"quiet"`
		Days  Weekdays `json:"days,omitempty"`
		Per   Unit     `json:"per"`
	}
	in := `{"at":"21:30:05","quiet":{"start":"22:00","end":"08:00"},"days":"mon,tue,sun","per":"week"}`
	var d def
	require.NoError(t, json.Unmarshal([]byte(in), &d))
	require.Equal(t, WeekdaysOf(time.Sunday, time.Monday, time.Tuesday), d.Days)
	out, err := json.Marshal(d)
	require.NoError(t, err)
	require.Equal(t, in, string(out))

	for text, want := range map[string]string{
		"9:30": `want "21:30"`, "24:00": `midnight is "00:00"`, "12:60": "want", "12:00:61": "want", "aa:00": "want", "12-00": "want", "": "want", "１２:30": "want",
	} {
		_, err := ParseClock(text)
		require.ErrorContains(t, err, want, text)
	}
	for text, want := range map[string]string{"mon-fri": "mon,tue,wed,thu,fri", "sat-mon, wed": "mon,wed,sat,sun", "tue-tue": "tue", "": ""} {
		w, err := ParseWeekdays(text)
		require.NoError(t, err)
		require.Equal(t, want, w.String())
	}
	for _, text := range []string{"monday", "mon,", "mon-", "-", "mon fri"} {
		_, err := ParseWeekdays(text)
		require.Error(t, err, text)
	}
	require.Error(t, new(Unit).UnmarshalText([]byte("year")))
	_, err = Unit(0).MarshalText()
	require.Error(t, err)
	_, err = Clock(86400).MarshalText()
	require.Error(t, err)
}

func TestZones(t *testing.T) {
	var z Zones
	for _, bad := range []string{"Asia/Shangai", "Local", "../etc/passwd", "Asia", "Bad\x00Name"} {
		for range 2 {
			_, err := z.Load(bad)
			require.ErrorIs(t, err, ErrZone, bad)
		}
	}
	utc, err := z.Load("")
	require.NoError(t, err)
	require.Equal(t, time.UTC, utc)
	done := make(chan *time.Location)
	for range 8 {
		go func() {
			loc, _ := z.Load("Asia/Shanghai")
			done <- loc
		}()
	}
	for range 8 {
		require.Equal(t, "Asia/Shanghai", (<-done).String())
	}
	a, _ := z.Load("Asia/Shanghai")
	b, _ := z.Load("Asia/Shanghai")
	require.Same(t, a, b)
}
