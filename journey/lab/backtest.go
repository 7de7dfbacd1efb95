package lab

import (
	"context"
	"fmt"
	"iter"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/loop"
)

// Backtest runs a programme over a log of events, in the order of their arrival: a draft over last month. What the
// library itself said at the time (events with Hops above zero) is left out, since the draft says its own.
//
// Events about messages (opened, clicked) count for the draft where it would have sent the same message: keys follow from
// the entering event, the node and the visit, so a node that keeps its id keeps its keys. It costs what the real loop
// costs, some tens of microseconds an event.
func Backtest(ctx context.Context, p loop.Program, log iter.Seq2[marque.Event, error], o *Options) (*Run, error) {
	t, err := newTrial(p, o)
	if err != nil {
		return nil, err
	}
	for e, err := range log {
		if err != nil {
			return nil, fmt.Errorf("lab: backtest: %w", err)
		}
		if e.Hops > 0 {
			continue
		}
		if t.o.From.IsZero() {
			t.o.From = e.Arrived()
		}
		if err := t.track(ctx, e); err != nil {
			return nil, fmt.Errorf("lab: backtest: event %s (%s): %w", e.ID, e.Name, err)
		}
	}
	return t.end(ctx)
}
