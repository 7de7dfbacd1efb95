package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// left draws where those are who left by a goal, an exit or another way that is no edge. Where it is certain from which
// nodes they did, there are arrows: the counts then say who stands at nodes.
func (d *Def) left(b *strings.Builder, counts []Count) {
	why := map[string]int{}
	for _, c := range counts {
		if reason, ok := strings.CutPrefix(c.What, "out/"); ok && c.Journey == d.Name && c.Node == "" && reason != "completed" {
			why[reason] += c.N
		}
	}
	stations := d.Flow(counts)
	var from []string
	gone := 0
	for i, s := range stations {
		rest := s.In - s.Waiting
		switch kind := s.Node.Kind(); kind {
		case "exit":
			why[s.Node.Exit] -= s.In
			continue
		case "goto":
			why["moved"] -= s.In
			continue
		}
		for _, w := range s.Ways {
			rest -= w.N
		}
		if rest > 0 {
			from = append(from, fmt.Sprintf("  n%d -. %d .-> left\n", i, rest))
		}
		gone += rest
	}
	total, label := 0, "left"
	for _, reason := range slices.Sorted(maps.Keys(why)) {
		if n := why[reason]; n > 0 {
			total += n
			label += fmt.Sprintf("<br>%s %d", reason, n)
		}
	}
	if total == 0 {
		return
	}
	if gone == total {
		for _, line := range from {
			b.WriteString(line)
		}
	}
	fmt.Fprintf(b, "  left([%s])\n", quote(label))
}
