package svg

import (
	"cmp"
	"slices"
)

// order sorts each layer so that few edges cross: sweeps down and up by barycentres and then by exchanging
// neighbours, from the order of definition and from its reverse; the best of all is kept.
func (l *layout) order() {
	best, least := clone(l.layers), l.crossings()
	start := clone(l.layers)
	for try := range 4 {
		l.layers = clone(start)
		if try%2 == 1 {
			for _, layer := range l.layers {
				slices.Reverse(layer)
			}
		}
		for sweep := range 10 {
			down := (sweep+try/2)%2 == 0
			for k := range l.layers {
				if !down {
					k = len(l.layers) - 1 - k
				}
				l.sort(k, down)
			}
			l.exchange()
			if n := l.crossings(); n < least {
				best, least = clone(l.layers), n
			}
		}
	}
	l.layers = best
}

// exchange swaps neighbours in a layer as long as fewer of their edges cross.
func (l *layout) exchange() {
	place := l.places()
	cross := func(a, b int) (n int) {
		for _, near := range [][2][]int{{l.spots[a].up, l.spots[b].up}, {l.spots[a].to, l.spots[b].to}} {
			for _, x := range near[0] {
				for _, y := range near[1] {
					if place[x] > place[y] {
						n++
					}
				}
			}
		}
		return n
	}
	for range 8 {
		changed := false
		for _, layer := range l.layers {
			for i := 1; i < len(layer); i++ {
				a, b := layer[i-1], layer[i]
				if cross(b, a) < cross(a, b) {
					layer[i-1], layer[i] = b, a
					place[a], place[b] = place[b], place[a]
					changed = true
				}
			}
		}
		if !changed {
			return
		}
	}
}

func (l *layout) sort(k int, down bool) {
	place := l.places()
	layer := l.layers[k]
	for i, s := range layer {
		near := l.spots[s].up
		if !down {
			near = l.spots[s].to
		}
		l.spots[s].rank = float64(i)
		if len(near) > 0 {
			sum := 0.0
			for _, t := range near {
				sum += place[t]
			}
			l.spots[s].rank = sum / float64(len(near))
		}
	}
	slices.SortStableFunc(layer, func(a, b int) int { return cmp.Compare(l.spots[a].rank, l.spots[b].rank) })
}

func (l *layout) places() []float64 {
	place := make([]float64, len(l.spots))
	for _, layer := range l.layers {
		for i, s := range layer {
			place[s] = float64(i)
		}
	}
	return place
}

func (l *layout) crossings() int {
	place, n := l.places(), 0
	for _, layer := range l.layers {
		type piece struct{ a, b float64 }
		var ps []piece
		for _, s := range layer {
			for _, t := range l.spots[s].to {
				ps = append(ps, piece{place[s], place[t]})
			}
		}
		for i, p := range ps {
			for _, q := range ps[:i] {
				if (p.a-q.a)*(p.b-q.b) < 0 {
					n++
				}
			}
		}
	}
	return n
}

func clone(layers [][]int) [][]int {
	out := make([][]int, len(layers))
	for i, l := range layers {
		out[i] = slices.Clone(l)
	}
	return out
}
