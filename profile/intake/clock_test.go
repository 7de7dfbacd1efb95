package intake_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/profile/clean"
	"github.com/marque-go/marque/profile/intake"
)

func TestFuture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // it is 2000-01-01
		m := items("订单号")
		p, err := intake.Compile(m, &intake.Options{Now: time.Now, Ahead: time.Hour})
		require.NoError(t, err)
		row := func(at any) error {
			_, err := p.Event(map[string]any{"订单号": "1", "状态": "已付款", "手机": "13800138000", "时间": at})
			return err
		}
		require.NoError(t, row("2000-01-01 09:00:00"), "08:00 in China is midnight in UTC, and an hour is allowed")
		const want = "时间: 2000-01-01T01:00:01Z is in the future, it is 2000-01-01T00:00:00Z"
		require.EqualError(t, row("2000-01-01 09:00:01"), want)
		require.EqualError(t, row(time.Date(2000, 1, 1, 1, 0, 1, 0, time.UTC)), want)
		time.Sleep(time.Second)
		require.NoError(t, row("2000-01-01 09:00:01"))

		const text = itemsHeader + "A-1,已付款,2062-05-01 09:30,13800138000,,茶,12.00,,x\n"
		_, refused := taken(t, p, text, nil)
		require.Equal(t, []string{"2:9: 时间: 2062-05-01T01:30:00Z is in the future, it is 2000-01-01T00:00:01Z"}, refused)
		events, _ := taken(t, compile(t, m), text, nil)
		require.Len(t, events, 1, "without Now any instant is taken")
	})
}

// What a column checked as a time may hold, a mapping without layouts reads, and nothing else.
func TestTimesAsClean(t *testing.T) {
	m := intake.Mapping{Source: "s", Event: intake.Name{Name: "e"}, Zone: "Asia/Shanghai", At: intake.At{Field: "t"}, Props: []intake.Prop{{Name: "p", Field: "t", Type: intake.Time}}}
	p := compile(t, m)
	for text, want := range map[string]string{
		"2026-5-3": "2026-05-02T16:00:00Z", "2026-5-3 9:05": "2026-05-03T01:05:00Z", "2026.5.3": "2026-05-02T16:00:00Z", "20260108": "2026-01-07T16:00:00Z",
		"2026年5月3日 9时05分": "2026-05-03T01:05:00Z", "2026/5/3 下午 3:05": "2026-05-03T07:05:00Z", "20260503090500": "2026-05-03T01:05:00Z",
		"2026-05-03 09:05:07.25": "2026-05-03T01:05:07.25Z", "2026-05-03T09:05:07.25+02:00": "2026-05-03T07:05:07.25Z",
		"46142.39": "clean: a day number of a spreadsheet", "昨天": "clean: not a date and time", "2026/5/3 晚上8:05": "clean: not a date and time",
		"1777600000":    `clean: not a date and time: add its layout to at.layouts ("unix")`,
		"1777600000123": `clean: not a date and time: add its layout to at.layouts ("unixms")`,
	} {
		e, err := p.Event(map[string]any{"t": text})
		_, no := clean.Time(text)
		if no != nil {
			require.ErrorIs(t, err, no, text)
			require.ErrorContains(t, err, fmt.Sprintf("t: %q: %s\n", text, want))
			continue
		}
		require.NoError(t, err, text)
		require.Equal(t, want, e.At.Format(time.RFC3339Nano), text)
		require.Equal(t, e.At, e.Props["p"], text)
	}
}

func TestTheWayOut(t *testing.T) {
	for text, want := range map[string]string{
		"2026-5-3": "2006-1-2", "2026-05-03 09:05": "2006-1-2 15:04", "2026年5月3日 9时05分07秒": "2006年1月2日 15时04分05秒", "20260503": "20060102",
		"20260503090507": "20060102150405", "2026-05-03T09:05:07+08:00": time.RFC3339, "2026-05-03 09:05:07.25": "2006-1-2 15:04:05",
		"1777600000": "unix", "1777600000123": "unixms",
		"2026/5/3 下午3:05": "", "5/3/2026": "", "昨天": "", "2026-02-29": "", "0001-01-01T00:00:00Z": "", "1.2.3.4.5.6.7": "",
	} {
		m := intake.Mapping{Source: "s", Event: intake.Name{Name: "e"}, Zone: "Asia/Shanghai", At: intake.At{Field: "t", Layouts: []string{"06/01/02 15.04"}}}
		_, err := compile(t, m).Event(map[string]any{"t": text})
		if want == "" {
			require.EqualError(t, err, fmt.Sprintf("t: %q is no time of the layouts", text))
			continue
		}
		require.EqualError(t, err, fmt.Sprintf("t: %q is no time of the layouts: add its layout to at.layouts (%q)", text, want))
		m.At.Layouts = append(m.At.Layouts, want)
		_, err = compile(t, m).Event(map[string]any{"t": text})
		require.NoError(t, err, text)
	}
}

// What clean.Time reads, a mapping without layouts reads as the same time, unless it is beyond the years 1 to 9999 in UTC.
func FuzzTimesAsClean(f *testing.F) {
	for _, s := range []string{"2026-5-3", "2026年5月3日 下午3:05", "20260503090507", "2026-05-03T09:05:07.25+02:00", "46142.39", "1777600000"} {
		f.Add(s)
	}
	p, err := intake.Compile(intake.Mapping{Source: "s", Event: intake.Name{Name: "e"}, Zone: "UTC", At: intake.At{Field: "t"}}, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, no := clean.Time(text)
		at, err := time.Parse(time.RFC3339, want)
		if err != nil {
			at, _ = time.Parse("2006-01-02 15:04:05", want) // the zone of the mapping is UTC
		}
		e, err := p.Event(map[string]any{"t": text})
		if far := at.IsZero() || at.UTC().Year() < 1 || at.UTC().Year() > 9999; (err == nil) != (no == nil && !far) || err == nil && !e.At.Equal(at) {
			t.Fatalf("%q is %v, %v, but by clean %q, %v", text, e.At, err, want, no)
		}
	})
}
