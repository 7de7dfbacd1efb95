package profile

import (
	"slices"
	"strings"

	"github.com/marque-go/marque"
)

// Placeholders that forms, exports and programming languages leave where a value is missing.
var placeholders = []string{
	"null", "nil", "none", "nan", "n/a", "na", "undefined", "unknown", "anonymous", "guest", "-1", "\\n", "无", "空",
}

// Blocked reports whether an identifier says nothing about who somebody is: its kind or value is empty, the
// value is made of zeros, dashes, colons, plus signs and blanks only, or it is a placeholder such as "null",
// "undefined" or "anonymous", whatever the case and the blanks around it. Such values are shared by many people.
func Blocked(id marque.ID) bool {
	v := strings.TrimSpace(id.Value)
	if id.Kind == "" || strings.Trim(v, "0０-:+ \t\u3000") == "" {
		return true
	}
	if len(v) > 12 {
		return false
	}
	return slices.ContainsFunc(placeholders, func(p string) bool { return strings.EqualFold(p, v) })
}
