package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon/coupontest"
	"github.com/marque-go/marque/examples/quickstart/shop"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/profile/profiletest"
	"github.com/marque-go/marque/scoring/lifecycle/lifecycletest"
	"github.com/marque-go/marque/scoring/points/pointstest"
	"github.com/marque-go/marque/scoring/scoringtest"
	"github.com/marque-go/marque/segment/segmenttest"
	"github.com/marque-go/marque/tagging/taggingtest"
)

// TestCrash stops the scene of eight people before and after each durable write, starts a new loop over the stores
// as they are, and goes on. Every run must come to the same log, the same messages and the same state as the one that
// was not stopped.
func TestCrash(t *testing.T) {
	o := options{seed: 184, people: 8, days: 45}
	whole := play(t, o, -1)
	require.Greater(t, whole.points, 500)
	require.NotEmpty(t, whole.sent)
	for _, what := range []string{"profile.merged", "coupon.redeemed", "coupon.expired", "tag.added", "score.up", "score.down",
		"segment.entered", "segment.left", "message.failed", "experiment.exposed", `"journey":"win-back"`, "points.earned", "points.spent",
		"points.reversed", `"journey":"last-call"`, "tier.up", "stage.changed", "profile.split"} {
		require.Contains(t, strings.Join(whole.trace, "\n"), what, "the scene has none")
	}
	stride := 1
	if testing.Short() || raceEnabled {
		stride = 17
	}
	differing, tried := 0, 0
	for at := 0; at < whole.points; at += stride {
		tried++
		got := play(t, o, at)
		require.True(t, got.crashed, "point %d was not reached", at)
		if d := diff(whole.trace, got.trace); d != "" {
			differing++
			t.Errorf("stopped at point %d (%s): %s", at, got.where, d)
		}
		if differing > 5 {
			break
		}
	}
	t.Logf("crash points: %d of %d tried, %d differ; %d events in the log, %d messages", tried, whole.points, differing, whole.events, len(whole.sent))
}

var errCrash = errors.New("the process was killed")

// life is one run of the scene, with at most one crash.
type life struct {
	scene   *scene
	stores  loop.Stores // behind the gates
	points  int
	at      int // where to crash
	crashed bool
	dead    bool // between the crash and the restart
	where   string
	now     time.Time // up to which everything is done

	sent   map[string]string // by key
	trace  []string
	events int
}

// gate counts the places where a process can die, and dies at one of them.
func (l *life) gate(store string) func(op string, after bool) error {
	return func(op string, after bool) error {
		if l.dead {
			return errCrash
		}
		l.points++
		if l.points-1 == l.at {
			l.crashed, l.dead = true, true
			l.where = fmt.Sprintf("%s.%s, after %v, now %s", store, op, after, l.now.Format(time.DateTime))
			return errCrash
		}
		return nil
	}
}

func play(t *testing.T, o options, at int) *life {
	t.Helper()
	l := &life{at: at, sent: map[string]string{}}
	m := loop.Memory()
	l.stores = loop.Stores{
		Profiles: profiletest.Fault(m.Profiles, l.gate("profiles")), Tags: taggingtest.Fault(m.Tags, l.gate("tags")),
		Scores: scoringtest.Fault(m.Scores, l.gate("scores")), Segments: segmenttest.Fault(m.Segments, l.gate("segments")),
		Points: pointstest.Fault(m.Points, l.gate("points")), Stages: lifecycletest.Fault(m.Stages, l.gate("stages")),
		Coupons: coupontest.Fault(m.Coupons, l.gate("coupons")), Journeys: journeytest.Fault(m.Journeys, l.gate("journeys")),
	}
	var err error
	l.scene, err = newScene(o, l.stores)
	require.NoError(t, err)
	ctx := context.Background()
	l.now = l.scene.shop.Start()
	var events []marque.Event
	for {
		next, ok := l.scene.shop.Next()
		due, some, err := l.scene.loop.Next(ctx)
		require.NoError(t, err)
		if ahead := due.Add(shop.Lookahead); some && (!ok || ahead.Before(next)) && ahead.Before(l.scene.shop.End()) {
			l.step(t, ahead, func() error { return l.scene.loop.Advance(ctx, ahead) })
			continue
		}
		if !ok {
			break
		}
		l.step(t, next, func() error { return l.scene.loop.Advance(ctx, next) })
		events = l.scene.shop.Pop(l.scene.pickUp(events[:0], next))
		for _, e := range events {
			l.step(t, next, func() error {
				if err := l.scene.checkout(ctx, e); err != nil {
					return err
				}
				if err := l.scene.loop.Track(ctx, e); err != nil {
					return err
				}
				return l.scene.till(ctx, e)
			})
		}
	}
	end := l.scene.shop.End()
	l.step(t, end, func() error { return l.scene.loop.Advance(ctx, end) })
	l.step(t, end, func() error { return l.scene.unlink(ctx) })
	l.record(t, m)
	return l
}

