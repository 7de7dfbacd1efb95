package clean

import (
	"strings"
	"time"
)

// Layouts of days and of the time behind them, in those of package time. 1/2/2026 is none: it is two days.
var (
	days   = []string{"2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102"}
	clocks = []string{"15:04:05", "15:04", "15时04分05秒", "15时04分"}
)

// Date is a day as "2026-05-01". It reads 2026-5-1, 2026/5/1, 2026.5.1, 2026年5月1日, 20260501, zeros in front or not, and
// a time behind them, if it is midnight, which exports add to days. Days that the calendar does not have are NotDate. The
// number by which spreadsheets count days is Serial: 46143 is a day of 2026 or of 2030, as the workbook has it.
func Date(text string) (string, error) {
	t, err := Text(text)
	if err != nil {
		return "", err
	}
	if isPlaceholder(t) {
		return "", Placeholder
	}
	at, ok := read(t)
	switch {
	case !ok && serial(t):
		return "", Serial
	case !ok || at.Hour() != 0 || at.Minute() != 0 || at.Second() != 0 || at.Nanosecond() != 0:
		return "", NotDate
	}
	return at.Format(time.DateOnly), nil
}

// Time is a day with its time on the wall as "2026-05-01 09:30:00", or an instant as RFC 3339 where the text says a zone;
// a fraction of a second stays. It reads the days that Date reads, as midnight or with 9:30, 9:30:00, 9时30分 or
// 9时30分00秒 behind a blank, a T or 日, these with 上午 or 下午 in front too, and 20260501093000. Other parts of the day,
// as 晚上, are NotTime. The number of a spreadsheet is Serial.
func Time(text string) (string, error) {
	t, err := Text(text)
	if err != nil {
		return "", err
	}
	if isPlaceholder(t) {
		return "", Placeholder
	}
	if at, err := time.Parse(time.RFC3339, t); err == nil && at.Year() > 0 {
		return at.Format(time.RFC3339Nano), nil
	}
	at, ok := read(t)
	switch {
	case !ok && serial(t):
		return "", Serial
	case !ok:
		return "", NotTime
	}
	return at.Format("2006-01-02 15:04:05.999999999"), nil
}

// read is a day with the time behind it, as if the clock were UTC.
func read(t string) (time.Time, bool) {
	if len(t) > 64 || strings.Trim(t, "0123456789-/.:年月日时分秒上下午T ") != "" {
		return time.Time{}, false
	}
	if len(t) == len("20060102150405") {
		if at, err := time.Parse("20060102150405", t); err == nil && at.Year() > 0 {
			return at, true
		}
	}
	end := len(t)
	if i := strings.Index(t, "日"); i >= 0 {
		end = i + len("日")
	} else if i := strings.IndexAny(t, " T"); i >= 0 {
		end = i
	}
	at, ok := first(days, t[:end])
	if !ok || at.Year() <= 0 || end == len(t) {
		return at, ok && at.Year() > 0
	}
	clock := t[end:]
	if clock[0] == ' ' || clock[0] == 'T' {
		clock = clock[1:]
	}
	since, ok := ofDay(clock)
	return at.Add(since), ok
}

// ofDay is how long after midnight a clock without shifts shows the time.
func ofDay(clock string) (time.Duration, bool) {
	rest, after := strings.CutPrefix(clock, "下午")
	rest, half := strings.CutPrefix(rest, "上午")
	if after && half {
		return 0, false
	}
	at, ok := first(clocks, strings.TrimPrefix(rest, " "))
	hour := at.Hour()
	if half = half || after; half {
		if hour > 12 {
			return 0, false
		}
		if hour %= 12; after {
			hour += 12
		}
	}
	return time.Duration(hour)*time.Hour + time.Duration(at.Minute())*time.Minute +
		time.Duration(at.Second())*time.Second + time.Duration(at.Nanosecond()), ok
}

func first(layouts []string, t string) (time.Time, bool) {
	for _, layout := range layouts {
		if at, err := time.Parse(layout, t); err == nil {
			return at, true
		}
	}
	return time.Time{}, false
}

// serial reports whether t is a number as spreadsheets count days, of five digits from 1927 to 2173.
func serial(t string) bool {
	whole, frac, dot := strings.Cut(t, ".")
	return len(whole) == 5 && whole[0] != '0' && (!dot || frac != "") && strings.Trim(whole+frac, "0123456789") == ""
}
