package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/marque-go/marque/examples/quickstart/report"
	"github.com/marque-go/marque/journey"
)

// edgesOf are the ways out of a node with how many took each. Ways that lead to one node are one. taken is the node's
// tally by outcome; what no other way is named for went on by "next".
func edgesOf(n journey.Node, taken map[string]int) []report.Edge {
	var out []report.Edge
	rest := 0
	for _, count := range taken {
		rest += count
	}
	next := -1
	for _, e := range n.Edges() {
		if e.To == "" {
			rest -= taken[outcome(e.Path)]
			continue
		}
		i := slices.IndexFunc(out, func(o report.Edge) bool { return o.To == e.To })
		if i < 0 {
			i = len(out)
			out = append(out, report.Edge{From: n.ID, To: e.To, Label: e.Label})
		} else if e.Label != "" && out[i].Label != "" {
			out[i].Label += ", " + e.Label
		}
		if e.Path == "next" {
			next = i
			continue
		}
		count := taken[outcome(e.Path)]
		out[i].Count += count
		rest -= count
	}
	if next >= 0 {
		out[next].Count += rest
	}
	return out
}

// outcome is what a journey's tally calls the way out that stands at a path of the node's definition.
func outcome(path string) string {
	var i int
	if name, ok := strings.CutPrefix(path, "on."); ok {
		return name
	} else if name, ok := strings.CutPrefix(path, "experiment.arms."); ok {
		return name
	} else if _, err := fmt.Sscanf(path, "branch[%d]", &i); err == nil {
		return fmt.Sprint("case ", i+1)
	} else if _, err := fmt.Sscanf(path, "split.arms[%d]", &i); err == nil {
		return fmt.Sprint("arm ", i+1)
	}
	return path
}
