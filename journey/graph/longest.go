package graph

import (
	"fmt"

	"github.com/marque-go/marque"
)

// MaxVisits is how many nodes one step comes to at most, the end counted too; who would come to more ends as "broken".
const MaxVisits = 100

// straight lists the ways on which one step goes on by itself from the node. A command ends the step: its outcome is
// another.
func (n *Node) straight() []Edge {
	var es []Edge
	switch n.Kind() {
	case "tag", "untag", "score", "set", "coupon", "assign", "call", "sub":
	default:
		es = n.quick()
	}
	if n.Max > 0 {
		es = append(es, n.often()...)
	}
	return es
}

// checkLength finds a way on which a step comes to more nodes than MaxVisits. Every cycle is known to have a node with a
// Max.
func (d *Def) checkLength(at map[string]int) error {
	t := tarjan{def: d, at: at, low: make([]int, len(d.Nodes)), order: make([]int, len(d.Nodes)), length: make([]int, len(d.Nodes))}
	far := 0
	for i := range d.Nodes {
		if t.order[i] == 0 {
			t.visit(i)
		}
		if t.length[i] > t.length[far] {
			far = i
		}
	}
	var f marque.Faults
	if n := t.length[far]; n > MaxVisits {
		f.Add(fmt.Sprintf("nodes[%d]", far), "from %q on somebody may come to %d nodes in one step, and is broken off after %d: put a wait into the way, or a lower max", d.Nodes[far].ID, n, MaxVisits)
	}
	return f.Err()
}

// tarjan goes through the strongly connected parts of the graph, those that others lead to first.
type tarjan struct {
	def        *Def
	at         map[string]int
	order, low []int // from 1 on; low is 0 once the part of the node is known
	length     []int // of the longest way that begins in the part of the node
	stack      []int
	n          int
}

func (t *tarjan) visit(i int) {
	t.n++
	t.order[i], t.low[i] = t.n, t.n
	t.stack = append(t.stack, i)
	on := 0
	for _, e := range t.def.Nodes[i].straight() {
		if e.To == "" {
			on = max(on, 1)
			continue
		}
		j := t.at[e.To]
		if t.order[j] == 0 {
			t.visit(j)
		}
		if t.low[j] > 0 {
			t.low[i] = min(t.low[i], t.low[j])
		} else {
			on = max(on, t.length[j])
		}
	}
	t.length[i] = on
	if t.low[i] != t.order[i] {
		return
	}
	k := len(t.stack) - 1
	for t.stack[k] != i {
		k--
	}
	part := t.stack[k:]
	t.stack = t.stack[:k]
	in := make(map[int]bool, len(part))
	for _, j := range part {
		in[j] = true
		on = max(on, t.length[j])
	}
	rounds := 1
	for _, j := range part {
		rounds = max(rounds, t.rounds(j, in))
	}
	for _, j := range part {
		t.low[j], t.length[j] = 0, on+rounds
	}
}

// rounds is how many nodes the shortest cycle from a node with a Max leads to, as often as it can be gone; 0 for none.
func (t *tarjan) rounds(from int, in map[int]bool) int {
	if t.def.Nodes[from].Max == 0 {
		return 0
	}
	before := map[int]int{}
	for todo := []int{from}; len(todo) > 0; todo = todo[1:] {
		for _, e := range t.def.Nodes[todo[0]].straight() {
			j, ok := t.at[e.To]
			if _, seen := before[j]; !ok || !in[j] || seen {
				continue
			}
			if before[j] = todo[0]; j != from {
				todo = append(todo, j)
				continue
			}
			n, most := 1, t.def.Nodes[from].Max
			for k := before[from]; k != from; k = before[k] {
				if n++; t.def.Nodes[k].Max > 0 {
					most = min(most, t.def.Nodes[k].Max)
				}
			}
			return n * min(most, MaxVisits+1)
		}
	}
	return 0
}

// checkOf finds waits for an event about a message that was never sent before.
func (d *Def) checkOf(at map[string]int) error {
	var f marque.Faults
	for i := range d.Nodes {
		w := d.Nodes[i].Wait
		if w == nil {
			continue
		}
		for k, m := range w.Matches() {
			if m.Of == "" || d.leads(at[m.Of], i, at) {
				continue
			}
			path := "of"
			if w.Event == "" {
				path = fmt.Sprintf("any[%d].of", k)
			} else if k > 0 {
				path = fmt.Sprintf("any[%d].of", k-1)
			}
			f.Add(fmt.Sprintf("nodes[%d].wait.%s", i, path), "never matches: nothing leads here from %q", m.Of)
		}
	}
	return f.Err()
}

// leads reports whether one node leads to another.
func (d *Def) leads(from, to int, at map[string]int) bool {
	seen := make([]bool, len(d.Nodes))
	for todo := []int{from}; len(todo) > 0; todo = todo[1:] {
		for _, e := range d.Nodes[todo[0]].Edges() {
			if j, ok := at[e.To]; ok && !seen[j] {
				seen[j] = true
				todo = append(todo, j)
			}
		}
	}
	return seen[to]
}
