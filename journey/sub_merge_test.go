package journey_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// Of two who go through another journey the older stays, and with it what it goes through, though that began later.
func TestMergeSub(t *testing.T) {
	d := onOrder(wait("w", "sub", journey.Wait{Event: "view", Within: 7 * day}),
		journey.Node{ID: "sub", Sub: &graph.Sub{Journey: "ask"}, Next: "end"}, journey.Node{ID: "end", Exit: "end"})
	d.Entry.Reentry = "active"
	a := journey.Def{Name: "ask", Entry: journey.Entry{Call: true, Reentry: "active"}, Nodes: []journey.Node{wait("a", "s", journey.Wait{For: 3 * day}), send("s", "", "push")}}
	w := newWorld(t, d, a)
	w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
	w.event("2026-03-02 10:30:00", "bob", "order_paid order=2")
	w.event("2026-03-02 11:00:00", "bob", "view")
	w.event("2026-03-02 12:00:00", "ann", "view")
	w.now = at("2026-03-02 13:00:00")
	w.move("bob", "ann")
	w.until("2026-03-31 00:00:00")
	require.Len(t, w.push.Sent(), 1)
}
