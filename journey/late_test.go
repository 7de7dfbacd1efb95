package journey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// Events that waited in an inbox while nobody carried them are handled at a later instant than they arrived at. They
// move people as if they had been handled in time.
func TestHandledLate(t *testing.T) {
	w := wait("w", "seen", journey.Wait{Event: "view", Within: day})
	w.On = map[string]string{"timeout": ""}
	def := onOrder(w, journey.Node{ID: "seen", Exit: "seen"})
	def.Entry.Reentry = "every"
	def.Goal = &journey.On{Event: "refund"}
	handle := func(t *testing.T, w *world, now string, es ...marque.Event) {
		for _, e := range es {
			w.append(e)
			_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: e, Now: at(now)}})
			require.NoError(t, err)
			require.NoError(t, w.drain(context.Background()))
		}
		w.until(now)
	}
	t.Run("the goal after the entry", func(t *testing.T) {
		w := newWorld(t, def)
		handle(t, w, "2026-03-02 11:00:00", event("2026-03-02 10:00:00", "ann", "order_paid"), event("2026-03-02 10:01:00", "ann", "refund"))
		require.Equal(t, []string{"03-02 11:00:00 entered", "03-02 11:00:00 exited goal (goal)"}, w.said())
	})
	t.Run("what a wait waits for", func(t *testing.T) {
		w := newWorld(t, def)
		handle(t, w, "2026-03-02 11:00:00", event("2026-03-02 10:00:00", "ann", "order_paid"), event("2026-03-02 10:01:00", "ann", "view"))
		require.Equal(t, []string{"03-02 11:00:00 entered", "03-02 11:00:00 exited seen"}, w.said())
	})
	t.Run("what arrived before the wait was over", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.now = at("2026-03-03 11:00:00") // nobody woke
		handle(t, w, "2026-03-03 11:00:00", event("2026-03-03 09:59:59", "ann", "view"))
		require.Equal(t, "03-03 11:00:00 exited seen", w.said()[1])
	})
	t.Run("what arrived when the wait was over", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.now = at("2026-03-03 11:00:00")
		handle(t, w, "2026-03-03 11:00:00", event("2026-03-03 10:00:00", "ann", "view"))
		require.Equal(t, "03-03 11:00:00 exited completed", w.said()[1])
	})
	t.Run("what came before the entry moves nobody", func(t *testing.T) {
		w := newWorld(t, def)
		handle(t, w, "2026-03-02 11:00:00", event("2026-03-02 10:00:00", "ann", "order_paid"), event("2026-03-02 09:59:59", "ann", "refund"))
		require.Equal(t, []string{"03-02 11:00:00 entered"}, w.said())
	})
}

// A signal that is raised late makes late messages, and lets people in as of when it was raised.
func TestSignalLate(t *testing.T) {
	def := many(journey.Entry{Signal: &graph.Signal{Open: "stock.low"}})
	def.Late = &graph.Late{After: marque.Hour}
	def.Nodes[0].Next = "w"
	def.Nodes = append(def.Nodes, wait("w", "", journey.Wait{For: day}))
	raised := event("2026-03-02 10:00:00", "", "stock.low")
	for _, c := range []struct {
		name    string
		handled string
		woken   string
		sent    int
	}{
		{"in time", "2026-03-02 10:00:00", "2026-03-02 10:00:00", 1},
		{"within the bound", "2026-03-02 10:00:00", "2026-03-02 11:00:00", 1},
		{"handled late", "2026-03-02 15:00:00", "2026-03-02 15:00:00", 0},
		{"woken late", "2026-03-02 10:00:00", "2026-03-02 15:00:00", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, def)
			w.person("ann")
			w.until("2026-03-02 10:00:00")
			_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: raised, Now: at(c.handled)}})
			require.NoError(t, err)
			w.now = at(c.woken)
			require.NoError(t, w.settle(context.Background()))
			require.Len(t, w.push.Sent(), c.sent)
			got, err := w.store.Open(context.Background(), journey.Query{Journey: "j", Profiles: []string{"ann"}, N: 1})
			require.NoError(t, err)
			require.Len(t, got, 1)
			require.Equal(t, at("2026-03-02 10:00:00"), got[0].Entered)
		})
	}
}
