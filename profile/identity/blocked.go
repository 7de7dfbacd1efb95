package identity

import (
	"slices"
	"strings"
	"unicode"

	"github.com/marque-go/marque"
)

// What forms, exports and programming languages leave where a value is missing.
var placeholders = []string{
	"null", "nil", "none", "nan", "n/a", "na", "undefined", "unknown", "anonymous", "guest", "-1", "\\n", "无", "空",
}

// Placeholder reports whether an identifier says nothing about who somebody is: its kind or value is empty, the
// value is made of zeros, dashes, colons, plus signs and blanks only, or it is a placeholder such as "null",
// "undefined" or "anonymous", whatever the case and the blanks around it. Such values are shared by many people.
func Placeholder(id marque.ID) bool {
	v := strings.TrimSpace(id.Value)
	if id.Kind == "" || v == "" {
		return true
	}
	if v[0] < unicode.MaxASCII && strings.IndexByte("0-:+nNuUaAgG\\", v[0]) < 0 {
		return false // nothing of what follows begins like this
	}
	if strings.Trim(v, "0０-:+ \t\u3000") == "" {
		return true
	}
	if len(v) > 12 {
		return false
	}
	return slices.ContainsFunc(placeholders, func(p string) bool { return strings.EqualFold(p, v) })
}

// Blocked reports whether an identifier is a Placeholder or the policy blocks it.
func (r *Rules) Blocked(id marque.ID) bool {
	if Placeholder(id) {
		return true
	}
	if r.blocked == nil {
		return false
	}
	v := strings.TrimSpace(id.Value)
	blocks := func(b blocked) bool {
		return (b.kind == "" || b.kind == id.Kind) && strings.EqualFold(b.value, v)
	}
	return slices.ContainsFunc(r.blocked[fold(v)], blocks)
}

// blocked is a value that the policy blocks, in one kind or, where that is empty, in all.
type blocked struct{ kind, value string }

// fold is a hash that is equal for values that are equal by strings.EqualFold.
func fold(s string) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range s {
		if r <= unicode.MaxASCII {
			// The Kelvin sign and the long s fold to ASCII letters: all go by the least rune of their orbit, a capital.
			if 'a' <= r && r <= 'z' {
				r -= 'a' - 'A'
			}
		} else {
			for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
				if next < r {
					r = next
				}
			}
		}
		h = (h ^ uint64(r)) * 1099511628211
	}
	return h
}
