package graph

import (
	"fmt"
	"strings"
)

// Mermaid draws the graph as a Mermaid flowchart. Nodes are numbered in the order of the definition.
func (d *Def) Mermaid() string {
	var b strings.Builder
	at := map[string]int{}
	for i := range d.Nodes {
		at[d.Nodes[i].ID] = i
	}
	b.WriteString("flowchart TD\n")
	fmt.Fprintf(&b, "  in([%s]) --> n0\n", quote(d.Entry.label()))
	ends := false
	for i := range d.Nodes {
		n := &d.Nodes[i]
		left, right := n.shape()
		fmt.Fprintf(&b, "  n%d%s%s%s\n", i, left, quote(n.ID+": "+n.label()), right)
		for _, e := range n.Edges() {
			arrow := "-->"
			if e.Label != "" {
				arrow = "-- " + quote(e.Label) + " -->"
			}
			if j, ok := at[e.To]; ok {
				fmt.Fprintf(&b, "  n%d %s n%d\n", i, arrow, j)
			} else {
				fmt.Fprintf(&b, "  n%d %s out\n", i, arrow)
				ends = true
			}
		}
	}
	if ends {
		b.WriteString("  out([completed])\n")
	}
	return b.String()
}

func quote(s string) string { return `"` + strings.ReplaceAll(s, `"`, "#quot;") + `"` }

func (e *Entry) label() string {
	switch {
	case e.Event != "":
		return e.Event
	case e.Segment != "":
		return "enters " + e.Segment
	case e.Left != "":
		return "leaves " + e.Left
	case e.Did != "":
		return e.Did + " and not " + e.Not + " within " + e.Within.String()
	}
	return "by call"
}

// shape is how a kind of node is drawn.
func (n *Node) shape() (left, right string) {
	switch n.Kind() {
	case "wait":
		return "{{", "}}"
	case "branch", "split", "experiment":
		return "{", "}"
	case "exit", "goto":
		return "([", "])"
	}
	return "[", "]"
}

// label says in a few words what the node does.
func (n *Node) label() string {
	switch kind := n.Kind(); kind {
	case "send":
		return "send " + strings.Join(n.Send.Channels, ", ")
	case "wait":
		return n.Wait.label()
	case "tag":
		text, _ := n.Tag.MarshalText()
		return "tag " + string(text)
	case "untag":
		return "untag " + n.Untag
	case "score":
		return fmt.Sprintf("score %s %+g", n.Score.Name, n.Score.Points)
	case "experiment":
		return "experiment " + n.Experiment.Name
	case "coupon":
		return "coupon " + n.Coupon.Batch
	case "call":
		return "call " + n.Call.Do
	case "goto":
		return "go to " + n.Goto
	case "exit":
		return "exit " + n.Exit
	default:
		return kind
	}
}

func (w *Wait) label() string {
	var words []string
	add := func(ok bool, format string, args ...any) {
		if ok {
			words = append(words, fmt.Sprintf(format, args...))
		}
	}
	for i, m := range w.Matches() {
		add(i == 0, "wait for %s", m.Event)
		add(i > 0, "or %s", m.Event)
	}
	add(w.Within != 0, "within %s", w.Within)
	add(w.For != 0, "wait %s", w.For)
	add(w.Days != 0, "wait %d days", w.Days)
	add(w.At != "", "until %s", w.At)
	add(w.Weekdays != "", "on %s", w.Weekdays)
	return strings.Join(words, " ")
}
