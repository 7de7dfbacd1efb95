package rule

import (
	"slices"

	"github.com/marque-go/marque"
)

// Need says what of a person a rule reads, by the slots of its lexicon. Slots are sorted, each once.
type Need struct {
	Attrs    []int
	Events   []EventNeed
	Tags     []int
	Scores   []int
	Segments []int
	IDs      bool // identifiers
	Consents bool
}

// EventNeed is the history that is read of one kind of event.
type EventNeed struct {
	Slot   int
	Window marque.Duration // the longest window, 0 for the whole history
	// Summary says that no more is asked than how many there are up to now, when the first was and when the last: did,
	// times, first_at and last_at without window and filter. A store may answer that from what it counts beside its log;
	// only where events may be later than the test does it need the log.
	Summary bool
}

// Union is what both need.
func (n Need) Union(m Need) Need {
	u := Need{
		Attrs: union(n.Attrs, m.Attrs), Tags: union(n.Tags, m.Tags), Scores: union(n.Scores, m.Scores),
		Segments: union(n.Segments, m.Segments), IDs: n.IDs || m.IDs, Consents: n.Consents || m.Consents,
	}
	u.Events = append(slices.Clone(n.Events), m.Events...)
	slices.SortFunc(u.Events, func(a, b EventNeed) int { return a.Slot - b.Slot })
	out := u.Events[:0]
	for _, e := range u.Events {
		if k := len(out) - 1; k >= 0 && out[k].Slot == e.Slot {
			if e.Window == 0 || out[k].Window != 0 && e.Window > out[k].Window {
				out[k].Window = e.Window
			}
			out[k].Summary = out[k].Summary && e.Summary
			continue
		}
		out = append(out, e)
	}
	u.Events = out
	return u
}

func union(a, b []int) []int {
	if len(b) == 0 {
		return a
	}
	u := append(slices.Clone(a), b...)
	slices.Sort(u)
	return slices.Compact(u)
}

// A Derivation tells the loop what a definition of tagging, scoring or segment reads and changes.
type Derivation struct {
	Name string   // of the definition, within its package
	Fact string   // what it changes: "tag/vip"
	Need Need     // a change in any of it may change the fact
	On   []string // events that it counts beside its needs
}
