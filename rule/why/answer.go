package why

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// An Answer is what would make a person enter or leave.
type Answer struct {
	// Already is set where nothing has to change.
	Already bool `json:"already"`
	// Wait is the instant at which time alone does it, if nothing else happens; zero where it does not within the
	// horizon.
	Wait time.Time `json:"wait,omitzero"`
	// Ways are alternatives, the one with the fewest changes first.
	Ways []Way `json:"ways,omitempty"`
	// More is set where there may be other ways: there were more than Options.Most, or more combinations of parts than
	// are looked at.
	More bool `json:"more,omitempty"`
}

// A Way is a set of changes that do it together, if everything else stays as it is.
type Way struct {
	Changes []Change `json:"changes"`
	// Tried is set where the changes were made to a copy of the facts, and the rule then gave what is wanted. Where it
	// is not set the package does not know how to make one of them (a text that matches a pattern).
	Tried bool `json:"tried"`
}

// A Change is one thing that would have to be otherwise.
type Change struct {
	// Kind is "attribute", "field" (of the scope), "event", "tag", "segment", "score", "time" (only the clock changes
	// it) or "condition" (what several things give together).
	Kind string `json:"kind"`
	Name string `json:"name,omitempty"` // of the attribute, field, event, tag, segment or score
	Slot int    `json:"slot"`           // in the lexicon
	Prop string `json:"prop,omitempty"` // the event's property, of a sum or a number of values
	// Of is what is looked at, in the language of rules: times("view", within("7d")).
	Of string `json:"of"`
	// Is is its value now: nil, bool, int64, float64, string, time.Time or []string; of "days since" a time the time.
	Is any `json:"is"`
	// Ranges, OneOf and NoneOf say what it would have to be: in one of the ranges (of "days since" a time the range
	// of the time), one of the values, or anything known but some. At most one of them is set.
	Ranges []Range `json:"ranges,omitempty"`
	OneOf  []any   `json:"oneOf,omitempty"`
	NoneOf []any   `json:"noneOf,omitempty"`
	// Missing says that nothing being known does as well; alone, that nothing must be known.
	Missing bool `json:"missing,omitempty"`
	// More is how many events more it takes at least, or fewer where it is negative.
	More int `json:"more,omitempty"`
	// At is when time alone changes this part, zero where it does not within the horizon.
	At time.Time `json:"at,omitzero"`
	// Words say all that in plain English.
	Words string `json:"words"`

	thing string // what is looked at, for people
}

// A Range is from Min to Max, without Min where MinOpen is set, without Max where MaxOpen is; nil is no bound.
type Range struct {
	Min     any  `json:"min,omitempty"`
	MinOpen bool `json:"minOpen,omitempty"`
	Max     any  `json:"max,omitempty"`
	MaxOpen bool `json:"maxOpen,omitempty"`
}

// String is a line for each way, and one for the time.
func (a Answer) String() string {
	if a.Already {
		return "nothing has to change\n"
	}
	var b strings.Builder
	for i, w := range a.Ways {
		fmt.Fprintf(&b, "%d. %s\n", i+1, w)
	}
	switch {
	case !a.Wait.IsZero() && len(a.Ways) > 0:
		fmt.Fprintf(&b, "or wait until %s: time alone does it\n", clock(a.Wait))
	case !a.Wait.IsZero():
		fmt.Fprintf(&b, "wait until %s: time alone does it\n", clock(a.Wait))
	case len(a.Ways) == 0:
		b.WriteString("no way was found\n")
	}
	return b.String()
}

// String joins the words of the changes.
func (w Way) String() string {
	words := make([]string, len(w.Changes))
	for i, c := range w.Changes {
		words[i] = c.Words
	}
	return strings.Join(words, ", and ")
}

// clock writes an instant for people: to the minute where it is one, and a microsecond behind it as "just after".
func clock(t time.Time) string {
	t = t.UTC()
	switch {
	case t.Truncate(time.Minute).Equal(t):
		return t.Format("2006-01-02 15:04 UTC")
	case t.Truncate(time.Minute).Add(time.Microsecond).Equal(t):
		return "just after " + t.Format("2006-01-02 15:04 UTC")
	}
	return t.Format("2006-01-02 15:04:05.999999 UTC")
}

// MarshalJSON writes text, value (null where it is missing), until (where there is one) and parts.
func (x Explanation) MarshalJSON() ([]byte, error) {
	out := struct {
		Text  string        `json:"text"`
		Value any           `json:"value"`
		Until time.Time     `json:"until,omitzero"`
		Parts []Explanation `json:"parts,omitempty"`
	}{x.Text, x.Value.Any(), x.Until, x.Parts}
	return json.Marshal(out)
}
