package source_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/internal/source"
)

func ExampleYAML() {
	text, err := source.YAML(map[string]any{
		"name": "首单", "when": `city == "重庆"`, "zone": "no", "version": 2, "share": "10%",
		"nodes": []any{map[string]any{"id": "wait", "wait": map[string]any{"for": "2d", "at": "10:00"}}},
		"text":  "Hello!\nIt's us.\n",
	})
	if err != nil {
		panic(err)
	}
	fmt.Print(string(text))
	// Output:
	// name: 首单
	// nodes: [{id: wait, wait: {at: '10:00', for: 2d}}]
	// share: 10%
	// text: |
	//   Hello!
	//   It's us.
	// version: 2
	// when: 'city == "重庆"'
	// zone: 'no'
}

// What is written is read again, whatever it is.
func TestYAMLReadsBack(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.SampledFrom([]rune(" \n\t\r:#-'\"\\{}[],&*!|>%@`?~a1é重\u0085\u2028\ufeff\x01𝄞"))))
	var value func(deep int) *rapid.Generator[any]
	value = func(deep int) *rapid.Generator[any] {
		kinds := []*rapid.Generator[any]{
			rapid.Map(text, func(s string) any { return s }), rapid.Map(rapid.Bool(), func(b bool) any { return b }),
			rapid.Map(rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.SampledFrom([]float64{1e30, 1e-30, 1 << 53, math.Copysign(0, -1)})), func(f float64) any { return f }), rapid.Just[any](nil),
		}
		if deep > 0 {
			kinds = append(kinds, rapid.Map(rapid.SliceOfN(value(deep-1), 0, 4), func(l []any) any { return l }),
				rapid.Map(rapid.MapOfN(text, value(deep-1), 0, 4), func(m map[string]any) any { return m }))
		}
		return rapid.OneOf(kinds...)
	}
	rapid.Check(t, func(t *rapid.T) {
		in := map[string]any{"v": value(3).Draw(t, "value")}
		want, err := json.Marshal(in)
		require.NoError(t, err)
		written, err := source.YAML(in)
		require.NoError(t, err)
		doc, err := source.Parse("a.yaml", written)
		require.NoError(t, err, string(written))
		var out map[string]any
		require.NoError(t, doc.Decode("", &out), string(written))
		got, err := json.Marshal(out)
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), string(written))
		again, err := source.YAML(out)
		require.NoError(t, err)
		require.Equal(t, string(written), string(again))
	})
}

func TestYAMLFails(t *testing.T) {
	_, err := source.YAML(func() {})
	require.EqualError(t, err, "source: write: json: unsupported type: func()")
}
