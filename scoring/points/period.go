package points

import (
	"fmt"
	"time"

	"github.com/marque-go/marque/internal/civil"
)

// A Period is a stretch of the calendar in the zone of a program.
type Period string

// The periods. A week begins on Monday. Once is one stretch for good.
const (
	Daily     Period = "day"
	Weekly    Period = "week"
	Monthly   Period = "month"
	Quarterly Period = "quarter"
	Yearly    Period = "year"
	Once      Period = "once"
)

func (p Period) valid() bool {
	switch p {
	case Daily, Weekly, Monthly, Quarterly, Yearly, Once:
		return true
	}
	return false
}

// bounds is the period that t lies in, start <= t < end; Once has neither.
func (p Period) bounds(t time.Time, loc *time.Location) (start, end time.Time) {
	year, month, _ := t.In(loc).Date()
	switch p {
	case Daily:
		return civil.Bounds(civil.Day, t, loc)
	case Weekly:
		return civil.Bounds(civil.Week, t, loc)
	case Monthly:
		return civil.Bounds(civil.Month, t, loc)
	case Quarterly:
		month -= (month - 1) % 3
		return firstOf(year, month, loc), firstOf(year, month+3, loc)
	case Yearly:
		return firstOf(year, 1, loc), firstOf(year+1, 1, loc)
	}
	return time.Time{}, time.Time{}
}

// firstOf is the first instant of a month, which need not be midnight.
func firstOf(year int, month time.Month, loc *time.Location) time.Time {
	return civil.StartOf(civil.Month, civil.Resolve(year, month, 15, 12, 0, 0, 0, loc), loc)
}

// label names the period that t lies in: "2026-05", "2026-Q2", "once".
func (p Period) label(t time.Time, loc *time.Location) string {
	t = t.In(loc)
	switch p {
	case Daily:
		return t.Format(time.DateOnly)
	case Weekly:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case Monthly:
		return t.Format("2006-01")
	case Quarterly:
		return fmt.Sprintf("%d-Q%d", t.Year(), (int(t.Month())+2)/3)
	case Yearly:
		return t.Format("2006")
	}
	return string(p)
}
