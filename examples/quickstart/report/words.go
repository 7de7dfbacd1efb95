package report

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/svg"
)

// Number writes a whole number with commas.
func Number(n int) string { return svg.Count(n) }

// Many writes a number of things: "1 order", "2,708 orders".
func Many(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return Number(n) + " " + thing
}

// Percent writes a share with one digit after the point.
func Percent(x float64) string { return svg.Percent(x, 1) }

// Money writes an amount with its currency: "¥1,234.50". From 10,000 major units on the minor ones are left out.
func Money(m marque.Money, currency string) string {
	sign, text := "", m.Format(currency)
	if t, neg := strings.CutPrefix(text, "-"); neg {
		sign, text = "−", t
	}
	whole, frac, dot := strings.Cut(text, ".")
	if dot && len(whole) < 5 {
		frac = "." + frac
	} else {
		frac = ""
	}
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	mark, ok := map[string]string{"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥"}[currency]
	if !ok {
		mark = currency + " "
	}
	return sign + mark + whole + frac
}

// Share is n of all in percent, or "–".
func Share(n, all int) string {
	if all <= 0 {
		return "–"
	}
	return Percent(float64(n) / float64(all))
}

func ratio(n, all int) float64 {
	if all <= 0 {
		return 0
	}
	return float64(n) / float64(all)
}

// points writes a difference of shares in percentage points.
func points(x float64) string {
	s := strings.TrimSuffix(svg.Percent(x, 1), "%")
	if x > 0 && strings.Trim(s, "0.") != "" {
		s = "+" + s
	}
	return s
}

// bounds writes an interval of shares in percent, or nothing where both are zero.
func bounds(low, high float64) string {
	if low == 0 && high == 0 {
		return ""
	}
	return fmt.Sprintf("[%s, %s]", strings.TrimSuffix(svg.Percent(low, 1), "%"), strings.TrimSuffix(svg.Percent(high, 1), "%"))
}

// pvalue writes a p-value with two digits.
func pvalue(p float64) string {
	switch {
	case math.IsNaN(p):
		return "p unknown"
	case p < .0001:
		return "p < 0.0001"
	case p < .001:
		return fmt.Sprintf("p = %.4f", p)
	case p < .1:
		return fmt.Sprintf("p = %.3f", p)
	}
	return fmt.Sprintf("p = %.2f", p)
}

func rounded(x float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	return svg.Count(int(math.Round(x)))
}

// span writes a duration with at most two units: "1d4h", "25s".
func span(d marque.Duration) string {
	for _, u := range []marque.Duration{marque.Day, marque.Hour, marque.Minute, marque.Second} {
		if d >= 2*u || d >= u && u == marque.Second {
			for _, finer := range []marque.Duration{marque.Hour, marque.Minute, marque.Second} {
				if finer < u {
					d = (d + finer/2) / finer * finer
					break
				}
			}
			if u == marque.Second {
				d = d / u * u
			}
			return d.String()
		}
	}
	return d.String()
}

// plain replaces control characters, so that no name from outside moves the cursor of a terminal.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || unicode.Is(unicode.Bidi_Control, r) {
			return '�'
		}
		return r
	}, s)
}

// sentence gives s an end.
func sentence(s string) string {
	if s = strings.TrimSpace(s); s == "" || strings.ContainsAny(s[len(s)-1:], ".!?:") {
		return s
	}
	return s + "."
}
