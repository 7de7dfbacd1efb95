package loop_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/tagging"
)

// A wait for a condition goes on at the instant at which whatever it reads makes it true: attributes, tags, scores that
// say nothing of it, segments, and time alone.
func TestWaitsWatchEveryRoom(t *testing.T) {
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name, when string
		events     []marque.Event
		want       time.Duration // after start; 0 for never
	}{
		{"an attribute", `city == "Paris"`, []marque.Event{{Name: "profile.set", Props: map[string]any{"city": "Paris"}}}, time.Hour},
		{"an attribute that an event sets", `city == "Paris"`, []marque.Event{{Name: "order", Props: map[string]any{"city": "Paris"}}}, time.Hour},
		{"a tag", `has_tag("buyer")`, []marque.Event{{Name: "order"}}, time.Hour},
		{"a score without thresholds", `score("lead") >= 15`, []marque.Event{{Name: "order"}, {Name: "order"}}, 2 * time.Hour},
		{"a score of a score", `score("rank") >= 2`, []marque.Event{{Name: "order"}, {Name: "order"}}, 2 * time.Hour},
		{"a segment", `in_segment("keen")`, []marque.Event{{Name: "order"}, {Name: "order"}}, 2 * time.Hour},
		{"time alone, of a segment", `!in_segment("keen")  && did("order")`, []marque.Event{{Name: "order"}, {Name: "order"}}, time.Hour},
		{"time alone", `did("order") && !did("order", within("1d"))`, []marque.Event{{Name: "order"}}, 25 * time.Hour},
		{"never", `score("lead") >= 35`, []marque.Event{{Name: "order"}, {Name: "order"}}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan, err := loop.Compile(loop.Program{
				Attributes: []rule.Field{{Name: "city", Type: rule.String, From: []string{"order.city"}}},
				Events:     []rule.EventType{{Name: "login"}, {Name: "order", Props: []rule.Field{{Name: "city", Type: rule.String}}}},
				Tags:       []tagging.Def{{Name: "buyer", On: "order"}},
				Scores: []scoring.Def{{Name: "lead", Rules: []scoring.Rule{{On: "order", Points: 10}}},
					{Name: "rank", Rules: []scoring.Rule{{While: `score("lead") >= 15`, Points: 2}}}},
				Segments: []segment.Def{{Name: "keen", When: `score("lead") >= 15`}},
				Journeys: []journey.Def{{Name: "j", Entry: journey.Entry{Event: "login"}, Nodes: []journey.Node{
					{ID: "w", Wait: &journey.Wait{Until: []graph.Case{{When: c.when}}}, Next: "end"}, {ID: "end", Exit: "true"}}}},
			}, loop.Host{})
			require.NoError(t, err)
			var ended time.Time
			l := loop.New(plan, loop.Memory(), &loop.Options{Journeys: &journey.Options{Trace: func(x journey.Trace) {
				if x.Result.State.Ended == "true" {
					ended = x.At
				}
			}}})
			ctx := t.Context()
			require.NoError(t, l.Track(ctx, marque.Event{ID: "in", Name: "login", At: start, Profile: "ann", IDs: []marque.ID{{Kind: "phone", Value: "1"}}}))
			for i, e := range c.events {
				e.ID, e.At, e.IDs = string(rune('a'+i)), start.Add(time.Duration(i+1)*time.Hour), []marque.ID{{Kind: "phone", Value: "1"}}
				require.NoError(t, l.Track(ctx, e))
			}
			require.NoError(t, l.Advance(ctx, start.Add(100*time.Hour)))
			if c.want == 0 {
				require.Zero(t, ended)
			} else {
				require.Equal(t, start.Add(c.want), ended)
			}
		})
	}
}

// Desks are known by whoever assigns; without one there are none.
func TestDesksOfJourneys(t *testing.T) {
	p := loop.Program{Events: []rule.EventType{{Name: "login"}}, Journeys: []journey.Def{{Name: "j", Entry: journey.Entry{Event: "login"},
		Nodes: []journey.Node{{ID: "a", Assign: &graph.Assign{Desk: "sales"}}}}}}
	_, err := loop.Compile(p, loop.Host{})
	require.ErrorContains(t, err, `no desk "sales"`)
	_, err = loop.Compile(p, loop.Host{Calls: map[string]journey.Doer{"assign": journey.DoerFunc(func(context.Context, journey.Command) (journey.Outcome, error) {
		return journey.Outcome{Result: "assigned"}, nil
	})}})
	require.NoError(t, err)
}

// Who says that they moved goes by the clock there at once.
func TestZoneOfAWait(t *testing.T) {
	start := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	plan, err := loop.Compile(loop.Program{Events: []rule.EventType{{Name: "login"}}, Journeys: []journey.Def{{Name: "j", Entry: journey.Entry{Event: "login"},
		Nodes: []journey.Node{{ID: "w", Wait: &journey.Wait{At: "09:00"}}}}}}, loop.Host{})
	require.NoError(t, err)
	var ended time.Time
	l := loop.New(plan, loop.Memory(), &loop.Options{Journeys: &journey.Options{Trace: func(x journey.Trace) {
		if x.Result.State.Ended != "" {
			ended = x.At
		}
	}}})
	ids := []marque.ID{{Kind: "phone", Value: "1"}}
	require.NoError(t, l.Track(t.Context(), marque.Event{ID: "a", Name: "login", At: start, IDs: ids}))
	require.NoError(t, l.Track(t.Context(), marque.Event{ID: "b", Name: "profile.set", At: start.Add(time.Hour), IDs: ids, Props: map[string]any{"zone": "America/New_York"}}))
	require.NoError(t, l.Advance(t.Context(), start.Add(48*time.Hour)))
	require.Equal(t, start.Add(4*time.Hour), ended) // 09:00 there, earlier than 09:00 UTC of the next day
}
