package lab

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque/journey/graph"
)

// walked is the most messages of a kind, transactional or not, on any walk of less than a day, times the enrollments
// that one person may have in it.
func walked(d *graph.Def, transactional bool) (n int64, path []string, why string) {
	w := walker{d: d, transactional: transactional, at: map[string]int{}, best: map[spot]int64{}, next: map[spot]spot{}, on: map[spot]int{}}
	for i := range d.Nodes {
		w.at[d.Nodes[i].ID] = i
	}
	for i := range d.Nodes {
		from := spot{i, day}
		if m, _ := w.most(from); m > n {
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
	on            map[spot]int // the places of the trail
	work          int
}

// most is the most messages on any walk that begins at a spot, and the place on the trail of the first spot at which the
// search was cut because it came round: what is found below that holds for this trail alone, and is not kept.
func (w *walker) most(s spot) (n int64, low int) {
	if n, ok := w.best[s]; ok {
		return n, math.MaxInt
	}
	if i, on := w.on[s]; on { // a cycle in no time
		if slices.ContainsFunc(w.trail[i:], func(on spot) bool { return w.sends(on.node) > 0 }) && w.looped(w.trail[i:]) {
			return Unbounded, math.MaxInt
		}
		return 0, i
	}
	if w.work++; w.work > 1_000_000 {
		return Unbounded, math.MaxInt
	}
	depth := len(w.trail)
	w.trail, w.on[s] = append(w.trail, s), depth
	node := &w.d.Nodes[s.node]
	rest := int64(0)
	low = math.MaxInt
	if left := s.left - least(node); left > 0 {
		for _, e := range node.Edges() {
			j, ok := w.at[e.To]
			if !ok {
				continue
			}
			to := spot{j, left}
			m, l := w.most(to)
			if low = min(low, l); m > rest {
				rest, w.next[s] = m, to
			}
		}
	}
	w.trail = w.trail[:depth]
	delete(w.on, s)
	n = add(w.sends(s.node), rest)
	if low < depth {
		return n, low
	}
	w.best[s] = n
	return n, math.MaxInt
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
