package svg

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// ports spreads the ends of edges along the boxes, in the order of where they lead.
func (g *graph) ports() {
	for s, p := range g.l.spots {
		for side, near := range [][]int{p.up, p.to} {
			order := make([]int, len(near))
			for i := range order {
				order[i] = i
			}
			slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(g.l.spots[near[a]].x, g.l.spots[near[b]].x) })
			step := math.Min(26, (p.width-24)/float64(max(len(near), 1)))
			if p.node < 0 {
				step = 0
			}
			for k, i := range order {
				x := p.x + step*(float64(k)-float64(len(near)-1)/2)
				g.port[[2]int{s*2 + side, i}] = x
			}
		}
	}
}

// ends gives the x where piece i of a path leaves and arrives. Pieces are found by their number among the
// neighbours, which is the order in which arrange added them.
func (g *graph) ends(path []int, i int, used map[[3]int]int) (from, to float64) {
	a, b := path[i], path[i+1]
	find := func(list []int, want int, key [3]int) int {
		skip := used[key]
		used[key]++
		for k, v := range list {
			if v == want {
				if skip == 0 {
					return k
				}
				skip--
			}
		}
		return 0
	}
	from = g.port[[2]int{a*2 + 1, find(g.l.spots[a].to, b, [3]int{a, b, 1})}]
	to = g.port[[2]int{b * 2, find(g.l.spots[b].up, a, [3]int{a, b, 0})}]
	return from, to
}

// edge draws a curve through its path, with a head where it arrives. Used counts what ends has given away.
func (g *graph) edge(e int, used map[[3]int]int) {
	path, c := g.l.paths[e], g.c
	if path == nil {
		return
	}
	var d strings.Builder
	var headX, headY float64
	for k := 0; k+1 < len(path); k++ {
		x0, x1 := g.ends(path, k, used)
		y0, y1 := g.low(path[k]), g.tops[g.layer[path[k+1]]]
		if k == 0 {
			if g.l.back[e] {
				headX, headY = x0, y0
				y0 += 6
			}
			d.WriteString("M" + num(x0) + " " + num(y0))
		} else {
			d.WriteString("V" + num(y0))
		}
		if k+2 == len(path) && !g.l.back[e] {
			headX, headY = x1, y1
			y1 -= 6
		}
		if floor := g.bottoms[g.layer[path[k]]]; floor > y0 { // clear of taller boxes beside
			y0 = floor
			d.WriteString("V" + num(y0))
		}
		mid := (y0 + y1) / 2
		d.WriteString("C" + num(x0) + " " + num(mid) + " " + num(x1) + " " + num(mid) + " " + num(x1) + " " + num(y1))
	}
	width := 1.2
	if g.most > 0 {
		width += 4.8 * math.Sqrt(float64(g.edges[e].Count)/float64(g.most))
	}
	dash := ""
	if g.most > 0 && g.edges[e].Count == 0 || g.l.back[e] {
		dash = ` stroke-dasharray="4 4"`
	}
	c.put(`<path d="`, d.String(), `" class="edge" stroke-width="`, num(width), `"`, dash, `/>`)
	tip, base, half := headY, headY-7, 3.4+width/2
	if g.l.back[e] {
		base = headY + 7
	}
	c.put(`<path d="M`, num(headX), ` `, num(tip), `L`, num(headX-half), ` `, num(base), `H`, num(headX+half), `Z" class="head"/>`)
}

// low is the lower end of a spot: edges leave a box at its own height, and pass a layer at the layer's.
func (g *graph) low(s int) float64 {
	if n := g.l.spots[s].node; n >= 0 {
		return g.tops[g.layer[s]] + g.tall[n]
	}
	return g.bottoms[g.layer[s]]
}
