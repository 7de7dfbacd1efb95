package report

import (
	"fmt"
	"strings"

	"github.com/marque-go/marque/internal/svg"
)

var tones = map[string]int{"send": 1, "coupon": 2, "journey": 3, "tag": 4, "untag": 4, "score": 4, "branch": 5, "split": 5,
	"experiment": 5, "wait": 6}

func (r *Report) journey(j Journey) block {
	b := block{title: j.Title, lead: j.Lead, graph: true,
		table: Table{Columns: []string{"node", "what", "", "reached", "of all", "there now", "then"}}}
	var nodes []svg.Node
	for _, n := range j.Nodes {
		var then []string
		for _, e := range j.Edges {
			if e.From == n.ID {
				then = append(then, strings.TrimSpace(e.Label+" → "+e.To+" "+Number(e.Count)))
			}
		}
		waiting := ""
		if n.Waiting > 0 {
			waiting = Number(n.Waiting)
		}
		b.table.Rows = append(b.table.Rows, []string{n.ID, n.Kind, n.Label, Number(n.Entered), Share(n.Entered, j.Entered), waiting, strings.Join(then, " · ")})
		kind, _, _ := strings.Cut(n.Kind, " ")
		count := Number(n.Entered)
		if j.Entered > 0 && n.Entered != j.Entered {
			count += " · " + svg.Percent(ratio(n.Entered, j.Entered), 0)
		}
		note := ""
		if n.Waiting > 0 {
			note = waiting + " there now"
		}
		nodes = append(nodes, svg.Node{ID: n.ID, Kind: n.Kind, Label: n.Label, Count: count, Note: note, Tone: tones[kind]})
	}
	var edges []svg.Edge
	for _, e := range j.Edges {
		edges = append(edges, svg.Edge{From: e.From, To: e.To, Label: e.Label, Count: e.Count})
	}
	b.words = append(b.words, fmt.Sprintf("%s entered, %s still in it, %s left.", Number(j.Entered), Number(j.Running), Number(j.Done)))
	if s := list(j.Exits); s != "" {
		b.words = append(b.words, "Left: "+s+".")
	}
	if s := list(j.Refused); s != "" {
		b.words = append(b.words, "Not let in: "+s+".")
	}
	b.desc = fmt.Sprintf("A graph of %s. %s", Many(len(nodes), "node"), strings.Join(b.words, " "))
	b.draw = func(fig svg.Figure) []string { return []string{svg.Graph(fig, nodes, edges)} }
	return b
}

// list writes counts as "bought 120, opted out 3".
func list(counts []Count) string {
	var out []string
	for _, c := range counts {
		out = append(out, c.Name+" "+Number(c.N))
	}
	return strings.Join(out, ", ")
}
