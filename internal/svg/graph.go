package svg

import "math"

// A Node is a box of a graph.
type Node struct {
	ID    string
	Kind  string // small, above the label: "send · push"
	Label string
	Count string // below the label: "8,120 · 41%"
	Note  string // small, below the count: "120 wait here"
	Tone  int    // of the stripe at the left: 1 to 6, as the series of a chart. 0: none
}

// An Edge leads from a node to another. Edges that name an unknown node, or one node twice, are left out.
type Edge struct {
	From, To string
	Label    string
	Count    int // its width; 0 is dashed, unless all are
}

const (
	gapX     = 12.0
	pointGap = 10.0
	maxBox   = 178.0
	minBox   = 76.0
	inset    = 9.0
)

// Graph draws boxes in layers from top to bottom, with edges as wide as what went along them. Edges that lead
// back up are dashed.
func Graph(f Figure, nodes []Node, edges []Edge) string {
	c := f.canvas()
	g := newGraph(c, nodes, edges)
	var height float64
	g.tops, g.bottoms, height = g.heights()
	used := map[[3]int]int{}
	for e := range g.edges {
		g.edge(e, used)
	}
	for s := range g.l.spots {
		g.node(s)
	}
	for _, t := range g.tags {
		c.text(t.x, t.y, t.text, "sm c halo", c.w)
	}
	return c.done(height)
}

type graph struct {
	c             *canvas
	nodes         []Node
	edges         []Edge
	l             *layout
	lines         [][]string // of each node's label
	tall          []float64  // of each node
	layer         []int      // of each spot
	port          map[[2]int]float64
	tops, bottoms []float64 // of each layer
	tags          []tag
	most          int
}

func newGraph(c *canvas, nodes []Node, edges []Edge) *graph {
	g := &graph{c: c, nodes: nodes, port: map[[2]int]float64{}}
	number := map[string]int{}
	for i, n := range nodes {
		number[n.ID] = i
	}
	var ends [][2]int
	for _, e := range edges {
		from, ok := number[e.From]
		to, ok2 := number[e.To]
		if ok && ok2 {
			g.edges, ends = append(g.edges, e), append(ends, [2]int{from, to})
			g.most = max(g.most, e.Count)
		}
	}
	g.l = arrange(len(nodes), ends)
	box := maxBox
	for _, layer := range g.l.layers {
		boxes, points := 0, 0
		for _, s := range layer {
			if g.l.spots[s].node >= 0 {
				boxes++
			} else {
				points++
			}
		}
		if boxes > 0 {
			room := c.w - float64(points)*pointGap - float64(boxes+points-1)*gapX
			box = math.Min(box, room/float64(boxes))
		}
	}
	if box < minBox { // a crowded picture is drawn on a wider sheet
		c.w *= minBox / math.Max(box, 24)
		box = minBox
		for _, layer := range g.l.layers {
			need := float64(len(layer)-1) * gapX
			for _, s := range layer {
				if g.l.spots[s].node >= 0 {
					need += box
				} else {
					need += pointGap
				}
			}
			c.w = math.Max(c.w, need)
		}
	}
	g.tall = make([]float64, len(nodes))
	g.layer = make([]int, len(g.l.spots))
	for k, layer := range g.l.layers {
		for _, s := range layer {
			g.layer[s] = k
			if g.l.spots[s].width = pointGap; g.l.spots[s].node >= 0 {
				g.l.spots[s].width = box
			}
		}
	}
	g.l.place(c.w, gapX, func(e int) float64 {
		return 1 + 6*float64(g.edges[e].Count)/float64(max(g.most, 1))
	})
	for i, n := range nodes {
		lines := Wrap(n.Label, size*1.06, box-2*inset, 2)
		g.lines = append(g.lines, lines)
		g.tall[i] = 12 + 14*float64(len(lines))
		if n.Kind != "" {
			g.tall[i] += 13
		}
		if n.Count != "" {
			g.tall[i] += 15
		}
		if n.Note != "" {
			g.tall[i] += 14
		}
	}
	g.ports()
	return g
}

func (g *graph) node(s int) {
	p := g.l.spots[s]
	if p.node < 0 {
		return
	}
	n, c := g.nodes[p.node], g.c
	x, y := p.x-p.width/2, g.tops[g.layer[s]]
	limit := p.width - 2*inset
	c.rect(x+.5, y, p.width-1, g.tall[p.node], 5, "box")
	if n.Tone > 0 {
		c.rect(x+.5, y+4, 3.5, g.tall[p.node]-8, 1.5, tone("s", n.Tone-1))
	}
	y += 6
	if n.Kind != "" {
		c.text(x+inset, y+10, n.Kind, "soft sm", limit)
		y += 13
	}
	for _, line := range g.lines[p.node] {
		c.text(x+inset, y+11, line, "b", limit)
		y += 14
	}
	if n.Count != "" {
		c.text(x+inset, y+12, n.Count, "", limit)
		y += 15
	}
	c.text(x+inset, y+10, n.Note, "soft sm", limit)
}
