package loop_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
)

func planOf(t *testing.T, text string, push journey.Channel) *loop.Plan {
	t.Helper()
	p, err := loop.Load(fstest.MapFS{"p.yaml": {Data: []byte("events: [{name: view}, {name: visit}]\n" + text)}})
	require.NoError(t, err)
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"push": push}})
	require.NoError(t, err)
	return plan
}

// nobodys is the lease of a hand that owns nobody: what it tracks, others carry.
var nobodys = marque.Lease{Parts: marque.Parts{From: marque.Partitions, To: marque.Partitions + 1}}

func TestAClockThatIsAheadMovesNobodysTime(t *testing.T) {
	push := &journeytest.Channel{}
	l := loop.New(planOf(t, `
journeys:
  - {name: j, consent: assumed, entry: {event: view}, nodes: [{id: w, wait: {for: 30d}, next: s}, {id: s, send: {channels: [push], template: t}}]}
`, push), loop.Memory(), nil)
	require.NoError(t, l.Track(t.Context(), marque.Event{Name: "view", At: opening, Received: opening, Profile: "ann"}))
	now := opening.Add(time.Minute)
	require.NoError(t, l.Track(t.Context(), marque.Event{Name: "view", At: opening.AddDate(1, 0, 0), Received: now, Profile: "bob"}))
	require.Empty(t, push.Sent())
	require.Equal(t, now, l.Now())
}

func TestADefinitionThatIsGoneIsNotDue(t *testing.T) {
	for kind, text := range map[string]string{
		"tag":     "tags:\n  - {name: recent, on: view, ttl: 3h}\n",
		"score":   "scores:\n  - {name: lead, half_life: 6h, rules: [{on: view, points: 30}], thresholds: [{name: hot, at: 20, below: 12}]}\n",
		"segment": "segments:\n  - {name: viewer, when: 'did(\"view\", within(\"2d\"))'}\n",
		"coupon":  "coupons:\n  - {name: five, kind: amount, currency: CNY, off: 500, valid: {for: 12h}}\njourneys:\n  - {name: j, entry: {event: view}, nodes: [{id: c, coupon: {batch: five}}]}\n",
		"journey": "journeys:\n  - {name: j, entry: {event: view}, nodes: [{id: c, wait: {for: 3h}}]}\n",
		"pending": "journeys:\n  - {name: j, entry: {did: view, not: visit, within: 3h}, nodes: [{id: c, wait: {for: 3h}}]}\n",
	} {
		t.Run(kind, func(t *testing.T) {
			stores := loop.Memory()
			l := loop.New(planOf(t, text, &journeytest.Channel{}), stores, nil)
			require.NoError(t, l.Track(t.Context(), marque.Event{Name: "view", At: opening, Profile: "ann"}))
			_, some, err := l.Next(t.Context())
			require.NoError(t, err)
			require.True(t, some)
			l = loop.New(planOf(t, "", &journeytest.Channel{}), stores, nil)
			require.NoError(t, l.Recover(t.Context(), opening))
			require.NoError(t, l.Advance(t.Context(), opening.AddDate(0, 0, 4)))
			_, some, err = l.Next(t.Context())
			require.NoError(t, err)
			require.False(t, some)
		})
	}
}

func visits(t *testing.T, play func(owner, front *loop.Loop), text string) []journey.Count {
	stores := loop.Memory()
	plan := planOf(t, text, &journeytest.Channel{})
	owner := loop.New(plan, stores, nil)
	play(owner, loop.New(plan, stores, &loop.Options{Lease: nobodys}))
	require.NoError(t, owner.Advance(t.Context(), opening.AddDate(0, 0, 3)))
	counts, err := owner.Journeys().Counts(t.Context())
	require.NoError(t, err)
	return counts
}

func TestWhatOthersAppendedComesAfterWhatWasDueBefore(t *testing.T) {
	counts := visits(t, func(owner, front *loop.Loop) {
		require.NoError(t, owner.Track(t.Context(), marque.Event{Name: "view", At: opening, Profile: "ann"}))
		require.NoError(t, front.Track(t.Context(), marque.Event{Name: "visit", At: opening.Add(2 * time.Hour), Profile: "ann"}))
	}, `
journeys:
  - name: j
    entry: {event: view}
    nodes:
      - {id: w, wait: {for: 1h}, next: v}
      - {id: v, wait: {event: visit, within: 1d}, next: x, on: {timeout: y}}
      - {id: x, exit: visited}
      - {id: y, exit: timeout}
`)
	require.Contains(t, counts, journey.Count{Journey: "j", What: "out/visited", N: 1})
}

func TestTrackDoesNotOvertakeTheInbox(t *testing.T) {
	counts := visits(t, func(owner, front *loop.Loop) {
		require.NoError(t, front.Track(t.Context(), marque.Event{Name: "view", At: opening, Profile: "ann"}))
		require.NoError(t, owner.Track(t.Context(), marque.Event{Name: "visit", At: opening.Add(time.Minute), Profile: "ann"}))
	}, `
journeys:
  - name: j
    entry: {event: view}
    nodes:
      - {id: v, wait: {event: visit, within: 1d}, next: x, on: {timeout: y}}
      - {id: x, exit: visited}
      - {id: y, exit: timeout}
`)
	require.Contains(t, counts, journey.Count{Journey: "j", What: "out/visited", N: 1})
}

func TestManyTrackAtOnce(t *testing.T) {
	d := newDesk(t)
	var all sync.WaitGroup
	for g := range 8 {
		all.Go(func() {
			for i := range 40 {
				// Every event comes from two of them; half of the people are shared.
				id := fmt.Sprint(g/2, "-", i)
				e := event(id, []string{"visit", "view", "order"}[i%3], fmt.Sprint("p", i%5*(g/2%2)), opening.Add(time.Duration(i)*time.Minute), nil)
				assert(t, d.Track(context.Background(), e))
				if i%10 == 0 {
					assert(t, d.Advance(context.Background(), opening.Add(time.Duration(i)*time.Hour)))
					_, _, err := d.Next(context.Background())
					assert(t, err)
				}
			}
		})
	}
	all.Wait()
	require.NoError(t, d.Advance(t.Context(), month))
	seen := map[string]int{}
	for e, err := range d.Profiles().Log(t.Context(), nil) {
		require.NoError(t, err)
		seen[e.ID]++
	}
	outside := 0
	for id, n := range seen {
		require.Equal(t, 1, n, id)
		if strings.Contains(id, "-") && len(id) < 10 {
			outside++
		}
	}
	require.Equal(t, 4*40, outside)
	left, err := d.Profiles().Inbox(t.Context(), marque.Parts{}, 1)
	require.NoError(t, err)
	require.Empty(t, left)
}

func assert(t *testing.T, err error) {
	if err != nil {
		t.Error(err)
	}
}
