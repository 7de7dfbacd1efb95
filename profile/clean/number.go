package clean

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque"
)

// maxDigits is more than any amount or count has.
const maxDigits = 40

// Decimal is a number in plain digits, "-1234.5": without grouping commas, without a currency (¥, ￥, RMB, CNY, 元, $, €
// and the like) in front, behind or, where it is the same, both, without a plus sign, without zeros that say nothing in front and behind. A comma groups
// by three, or by four as in 1,2345,6789, all alike; one that does not is NotNumber and never a decimal sign. So are
// exponents, percents and brackets. At most 40 digits are read.
func Decimal(text string) (string, error) {
	t, err := Text(text)
	if err != nil {
		return "", err
	}
	t = unquote(t)
	if isPlaceholder(t) && !strings.Contains(t, "0") {
		return "", Placeholder
	}
	if scientific(t) {
		return "", Scientific
	}
	t, neg, _ := amount(t)
	whole, frac, dot := strings.Cut(t, ".")
	if whole, err = ungroup(whole); err != nil {
		return "", err
	}
	if whole == "" || dot && frac == "" || strings.Trim(whole+frac, "0123456789") != "" {
		return "", NotNumber
	}
	if len(whole)+len(frac) > maxDigits {
		return "", TooLong
	}
	whole, frac = strings.TrimLeft(whole, "0"), strings.TrimRight(frac, "0")
	if whole == "" {
		whole = "0"
	}
	if frac != "" {
		whole += "." + frac
	}
	if neg && whole != "0" {
		whole = "-" + whole
	}
	return whole, nil
}

// amount takes the sign and a currency off a number; of gives the currencies that it may be, "" for any.
func amount(t string) (rest string, neg bool, of string) {
	t, neg, signed := sign(t)
	t, of = currency(t)
	if of != "" && !signed {
		t, neg, _ = sign(t)
	}
	return t, neg, of
}

func sign(t string) (rest string, neg, ok bool) {
	for _, s := range []string{"-", "−", "+"} {
		if after, ok := strings.CutPrefix(t, s); ok {
			return strings.TrimSpace(after), s != "+", true
		}
	}
	return t, false, false
}

// The signs of currencies in front of and behind an amount, the longer ones first.
var (
	before = [][2]string{
		{"RMB¥", "CNY"}, {"CN¥", "CNY"}, {"HK$", "HKD"}, {"US$", "USD"}, {"NT$", "TWD"}, {"¥", "CNY JPY"}, {"人民币", "CNY"},
		{"RMB", "CNY"}, {"CNY", "CNY"}, {"$", "USD HKD TWD SGD AUD CAD NZD MOP"}, {"€", "EUR"},
	}
	behind = [][2]string{
		{"人民币", "CNY"}, {"RMB", "CNY"}, {"CNY", "CNY"}, {"元整", "CNY"}, {"日元", "JPY"}, {"美元", "USD"}, {"港元", "HKD"},
		{"欧元", "EUR"}, {"元", "CNY"},
	}
)

// currency takes one currency off, in front and behind. What is left of two is no number.
func currency(t string) (rest, of string) {
	for _, s := range before {
		if n := len(s[0]); len(t) > n && strings.EqualFold(t[:n], s[0]) {
			t, of = strings.TrimSpace(t[n:]), s[1]
			break
		}
	}
	for _, s := range behind {
		if n := len(s[0]); len(t) > n && strings.EqualFold(t[len(t)-n:], s[0]) && (of == "" || strings.Contains(of, s[1])) {
			return strings.TrimSpace(t[:len(t)-n]), s[1]
		}
	}
	return t, of
}

// ungroup takes the commas out of the whole part.
func ungroup(whole string) (string, error) {
	first, rest, grouped := strings.Cut(whole, ",")
	if !grouped {
		return whole, nil
	}
	size := len(rest)
	for group := range strings.SplitSeq(rest, ",") {
		size = min(size, len(group))
	}
	if size != 3 && size != 4 || first == "" || len(first) > size {
		return "", NotNumber
	}
	for group := range strings.SplitSeq(rest, ",") {
		if len(group) != size {
			return "", NotNumber
		}
	}
	return strings.ReplaceAll(whole, ",", ""), nil
}

// Amount is Decimal for an amount in a currency of ISO 4217, "CNY": a sign of another currency is OtherMoney.
func Amount(text, currency string) (string, error) {
	d, err := Decimal(text)
	if err != nil {
		return "", err
	}
	t, err := Text(text)
	if err != nil {
		return "", err
	}
	if _, _, of := amount(unquote(t)); of != "" && !strings.Contains(of, currency) {
		return "", OtherMoney
	}
	return d, nil
}

// Money is an Amount in major units as the minor units of its currency, by integers only: Money("￥1,234.50", "CNY") is
// 123450. More decimals than the currency has are an error unless they are zeros, and so is an amount beyond 64 bits.
func Money(text, currency string) (marque.Money, error) {
	d, err := Amount(text, currency)
	if err != nil {
		return 0, err
	}
	m, err := marque.ParseMoney(d, currency)
	if err != nil {
		return 0, fmt.Errorf("clean: %w", err)
	}
	return m, nil
}
