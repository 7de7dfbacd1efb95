package civil

import (
	"fmt"
	"strings"
	"time"
)

// Weekdays is a set of days of the week, bit 1<<time.Weekday each. The empty set stands for every day. As text it
// is "mon,wed,fri", read also as "mon-fri" and "sat-mon,wed".
type Weekdays uint8

// EveryDay is all seven days.
const EveryDay Weekdays = 1<<7 - 1

// WeekdaysOf is the set of the days given.
func WeekdaysOf(days ...time.Weekday) Weekdays {
	var w Weekdays
	for _, d := range days {
		w |= 1 << uint(d)
	}
	return w
}

// Has reports whether d is one of the days; the empty set has all.
func (w Weekdays) Has(d time.Weekday) bool { return w&EveryDay == 0 || w&(1<<uint(d)) != 0 }

var dayNames = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// ParseWeekdays reads names of days and ranges of them, separated by commas. The empty text is the empty set.
func ParseWeekdays(s string) (Weekdays, error) {
	if s == "" {
		return 0, nil
	}
	var w Weekdays
	for part := range strings.SplitSeq(s, ",") {
		from, to, isRange := strings.Cut(strings.TrimSpace(part), "-")
		first := dayIndex(from)
		last := first
		if isRange {
			last = dayIndex(to)
		}
		if first < 0 || last < 0 {
			return 0, fmt.Errorf(`civil: weekdays %q: %q: want mon, tue, wed, thu, fri, sat or sun, or a range such as "mon-fri"`, s, part)
		}
		for i := first; ; i = (i + 1) % 7 {
			w |= 1 << ((i + 1) % 7)
			if i == last {
				break
			}
		}
	}
	return w, nil
}

func dayIndex(name string) int {
	for i, n := range dayNames {
		if n == name {
			return i
		}
	}
	return -1
}

// String writes the days from Monday on, "mon,tue,sun", and nothing for the empty set.
func (w Weekdays) String() string {
	var names []string
	for i, n := range dayNames {
		if w&(1<<((i+1)%7)) != 0 {
			names = append(names, n)
		}
	}
	return strings.Join(names, ",")
}

// MarshalText writes what String does.
func (w Weekdays) MarshalText() ([]byte, error) { return []byte(w.String()), nil }

// UnmarshalText reads what ParseWeekdays does.
func (w *Weekdays) UnmarshalText(b []byte) error {
	v, err := ParseWeekdays(string(b))
	if err == nil {
		*w = v
	}
	return err
}
