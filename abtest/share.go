package abtest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/marque-go/marque"
)

// Share is a part of all units in parts per million, which are the buckets of marque.Bucket: a share of 10% is
// the buckets [0, 100000). It is written as a percentage with up to four decimals, "12.5%", or as a whole number
// of ppm.
type Share uint32

// All is every unit.
const All Share = marque.Buckets

// Percent is a share of n hundredths.
func Percent(n int) Share { return Share(n) * (All / 100) }

// ParseShare reads "12.5%" or "125000". Shares above 100% are errors.
func ParseShare(s string) (Share, error) {
	bad := func(why string) (Share, error) { return 0, fmt.Errorf("abtest: share %q: %s", s, why) }
	text, percent := strings.CutSuffix(strings.TrimSpace(s), "%")
	whole, frac, dot := strings.Cut(strings.TrimSpace(text), ".")
	if !percent && dot {
		return bad(`want a percentage, as in "12.5%", or whole parts per million`)
	}
	if dot && (frac == "" || len(frac) > 4) {
		return bad("want one to four decimals")
	}
	n := whole
	if percent {
		n += frac + strings.Repeat("0", 4-len(frac))
	}
	v, err := strconv.ParseUint(n, 10, 32)
	if err != nil || whole == "" {
		return bad(`want a percentage, as in "12.5%", or whole parts per million`)
	}
	if v > uint64(All) {
		return bad("above 100%")
	}
	return Share(v), nil
}

// String writes the percentage: "12.5%".
func (s Share) String() string {
	t := fmt.Sprintf("%d.%04d", s/10000, s%10000)
	return strings.TrimSuffix(strings.TrimRight(t, "0"), ".") + "%"
}

// Of reports whether a bucket lies in the share.
func (s Share) Of(bucket uint32) bool { return bucket < uint32(s) }

// MarshalText writes what String does.
func (s Share) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what ParseShare does.
func (s *Share) UnmarshalText(b []byte) error {
	v, err := ParseShare(string(b))
	if err == nil {
		*s = v
	}
	return err
}

// UnmarshalJSON also takes a bare number of ppm.
func (s *Share) UnmarshalJSON(b []byte) error {
	text := string(b)
	if text == "null" {
		return nil
	}
	if t, err := strconv.Unquote(text); err == nil {
		text = t
	}
	return s.UnmarshalText([]byte(text))
}
