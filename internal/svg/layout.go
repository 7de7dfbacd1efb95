package svg

// spot is a place in a layer: a node of the graph, or a point where an edge passes through.
type spot struct {
	node   int // -1: a point
	width  float64
	x      float64 // of its middle
	up, to []int   // neighbours in the layers above and below
	rank   float64
}

// layout is a graph in layers from top to bottom, every edge cut into pieces of one layer each.
type layout struct {
	spots  []spot
	layers [][]int
	paths  [][]int // of each edge, from its upper end to its lower
	back   []bool  // edges that run upwards; their path runs downwards all the same
	self   []bool
}

// arrange puts n nodes into layers by the longest way to them, in the manner of Sugiyama, Tagawa and Toda (1981):
// break cycles, layer, order by barycentres, place by least squares.
func arrange(n int, edges [][2]int) *layout {
	l := &layout{back: make([]bool, len(edges)), self: make([]bool, len(edges)), paths: make([][]int, len(edges))}
	out := make([][]int, n)
	for e, ft := range edges {
		if l.self[e] = ft[0] == ft[1]; !l.self[e] {
			out[ft[0]] = append(out[ft[0]], e)
		}
	}
	l.orient(n, edges, out)
	depth := l.depths(n, edges)
	for i := range n {
		l.add(depth[i], spot{node: i})
	}
	for e, ft := range edges {
		if l.self[e] {
			continue
		}
		if l.back[e] {
			ft[0], ft[1] = ft[1], ft[0]
		}
		path := []int{ft[0]}
		for d := depth[ft[0]] + 1; d < depth[ft[1]]; d++ {
			path = append(path, l.add(d, spot{node: -1}))
		}
		path = append(path, ft[1])
		for i := 1; i < len(path); i++ {
			a, b := path[i-1], path[i]
			l.spots[a].to = append(l.spots[a].to, b)
			l.spots[b].up = append(l.spots[b].up, a)
		}
		l.paths[e] = path
	}
	l.order()
	return l
}

func (l *layout) add(depth int, s spot) int {
	for len(l.layers) <= depth {
		l.layers = append(l.layers, nil)
	}
	l.spots = append(l.spots, s)
	l.layers[depth] = append(l.layers[depth], len(l.spots)-1)
	return len(l.spots) - 1
}

// orient marks the edges that close a cycle, seen from the nodes in their order, those without an edge into them first.
func (l *layout) orient(n int, edges [][2]int, out [][]int) {
	into := make([]int, n)
	for e, ft := range edges {
		if !l.self[e] {
			into[ft[1]]++
		}
	}
	state := make([]byte, n) // 1 open, 2 done
	var visit func(i int)
	visit = func(i int) {
		state[i] = 1
		for _, e := range out[i] {
			switch j := edges[e][1]; state[j] {
			case 0:
				visit(j)
			case 1:
				l.back[e] = true
			}
		}
		state[i] = 2
	}
	for _, roots := range []bool{true, false} {
		for i := range n {
			if state[i] == 0 && (into[i] == 0) == roots {
				visit(i)
			}
		}
	}
}

// depths is the longest way to each node. There are no cycles left, so n rounds suffice.
func (l *layout) depths(n int, edges [][2]int) []int {
	depth := make([]int, n)
	for changed := true; changed; {
		changed = false
		for e, ft := range edges {
			if l.self[e] {
				continue
			}
			if l.back[e] {
				ft[0], ft[1] = ft[1], ft[0]
			}
			if depth[ft[1]] <= depth[ft[0]] {
				depth[ft[1]], changed = depth[ft[0]]+1, true
			}
		}
	}
	return depth
}
