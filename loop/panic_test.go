package loop_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
)

type taker struct{}

func (taker) Send(context.Context, journey.Message) (journey.Receipt, error) {
	return journey.Receipt{Status: journey.Sent}, nil
}

// A panic in a host's callback fails the call, and the next takes up where it was.
func TestPanicInTrack(t *testing.T) {
	on := true
	d := &desk{plan: compile(t, taker{}), stores: loop.Memory()}
	d.opts.NewID = func(first marque.ID) string { return "p-" + first.Value }
	d.opts.Journeys = &journey.Options{Trace: func(journey.Trace) {
		if on {
			on = false
			panic("boom")
		}
	}}
	d.Loop = loop.New(d.plan, d.stores, &d.opts)
	fine, ctx, failed := newDesk(t), context.Background(), 0
	for _, e := range []marque.Event{
		event("e1", "visit", "ann", opening, map[string]any{"city": "Chongqing"}),
		event("e2", "view", "ann", opening.Add(time.Minute), nil),
		event("e3", "order", "ann", opening.Add(2*time.Minute), map[string]any{"amount": 60}),
	} {
		require.NoError(t, fine.Track(ctx, e))
		if err := d.Track(ctx, e); err != nil {
			require.ErrorContains(t, err, "trace: panic: boom")
			failed++
			require.NoError(t, d.Track(ctx, e))
		}
	}
	require.NoError(t, fine.Advance(ctx, month))
	require.NoError(t, d.Advance(ctx, month))
	require.Equal(t, 1, failed)
	require.Equal(t, fine.trace(t), d.trace(t))
}
