package picture

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque/internal/svg"
	"github.com/marque-go/marque/journey/graph"
)

// Options of a picture. The zero value works.
type Options struct {
	// Title is what it shows. Default the journey's name.
	Title string
	// Width in pixels; a crowded picture is wider. Default 960.
	Width float64
	// ID leads the ids within the picture and must be unique on a page. Default the journey's name.
	ID string
	// Bare leaves out the style, for a page that has it from another picture. Default the picture brings it.
	Bare bool
}

// The ids of the boxes that are no nodes; no node's id is empty or begins with a zero byte by accident.
const (
	start = "\x00in"
	end   = "\x00out"
)

var tones = map[string]int{"send": 1, "coupon": 2, "assign": 2, "call": 2, "goto": 3, "sub": 3, "exit": 3, "tag": 4, "untag": 4, "score": 4, "set": 4,
	"emit": 4, "branch": 5, "split": 5, "experiment": 5, "gate": 5, "wait": 6}

// SVG draws the journey; counts are those of Runner.Counts, those of other journeys are passed over. Without counts it
// draws the graph alone.
func SVG(d *graph.Def, counts []graph.Count, o *Options) string {
	if o == nil {
		o = &Options{}
	}
	p := &drawing{def: d, live: len(counts) > 0, whole: map[string]int{}}
	for _, c := range counts {
		if c.Journey == d.Name && c.Node == "" {
			p.whole[c.What] += c.N
		}
	}
	p.draw(d.Flow(counts))
	fig := svg.Figure{ID: o.ID, Title: o.Title, Desc: p.describe(), Width: o.Width, Alone: !o.Bare}
	if fig.ID == "" {
		fig.ID = d.Name
	}
	if fig.Title == "" {
		fig.Title = d.Name
	}
	if fig.Width == 0 {
		fig.Width = 960
	}
	return svg.Graph(fig, p.nodes, p.edges)
}

type drawing struct {
	def   *graph.Def
	live  bool
	whole map[string]int // counts of the journey
	nodes []svg.Node
	edges []svg.Edge
}

func (p *drawing) draw(stations []graph.Station) {
	p.nodes = append(p.nodes, svg.Node{ID: start, Kind: "entry", Label: p.def.Entry.Label(), Count: p.count(p.whole["in"])})
	if len(stations) > 0 {
		p.edges = append(p.edges, svg.Edge{From: start, To: stations[0].Node.ID, Count: p.whole["in"]})
	}
	ends := false
	for _, s := range stations {
		n := svg.Node{ID: s.Node.ID, Kind: s.Node.ID, Label: s.Node.Label(), Count: p.share(s.In), Tone: tones[s.Node.Kind()]}
		if s.Waiting > 0 {
			n.Note = svg.Count(s.Waiting) + " there now"
		}
		p.nodes = append(p.nodes, n)
		first := len(p.edges)
		for _, w := range s.Ways {
			to := w.To
			if to == "" {
				to, ends = end, true
			}
			i := slices.IndexFunc(p.edges[first:], func(e svg.Edge) bool { return e.To == to })
			if i < 0 {
				i = len(p.edges) - first
				p.edges = append(p.edges, svg.Edge{From: s.Node.ID, To: to, Label: w.Label})
			} else if was := &p.edges[first+i]; w.Label != "" && was.Label != "" {
				was.Label += ", " + w.Label
			} else {
				was.Label += w.Label
			}
			p.edges[first+i].Count += w.N
		}
	}
	if ends {
		p.nodes = append(p.nodes, svg.Node{ID: end, Kind: "ends", Label: "completed", Count: p.count(p.whole["out/completed"])})
	}
}

func (p *drawing) count(n int) string {
	if !p.live {
		return ""
	}
	return svg.Count(n)
}

// share is a count and what part of those who entered it is.
func (p *drawing) share(n int) string {
	in := p.whole["in"]
	if in == 0 || n == in {
		return p.count(n)
	}
	part, digits := float64(n)/float64(in), 0
	if n*10 < in {
		digits = 1
	}
	return p.count(n) + " · " + svg.Percent(part, digits)
}

// describe says the picture in words.
func (p *drawing) describe() string {
	s := fmt.Sprintf("A graph of %d nodes.", len(p.def.Nodes))
	if !p.live {
		return s
	}
	out := 0
	for what, n := range p.whole {
		if strings.HasPrefix(what, "out/") {
			out += n
		}
	}
	return fmt.Sprintf("%s %s entered, %s left, %s of them at the goal.", s, svg.Count(p.whole["in"]), svg.Count(out), svg.Count(p.whole["goal"]+p.whole["out/goal"]))
}
