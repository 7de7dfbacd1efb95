package loop_test

import (
	"context"
	"encoding/json"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/lab"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/loop"
)

// What a host makes due in the past goes now, and passes the gate of now: at eleven in the evening it waits for the morning.
func TestJourneysDoNotActInThePast(t *testing.T) {
	const first = `
events: [{name: registered}]
journeys:
  - {name: welcome, version: 1, consent: assumed, quiet: {from: "22:00", to: "08:00"}, entry: {event: registered},
     nodes: [{id: w, wait: {for: 2d}, next: b}, {id: b, send: {channels: [sms], text: "B"}}]}
`
	const second = first + `
  - {name: welcome, version: 2, consent: assumed, quiet: {from: "22:00", to: "08:00"}, entry: {event: registered},
     nodes: [{id: w, wait: {for: 1d}, next: b}, {id: b, send: {channels: [sms], text: "B"}}]}
`
	ten := time.Date(2027, 2, 20, 10, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		until time.Duration // after ten: eleven in the evening
		do    func(ctx context.Context, l *loop.Loop, next *loop.Plan) error
		pause bool
	}{
		{"a migration that reckons waits anew", 37 * time.Hour, func(ctx context.Context, l *loop.Loop, next *loop.Plan) error {
			require.NoError(t, l.Swap(next))
			_, err := l.Journeys().Migrate(ctx, marque.Lease{}, l.Now(), migration.Def{Journey: "welcome", From: 1, To: 2, Waits: "recompute"})
			return err
		}, false},
		{"the end of a pause", 61 * time.Hour, func(ctx context.Context, l *loop.Loop, _ *loop.Plan) error {
			return l.Journeys().Resume(ctx, marque.Lease{}, l.Now(), "welcome", "", pause.Elapse)
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			sms, ctx := &journeytest.Channel{}, context.Background()
			compile := func(text string) *loop.Plan {
				p, err := loop.Load(fstest.MapFS{"p.yaml": {Data: []byte(text)}})
				require.NoError(t, err)
				plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"sms": sms}})
				require.NoError(t, err)
				return plan
			}
			l := loop.New(compile(first), loop.Memory(), nil)
			require.NoError(t, l.Track(ctx, event("1", "registered", "ann", ten, nil)))
			if c.pause {
				require.NoError(t, l.Journeys().Pause(ctx, marque.Lease{}, l.Now(), pause.Order{Journey: "welcome"}))
			}
			require.NoError(t, l.Advance(ctx, ten.Add(c.until)))
			require.Empty(t, sms.Sent())
			require.NoError(t, c.do(ctx, l, compile(second)))
			require.NoError(t, l.Advance(ctx, ten.Add(c.until+24*time.Hour)))
			require.Len(t, sms.Sent(), 1)
			require.Equal(t, ten.Add(c.until+9*time.Hour), sms.Sent()[0].At)
		})
	}
}

// A step that was told stays as it was told, and can be taken again.
func TestTracesAreKept(t *testing.T) {
	p, err := loop.Load(fstest.MapFS{"p.yaml": {Data: []byte(`
events: [{name: registered}, {name: other}]
segments: [{name: new, when: 'did("registered")'}]
journeys:
  - {name: welcome, consent: assumed, entry: {segment: new}, nodes: [{id: a, send: {channels: [sms], text: "hi"}, next: w}, {id: w, wait: {event: other}}]}
  - {name: again, consent: assumed, entry: {event: registered}, nodes: [{id: a, send: {channels: [sms], text: "hi"}}]}
`)}})
	require.NoError(t, err)
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"sms": &journeytest.Channel{}}})
	require.NoError(t, err)
	var kept []journey.Trace
	var told []string
	text := func(x journey.Trace) string {
		b, err := json.Marshal(x)
		require.NoError(t, err)
		return string(b)
	}
	l := loop.New(plan, loop.Memory(), &loop.Options{Journeys: &journey.Options{Trace: func(x journey.Trace) {
		kept, told = append(kept, x), append(told, text(x))
	}}})
	require.NoError(t, l.Track(t.Context(), event("1", "registered", "ann", opening, nil), event("2", "other", "ann", opening.Add(time.Hour), nil)))
	require.NoError(t, l.Advance(t.Context(), opening.Add(48*time.Hour)))
	require.Greater(t, len(kept), 4)
	for i := range kept {
		require.Equal(t, told[i], text(kept[i]))
	}
	require.NoError(t, lab.Replay(plan.Journeys(), slices.Values(kept)))
}

// At half past eight in Shanghai the next round of birthdays is that of today, at nine.
func TestPreviewOfBirthdays(t *testing.T) {
	p, err := loop.Load(fstest.MapFS{"p.yaml": {Data: []byte(`
attributes: [{name: birthday, type: string}]
journeys:
  - {name: b, zone: Asia/Shanghai, consent: assumed, entry: {date: {attribute: birthday, at: "09:00", yearly: true}}, nodes: [{id: a, send: {channels: [sms], text: hi}}]}
`)}})
	require.NoError(t, err)
	sms := &journeytest.Channel{}
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"sms": sms}})
	require.NoError(t, err)
	l, ctx := loop.New(plan, loop.Memory(), nil), t.Context()
	at := time.Date(2027, 2, 28, 0, 30, 0, 0, time.UTC)
	require.NoError(t, l.Track(ctx, event("1", "profile.set", "ann", at, map[string]any{"birthday": "1990-02-28", "zone": "Asia/Shanghai"})))
	f, err := l.PreviewRound(ctx, "b", map[string]marque.Money{"sms": 5})
	require.NoError(t, err)
	require.Equal(t, 1, f.Enter)
	require.Equal(t, marque.Money(5), f.Cost)
	require.NoError(t, l.Advance(ctx, at.Add(time.Hour)))
	require.Len(t, sms.Sent(), 1)
}
