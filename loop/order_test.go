package loop

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/rule"
)

func lexicon(t *testing.T) *rule.Lexicon {
	t.Helper()
	lex, err := rule.Schema{
		Attributes: []rule.Field{{Name: "city", Type: rule.String, From: []string{"visit.city"}}},
		Events:     []rule.EventType{{Name: "visit", Props: []rule.Field{{Name: "city", Type: rule.String}}}, {Name: "tag.added"}},
		Tags:       []string{"a", "b"}, Scores: []string{"s"}, Segments: []string{"x", "y"},
	}.Compile()
	require.NoError(t, err)
	return lex
}

func def(deriver int, name, fact string, need rule.Need, on ...string) definition {
	return definition{Derivation: rule.Derivation{Name: name, Fact: fact, Need: need, On: on}, deriver: deriver, path: fact}
}

var says = [][]rule.EventType{{{Name: "tag.added"}}, nil, nil}

func TestDefinitionsComeAfterWhatTheyRead(t *testing.T) {
	g, err := newGraph(lexicon(t), []definition{
		def(0, "a", "tag/a", rule.Need{Segments: []int{0}}),   // a tag that reads a segment
		def(0, "b", "tag/b", rule.Need{Attrs: []int{0}}),      // by an attribute
		def(1, "s", "score/s", rule.Need{}, "visit"),          // counts visits
		def(2, "x", "segment/x", rule.Need{Scores: []int{0}}), // reads the score
		def(2, "y", "segment/y", rule.Need{Tags: []int{0, 1}}),
	}, says)
	require.NoError(t, err)
	var order []string
	for _, d := range g.defs {
		order = append(order, d.Fact)
	}
	require.Equal(t, []string{"score/s", "segment/x", "tag/a", "tag/b", "segment/y"}, order)

	legs := func(c *course) (out []leg) {
		if c != nil {
			out = c.legs
		}
		return out
	}
	visit := g.course(g.seeds("visit", "", nil))
	require.Equal(t, []leg{{1, []string{"s"}}, {2, []string{"x"}}, {0, []string{"a", "b"}}, {2, []string{"y"}}}, legs(visit),
		"a visit sets the city and adds to the score, and all that reads those follows")
	require.Equal(t, []int{0}, visit.need.Attrs)
	require.Equal(t, []leg{{2, []string{"y"}}}, legs(g.course(g.seeds("tag.added", "tag/b", nil))))
	require.Equal(t, []leg{{0, []string{"b"}}, {2, []string{"y"}}}, legs(g.course(g.seeds("profile.set", "", []string{"city"}))))
	require.Nil(t, g.course(g.seeds("nothing", "", nil)))
}

func TestCyclesAreNamed(t *testing.T) {
	_, err := newGraph(lexicon(t), []definition{
		def(0, "a", "tag/a", rule.Need{Segments: []int{0}}),
		def(2, "x", "segment/x", rule.Need{Segments: []int{1}}),
		def(2, "y", "segment/y", rule.Need{Tags: []int{0}}),
	}, says)
	require.EqualError(t, err, "tag/a: reads itself: tag/a -> segment/x -> segment/y -> tag/a")

	_, err = newGraph(lexicon(t), []definition{
		def(0, "a", "tag/a", rule.Need{Segments: []int{0}}),
		def(2, "x", "segment/x", rule.Need{Events: []rule.EventNeed{{Slot: 1}}}),
	}, says)
	require.EqualError(t, err, "tag/a: reads itself: tag/a -> segment/x -> tag/a", "a segment that counts tag.added reads every tag")
}
