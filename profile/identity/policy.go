package identity

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/marque-go/marque"
)

// A Policy says how far identifiers are trusted to tell people apart. The zero value trusts them all: whatever was
// seen together is one person.
type Policy struct {
	// Kinds, the strongest first. Those that are not listed come after these, all alike, and have no limit; where
	// an order is needed, as in Person.IDs, it is that of their names.
	Kinds []Kind `json:"kinds,omitempty"`
	// Sources of observations in order of trust. Those that are not listed come after these, all alike.
	Sources []string `json:"sources,omitempty"`
	// Hub is how many identifiers of limited kinds one may be seen with before it is a hub: something that many
	// people share, which therefore links nobody. Negative: there are no hubs. Default 100.
	Hub int `json:"hub,omitempty"`
	// Blocked are values that say nothing of who somebody is, beside placeholders, whatever the case and the
	// blanks around them.
	Blocked []string `json:"blocked,omitempty"`
}

// A Kind is what holds for identifiers of one kind.
type Kind struct {
	Name string `json:"name"`
	// Limit is how many of the kind a person may have. Zero: any number; such kinds do not count towards hubs.
	Limit int `json:"limit,omitempty"`
	// Hub is Policy.Hub for identifiers of this kind. Default Policy.Hub.
	Hub int `json:"hub,omitempty"`
	// Blocked is Policy.Blocked for identifiers of this kind, and comes on top of it.
	Blocked []string `json:"blocked,omitempty"`
}

const defaultHub = 100

// Validate lists every fault, each a *marque.FieldError.
func (p Policy) Validate() error {
	var f marque.Faults
	names := make(map[string]struct{}, len(p.Kinds))
	for i, k := range p.Kinds {
		at := fmt.Sprintf("kinds[%d]", i)
		if k.Name == "" {
			f.Add(at+".name", "is empty")
		} else if _, twice := names[k.Name]; twice {
			f.Add(at+".name", "%q is listed twice", k.Name)
		}
		names[k.Name] = struct{}{}
		if k.Limit < 0 {
			f.Add(at+".limit", "is %d: want 0 for any number, or more", k.Limit)
		}
		validBlocked(&f, at+".blocked", k.Blocked)
	}
	for i, s := range p.Sources {
		if s == "" {
			f.Add(fmt.Sprintf("sources[%d]", i), "is empty")
		} else if slices.Contains(p.Sources[:i], s) {
			f.Add(fmt.Sprintf("sources[%d]", i), "%q is listed twice", s)
		}
	}
	validBlocked(&f, "blocked", p.Blocked)
	return f.Err()
}

func validBlocked(f *marque.Faults, path string, values []string) {
	for i, v := range values {
		if strings.TrimSpace(v) == "" {
			f.Add(fmt.Sprintf("%s[%d]", path, i), "is empty")
		}
	}
}

// hubs is the degree above which an identifier is a hub, for a number of the policy.
func hubs(n, none int) int {
	switch {
	case n == 0:
		return none
	case n < 0:
		return math.MaxInt
	}
	return n
}
