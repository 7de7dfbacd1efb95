package lab

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
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

// walked is the most messages of a kind, transactional or not, on any walk of less than a day, times the enrollments
// that one person may have in it.
func walked(d *graph.Def, transactional bool) (n int64, path []string, why string) {
	w := walker{d: d, transactional: transactional, at: map[string]int{}, best: map[spot]int64{}, next: map[spot]spot{}}
	for i := range d.Nodes {
		w.at[d.Nodes[i].ID] = i
	}
	for i := range d.Nodes {
		from := spot{i, day}
		if m := w.most(from); m > n {
			n, path = m, w.path(from)
		}
	}
	if n == 0 || n == Unbounded {
		return n, path, why
	}
	switch d.Entry.Again() {
	case "once":
		if d.Entry.Key == "" {
			return n, path, "one enrollment for good"
		}
	case "window":
		if life, ok := lifetime(d); ok && d.Entry.Key == "" {
			times := int64((life+day)/time.Duration(d.Entry.Window)) + 1
			return n * times, path, fmt.Sprintf("at most %d enrollments that send on one day", times)
		}
	case "active":
		if d.Entry.Key == "" && w.shortest(0, map[int]bool{}) >= day {
			return 2 * n, path, "an enrollment takes at least a day"
		}
	}
	return Unbounded, path, "a person may enter again and again on one day"
}

const day = 24 * time.Hour

// A spot is a node with so much time left.
type spot struct {
	node int
	left time.Duration
}

type walker struct {
	d             *graph.Def
	transactional bool
	at            map[string]int
	best          map[spot]int64
	next          map[spot]spot
	trail         []spot
}

// most is the most messages on any walk that begins at a spot.
func (w *walker) most(s spot) int64 {
	if n, ok := w.best[s]; ok {
		return n
	}
	if i := slices.Index(w.trail, s); i >= 0 { // a cycle in no time
		for _, on := range w.trail[i:] {
			if w.sends(on.node) > 0 {
				if w.looped(w.trail[i:]) {
					return Unbounded
				}
			}
		}
		return 0
	}
	if len(w.best) > 100_000 {
		return Unbounded
	}
	w.trail = append(w.trail, s)
	n := &w.d.Nodes[s.node]
	own, rest := w.sends(s.node), int64(0)
	if left := s.left - least(n); left > 0 {
		for _, e := range n.Edges() {
			if j, ok := w.at[e.To]; ok {
				to := spot{j, left}
				if m := w.most(to); m > rest {
					rest, w.next[s] = m, to
				}
			}
		}
	}
	w.trail = w.trail[:len(w.trail)-1]
	total := add(own, rest)
	w.best[s] = total
	return total
}

// looped reports whether nothing bounds how often a cycle is gone round.
func (w *walker) looped(cycle []spot) bool {
	return !slices.ContainsFunc(cycle, func(s spot) bool { return w.d.Nodes[s.node].Max > 0 })
}

func (w *walker) sends(i int) int64 {
	if n := w.d.Nodes[i].Send; n != nil && n.Transactional == w.transactional {
		return int64(max(w.d.Nodes[i].Max, 1))
	}
	return 0
}

func (w *walker) path(s spot) (ids []string) {
	seen := map[spot]bool{}
	for ok := true; ok && !seen[s]; s, ok = w.next[s] {
		seen[s] = true
		if w.sends(s.node) > 0 {
			ids = append(ids, w.d.Nodes[s.node].ID)
		}
	}
	return ids
}

// shortest is the least time from a node to an end.
func (w *walker) shortest(i int, seen map[int]bool) time.Duration {
	if seen[i] {
		return math.MaxInt64
	}
	seen[i] = true
	defer delete(seen, i)
	n := &w.d.Nodes[i]
	short := time.Duration(math.MaxInt64)
	edges := n.Edges()
	for _, e := range edges {
		rest := time.Duration(0)
		if j, ok := w.at[e.To]; ok {
			rest = w.shortest(j, seen)
		}
		short = min(short, rest)
	}
	if len(edges) == 0 {
		short = 0
	}
	if short == math.MaxInt64 {
		return short
	}
	return short + least(n)
}

// least is the least time that a node takes. A day of the calendar has at least 23 hours.
func least(n *graph.Node) time.Duration {
	w := n.Wait
	switch {
	case w == nil:
		return 0
	case w.Ranked:
		return time.Duration(w.Within)
	case w.For != 0:
		return time.Duration(w.For)
	case w.Days > 0 && w.At == "":
		return time.Duration(w.Days) * 23 * time.Hour
	case w.Days > 1:
		return time.Duration(w.Days-1) * 23 * time.Hour
	}
	return 0
}

