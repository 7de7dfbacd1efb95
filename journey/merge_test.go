package journey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// move makes two people one, as the loop does.
func (w *world) move(from, into string) {
	w.t.Helper()
	require.NoError(w.t, w.store.Move(context.Background(), marque.Move{Key: from + into, From: from, Into: into, At: w.now}))
	require.NoError(w.t, w.settle(context.Background()))
}

func TestMerge(t *testing.T) {
	week := func(again string) journey.Def {
		d := onOrder(wait("w", "s", journey.Wait{For: 7 * day}), send("s", "", "push"))
		d.Entry.Reentry = again
		return d
	}
	t.Run("a journey for each order goes on for all of them", func(t *testing.T) {
		w := newWorld(t, week("every"))
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 11:00:00", "anna", "order_paid order=2")
		w.event("2026-03-02 12:00:00", "ann", "order_paid order=3")
		w.move("ann", "anna")
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-09 10:00:00 message.sent push s", "03-09 11:00:00 message.sent push s", "03-09 12:00:00 message.sent push s"}, w.said("message.sent"))
	})
	t.Run("one at a time: the older stays, and the next may enter when it is over", func(t *testing.T) {
		w := newWorld(t, week("active"))
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 11:00:00", "anna", "order_paid order=2")
		w.move("anna", "ann")
		w.event("2026-03-02 12:00:00", "ann", "order_paid order=3")
		w.event("2026-03-10 12:00:00", "ann", "order_paid order=4")
		require.Equal(t, []string{"03-02 10:00:00 entered", "03-02 11:00:00 entered", "03-02 11:00:00 exited merged", "03-09 10:00:00 message.sent push s",
			"03-09 10:00:00 exited completed", "03-10 12:00:00 entered"}, w.said())
	})
	t.Run("who waits to enter does not push out who is in", func(t *testing.T) {
		w := newWorld(t, journey.Def{Name: "j", Entry: journey.Entry{Did: "view", Not: "order_paid", Within: marque.Hour, Reentry: "active"},
			Nodes: []journey.Node{wait("w", "s", journey.Wait{For: day}), send("s", "", "push")}})
		w.event("2026-03-02 10:00:00", "ann", "view")
		w.event("2026-03-02 10:30:00", "anna", "view")
		w.until("2026-03-02 11:00:00") // ann is in since 11:00, anna waits since 10:30
		w.move("anna", "ann")
		w.event("2026-03-02 11:10:00", "ann", "order_paid")
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-02 11:00:00 entered", "03-03 11:00:00 message.sent push s", "03-03 11:00:00 exited completed"}, w.said())
	})
	t.Run("the event that entered, again", func(t *testing.T) {
		w := newWorld(t, week("every"))
		e := w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.move("ann", "anna")
		e.Profile = "anna"
		_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: e, Now: w.now}})
		require.NoError(t, err)
		w.until("2026-03-31 00:00:00")
		require.Len(t, w.push.Sent(), 1)
	})
	t.Run("dead letters go along", func(t *testing.T) {
		w := newWorld(t, onOrder(send("s", "", "push")))
		w.opts = &journey.Options{Attempts: 1}
		w.start()
		w.push.Answer = func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: journey.Unknown}, nil }
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.move("ann", "anna")
		dead, err := w.runner.Dead(context.Background(), marque.Parts{}, 9)
		require.NoError(t, err)
		require.Equal(t, []string{"anna", "anna"}, []string{dead[0].Profile, dead[0].Message.Profile})
		_, err = w.store.Erase(context.Background(), "anna")
		require.NoError(t, err)
		dead, err = w.runner.Dead(context.Background(), marque.Parts{}, 9)
		require.NoError(t, err)
		require.Empty(t, dead)
	})
}
