package live_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/column"
	"github.com/marque-go/marque/segment/live"
)

// Who reads a segment that goes, or comes, is looked at with it.
func TestEditMovesReaders(t *testing.T) {
	lex := shop(t)
	reader := `in_segment("a")`
	set, err := live.New(compile(t, lex, `age > 3`, reader), column.NewTable(lex), noon, nil)
	require.NoError(t, err)
	_, err = set.SetAttr(noon, "ann", "age", 5)
	require.NoError(t, err)
	done, err := set.Edit(compile(t, lex, ``, reader), nil)
	require.NoError(t, err)
	require.Equal(t, []live.Edited{{"b", 1, 0, 0, 1}, {"a", 1, 0, 0, 1}}, done)
	require.Empty(t, set.Rebuild())
	done, err = set.Edit(compile(t, lex, `age > 4`, reader), nil)
	require.NoError(t, err)
	require.Equal(t, []live.Edited{{"a", 0, 1, 1, 0}, {"b", 0, 1, 1, 0}}, done)
	require.Empty(t, set.Rebuild())
}

// Somebody whom a log brought that broke off is in nothing.
func TestEditTorn(t *testing.T) {
	lex := shop(t)
	set, err := live.New(compile(t, lex, `not did("order")`), column.NewTable(lex), noon, nil)
	require.NoError(t, err)
	torn := errors.New("torn")
	_, err = set.Edit(compile(t, lex, `did("view")`), func(yield func(marque.Event, error) bool) {
		_ = yield(marque.Event{Name: "view", Profile: "dan", At: noon}, nil) && yield(marque.Event{}, torn)
	})
	require.ErrorIs(t, err, torn)
	require.False(t, set.Has("dan", "a"))
	require.Equal(t, []uint64{0}, set.Members("a"))
	require.Empty(t, set.Rebuild())
}

// A table may come with marks of an earlier set, and with events that no rule read then.
func TestUsedTable(t *testing.T) {
	lex := shop(t)
	people := column.NewTable(lex)
	ann := rule.NewFacts(lex, "ann")
	view, _ := lex.Event("view")
	ann.Events[view] = []rule.Hit{{At: rule.At(noon)}}
	a, _ := lex.Segment("a")
	c, _ := lex.Segment("c")
	ann.Segments = []rule.Mark{{Slot: a}, {Slot: c}}
	people.Put(ann)
	set, err := live.New(compile(t, lex, `did("order")`, `in_segment("a")`), people, noon, nil)
	require.NoError(t, err)
	require.Empty(t, set.Segments("ann"))
	_, err = set.Edit(compile(t, lex, `times("view") == 1`, ``, `age > 3`, `in_segment("c")`), all([]marque.Event{{Name: "view", Profile: "ann", At: noon}}))
	require.NoError(t, err)
	require.Equal(t, []string{"a"}, set.Segments("ann"), "the event counts once")
}

// A log gives the history that the set would have kept.
func TestEditSkewedClock(t *testing.T) {
	lex := shop(t)
	for _, keep := range [][]string{nil, {"view"}} {
		set, err := live.New(compile(t, lex, `did("order")`), column.NewTable(lex), noon, &live.Options{Keep: keep})
		require.NoError(t, err)
		ahead := marque.Event{Name: "view", Profile: "ann", At: noon.Add(5 * hour), Received: noon}
		_, err = set.Apply(ahead)
		require.NoError(t, err)
		set.Advance(noon.Add(10 * hour))
		_, err = set.Edit(compile(t, lex, `did("view", within("8h"))`), all([]marque.Event{ahead}))
		require.NoError(t, err)
		require.False(t, set.Has("ann", "a"), "keep %v: it counts from its arrival at noon", keep)
	}
}
