package marque

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Duration is an exact length of time, written as one or more numbers with a unit, largest first: "90s", "30m",
// "2d", "1d12h", "3w". Units are w (7 d), d (24 h), h, m, s, ms, us. A day is always 24 hours; days on a
// calendar are counted by the constructors that say so.
type Duration time.Duration

// The units of a Duration.
const (
	Second = Duration(time.Second)
	Minute = 60 * Second
	Hour   = 60 * Minute
	Day    = 24 * Hour
	Week   = 7 * Day
)

var units = []struct {
	name string
	d    Duration
}{{"w", Week}, {"d", Day}, {"h", Hour}, {"m", Minute}, {"s", Second}, {"ms", Second / 1000}, {"us", Second / 1000000}}

// ParseDuration reads a duration. Units must come in falling order, each at most once; "0s" is zero, a leading
// minus negates the whole.
func ParseDuration(s string) (Duration, error) {
	bad := func(why string) (Duration, error) {
		return 0, fmt.Errorf("marque: duration %q: %s", s, why)
	}
	rest, neg := strings.CutPrefix(s, "-")
	if rest == "" {
		return bad(`want a number and a unit, as in "2d"`)
	}
	var total Duration
	next := 0
	for rest != "" {
		i := 0
		for i < len(rest) && rest[i] >= '0' && rest[i] <= '9' {
			i++
		}
		n, err := strconv.ParseInt(rest[:i], 10, 64)
		if i == 0 {
			return bad(`want a number and a unit, as in "2d"`)
		} else if err != nil {
			return bad("out of range")
		}
		rest = rest[i:]
		i = 0
		for i < len(rest) && (rest[i] < '0' || rest[i] > '9') {
			i++
		}
		u := next
		for u < len(units) && units[u].name != rest[:i] {
			u++
		}
		if u == len(units) {
			if rest[:i] == "" {
				return bad("the unit is missing: w, d, h, m, s, ms or us")
			}
			return bad(fmt.Sprintf("unit %q: want w, d, h, m, s, ms, us in falling order, each once", rest[:i]))
		}
		if n > (math.MaxInt64-int64(total))/int64(units[u].d) {
			return bad("out of range")
		}
		total += Duration(n) * units[u].d
		rest, next = rest[i:], u+1
	}
	if neg {
		total = -total
	}
	return total, nil
}

// String writes the duration from days downwards, exactly to the microsecond: "90d", "1d12h".
func (d Duration) String() string {
	if d == 0 {
		return "0s"
	}
	var b strings.Builder
	u := uint64(d)
	if d < 0 {
		b.WriteByte('-')
		u = -u
	}
	for _, unit := range units[1:] {
		if n := u / uint64(unit.d); n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.name)
			u -= n * uint64(unit.d)
		}
	}
	if s := b.String(); s != "" && s != "-" {
		return s
	}
	return "0s"
}

// MarshalText writes what String does.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what ParseDuration does.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	if err == nil {
		*d = v
	}
	return err
}