// step does something that may be killed; then it starts anew, recovers as of what was done before, and does it again.
func (l *life) step(t *testing.T, now time.Time, f func() error) {
	t.Helper()
	err := f()
	if l.dead {
		require.ErrorIs(t, err, errCrash)
		l.dead = false
		l.scene.loop = loop.New(l.scene.plan, l.stores, l.scene.options())
		require.NoError(t, l.scene.loop.Recover(context.Background(), l.now))
		err = f()
	}
	require.NoError(t, err)
	l.now = now
}

// record writes down everything that a run leaves behind, in an order of its own.
func (l *life) record(t *testing.T, m loop.Stores) {
	t.Helper()
	ctx := context.Background()
	line := func(kind string, x any) {
		b, err := json.Marshal(x)
		require.NoError(t, err)
		l.trace = append(l.trace, kind+" "+string(b))
	}
	for e, err := range l.scene.loop.Profiles().Log(ctx, nil) {
		require.NoError(t, err)
		l.events++
		e.Cause = "" // whichever cause found the change first
		e.Hops = 0
		line("log", e)
		if e.Name == "message.sent" {
			l.sent[e.Props["key"].(string)] = e.Profile
		}
	}
	for p, err := range l.scene.loop.Profiles().People(ctx, marque.Parts{}, "") {
		require.NoError(t, err)
		tags, err := l.scene.loop.Tags().Of(ctx, p, l.now)
		require.NoError(t, err)
		line("tags "+p, tags)
		in, err := l.scene.loop.Segments().Of(ctx, p)
		require.NoError(t, err)
		line("segments "+p, in)
		score, err := l.scene.loop.Scores().Score(ctx, p, "intent", l.now)
		require.NoError(t, err)
		line("score "+p, score)
		account, err := l.scene.loop.Points().Account(ctx, p, club, l.now)
		require.NoError(t, err)
		line("account "+p, account)
		stage, err := l.scene.loop.Stages().Stage(ctx, p, lifecycleName, l.now)
		require.NoError(t, err)
		line("stage "+p, stage)
		wallet, err := l.scene.loop.Coupons().Wallet(ctx, p, l.now)
		require.NoError(t, err)
		line("wallet "+p, wallet)
	}
	counts, err := l.scene.loop.Journeys().Counts(ctx)
	require.NoError(t, err)
	for _, c := range counts {
		line("count", c)
	}
	for _, d := range l.scene.plan.Coupons().Names() {
		st, err := l.scene.loop.Coupons().Stats(ctx, d)
		require.NoError(t, err)
		line("stats "+d, st)
	}
	for name, s := range map[string]marque.Feed{"profiles": m.Profiles, "tags": m.Tags, "scores": m.Scores, "points": m.Points, "stages": m.Stages, "segments": m.Segments, "coupons": m.Coupons, "journeys": m.Journeys} {
		left, err := s.Pending(ctx, marque.Parts{}, 1)
		require.NoError(t, err)
		require.Empty(t, left, "%s said something that nobody took", name)
	}
	inbox, err := l.scene.loop.Profiles().Inbox(ctx, marque.Parts{}, 1)
	require.NoError(t, err)
	require.Empty(t, inbox)
	truth := l.scene.shop.Truth()
	truth.Repeats = 0 // the same message again, dropped by its key
	line("shop", truth)
	sort.Strings(l.trace)
}

// diff names the first lines that only one of two sorted traces has.
func diff(want, got []string) string {
	i, j := 0, 0
	var out strings.Builder
	for n := 0; n < 4 && (i < len(want) || j < len(got)); {
		switch {
		case i < len(want) && j < len(got) && want[i] == got[j]:
			i++
			j++
		case j == len(got) || i < len(want) && want[i] < got[j]:
			out.WriteString("\n  missing " + want[i])
			i++
			n++
		default:
			out.WriteString("\n  surplus " + got[j])
			j++
			n++
		}
	}
	return out.String()
}
