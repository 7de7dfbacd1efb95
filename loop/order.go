package loop

import (
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/strata"
	"github.com/marque-go/marque/rule"
)

// A definition is one derived fact in the graph of who reads whom.
type definition struct {
	rule.Derivation
	deriver int    // which package derives it
	path    string // where it is defined: "segments[2]"
	readers []int  // definitions that read its fact
}

// graph orders definitions of several packages so that each comes after what it reads.
type graph struct {
	lex   *rule.Lexicon
	defs  []definition // in evaluation order
	event map[string][]int
	fact  map[string][]int // readers of a fact
	attr  map[string][]int // readers of an attribute
	froms map[string][]string
}

// newGraph sorts the definitions; ties keep the order given. says lists, per package, the events it says. What
// reads itself, over however many steps, is an error that names the cycle.
func newGraph(lex *rule.Lexicon, defs []definition, says [][]rule.EventType) (*graph, error) {
	g := &graph{lex: lex, event: map[string][]int{}, fact: map[string][]int{}, attr: map[string][]int{}, froms: map[string][]string{}}
	byFact := map[string]int{}
	for i, d := range defs {
		byFact[d.Fact] = i
	}
	reads := make([][]int, len(defs))
	for i, d := range defs {
		for _, fact := range g.reads(d.Need) {
			if j, ok := byFact[fact]; ok {
				reads[i] = append(reads[i], j)
			}
		}
		for _, name := range g.listens(d) {
			for k, events := range says {
				if slices.ContainsFunc(events, func(e rule.EventType) bool { return e.Name == name }) {
					for j := range defs {
						if defs[j].deriver == k {
							reads[i] = append(reads[i], j)
						}
					}
				}
			}
		}
	}
	order, err := sortByReads(defs, reads)
	if err != nil {
		return nil, err
	}
	for _, i := range order {
		g.defs = append(g.defs, defs[i])
	}
	for i, d := range g.defs {
		for _, name := range g.listens(d) {
			g.event[name] = append(g.event[name], i)
		}
		for _, fact := range g.reads(d.Need) {
			g.fact[fact] = append(g.fact[fact], i)
		}
		for _, slot := range d.Need.Attrs {
			a := lex.Schema().Attributes[slot].Name
			g.attr[a] = append(g.attr[a], i)
		}
	}
	for i := range g.defs {
		g.defs[i].readers = g.fact[g.defs[i].Fact]
	}
	for _, a := range lex.Schema().Attributes {
		for _, from := range a.From {
			if event, _, ok := rule.Source(from); ok {
				g.froms[event] = append(g.froms[event], a.Name)
			}
		}
	}
	return g, nil
}

// reads lists the derived facts in a need.
func (g *graph) reads(n rule.Need) (facts []string) {
	s := g.lex.Schema()
	for _, slot := range n.Attrs {
		facts = append(facts, "attr/"+s.Attributes[slot].Name)
	}
	for _, slot := range n.Tags {
		facts = append(facts, "tag/"+s.Tags[slot])
	}
	for _, slot := range n.Scores {
		facts = append(facts, "score/"+s.Scores[slot])
	}
	for _, slot := range n.Segments {
		facts = append(facts, "segment/"+s.Segments[slot])
	}
	return facts
}

// listens lists the events that a definition counts.
func (g *graph) listens(d definition) []string {
	names := slices.Clone(d.On)
	for _, e := range d.Need.Events {
		names = append(names, g.lex.Schema().Events[e.Slot].Name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func sortByReads(defs []definition, reads [][]int) ([]int, error) {
	var f marque.Faults
	order, cycles := strata.Sort(reads)
	for _, cycle := range cycles {
		names := make([]string, len(cycle))
		for k, j := range cycle {
			names[k] = defs[j].Fact
		}
		f.Add(defs[cycle[0]].path, "reads itself: %s", strings.Join(names, " -> "))
	}
	return order, f.Err()
}

// A course is what has to be derived for one cause, package by package, in order.
type course struct {
	need rule.Need
	legs []leg
}

type leg struct {
	deriver int
	names   []string
}

// course closes the seeds over everything that reads them. It is nil where nothing is to be derived.
func (g *graph) course(seeds []int) *course {
	if len(seeds) == 0 {
		return nil
	}
	in := make([]bool, len(g.defs))
	todo := slices.Clone(seeds)
	for len(todo) > 0 {
		i := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !in[i] {
			in[i] = true
			todo = append(todo, g.defs[i].readers...)
		}
	}
	c := &course{}
	for i, d := range g.defs {
		if in[i] {
			c.add(d)
		}
	}
	return c
}

// add puts a definition at the end.
func (c *course) add(d definition) {
	c.need = c.need.Union(d.Need)
	if k := len(c.legs) - 1; k >= 0 && c.legs[k].deriver == d.deriver {
		c.legs[k].names = append(c.legs[k].names, d.Name)
	} else {
		c.legs = append(c.legs, leg{d.deriver, []string{d.Name}})
	}
}

// seeds are the definitions that read an event directly: its name, the fact it changed, and the attributes that
// it sets.
func (g *graph) seeds(name, fact string, attrs []string) []int {
	seeds := slices.Clone(g.event[name])
	if fact != "" {
		seeds = append(seeds, g.fact[fact]...)
	}
	for _, a := range g.froms[name] {
		seeds = append(seeds, g.attr[a]...)
	}
	for _, a := range attrs {
		seeds = append(seeds, g.attr[a]...)
	}
	return seeds
}
