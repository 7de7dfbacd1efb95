package journey_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// tallied counts the changes that a store is asked to commit.
type tallied struct {
	journey.Store
	changes int
}

func (c *tallied) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
	c.changes += len(cs)
	return c.Store.Commit(ctx, l, now, cs)
}

// A round that is full goes through the rest of its people page by page, not person by person.
func TestRoundLimit(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *"}, Limit: []graph.Quota{{N: 10, Per: "day"}}}))
	store := &tallied{Store: w.store}
	w.store = store
	w.start()
	for i := range 300 {
		w.person(fmt.Sprintf("p%03d", i))
	}
	w.until("2026-03-02 10:00:00")
	require.Len(t, w.entered(), 10)
	require.Equal(t, "03-02 09:00:00 p009", w.entered()[9])
	require.Less(t, store.changes, 300, "two for each of the 100 pages, and what the ten did")
	w.until("2026-03-03 10:00:00")
	require.Len(t, w.entered(), 20)
}
