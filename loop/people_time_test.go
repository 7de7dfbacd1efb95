package loop_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/lifecycle"
	"github.com/marque-go/marque/scoring/points"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/tagging"
)

// timely is a program in which nearly all that happens to people happens because time passes, and in which scores,
// points and stages read one another.
func timely() loop.Program {
	least := -5.0
	return loop.Program{
		Events: []rule.EventType{{Name: "view"}, {Name: "complaint"}, {Name: "order", Props: []rule.Field{{Name: "amount", Type: rule.Int}}}},
		Tags:   []tagging.Def{{Name: "looked", On: "view", TTL: 30 * marque.Hour}},
		Scores: []scoring.Def{{
			Name: "lead", HalfLife: 30 * marque.Hour, Zone: "Australia/Lord_Howe", Min: &least,
			Rules: []scoring.Rule{
				{On: "view", Points: 3, Cap: 9, Per: scoring.Day}, {On: "order", Points: 20, HalfLife: 5 * marque.Day}, {On: "complaint", Points: -15},
				{Name: "fresh", On: "view", Points: 2, For: 17 * marque.Hour}, {While: `stage("life") == "customer"`, Points: 10}, {While: `score("club") >= 40`, Points: 7},
			},
			Thresholds: []scoring.Threshold{{Name: "warm", At: 10, Below: 6}, {Name: "hot", At: 25, Below: 12}},
			Grades:     scoring.Grades{Fit: []rule.Grade{{Name: "B"}, {Name: "A", From: 10}}, Engagement: []rule.Grade{{Name: "2"}, {Name: "1", From: 8}}},
		}},
		Points: []points.Def{{
			Name: "club", Zone: "America/Sao_Paulo", Pending: 2 * marque.Day, Expiry: points.Expiry{After: 9 * marque.Day}, Warn: 3 * marque.Day,
			Earn: []points.Earn{
				{On: "order", Rate: points.Rate{Of: "amount", Points: 1, Each: 1}}, {On: "view", Points: 4, Cap: 6, Per: points.Daily, Bonus: true},
				{Name: "sorry", On: "complaint", When: `has_tag("looked")`, Points: 11},
			},
			Tiers: []points.Tier{
				{Name: "silver", At: 30, Benefits: points.Benefits{Grants: []points.Grant{{Name: "tea", Every: points.Weekly, Quota: 1}}}},
				{Name: "gold", At: 80, Benefits: points.Benefits{Multiplier: 150, Grants: []points.Grant{{Name: "tea", Every: points.Weekly, Quota: 3}}}},
			},
			Qualify: points.Qualify{Rolling: 12 * marque.Day}, Grace: marque.Day,
		}},
		Lifecycles: []lifecycle.Def{{
			Name: "life", Start: "new",
			Stages: []lifecycle.Stage{{Name: "new"}, {Name: "customer"}, {Name: "idle"}, {Name: "angry"}, {Name: "fan"}},
			Moves: []lifecycle.Move{
				{To: "angry", On: "complaint"},
				{From: []string{"new", "idle"}, To: "customer", When: `did("order", within("6d"))`},
				{From: []string{"customer"}, To: "fan", When: `stage("club") == "gold" and has_tag("looked")`},
				{From: []string{"customer", "fan"}, To: "idle", When: `not did("order", within("6d"))`, After: 2 * marque.Day},
				{From: []string{"angry"}, To: "new", After: 3*marque.Day + 1},
			},
		}},
		Segments: []segment.Def{{Name: "good", When: `stage("life") in ["customer", "fan"] and score("club") >= 20`}},
	}
}

// TestTimeOfPeopleIsTold: points that ripen, expire and are granted, tiers, stages and scores turn at the same instants,
// in the same way, whether time is told to the loop at once, by the instants that are due, or by the clock.
func TestTimeOfPeopleIsTold(t *testing.T) {
	plan, err := loop.Compile(timely(), loop.Host{})
	require.NoError(t, err)
	happened := map[string]int{
		"tag.removed": 0, "score.up": 0, "score.down": 0, "score.grade": 0, "points.usable": 0, "points.expiring": 0, "points.expired": 0,
		"tier.up": 0, "tier.down": 0, "benefit.granted": 0, "stage.changed": 0, "segment.entered": 0, "segment.left": 0,
	}
	rapid.Check(t, func(t *rapid.T) {
		ctx := t.Context()
		var events []marque.Event
		at := opening
		for i := range rapid.IntRange(1, 15).Draw(t, "events") {
			gap := rapid.OneOf(rapid.SampledFrom([]int{0, 30, 17 * 60, 24 * 60, 30 * 60, 48 * 60, 72 * 60, 144 * 60, 216 * 60}), rapid.IntRange(1, 1500))
			at = at.Add(time.Duration(gap.Draw(t, "gap")) * time.Minute)
			name := rapid.SampledFrom([]string{"view", "view", "order", "order", "complaint"}).Draw(t, "name")
			e := event(fmt.Sprint("e", i), name, rapid.SampledFrom([]string{"ann", "bob"}).Draw(t, "person"), at, nil)
			if name == "order" {
				e.Props = map[string]any{"amount": rapid.SampledFrom([]int{5, 10, 20, 30, 80}).Draw(t, "amount")}
			}
			if rapid.IntRange(0, 5).Draw(t, "late") == 0 {
				e.Received, e.At = at, at.Add(-time.Duration(rapid.IntRange(0, 12*24*60).Draw(t, "by"))*time.Minute)
			}
			if rapid.IntRange(0, 19).Draw(t, "link") == 0 { // two turn out to be one
				e.IDs = event("", "", "ann", at, nil).IDs
				e.IDs = append(e.IDs, event("", "", "bob", at, nil).IDs...)
			}
			events = append(events, e)
		}
		end := at.AddDate(0, 0, 30)
		play := func(to func(d *desk, until time.Time)) []string {
			d := &desk{plan: plan, stores: loop.Memory()}
			d.opts.NewID = func(first marque.ID) string { return "p-" + first.Value }
			d.Loop = loop.New(plan, d.stores, &d.opts)
			for _, e := range events {
				to(d, e.Arrived())
				require.NoError(t, d.Track(ctx, e))
			}
			to(d, end)
			require.NoError(t, d.Advance(ctx, end))
			return d.trace(t)
		}
		want := play(func(*desk, time.Time) {})
		require.Equal(t, want, play(func(d *desk, until time.Time) {
			for {
				next, ok, err := d.Next(ctx)
				require.NoError(t, err)
				if !ok || next.After(until) {
					return
				}
				require.NoError(t, d.Advance(ctx, next))
			}
		}), "by the instants that are due")
		step := time.Minute * time.Duration(rapid.SampledFrom([]int{1, 37, 59, 59, 601}).Draw(t, "step"))
		require.Equal(t, want, play(func(d *desk, until time.Time) {
			if d.Now().IsZero() {
				return
			}
			for now := d.Now(); now.Before(until); now = now.Add(step) {
				require.NoError(t, d.Advance(ctx, now))
			}
		}), "by the clock")
		for kind := range happened {
			happened[kind] += strings.Count(strings.Join(want, "\n"), `"name":"`+kind+`"`)
		}
	})
	for kind, n := range happened {
		require.Positive(t, n, kind)
	}
}
