package when

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/adhocore/gronx"

	"github.com/marque-go/marque/internal/civil"
)

// Cron is a line of five fields: minute, hour, day of the month, month, weekday. A field is "*", a number, a range
// "1-5", each with a step "*/15" if wished, or a list of these with commas, but "*" alone; months and weekdays may be
// named, "jan", "mon"; Sunday is 0 or 7, and the day "L" the last of the month. Where both the day and the weekday are
// restricted one of them is enough, unless one of them begins with "*", as "*/2" does: then both must be right.
type Cron string

type cronField struct {
	name     string
	min, max int
	words    string // three letters each, from min on
}

var cronFields = [...]cronField{
	{"minute", 0, 59, ""}, {"hour", 0, 23, ""}, {"day", 1, 31, ""},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"}, {"weekday", 0, 7, "sunmontuewedthufrisat"},
}

// ParseCron reads a line. A line that is never true, as of February 30, is an error too.
func ParseCron(line string) (Cron, error) {
	fields := strings.Fields(strings.ToLower(line))
	if len(fields) != len(cronFields) {
		return "", fmt.Errorf("when: cron %q has %d fields, want minute, hour, day, month and weekday", line, len(fields))
	}
	for i, text := range fields {
		for part := range strings.SplitSeq(text, ",") {
			if part == "*" && part != text {
				return "", fmt.Errorf("when: cron %q: %s %q: \"*\" in a list is all of it", line, cronFields[i].name, text)
			}
			if f := cronFields[i]; !f.ok(part) && !(f.name == "day" && part == "l") {
				return "", fmt.Errorf("when: cron %q: %s %q: want * or numbers from %d to %d", line, f.name, part, f.min, f.max)
			}
		}
	}
	c := Cron(strings.ToUpper(strings.Join(fields, " ")))
	if c.wall(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return "", fmt.Errorf("when: cron %q: there is no such day", line)
	}
	return c, nil
}

func (f cronField) ok(part string) bool {
	span, step, stepped := strings.Cut(part, "/")
	if n, err := strconv.Atoi(step); stepped && (err != nil || n < 1 || step[0] == '+') {
		return false
	}
	if span == "*" {
		return true
	}
	from, to, ranged := strings.Cut(span, "-")
	a, ok := f.number(from)
	b, ok2 := a, true
	if ranged {
		b, ok2 = f.number(to)
	}
	return ok && ok2 && f.min <= a && a <= b && b <= f.max
}

func (f cronField) number(s string) (int, bool) {
	if i := strings.Index(f.words, s); len(s) == 3 && i >= 0 && i%3 == 0 {
		return f.min + i/3, true
	}
	n, err := strconv.ParseUint(s, 10, 8)
	return int(n), err == nil
}

// Next is the first instant strictly after t at which a clock in loc shows a time of the line, zero where there is
// none. A time that the clock skips moves forward by the gap, and of two that become the same instant by that there is
// one; a time that it shows twice is the first.
func (c Cron) Next(t time.Time, loc *time.Location) time.Time {
	if loc == nil || loc == time.UTC {
		return c.wall(t.UTC())
	}
	in := t.In(loc)
	_, offset := in.Zone()
	if start, _ := in.ZoneBounds(); !start.IsZero() && t.Sub(start) < 26*time.Hour {
		_, before := start.Add(-1).Zone() // what the last gap skipped may still come
		offset = min(offset, before)
	}
	wall := t.UTC().Add(time.Duration(offset) * time.Second)
	var best time.Time
	for {
		if wall = c.wall(wall); wall.IsZero() {
			return best
		}
		at := civil.Resolve(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), 0, 0, loc)
		if at.After(t) && (best.IsZero() || at.Before(best)) {
			best = at.UTC()
		}
		if !best.IsZero() && !wall.Before(showing(best, loc)) {
			return best
		}
	}
}

// Latest is the last instant at t or before it, and not before since; zero where there is none.
func (c Cron) Latest(since, t time.Time, loc *time.Location) time.Time {
	for back := time.Minute; ; back *= 2 {
		from := t.Add(-back)
		if from.Before(since) {
			from = since.Add(-1)
		}
		at := c.Next(from, loc)
		if at.IsZero() || at.After(t) {
			if from.Before(since) {
				return time.Time{}
			}
			continue
		}
		for next := at; !next.IsZero() && !next.After(t); next = c.Next(at, loc) {
			at = next
		}
		return at
	}
}

// wall is the next time on the wall after another, both as if they were UTC.
func (c Cron) wall(t time.Time) time.Time {
	next, err := gronx.NextTickAfter(string(c), t, false)
	if err != nil || !next.After(t) {
		return time.Time{}
	}
	return next
}

// showing is what the clock in loc shows at t, as if it were UTC.
func showing(t time.Time, loc *time.Location) time.Time {
	_, offset := t.In(loc).Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// Falls reports whether the day that belongs to a date, by Days and Yearly, is that day of the calendar.
func (d Date) Falls(date, on Day) bool {
	u := time.Date(on.Year, on.Month, on.Day-d.Days, 0, 0, 0, 0, time.UTC)
	day := dayOf(u, time.UTC)
	if !d.Yearly {
		return day == date
	}
	return day.Year >= date.Year && d.in(date, day.Year) == day
}
