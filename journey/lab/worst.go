package lab

import (
	"cmp"
	"fmt"
	"math"

	"github.com/marque-go/marque/journey"
)

// Unbounded is a number of messages that nothing bounds.
const Unbounded = math.MaxInt64

// A Worst is the most messages that one person can get on one day of the calendar (of 24 hours, in one zone), whatever
// happens. It is proved from the definitions: nothing is run.
type Worst struct {
	// Journey is empty for all of them together.
	Journey string `json:"journey,omitempty"`
	// Graph is what the graph and the re-entry rule allow, Caps what the caps let through of it (transactional messages
	// know no caps), Bound the smaller of both with those. Unbounded is Unbounded.
	Graph int64 `json:"graph"`
	Caps  int64 `json:"caps"`
	Bound int64 `json:"bound"`
	// Path is a walk with so many messages as the graph allows in one enrollment: its send nodes.
	Path []string `json:"path,omitempty"`
	// Why says what Graph rests upon.
	Why string `json:"why,omitempty"`
}

// String is a line.
func (w Worst) String() string {
	name := cmp.Or(w.Journey, "all journeys")
	return fmt.Sprintf("%s: at most %s a day (graph %s, caps %s)", name, many(w.Bound), many(w.Graph), many(w.Caps))
}

func many(n int64) string {
	if n == Unbounded {
		return "unbounded"
	}
	return fmt.Sprint(n)
}

// WorstCase bounds how many messages one person can get on one day, for each journey and, last, for all together. common are caps that bind every journey.
//
// A wait for an event or a condition may be over at once, one for a time of day may be short, one for n days takes at
// least n-1 of them. A person who may enter again while in, or again and again at once, has no bound but the caps.
func WorstCase(defs []journey.Def, common []journey.Cap) []Worst {
	all := Worst{Caps: 0}
	var worst []Worst
	for i := range defs {
		d := &defs[i]
		w := Worst{Journey: d.Name}
		marketing, path, why := walked(d, false)
		free, _, _ := walked(d, true)
		w.Path, w.Why = path, why
		w.Graph = add(marketing, free)
		w.Caps = capped(d, common)
		w.Bound = add(min(marketing, w.Caps), free)
		worst = append(worst, w)
		all.Graph, all.Bound = add(all.Graph, w.Graph), add(all.Bound, w.Bound)
	}
	all.Caps = together(defs, common)
	free := int64(0)
	for i := range defs {
		n, _, _ := walked(&defs[i], true)
		free = add(free, n)
	}
	all.Bound = min(all.Bound, add(all.Caps, free))
	return append(worst, all)
}

func add(a, b int64) int64 {
	if a == Unbounded || b == Unbounded {
		return Unbounded
	}
	return a + b
}
