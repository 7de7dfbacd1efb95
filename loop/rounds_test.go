package loop_test

import (
	"context"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
)

const roundsProgram = `
attributes:
  - {name: birthday, type: string, from: [signed_up.born]}
  - {name: city, type: string, from: [signed_up.city]}
events:
  - name: signed_up
    props: [{name: born, type: string}, {name: city, type: string}, {name: zone, type: string}]
  - {name: stock.low, props: [{name: city, type: string}]}
  - {name: stock.back, props: [{name: city, type: string}]}
segments:
  - {name: northern, when: city == "Oslo"}
journeys:
  - name: birthday
    consent: assumed
    entry:
      date: {attribute: birthday, days: -1, at: "10:00", yearly: true, leap: mar1}
    nodes: [{id: s, send: {channels: [push], template: birthday}}]
  - name: weekly
    consent: assumed
    priority: 3
    entry:
      schedule: {cron: "0 9 * * mon", zone: Europe/Berlin, segment: northern}
      limit: [{n: 100, per: day}]
    nodes: [{id: s, send: {channels: [push], template: weekly}}]
  - name: stock
    consent: assumed
    entry:
      signal: {open: stock.low, close: stock.back, same: city}
      when: city == event.city
    nodes: [{id: w, wait: {for: 30d}, next: s}, {id: s, send: {channels: [push], template: stock}}]
`

func roundsPlan(t testing.TB) (*loop.Plan, *journeytest.Channel) {
	p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte(roundsProgram)}})
	require.NoError(t, err)
	push := &journeytest.Channel{}
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"push": push}})
	require.NoError(t, err)
	return plan, push
}

func sent(push *journeytest.Channel) (got []string) {
	for _, m := range push.Sent() {
		got = append(got, fmt.Sprintf("%s %s %s", m.At.Format("01-02 15:04"), m.Journey, m.To[0].Value))
	}
	return got
}

func signedUp(who, born, city string, at time.Time) marque.Event {
	return marque.Event{ID: "s-" + who, Name: "signed_up", At: at, IDs: []marque.ID{{Kind: "phone", Value: who}},
		Props: map[string]any{"born": born, "city": city}}
}

// Schedules, dates and signals of a programme that was loaded from YAML, with people who come by tracking.
func TestRounds(t *testing.T) {
	ctx := context.Background()
	plan, push := roundsPlan(t)
	stores := loop.Memory()
	options := &loop.Options{NewID: func(first marque.ID) string { return "p-" + first.Value }}
	l := loop.New(plan, stores, options)
	start := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	require.NoError(t, l.Track(ctx,
		signedUp("ann", "1990-03-10", "Oslo", start),
		signedUp("bob", "1990-03-10", "Rome", start.Add(time.Minute)),
		signedUp("cid", "1992-02-29", "Oslo", start.Add(2*time.Minute)),
	))
	f, err := l.PreviewRound(ctx, "weekly", map[string]marque.Money{"push": 3})
	require.NoError(t, err)
	require.Equal(t, journey.Forecast{
		At: time.Date(2026, 3, 9, 8, 0, 0, 0, time.UTC), People: 2, Enter: 2, Not: map[journey.Reason]int{}, Messages: map[string]int{"push": 2}, Cost: 6,
	}, f)
	signal := func(id, name, city string, at time.Time) {
		require.NoError(t, l.Track(ctx, marque.Event{ID: id, Name: name, At: at, Props: map[string]any{"city": city}}))
	}
	signal("low", "stock.low", "Oslo", start.Add(time.Hour))
	signal("low", "stock.low", "Oslo", start.Add(2*time.Hour))
	require.NoError(t, l.Advance(ctx, start.Add(72*time.Hour)))
	require.Equal(t, []string{"03-09 08:00 weekly ann", "03-09 08:00 weekly cid", "03-09 10:00 birthday ann", "03-09 10:00 birthday bob"}, sent(push))

	l = loop.New(plan, stores, options) // after a rest of eight days
	require.NoError(t, l.Recover(ctx, start.Add(11*24*time.Hour)))
	require.Equal(t, []string{"03-17 12:00 weekly ann", "03-17 12:00 weekly cid"}, sent(push)[4:])
	signal("back", "stock.back", "Oslo", start.Add(12*24*time.Hour))
	require.NoError(t, l.Advance(ctx, start.Add(60*24*time.Hour)))
	counts, err := l.Journeys().Counts(ctx)
	require.NoError(t, err)
	require.Contains(t, counts, journey.Count{Journey: "stock", What: "in", N: 2})
	require.Contains(t, counts, journey.Count{Journey: "stock", What: "out/recovered", N: 2})
	next, ok, err := l.Next(ctx)
	require.NoError(t, err)
	require.True(t, ok)
	require.Less(t, next.Sub(l.Now()), 7*24*time.Hour)
}

// Two workers: the one with the partition of nobody carries the rounds, whoever hears of the signal.
func TestRoundsOfTwoHands(t *testing.T) {
	ctx := context.Background()
	plan, push := roundsPlan(t)
	stores := loop.Memory()
	hand := func(from, to int) *loop.Loop {
		return loop.New(plan, stores, &loop.Options{
			NewID: func(first marque.ID) string { return "p-" + first.Value },
			Lease: marque.Lease{Worker: fmt.Sprint(from), Parts: marque.Parts{From: from, To: to}, Epoch: 1},
		})
	}
	home := marque.Partition("")
	hands := []*loop.Loop{hand(0, home), hand(home, marque.Partitions)}
	start := time.Date(2026, 3, 6, 12, 0, 0, 0, time.UTC)
	all := func(do func(l *loop.Loop) error) {
		for range 3 {
			for _, l := range hands {
				require.NoError(t, do(l))
			}
		}
	}
	for i := range 20 {
		require.NoError(t, hands[i%2].Track(ctx, signedUp(fmt.Sprint("u", i), "1990-03-10", "Oslo", start)))
	}
	all(func(l *loop.Loop) error { return l.Advance(ctx, start.Add(time.Hour)) })
	require.NoError(t, hands[0].Track(ctx, marque.Event{ID: "low", Name: "stock.low", At: start.Add(2 * time.Hour), Props: map[string]any{"city": "Oslo"}}))
	for h := range 24 * 5 {
		all(func(l *loop.Loop) error { return l.Advance(ctx, start.Add(time.Duration(3+h)*time.Hour)) })
	}
	counts, err := hands[0].Journeys().Counts(ctx)
	require.NoError(t, err)
	for _, name := range []string{"stock", "weekly", "birthday"} {
		require.Contains(t, counts, journey.Count{Journey: name, What: "in", N: 20})
	}
	require.Len(t, push.Sent(), 40)
}
