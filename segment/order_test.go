package segment_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/segment"
)

// Segments are ordered behind those they read; those that read each other in a circle are named, each circle once.
func TestOrder(t *testing.T) {
	lex, err := rule.Schema{Events: []rule.EventType{{Name: "view"}}, Segments: []string{"a", "b", "c", "d"}}.Compile()
	require.NoError(t, err)
	compile := func(a, b, c, d string) (*segment.Plan, error) {
		return segment.Compile([]segment.Def{{Name: "a", When: a}, {Name: "b", When: b}, {Name: "c", When: c}, {Name: "d", When: d}}, lex, lang.New(lex, nil))
	}
	plan, err := compile(`in_segment("c")`, `did("view")`, `not in_segment("d")`, `did("view")`)
	require.NoError(t, err)
	require.Equal(t, []string{"d", "c", "a", "b"}, plan.Order())
	_, err = compile(`in_segment("b")`, `in_segment("c")`, `not in_segment("a")`, `in_segment("d")`)
	require.EqualError(t, err, "[0].when: reads itself: segment/a -> segment/b -> segment/c -> segment/a\n[3].when: reads itself: segment/d -> segment/d")
}
