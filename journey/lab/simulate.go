package lab

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
)

// Simulate lets people who are made up live with a programme: months in seconds. Options.React adds to what the
// Population does because of messages. The same arguments give the same Run.
func Simulate(ctx context.Context, p loop.Program, who Population, o *Options) (*Run, error) {
	if err := who.Validate(); err != nil {
		return nil, fmt.Errorf("lab: population: %w", err)
	}
	c := newCrowd(&who)
	with := Options{}
	if o != nil {
		with = *o
	}
	if with.Until.IsZero() {
		with.Until = c.end
	}
	more := with.React
	with.React = func(m journey.Message) []marque.Event {
		es := c.react(m)
		if more != nil {
			es = append(es, more(m)...)
		}
		return es
	}
	t, err := newTrial(p, &with)
	if err != nil {
		return nil, err
	}
	if t.o.From.IsZero() {
		t.o.From = who.From
	}
	for e, ok := c.next(); ok; e, ok = c.next() {
		if err := t.track(ctx, e); err != nil {
			return nil, fmt.Errorf("lab: simulate: %w", err)
		}
	}
	return t.end(ctx)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
