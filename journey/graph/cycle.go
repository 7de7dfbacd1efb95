package graph

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
)

// An Edge is a way out of a node.
type Edge struct {
	To    string // a node's id, "" for the end
	Path  string // where it stands: "on.capped"
	Label string // what a picture calls it
}

// Edges lists all ways out of a node in a fixed order.
func (n *Node) Edges() []Edge {
	var es []Edge
	switch n.Kind() {
	case "branch":
		for i, c := range n.Branch {
			es = append(es, Edge{c.Next, fmt.Sprintf("branch[%d].next", i), c.When})
		}
		es = append(es, Edge{n.Next, "next", "else"})
	case "split":
		for i, a := range n.Split.Arms {
			es = append(es, Edge{a.Next, fmt.Sprintf("split.arms[%d].next", i), n.Split.percent(a.Weight)})
		}
	case "experiment":
		for _, arm := range slices.Sorted(maps.Keys(n.Experiment.Arms)) {
			es = append(es, Edge{n.Experiment.Arms[arm], "experiment.arms." + arm, arm})
		}
		es = append(es, Edge{n.Next, "next", "else"})
	case "goto", "exit":
	case "wait":
		if label, ok := n.onward(); ok {
			es = append(es, Edge{n.Next, "next", label})
		}
		for i, m := range n.Wait.Any {
			if m.Next != "" {
				es = append(es, Edge{m.Next, fmt.Sprintf("wait.any[%d].next", i), m.Event})
			}
		}
		for i, c := range n.Wait.Until {
			if c.Next != "" {
				es = append(es, Edge{c.Next, fmt.Sprintf("wait.until[%d].next", i), c.When})
			}
		}
	default:
		es = append(es, Edge{n.Next, "next", ""})
	}
	for _, o := range slices.Sorted(maps.Keys(n.On)) {
		es = append(es, Edge{n.On[o], "on." + o, o})
	}
	return es
}

// quick lists the ways on which somebody may pass the node in the instant of coming to it.
func (n *Node) quick() []Edge {
	switch w := n.Wait; {
	case w == nil || w.Window != "" || w.Active != nil || w.Date != nil:
		return n.Edges()
	case len(w.Until) > 0: // the edge "timeout" takes time
		var es []Edge
		for i, c := range w.Until {
			if c.Next != "" {
				es = append(es, Edge{c.Next, fmt.Sprintf("wait.until[%d].next", i), c.When})
			} else {
				es = append(es, Edge{n.Next, "next", c.When})
			}
		}
		return es
	}
	return nil
}

// often lists those on which somebody may pass it so however often. With a Max that is one.
func (n *Node) often() []Edge {
	if n.Max == 0 {
		return n.quick()
	} else if to, ok := n.On[Again]; ok {
		return []Edge{{to, "on." + Again, Again}}
	}
	return []Edge{{n.Next, "next", Again}}
}

// checkGraph finds nodes that nobody reaches, cycles that take no time, and ways that are too long for one step. The edges are known to be good.
func (d *Def) checkGraph() error {
	var f marque.Faults
	at := make(map[string]int, len(d.Nodes))
	for i := range d.Nodes {
		at[d.Nodes[i].ID] = i
	}
	seen := make([]bool, len(d.Nodes))
	var reach func(i int)
	reach = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		for _, e := range d.Nodes[i].Edges() {
			if e.To != "" {
				reach(at[e.To])
			}
		}
	}
	reach(0)
	for i, ok := range seen {
		if !ok {
			f.Add(fmt.Sprintf("nodes[%d]", i), "nothing leads to %q", d.Nodes[i].ID)
		}
	}
	state := make([]int8, len(d.Nodes)) // 1 on the trail, 2 done
	var trail []string
	var walk func(i int)
	walk = func(i int) {
		state[i] = 1
		trail = append(trail, d.Nodes[i].ID)
		for _, e := range d.Nodes[i].often() {
			if e.To == "" {
				continue
			}
			switch j := at[e.To]; state[j] {
			case 0:
				walk(j)
			case 1:
				from := slices.Index(trail, e.To)
				f.Add(fmt.Sprintf("nodes[%d].%s", i, e.Path), "a cycle that takes no time: %s → %s; put a wait into it, or a max", strings.Join(trail[from:], " → "), e.To)
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = 2
	}
	for i := range d.Nodes {
		if state[i] == 0 {
			walk(i)
		}
	}
	f.Wrap("", d.checkOf(at))
	if f.Err() == nil {
		f.Wrap("", d.checkLength(at))
	}
	return f.Err()
}

// atOnce lists the journeys that somebody who comes to node i may be moved to in the same instant.
func (d *Def) atOnce() (targets map[string]string) {
	targets = map[string]string{}
	at := make(map[string]int, len(d.Nodes))
	for i := range d.Nodes {
		at[d.Nodes[i].ID] = i
	}
	seen := make([]bool, len(d.Nodes))
	var reach func(i int)
	reach = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		n := &d.Nodes[i]
		if n.Goto != "" {
			if _, ok := targets[n.Goto]; !ok {
				targets[n.Goto] = fmt.Sprintf("nodes[%d].goto", i)
			}
		}
		if n.Sub != nil {
			if _, ok := targets[n.Sub.Journey]; !ok {
				targets[n.Sub.Journey] = fmt.Sprintf("nodes[%d].sub.journey", i)
			}
		}
		for _, e := range append(n.quick(), n.often()...) {
			if e.To != "" {
				reach(at[e.To])
			}
		}
	}
	if len(d.Nodes) > 0 {
		reach(0)
	}
	return targets
}

// CheckMoves finds journeys that move a person round in one instant. Who is moved enters the newest version.
func CheckMoves(defs []Def) error {
	var f marque.Faults
	at := map[string]int{}
	for i := range defs {
		if j, ok := at[defs[i].Name]; !ok || defs[j].Version < defs[i].Version {
			at[defs[i].Name] = i
		}
	}
	state := make([]int8, len(defs))
	var trail []string
	var walk func(i int)
	walk = func(i int) {
		state[i] = 1
		trail = append(trail, defs[i].Name)
		targets := defs[i].atOnce()
		for _, name := range slices.Sorted(maps.Keys(targets)) {
			j, ok := at[name]
			switch {
			case !ok:
			case state[j] == 0:
				walk(j)
			case state[j] == 1:
				from := slices.Index(trail, defs[j].Name)
				f.Add(fmt.Sprintf("[%d].%s", i, targets[name]), "journeys move people round in no time: %s → %s", strings.Join(trail[from:], " → "), name)
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = 2
	}
	for i := range defs {
		if state[i] == 0 {
			walk(i)
		}
	}
	return f.Err()
}
