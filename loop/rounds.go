package loop

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// lister lists the people of the books, for journeys that take in many. It lists those of all partitions: whoever
// carries a round carries it for everybody.
type lister struct{ l *Loop }

func (x lister) People(ctx context.Context, q journey.ListQuery) ([]string, error) {
	if q.Segment == "" {
		return x.l.stores.Profiles.People(ctx, marque.Parts{}, q.After, q.N)
	}
	page, err := x.l.segs.Members(ctx, q.Segment, q.After, q.N)
	people := make([]string, len(page.Members))
	for i, m := range page.Members {
		people[i] = m.Profile
	}
	return people, err
}

// begin plans the rounds of journeys when the loop first knows its instant: the one reached, or else now.
func (l *Loop) begin(ctx context.Context, now time.Time) error {
	if l.begun {
		return nil
	}
	if !l.now.IsZero() {
		now = l.now
	}
	if err := l.runner.Begin(ctx, l.opts.Lease, now); err != nil {
		return fmt.Errorf("loop: %w", err)
	}
	l.begun = true
	l.stir(journeys)
	return nil
}

// PreviewRound tells whom the next round of a journey's schedule or date would take in, of the people as they are now, and
// what its first messages would cost by the price of one on each channel. Nothing is done.
func (l *Loop) PreviewRound(ctx context.Context, name string, prices map[string]marque.Money) (journey.Forecast, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, err := l.runner.PreviewRound(ctx, l.opts.Lease, name, l.clock(), prices)
	if err != nil {
		return journey.Forecast{}, fmt.Errorf("loop: preview: %w", err)
	}
	return f, nil
}
