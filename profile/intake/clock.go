package intake

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/profile/clean"
)

type zones = civil.Zones

// A clock reads times by layouts, or as clean.Time does where there are none.
type clock struct {
	path    string // of the mapping's At or Prop
	layouts []layout
	zone    *time.Location
}

type layout struct {
	text string
	wall bool          // it has no zone
	unit time.Duration // of a number since 1970, 0 for none
}

// clock checks layouts, and the zone where one of them needs it; where is the path of the zone.
func (c *compiler) clock(path string, texts []string, zone, where string) clock {
	k := clock{path: path}
	wall, numbers := len(texts) == 0, 0
	for i, text := range texts {
		l := layout{text: text}
		switch text {
		case "unix":
			l.unit = time.Second
			numbers++
		case "unixms":
			l.unit = time.Millisecond
			numbers++
		default:
			l.wall = !strings.Contains(text, "-07") && !strings.Contains(text, "Z07")
			if why := unfit(text); why != "" {
				c.f.Add(fmt.Sprintf("%s.layouts[%d]", path, i), "%q: %s", text, why)
			}
		}
		wall = wall || l.wall
		k.layouts = append(k.layouts, l)
	}
	if numbers == 2 {
		c.f.Add(path+".layouts", "has unix and unixms; a number is one of them")
	}
	if zone == "" {
		if wall {
			c.f.Add(where, "is empty, and %s may have times without a zone", path)
		}
		return k
	}
	var err error
	if k.zone, err = c.z.Load(zone); err != nil && !slices.Contains(c.badZones, where) {
		c.badZones = append(c.badZones, where)
		c.f.Wrap(where, err)
	}
	return k
}

// unfit says why a layout does not tell a day, or does not tell it for sure.
func unfit(text string) string {
	if strings.Contains(text, "MST") {
		return "abbreviations of zones are no zones: CST is China's and Chicago's"
	}
	day := time.Date(2019, 12, 28, 13, 14, 15, 0, time.UTC)
	got, err := time.Parse(text, day.Format(text))
	if err != nil || got.Year() != 2019 || got.Month() != 12 || got.Day() != 28 {
		return "want a layout of package time with year, month and day, as 2006-01-02 15:04:05"
	}
	return ""
}

// read is the instant that a text says, in UTC.
func (k *clock) read(text string) (time.Time, error) {
	t, err := clean.Text(text)
	if err != nil {
		return time.Time{}, err
	}
	layouts, no := k.layouts, fmt.Errorf("%s is no time of the layouts", short(text))
	if len(layouts) == 0 {
		said, err := clean.Time(t)
		if err != nil {
			return time.Time{}, k.wayOut(t, quoted(text, err))
		}
		t, layouts, no = said, cleaned[:], quoted(text, clean.NotTime)
	}
	for _, l := range layouts {
		at, ok := l.read(t, k.zone)
		if at = at.UTC(); ok && !at.IsZero() && at.Year() >= 1 && at.Year() <= 9999 {
			return at, nil
		}
	}
	return time.Time{}, k.wayOut(t, no)
}

// cleaned are the layouts of what clean.Time gives.
var cleaned = [2]layout{{text: "2006-01-02 15:04:05", wall: true}, {text: time.RFC3339}}

// wayOut adds to the fault of a text the layout that would read it.
func (k *clock) wayOut(t string, err error) error {
	want := shape(t)
	if want == "" || slices.ContainsFunc(k.layouts, func(l layout) bool { return l.text == want }) {
		return err
	}
	return fmt.Errorf("%w: add its layout to %s.layouts (%q)", err, k.path, want)
}

// shape is the layout of a text that clean.Time reads, or of a number since 1970; "" where it is not sure.
func shape(t string) string {
	number := strings.Trim(t, "0123456789") == ""
	switch {
	case number && len(t) == 10:
		return "unix"
	case number && len(t) == 13:
		return "unixms"
	case number && len(t) == 8:
		return fits("20060102", t)
	case number:
		return fits("20060102150405", t)
	}
	if fits(time.RFC3339, t) != "" {
		return time.RFC3339
	}
	parts := []string{"2006", "1", "2", "15", "04", "05"}
	var b strings.Builder
	before := ' '
	for _, r := range t {
		digit := r >= '0' && r <= '9'
		switch {
		case !digit:
			b.WriteRune(r)
		case before < '0' || before > '9':
			if len(parts) == 0 { // a fraction, which no layout has to have
				return fits(strings.TrimSuffix(b.String(), "."), t)
			}
			b.WriteString(parts[0])
			parts = parts[1:]
		}
		before = r
	}
	return fits(b.String(), t)
}

// fits is the layout if it reads t as clean.Time does.
func fits(text, t string) string {
	at, err := time.Parse(text, t)
	want, no := clean.Time(t)
	if err != nil || no != nil || at.IsZero() || at.Format(time.RFC3339Nano) != want && at.Format("2006-01-02 15:04:05.999999999") != want {
		return ""
	}
	return text
}

func (l *layout) read(t string, zone *time.Location) (time.Time, bool) {
	if l.unit > 0 {
		n, err := strconv.ParseInt(t, 10, 64)
		if err != nil || n > 1e15 || n < -1e15 {
			return time.Time{}, false
		}
		if l.unit == time.Second {
			return time.Unix(n, 0), true
		}
		return time.UnixMilli(n), true
	}
	at, err := time.Parse(l.text, t)
	if err != nil {
		return time.Time{}, false
	}
	if l.wall {
		at = civil.Resolve(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), at.Nanosecond(), zone)
	}
	return at, true
}
