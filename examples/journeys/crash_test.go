package main

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/pause"
)

// crash proves of a scene that it comes to the same end wherever workers die, once or twice.
func crash(t *testing.T, name string) {
	t.Helper()
	i := slices.IndexFunc(scenes, func(s scene) bool { return s.name == name })
	require.GreaterOrEqual(t, i, 0)
	world, err := scenes[i].world()
	require.NoError(t, err)
	o := &journeytest.Options{}
	if raceEnabled || testing.Short() {
		o.Whole, o.Pairs = 1, 100
	}
	tally := journeytest.Crash(t, world, scenes[i].script, o)
	require.Greater(t, tally.Points, 40, "too little happens")
}

func TestCrashFirstOrder(t *testing.T)    { crash(t, "first-order") }
func TestCrashJustLooked(t *testing.T)    { crash(t, "just-looked") }
func TestCrashBirthday(t *testing.T)      { crash(t, "birthday") }
func TestCrashOrderFollowUp(t *testing.T) { crash(t, "order-follow-up") }
func TestCrashBroadcast(t *testing.T)     { crash(t, "broadcast") }
func TestCrashCallBack(t *testing.T)      { crash(t, "call-back") }
func TestCrashOnboarding(t *testing.T)    { crash(t, "onboarding") }
func TestCrashOutage(t *testing.T)        { crash(t, "outage") }

// All of them at once, under one policy, on a channel that fails.
func TestCrashTogether(t *testing.T) {
	world, err := together(func(string) bool { return true }).world()
	require.NoError(t, err)
	o := &journeytest.Options{Pairs: 1000}
	if raceEnabled || testing.Short() {
		o.Pairs = 10
	}
	tally := journeytest.Crash(t, world, together(func(string) bool { return true }).script, o)
	require.Greater(t, tally.Operations, 200)
}

// The same holds when a journey is paused, resumed, edited while people are in it, and those are taken to the new version.
func TestCrashEdited(t *testing.T) {
	world, script := edited(t)
	o := &journeytest.Options{}
	if raceEnabled || testing.Short() {
		o.Whole, o.Pairs = 1, 100
	}
	tally := journeytest.Crash(t, world, script, o)
	require.Greater(t, tally.Points, 40, "too little happens")
}

// edited is the first scene with a second version of its journey, and an operator at work.
func edited(t *testing.T) (journeytest.World, journeytest.Script) {
	t.Helper()
	world, err := scenes[0].world()
	require.NoError(t, err)
	next := second(t, world.Defs[0])
	script := scenes[0].script
	script.Acts = append(slices.Clone(script.Acts),
		journeytest.Act{At: at("2026-03-02 12:00"), Doc: "pause", Do: func(ctx context.Context, r *journey.Runner, l marque.Lease, now time.Time) error {
			return r.Pause(ctx, l, now, pause.Order{Journey: "first-order", Enter: "keep"})
		}},
		journeytest.Act{At: at("2026-03-03 08:00"), Doc: "resume", Do: func(ctx context.Context, r *journey.Runner, l marque.Lease, now time.Time) error {
			return r.Resume(ctx, l, now, "first-order", "", pause.Elapse)
		}},
		journeytest.Act{At: at("2026-03-03 12:00"), Swap: []journey.Def{world.Defs[0], next}},
		journeytest.Act{At: at("2026-03-03 12:30"), Doc: "migrate", Do: func(ctx context.Context, r *journey.Runner, l marque.Lease, now time.Time) error {
			_, err := r.Migrate(ctx, l, now, migration.Def{Journey: "first-order", From: 0, To: 1, Waits: "recompute"})
			return err
		}})
	return world, script
}

// second is a version with a shorter wait.
func second(t *testing.T, d journey.Def) journey.Def {
	t.Helper()
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var next journey.Def
	require.NoError(t, json.Unmarshal(data, &next))
	next.Version = 1
	for i := range next.Nodes {
		if w := next.Nodes[i].Wait; w != nil && next.Nodes[i].ID == "tomorrow" {
			w.Days, w.At, w.For = 0, "", 3*marque.Hour
		}
	}
	return next
}
