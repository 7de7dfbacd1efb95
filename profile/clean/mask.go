package clean

import (
	"strings"
	"unicode/utf8"
)

// Mask hides the middle of a value, so that who knows it finds it again and who does not learns little: "138****8000",
// "+86138****8000", "a***@example.com", "o6_****fL2M". Up to four characters are hidden whole. It is no anonymity: a
// masked phone number leaves 10,000 numbers.
func Mask(value string) string {
	local, host, ok := strings.Cut(value, "@")
	if ok && local != "" && !strings.ContainsAny(host, "@ ,;<") {
		_, n := utf8.DecodeRuneInString(local)
		return local[:n] + "***@" + host
	}
	rs := []rune(value)
	head, tail := 3, 4
	switch n := len(rs); {
	case n == 0:
		return ""
	case n <= 4:
		return "****"
	case n < 8:
		head, tail = 1, 1
	case n < 11:
		head, tail = 2, 2
	case strings.HasPrefix(value, "+86") && n == 14:
		head = 6
	}
	return string(rs[:head]) + "****" + string(rs[len(rs)-tail:])
}
