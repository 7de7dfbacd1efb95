package graph_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/internal/source"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/shape"
)

// The schema that is embedded, and the one in the documentation, are those of the types and their comments.
func TestSchemaIsFresh(t *testing.T) {
	want, err := shape.Schema(os.DirFS("."))
	require.NoError(t, err)
	for _, name := range []string{"journey.schema.json", "../../docs/schema/journey.schema.json"} {
		if *update {
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, want, 0o644))
		}
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s: go test ./journey/graph -run Schema -update", name)
	}
	if !*update {
		require.Equal(t, string(want), string(graph.Schema()))
	}
}

func faults(t require.TestingT, def []byte) []string {
	list, err := shape.Check(graph.Schema(), def)
	require.NoError(t, err)
	return list
}

func TestSchemaOfExamples(t *testing.T) {
	files, err := filepath.Glob("../../examples/quickstart/program/journeys/*.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	more, err := filepath.Glob("../../examples/journeys/program/*.yaml")
	require.NoError(t, err)
	files = append(files, more...)
	for _, name := range files {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		doc, err := source.Parse(name, data)
		require.NoError(t, err)
		for i := range doc.Len("journeys") {
			var text any
			require.NoError(t, doc.Decode(fmt.Sprintf("journeys[%d]", i), &text))
			def, err := json.Marshal(text)
			require.NoError(t, err)
			require.Empty(t, faults(t, def), name)
		}
	}
}

func TestSchemaOfAnyDef(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		def, err := json.Marshal(draw(t))
		require.NoError(t, err)
		require.Empty(t, faults(t, def), string(def))
	})
}

func TestSchemaRefuses(t *testing.T) {
	const sound = `{"name": "j", "entry": {"event": "e"}, "caps": [{"n": 1, "per": "day"}], "quiet": {"from": "22:00", "to": "08:00"}, "nodes": [{"id": "a", "wait": {"for": "2d"}}, {"id": "b", "exit": "x"}]}`
	require.Empty(t, faults(t, []byte(sound)))
	for _, c := range []struct{ name, from, to, want string }{
		{"an unknown field", `"id": "a",`, `"id": "a", "nxt": "b",`, "nodes[0]: unknown nxt"},
		{"a wrong type", `"name": "j"`, `"name": 3`, "name: want string"},
		{"no name", `"name": "j",`, ``, "want name"},
		{"no node", `"nodes": [`, `"nodes": [], "doc": "", "exit": [`, "nodes: there is none"},
		{"two entries", `"event": "e"`, `"event": "e", "call": true`, "entry: want exactly one of 8, got 2"},
		{"no entry", `"event": "e"`, `"when": "e"`, "entry: want exactly one of 8, got 0"},
		{"a re-entry that there is not", `"event": "e"`, `"event": "e", "reentry": "twice"`, "entry.reentry: want one of [once active every window]"},
		{"two kinds of node", `"exit": "x"`, `"exit": "x", "goto": "k"`, "nodes[1]: want exactly one of 17, got 2"},
		{"no kind of node", `, "exit": "x"`, ``, "nodes[1]: want exactly one of 17, got 0"},
		{"an empty exit", `"exit": "x"`, `"exit": ""`, "nodes[1].exit: is empty"},
		{"a duration", `"2d"`, `"2 days"`, "nodes[0].wait.for: want ^"},
		{"a time of day", `"22:00"`, `"24:00"`, "quiet.from: want ^"},
		{"a share", `"event": "e"`, `"event": "e", "holdout": {"name": "h", "share": "10"}`, "entry.holdout.share: want ^"},
		{"two spans of a cap", `"per": "day"`, `"per": "day", "within": "2d"`, "caps[0]: want exactly one of 2, got 2"},
		{"half a message", `"n": 1`, `"n": 1.5`, "caps[0].n: want integer"},
	} {
		t.Run(c.name, func(t *testing.T) {
			broken := strings.Replace(sound, c.from, c.to, 1)
			require.NotEqual(t, sound, broken)
			require.Contains(t, strings.Join(faults(t, []byte(broken)), "\n"), c.want)
		})
	}
}