// lifetime is the longest that an enrollment lasts, false where nothing bounds it.
func lifetime(d *graph.Def) (time.Duration, bool) {
	at := map[string]int{}
	for i := range d.Nodes {
		at[d.Nodes[i].ID] = i
	}
	state := make([]int8, len(d.Nodes))
	long := make([]time.Duration, len(d.Nodes))
	var walk func(i int) bool
	walk = func(i int) bool {
		if state[i] != 0 {
			return state[i] == 2
		}
		state[i] = 1
		n := &d.Nodes[i]
		most, ok := longest(n)
		if !ok {
			return false
		}
		rest := time.Duration(0)
		for _, e := range n.Edges() {
			if j, ok := at[e.To]; ok {
				if !walk(j) {
					return false
				}
				rest = max(rest, long[j])
			}
		}
		state[i], long[i] = 2, most+rest
		return true
	}
	if len(d.Nodes) == 0 || !walk(0) {
		return 0, false
	}
	return long[0], true
}

// longest is the longest that a node takes, quiet hours included.
func longest(n *graph.Node) (time.Duration, bool) {
	if n.Send != nil {
		return day, true
	}
	w := n.Wait
	switch {
	case n.Sub != nil || n.Gate != nil && n.Gate.Wait:
		return 0, false
	case w == nil:
		return 0, true
	case w.Date != nil:
		return 0, false
	case len(w.Matches()) > 0 || len(w.Until) > 0:
		return time.Duration(w.Within), w.Within > 0
	}
	return time.Duration(w.For) + time.Duration(w.Days+8)*25*time.Hour, true
}

// capped is how many messages that know caps a journey's caps let through on one day.
func capped(d *graph.Def, common []journey.Cap) int64 {
	return under(slices.Concat(common, d.Caps), used(d))
}

// used are the channels and topics of a journey's messages.
func used(d *graph.Def) (kinds []journey.Cap) {
	for _, n := range d.Nodes {
		if n.Send == nil || n.Send.Transactional {
			continue
		}
		for _, ch := range n.Send.Channels {
			k := journey.Cap{Channel: ch, Topic: cmp.Or(n.Send.Topic, d.Topic)}
			if !slices.ContainsFunc(kinds, func(o journey.Cap) bool { return o.Channel == k.Channel && o.Topic == k.Topic }) {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

// under is how many messages of some kinds caps let through on one day: those that bind all kinds together, or the sum of
// those that bind each.
func under(caps []journey.Cap, kinds []journey.Cap) int64 {
	sum := int64(0)
	together := int64(Unbounded)
	for _, c := range caps {
		if !slices.ContainsFunc(kinds, func(k journey.Cap) bool { return !counts(c, k) }) {
			together = min(together, daily(c))
		}
	}
	for _, k := range kinds {
		own := int64(Unbounded)
		for _, c := range caps {
			if counts(c, k) {
				own = min(own, daily(c))
			}
		}
		sum = add(sum, own)
	}
	return min(sum, together)
}

func counts(c, kind journey.Cap) bool {
	return (c.Channel == "" || c.Channel == kind.Channel) && (c.Topic == "" || c.Topic == kind.Topic)
}

// daily is how many messages a cap lets through on one day; a short rolling window lies in it several times.
func daily(c journey.Cap) int64 {
	if c.Per != "" {
		return c.N
	}
	w := marque.Duration(c.Within)
	return c.N * (int64((marque.Day-1)/w) + 1)
}

// together is how many messages that know caps go through on one day, of all journeys: a counter that all of them
// have lets through what the most generous of them allows.
func together(defs []journey.Def, common []journey.Cap) int64 {
	var kinds []journey.Cap
	limits := map[string]journey.Cap{}
	have := map[string]int{}
	n := 0
	for i := range defs {
		own := used(&defs[i])
		if len(own) == 0 {
			continue
		}
		n++
		kinds = append(kinds, own...)
		strict := map[string]journey.Cap{}
		for _, c := range slices.Concat(common, defs[i].Caps) {
			if o, ok := strict[c.Counter()]; !ok || c.N < o.N {
				strict[c.Counter()] = c
			}
		}
		for key, c := range strict {
			have[key]++
			if o, ok := limits[key]; !ok || c.N > o.N {
				limits[key] = c
			}
		}
	}
	var caps []journey.Cap
	for key, c := range limits {
		if have[key] == n {
			caps = append(caps, c)
		}
	}
	slices.SortFunc(caps, func(a, b journey.Cap) int { return strings.Compare(a.Counter(), b.Counter()) })
	if len(kinds) == 0 {
		return 0
	}
	return under(caps, kinds)
}
