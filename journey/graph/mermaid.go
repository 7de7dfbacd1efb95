package graph

import (
	"fmt"
	"strconv"
	"strings"
)

// Mermaid draws the graph as a Mermaid flowchart, with the counts, if any, at nodes and edges. Nodes are numbered in
// the order of the definition.
func (d *Def) Mermaid(counts ...Count) string {
	var b strings.Builder
	at := map[string]int{}
	for i := range d.Nodes {
		at[d.Nodes[i].ID] = i
	}
	entered, out := 0, 0
	for _, c := range counts {
		if c.Journey == d.Name && c.Node == "" && c.What == "in" {
			entered += c.N
		} else if c.Journey == d.Name && c.Node == "" && c.What == "out/completed" {
			out += c.N
		}
	}
	b.WriteString("flowchart TD\n")
	fmt.Fprintf(&b, "  in([%s]) --> n0\n", quote(counted(d.Entry.Label(), entered, "<br>", len(counts) > 0)))
	ends := false
	for i, s := range d.Flow(counts) {
		n := s.Node
		left, right := n.shape()
		label := counted(n.ID+": "+n.Label(), s.In, "<br>", len(counts) > 0)
		if s.Waiting > 0 {
			label += " · " + strconv.Itoa(s.Waiting) + " there"
		}
		fmt.Fprintf(&b, "  n%d%s%s%s\n", i, left, quote(label), right)
		for _, w := range s.Ways {
			arrow := "-->"
			if label := counted(w.Label, w.N, " ", len(counts) > 0); label != "" {
				arrow = "-- " + quote(label) + " -->"
			}
			if j, ok := at[w.To]; ok {
				fmt.Fprintf(&b, "  n%d %s n%d\n", i, arrow, j)
			} else {
				fmt.Fprintf(&b, "  n%d %s out\n", i, arrow)
				ends = true
			}
		}
	}
	d.left(&b, counts)
	if ends {
		fmt.Fprintf(&b, "  out([%s])\n", quote(counted("completed", out, "<br>", len(counts) > 0)))
	}
	return b.String()
}

// counted is a label with a count behind it.
func counted(label string, n int, space string, show bool) string {
	if !show {
		return label
	}
	return strings.TrimPrefix(label+space+strconv.Itoa(n), space)
}

var mermaidText = strings.NewReplacer(`#`, "#35;", `"`, "#quot;", "<br>", "<br>", "<", "#lt;", "\n", " ", "\r", "")

func quote(s string) string { return `"` + mermaidText.Replace(s) + `"` }

// shape is how a kind of node is drawn.
func (n *Node) shape() (left, right string) {
	switch n.Kind() {
	case "wait", "gate":
		return "{{", "}}"
	case "branch", "split", "experiment":
		return "{", "}"
	case "exit", "goto":
		return "([", "])"
	case "sub":
		return "[[", "]]"
	}
	return "[", "]"
}
