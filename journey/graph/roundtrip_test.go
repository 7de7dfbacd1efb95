package graph_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/shape"
)

// draw makes a definition of any shape; it need not make sense.
func draw(t *rapid.T) graph.Def {
	return shape.Draw(func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "dice") })
}

// Go -> JSON -> Go is the same value, and the same bytes the second time; so it is by way of YAML.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def := draw(t)
		first, err := json.Marshal(def)
		require.NoError(t, err)
		var back graph.Def
		require.NoError(t, json.Unmarshal(first, &back))
		require.Equal(t, def, back)
		second, err := json.Marshal(back)
		require.NoError(t, err)
		require.Equal(t, string(first), string(second))

		text, err := source.YAML(def)
		require.NoError(t, err)
		doc, err := source.Parse("j.yaml", text)
		require.NoError(t, err, string(text))
		var read graph.Def
		require.NoError(t, doc.Decode("", &read), string(text))
		third, err := json.Marshal(read)
		require.NoError(t, err)
		require.Equal(t, string(first), string(third), string(text))
		again, err := source.YAML(read)
		require.NoError(t, err)
		require.Equal(t, string(text), string(again))
	})
}

// Validate takes any definition; and anything can be drawn.
func TestValidateTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def := draw(t)
		_ = def.Validate()
		_ = def.Mermaid(graph.Count{Journey: def.Name, Node: "a", What: "in", N: 3})
	})
}

func TestFaultsOfDecoding(t *testing.T) {
	doc, err := source.Parse("j.yaml", []byte(`name: j
entry: {event: e, reentri: once}
caps:
  - {n: many, per: day}
nodes:
  - id: a
    wait: {for: 2 days}
    next: b
  - id: b
    tag: lost for ever
    tag: lost
  - id: [c]
    exit: x
    on: {timeout: 3}
`))
	require.NoError(t, err)
	var d graph.Def
	require.EqualError(t, doc.Decode("", &d), `j.yaml:2:19: entry.reentri: unknown field "reentri", did you mean "reentry"?
j.yaml:4:9: caps[0].n: want a whole number of 64 bits, found the text "many"
j.yaml:7:17: nodes[0].wait.for: marque: duration "2 days": unit " days": want w, d, h, m, s, ms, us in falling order, each once
j.yaml:10:10: nodes[1].tag: marque: duration "ever": want a number and a unit, as in "2d"
j.yaml:11:5: nodes[1].tag: key "tag" is given twice, first in line 10
j.yaml:12:9: nodes[2].id: want a text, found a list
j.yaml:14:19: nodes[2].on.timeout: want a text, found the number 3`)
}

// What Decode takes without a fault, it takes again after a round, and is the same then.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(welcome))
	f.Add([]byte("name: j\nentry: {call: true}\nnodes: [{id: a, tag: lost for 30d}, {id: b, wait: {date: {attribute: x, at: '09:00'}}}]\n"))
	f.Add([]byte("name: &a j\nentry: {event: *a}\nnodes: [{id: a, set: {x: 1e3, y: [1, {z: null}]}, gate: {n: 1, per: day}}]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := source.Parse("j.yaml", data)
		if err != nil {
			return
		}
		var d graph.Def
		if doc.Decode("", &d) != nil {
			return
		}
		_ = d.Validate()
		_ = d.Mermaid()
		first, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back graph.Def
		if err := json.Unmarshal(first, &back); err != nil {
			t.Skip(err) // a tag with " for " in its name
		}
		second, err := json.Marshal(back)
		if err != nil || string(first) != string(second) {
			t.Fatalf("%s\n%s\n%v", first, second, err)
		}
	})
}
