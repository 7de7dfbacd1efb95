package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// Those who left by a goal or an exit have their place in the picture, and arrows where it is known from which node.
func TestMermaidOfThoseWhoLeft(t *testing.T) {
	d := graph.Def{Name: "j", Entry: graph.Entry{Event: "e"}, Goal: &graph.On{Event: "paid"}, Nodes: []graph.Node{
		{ID: "w", Wait: &graph.Wait{For: marque.Day}, Next: "b"}, {ID: "b", Branch: []graph.Case{{When: "age > 3", Next: "x"}}}, {ID: "x", Exit: "old"}}}
	counts := []graph.Count{
		{Journey: "j", What: "in", N: 20}, {Journey: "j", Node: "w", What: "in", N: 20}, {Journey: "j", Node: "w", What: "waiting", N: 3},
		{Journey: "j", Node: "w", What: "timeout", N: 9}, {Journey: "j", Node: "b", What: "in", N: 9},
		{Journey: "j", Node: "b", What: "case 1", N: 4}, {Journey: "j", Node: "b", What: "else", N: 5}, {Journey: "j", Node: "x", What: "in", N: 4},
		{Journey: "j", What: "out/completed", N: 5}, {Journey: "j", What: "out/old", N: 4}, {Journey: "j", What: "out/goal", N: 6}, {Journey: "j", What: "out/complaint", N: 2},
		{Journey: "k", What: "out/complaint", N: 99},
	}
	require.Contains(t, d.Mermaid(counts...), "  n0 -. 8 .-> left\n  left([\"left<br>complaint 2<br>goal 6\"])\n")
	unknown := append(counts[:2:2], counts[3:]...) // nobody says who waits
	require.Contains(t, d.Mermaid(unknown...), "  left([\"left<br>complaint 2<br>goal 6\"])\n")
	require.NotContains(t, d.Mermaid(unknown...), ".-> left")
	require.NotContains(t, d.Mermaid(), "left")
	require.NotContains(t, d.Mermaid(counts[:9]...), "left(")
}
