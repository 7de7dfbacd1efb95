package main

import (
	"slices"

	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/journey/graph"
)

// edgesOf are the ways out of a node with how many took each. Ways that lead to one node are one; those that end the
// journey are left out.
func edgesOf(s graph.Station) []report.Edge {
	var out []report.Edge
	for _, w := range s.Ways {
		if w.To == "" {
			continue
		}
		i := slices.IndexFunc(out, func(o report.Edge) bool { return o.To == w.To })
		if i < 0 {
			out = append(out, report.Edge{From: s.Node.ID, To: w.To, Label: w.Label, Count: w.N})
			continue
		}
		if w.Label != "" && out[i].Label != "" {
			out[i].Label += ", "
		}
		out[i].Label += w.Label
		out[i].Count += w.N
	}
	return out
}
