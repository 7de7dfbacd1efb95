package svg

import "math"

// place gives each spot its x within [0, width]: near its neighbours, in its order, gap apart. Pull is how much
// the pieces of an edge want to run straight; pieces between two points of a long edge want it most.
func (l *layout) place(width, gap float64, pull func(edge int) float64) {
	type tie struct {
		spot   int
		weight float64
	}
	ties := make([][]tie, len(l.spots))
	for e, path := range l.paths {
		for i := 1; i < len(path); i++ {
			a, b, w := path[i-1], path[i], pull(e)
			if l.spots[a].node < 0 && l.spots[b].node < 0 {
				w *= 4
			} else if l.spots[a].node < 0 || l.spots[b].node < 0 {
				w *= .3
			}
			ties[a], ties[b] = append(ties[a], tie{b, w}), append(ties[b], tie{a, w})
		}
	}
	for _, layer := range l.layers {
		l.spread(layer, width, gap, func(int) (float64, float64) { return width / 2, 1 })
	}
	for round := range 60 {
		for k := range l.layers {
			if round%2 == 1 {
				k = len(l.layers) - 1 - k
			}
			l.spread(l.layers[k], width, gap, func(s int) (want, weight float64) {
				want, weight = l.spots[s].x*.05, .05
				for _, t := range ties[s] {
					want, weight = want+t.weight*l.spots[t.spot].x, weight+t.weight
				}
				return want / weight, weight
			})
		}
	}
}

// spread places a layer by least squares around what each spot wants: isotonic regression by pooling.
func (l *layout) spread(layer []int, width, gap float64, want func(s int) (x, weight float64)) {
	type pool struct {
		x, w float64
		n    int
	}
	offset := make([]float64, len(layer))
	var pools []pool
	for i, s := range layer {
		if i > 0 {
			offset[i] = offset[i-1] + (l.spots[layer[i-1]].width+l.spots[s].width)/2 + gap
		}
		x, w := want(s)
		p := pool{x - offset[i], w, 1}
		for len(pools) > 0 && pools[len(pools)-1].x > p.x {
			q := pools[len(pools)-1]
			p = pool{(p.x*p.w + q.x*q.w) / (p.w + q.w), p.w + q.w, p.n + q.n}
			pools = pools[:len(pools)-1]
		}
		pools = append(pools, p)
	}
	if len(layer) == 0 {
		return
	}
	first, last := l.spots[layer[0]].width/2, width-offset[len(layer)-1]-l.spots[layer[len(layer)-1]].width/2
	i := 0
	for _, p := range pools {
		x := math.Max(math.Min(p.x, last), first)
		for ; p.n > 0; p.n-- {
			l.spots[layer[i]].x = x + offset[i]
			i++
		}
	}
}
