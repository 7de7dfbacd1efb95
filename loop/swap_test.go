package loop_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
)

// TestSwapJourneysWhileTheLoopRuns: who comes later takes the new definition, who is under way stays on the old, and a plan
// that differs elsewhere is refused.
func TestSwapJourneysWhileTheLoopRuns(t *testing.T) {
	ctx := context.Background()
	push := &journeytest.Channel{}
	compile := func(attributes []rule.Field, defs ...journey.Def) *loop.Plan {
		plan, err := loop.Compile(loop.Program{
			Attributes: attributes, Events: []rule.EventType{{Name: "login", Props: []rule.Field{{Name: "shop", Type: rule.String}}}}, Journeys: defs,
		}, loop.Host{Channels: map[string]journey.Channel{"push": push}})
		require.NoError(t, err)
		return plan
	}
	def := func(version int, wait marque.Duration) journey.Def {
		return journey.Def{Name: "hello", Version: version, Consent: "assumed", Entry: journey.Entry{Event: "login"}, Nodes: []journey.Node{
			{ID: "wait", Wait: &journey.Wait{For: wait}, Next: "send"}, {ID: "send", Send: &journey.Send{Channels: []string{"push"}, Template: "hello"}},
		}}
	}
	first, second := def(1, 2*marque.Hour), def(2, marque.Hour)
	second.Entry.Keep = []string{"shop"} // other variables too
	l := loop.New(compile(nil, first), loop.Memory(), &loop.Options{NewID: func(first marque.ID) string { return "p-" + first.Value }})
	require.NoError(t, l.Track(ctx, event("1", "login", "ann", opening, nil)))
	require.NoError(t, l.Swap(compile(nil, first, second)))
	require.NoError(t, l.Track(ctx, event("2", "login", "bob", opening, map[string]any{"shop": "north"})))
	require.NoError(t, l.Advance(ctx, opening.Add(time.Hour)))
	sent := push.Sent()
	require.Len(t, sent, 1)
	require.Equal(t, "p-bob", sent[0].Profile)
	require.Equal(t, map[string]any{"shop": "north"}, sent[0].Vars)
	require.NoError(t, l.Advance(ctx, opening.Add(2*time.Hour)))
	require.Len(t, push.Sent(), 2)
	require.ErrorContains(t, l.Swap(compile([]rule.Field{{Name: "city", Type: rule.String}}, first)), "differ in more than journeys")
	require.ErrorContains(t, l.Swap(compile(nil, def(1, marque.Day))), "ran with another content")
}
