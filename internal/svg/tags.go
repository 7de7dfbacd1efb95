package svg

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// tag is the label of an edge.
type tag struct {
	row        int
	x, y, half float64
	text       string
}

// heights places layers and labels from top to bottom. The labels of edges stand in the gap below the layer
// they leave, in as many rows as they need not to touch.
func (g *graph) heights() (tops, bottoms []float64, height float64) {
	below := make([][]tag, len(g.l.layers))
	used := map[[3]int]int{}
	for e, path := range g.l.paths {
		if path == nil {
			continue
		}
		i := 0
		if g.l.back[e] {
			i = len(path) - 2
		}
		for k := 0; k+1 < len(path); k++ {
			from, to := g.ends(path, k, used)
			text := label(g.edges[e], math.Min(150, g.c.w*.45))
			if k != i || text == "" {
				continue
			}
			x := from + (to-from)*.3
			if g.l.back[e] {
				x = to + (from-to)*.3
			}
			half := Width(text, small)/2 + 4
			x = math.Max(half, math.Min(g.c.w-half, x))
			at := g.layer[path[k]]
			below[at] = append(below[at], tag{x: x, half: half, text: text})
		}
	}
	y := 1.0
	for k, layer := range g.l.layers {
		tallest := 0.0
		for _, s := range layer {
			if n := g.l.spots[s].node; n >= 0 {
				tallest = math.Max(tallest, g.tall[n])
			}
		}
		tops, bottoms = append(tops, y), append(bottoms, y+tallest)
		rows := stack(below[k])
		for i := range below[k] {
			below[k][i].y = y + tallest + 19 + 14*float64(below[k][i].row)
		}
		g.tags = append(g.tags, below[k]...)
		y += tallest + 30 + 14*float64(rows)
	}
	if len(bottoms) > 0 {
		height = bottoms[len(bottoms)-1] + 2
	}
	return tops, bottoms, height
}

// label is what stands beside an edge. Where room is short, the words are cut and the count stays.
func label(e Edge, limit float64) string {
	if e.Count == 0 {
		return Fit(e.Label, small, limit)
	}
	count := Count(e.Count)
	return strings.TrimSpace(Fit(e.Label, small, limit-Width(" "+count, small)) + " " + count)
}

// stack gives each tag the first row in which it touches no other, and returns the number of rows.
func stack(tags []tag) int {
	order := make([]int, len(tags))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(tags[a].x-tags[a].half, tags[b].x-tags[b].half) })
	var free []float64
	for _, i := range order {
		t := &tags[i]
		for t.row < len(free) && free[t.row] > t.x-t.half {
			t.row++
		}
		if t.row == len(free) {
			free = append(free, 0)
		}
		free[t.row] = t.x + t.half
	}
	return len(free)
}
