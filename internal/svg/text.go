package svg

import (
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Cells is the width of s in columns of a terminal: 2 for a character of Chinese, Japanese or Korean and for
// full-width forms, 0 for combining marks, else 1.
func Cells(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case unicode.Is(unicode.Mn, r) || r == '\u200d' || unicode.Is(unicode.Variation_Selector, r):
		case wide(r):
			n += 2
		default:
			n++
		}
	}
	return n
}

func wide(r rune) bool {
	return r >= 0x1100 && (r <= 0x115f || r >= 0x2e80 && r <= 0xa4cf && r != 0x303f || r >= 0xac00 && r <= 0xd7a3 ||
		r >= 0xf900 && r <= 0xfaff || r >= 0xfe30 && r <= 0xfe6f || r >= 0xff00 && r <= 0xff60 ||
		r >= 0xffe0 && r <= 0xffe6 || r >= 0x1f300 && r <= 0x1faff || r >= 0x20000 && r <= 0x3fffd)
}

// Width estimates the width of s at a font size, on the generous side of the usual sans-serif fonts.
func Width(s string, size float64) float64 {
	w := 0.0
	for _, r := range s {
		switch {
		case wide(r):
			w += 1.0
		case strings.ContainsRune("iljI|.,:;'!` ", r):
			w += .33
		case strings.ContainsRune("frt()[]{}/\\-\"*", r):
			w += .43
		case strings.ContainsRune("mwMW@%&", r):
			w += .98
		case r >= 'A' && r <= 'Z' || r == '…' || r == '→' || r == '—' || r == '+' || r == '=' || r == '<' || r == '>':
			w += .76
		case unicode.Is(unicode.Mn, r):
		default:
			w += .63
		}
	}
	return w * size
}

// Fit cuts s with "…" so that it is no wider than limit.
func Fit(s string, size, limit float64) string {
	if Width(s, size) <= limit {
		return s
	}
	rs := []rune(s)
	for n := len(rs) - 1; n > 0; n-- {
		if t := strings.TrimRight(string(rs[:n]), " ·-,") + "…"; Width(t, size) <= limit {
			return t
		}
	}
	return ""
}

// Wrap breaks s into at most n lines no wider than limit: at spaces, after hyphens and slashes, and between
// characters that are written without spaces. The last line is cut where s does not fit.
func Wrap(s string, size, limit float64, n int) []string {
	var lines []string
	rest := strings.TrimSpace(s)
	for len(lines) < n-1 && Width(rest, size) > limit {
		cut := 0
		for i, r := range rest {
			if Width(rest[:i], size) > limit {
				break
			}
			end := i + len(string(r))
			switch {
			case r == ' ':
				cut = i
			case (strings.ContainsRune("-/_,·", r) || wide(r)) && Width(rest[:end], size) <= limit:
				cut = end
			case wide(r):
				cut = i
			}
		}
		if cut == 0 {
			break
		}
		lines = append(lines, strings.TrimSpace(rest[:cut]))
		rest = strings.TrimSpace(rest[cut:])
	}
	return append(lines, Fit(rest, size, limit))
}

// Count writes a whole number with commas: 1,234,567.
func Count(n int) string {
	s := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, s = "−", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Percent writes a share with that many digits after the point: 0.123 is "12.3%".
func Percent(x float64, digits int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return "–"
	}
	s := strconv.FormatFloat(x*100, 'f', digits, 64)
	if t, neg := strings.CutPrefix(s, "-"); neg {
		if s = t; strings.Trim(t, "0.") != "" {
			s = "−" + t
		}
	}
	return s + "%"
}

// Short writes a number in at most about five characters: 950, 1.2k, 35k, 1.25M.
func Short(x float64) string {
	for _, u := range []struct {
		of   float64
		name string
	}{{1e9, "G"}, {1e6, "M"}, {1e3, "k"}} {
		if math.Abs(x) >= u.of {
			return minus(strconv.FormatFloat(math.Round(x/u.of*100)/100, 'f', -1, 64)) + u.name
		}
	}
	return minus(strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64))
}

func minus(s string) string {
	if t, neg := strings.CutPrefix(s, "-"); neg {
		return "−" + t
	}
	return s
}
