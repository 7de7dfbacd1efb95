package tagging

import (
	"cmp"
	"iter"
	"slices"

	"github.com/marque-go/marque/rule"
)

// lastTurns yields, by name, the tags that were on at an instant, with the turn that brought them on: of several
// people who are one now the earliest.
func lastTurns(turns []Turn, at rule.Instant) iter.Seq2[string, Turn] {
	type who struct{ tag, origin string }
	last := map[who]Turn{}
	for _, t := range turns {
		if t.At <= at {
			last[who{t.Tag, t.Origin}] = t
		}
	}
	var on []Turn
	for _, t := range last {
		if t.On {
			on = append(on, t)
		}
	}
	slices.SortFunc(on, func(a, b Turn) int {
		return cmp.Or(cmp.Compare(a.Tag, b.Tag), cmp.Compare(a.At, b.At), cmp.Compare(a.Origin, b.Origin))
	})
	on = slices.CompactFunc(on, func(a, b Turn) bool { return a.Tag == b.Tag })
	return func(yield func(string, Turn) bool) {
		for _, t := range on {
			if !yield(t.Tag, t) {
				return
			}
		}
	}
}
