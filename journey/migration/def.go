package migration

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// A Def takes people who are under way in one version of a journey to another. Nobody is run again: who stands at
// a node stands at the same node afterwards, or at the one that Nodes names.
type Def struct {
	Journey string `json:"journey"`
	From    int    `json:"from"`
	To      int    `json:"to"`
	// Waits says when those go on who wait: "keep" (when they would have), "recompute" (as if the new wait had always
	// been there: from when they came to it; who would be gone by then goes now) or "next_wake" (when they would have,
	// or, where the new wait lasts longer, when that is over). It must be set.
	Waits string `json:"waits"`
	// Nodes says where those go who stand at a node of From: node of From: node of To, or "" to exit. Nodes that To
	// does not have must be here; one that it has may be.
	Nodes map[string]string `json:"nodes,omitempty"`
	// Reason is why those exit whose node is gone. Default "gone".
	Reason string `json:"reason,omitempty"`
}

// Validate lists every fault of the migration by itself.
func (m *Def) Validate() error {
	var f marque.Faults
	if m.Journey == "" {
		f.Add("journey", "is missing")
	}
	if m.From == m.To {
		f.Add("to", "is the version that they come from")
	}
	if m.Waits != "keep" && m.Waits != "recompute" && m.Waits != "next_wake" {
		f.Add("waits", "%q: want \"keep\", \"recompute\" or \"next_wake\"", m.Waits)
	}
	return f.Err()
}

// Check lists every fault of the migration between the two definitions. from is nil where that is not known any more;
// then those whose node is in neither Nodes nor to exit.
func (m *Def) Check(from, to *graph.Def) error {
	var f marque.Faults
	f.Wrap("", m.Validate())
	has := func(d *graph.Def, id string) bool {
		return slices.ContainsFunc(d.Nodes, func(n graph.Node) bool { return n.ID == id })
	}
	ids := func(d *graph.Def) (all []string) {
		for _, n := range d.Nodes {
			all = append(all, n.ID)
		}
		return all
	}
	for _, old := range slices.Sorted(maps.Keys(m.Nodes)) {
		path := fmt.Sprintf("nodes.%s", old)
		if from != nil && !has(from, old) {
			f.Add(path, "version %d has no such node%s", m.From, rule.Hint(old, ids(from)))
		}
		if now := m.Nodes[old]; now != "" && !has(to, now) {
			f.Add(path, "version %d has no node %q%s", m.To, now, rule.Hint(now, ids(to)))
		}
	}
	if from == nil {
		return f.Err()
	}
	for _, n := range from.Nodes {
		if _, mapped := m.Nodes[n.ID]; !mapped && !has(to, n.ID) {
			f.Add("nodes."+n.ID, "is gone from version %d: say which of %s stands for it, or \"\" to exit", m.To, strings.Join(ids(to), ", "))
		}
	}
	return f.Err()
}

// Node is where somebody goes who stands at a node, empty for the exit.
func (m *Def) Node(id string) string {
	if now, mapped := m.Nodes[id]; mapped {
		return now
	}
	return id
}
