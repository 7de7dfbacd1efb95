package marque

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Money is an amount in minor units (fen, cent) of a currency that is named beside it.
type Money int64

// Digits is the number of decimal digits of an ISO 4217 currency: 0 for JPY, 3 for KWD, 2 unless it is known
// to differ.
func Digits(currency string) int {
	switch currency {
	case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	case "CLF", "UYW":
		return 4
	}
	return 2
}

// Format writes the amount in major units without the currency: Money(1999).Format("CNY") is "19.99".
func (m Money) Format(currency string) string {
	d := Digits(currency)
	neg, u := m < 0, uint64(m)
	if neg {
		u = -u
	}
	s := strconv.FormatUint(u, 10)
	if d > 0 {
		if len(s) <= d {
			s = strings.Repeat("0", d-len(s)+1) + s
		}
		s = s[:len(s)-d] + "." + s[len(s)-d:]
	}
	if neg {
		s = "-" + s
	}
	return s
}

// ParseMoney reads an amount in major units: ParseMoney("19.99", "CNY") is 1999. More decimal digits than the
// currency has, and amounts beyond 64 bits, are errors.
func ParseMoney(s, currency string) (Money, error) {
	bad := func(why string) (Money, error) { return 0, fmt.Errorf("marque: amount %q: %s", s, why) }
	body, neg := strings.CutPrefix(s, "-")
	whole, frac, dot := strings.Cut(body, ".")
	d := Digits(currency)
	if whole == "" || dot && frac == "" {
		return bad("want digits, as in 19.99")
	}
	if len(frac) > d {
		return bad(fmt.Sprintf("%s has %d decimal digits", currency, d))
	}
	digits := whole + frac + strings.Repeat("0", d-len(frac))
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return bad("want digits, as in 19.99")
		}
	}
	u, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || u > math.MaxInt64 {
		return bad("out of range")
	}
	if neg {
		return Money(-int64(u)), nil
	}
	return Money(u), nil
}
