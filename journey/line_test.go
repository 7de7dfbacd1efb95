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
	"github.com/marque-go/marque/rule"
)

func gated(g graph.Gate, edges ...string) journey.Def {
	d := onOrder(journey.Node{ID: "g", Gate: &g, Next: "on", On: map[string]string{}}, journey.Node{ID: "on", Exit: "on"})
	for _, e := range edges {
		d.Nodes[0].On[e] = e
		d.Nodes = append(d.Nodes, journey.Node{ID: e, Exit: e})
	}
	d.Entry.Reentry = "every"
	return d
}

func TestGate(t *testing.T) {
	quota := func(n int64, per string) graph.Quota { return graph.Quota{N: n, Per: per} }
	t.Run("full in a stretch of the journey's calendar", func(t *testing.T) {
		d := gated(graph.Gate{Quota: quota(2, "day")}, "full")
		d.Zone = "Asia/Shanghai"
		w := newWorld(t, d)
		w.person("d").zone = "America/New_York" // not the person's
		for i, at := range []string{"2026-03-02 15:00:00", "2026-03-02 15:59:58", "2026-03-02 15:59:59", "2026-03-02 16:00:00"} {
			w.event(at, string(rune('a'+i)), "order_paid")
		}
		require.Equal(t, []string{"03-02 15:00:00 exited on", "03-02 15:59:58 exited on", "03-02 15:59:59 exited full", "03-02 16:00:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("a rolling window", func(t *testing.T) {
		w := newWorld(t, gated(graph.Gate{Quota: graph.Quota{N: 1, Within: marque.Hour}}, "full"))
		w.event("2026-03-02 10:30:00", "a", "order_paid")
		w.event("2026-03-02 11:29:59", "b", "order_paid")
		w.event("2026-03-02 11:30:00", "c", "order_paid")
		require.Equal(t, []string{"03-02 10:30:00 exited on", "03-02 11:29:59 exited full", "03-02 11:30:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("for good", func(t *testing.T) {
		w := newWorld(t, gated(graph.Gate{Quota: graph.Quota{N: 1}}, "full"))
		w.event("2026-03-02 10:30:00", "a", "order_paid")
		w.event("2026-12-02 10:30:00", "b", "order_paid")
		require.Equal(t, []string{"03-02 10:30:00 exited on", "12-02 10:30:00 exited full"}, w.said("journey.exited"))
	})
	t.Run("in line, in the order of coming", func(t *testing.T) {
		w := newWorld(t, gated(graph.Gate{Quota: quota(2, "hour"), Wait: true}))
		for i := range 7 {
			w.event(fmt.Sprintf("2026-03-02 10:%02d:00", 30+i), string(rune('a'+i)), "order_paid")
		}
		w.until("2026-03-02 14:30:00")
		w.event("2026-03-02 14:30:00", "h", "order_paid")
		require.Equal(t, []string{
			"03-02 10:30:00 exited on", "03-02 10:31:00 exited on", "03-02 11:00:00 exited on", "03-02 11:00:00 exited on",
			"03-02 12:00:00 exited on", "03-02 12:00:00 exited on", "03-02 13:00:00 exited on", "03-02 14:30:00 exited on",
		}, w.said("journey.exited"))
	})
	t.Run("who would stand too long", func(t *testing.T) {
		w := newWorld(t, gated(graph.Gate{Quota: quota(1, "hour"), Wait: true, Late: 90 * marque.Minute}, "late"))
		for i := range 4 {
			w.event(fmt.Sprintf("2026-03-02 10:%d:00", 30+i), string(rune('a'+i)), "order_paid")
		}
		w.until("2026-03-02 14:30:00")
		require.Equal(t, []string{"03-02 10:30:00 exited on", "03-02 10:33:00 exited late", "03-02 11:00:00 exited on", "03-02 12:00:00 exited on"},
			w.said("journey.exited"))
	})
	t.Run("who leaves the line gives the place back", func(t *testing.T) {
		d := gated(graph.Gate{Quota: quota(1, "hour"), Wait: true})
		d.Exit = []journey.On{{Event: "unfollow"}}
		w := newWorld(t, d)
		for i := range 4 {
			w.event(fmt.Sprintf("2026-03-02 10:%d:00", 30+i), string(rune('a'+i)), "order_paid")
		}
		w.event("2026-03-02 10:40:00", "b", "unfollow")
		w.event("2026-03-02 10:50:00", "e", "order_paid")
		w.until("2026-03-02 14:30:00")
		require.Equal(t, []string{"03-02 10:30:00 exited on", "03-02 10:40:00 exited exit", "03-02 11:00:00 exited on", "03-02 12:00:00 exited on", "03-02 13:00:00 exited on"},
			w.said("journey.exited"))
	})
}

// counting counts the changes that a store is asked to commit, and those that it refuses.
type counting struct {
	journey.Store
	asked, refused int
}

func (c *counting) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
	answers, err := c.Store.Commit(ctx, l, now, cs)
	for _, a := range answers {
		c.asked++
		if !a.OK {
			c.refused++
		}
	}
	return answers, err
}

// A crowd costs one commit each, whether it comes at once or one by one, and everybody has the same turn either way; a
// runner that knows nothing finds the end of the line in some steps.
func TestCrowd(t *testing.T) {
	const n, places = 3000, 7
	def := gated(graph.Gate{Quota: graph.Quota{N: places, Per: "minute"}, Wait: true})
	turns := func(batch int) (*world, *counting, map[string]string) {
		w := newWorld(t, def)
		c := &counting{Store: w.store}
		w.store = c
		w.start()
		var ps []rule.Pass
		for i := range n {
			e := event("2026-03-02 10:00:30", fmt.Sprintf("p%04d", i), "order_paid")
			if ps = append(ps, rule.Pass{Event: e, Now: e.At}); len(ps) == batch || i == n-1 {
				_, err := w.runner.Handle(context.Background(), marque.Lease{}, ps)
				require.NoError(t, err)
				ps = nil
			}
		}
		due := map[string]string{}
		states, err := w.store.Claim(context.Background(), marque.Lease{}, at("2027-01-01 00:00:00"), n)
		require.NoError(t, err)
		for _, s := range states {
			due[s.Profile] = s.Due.Format("15:04:05")
		}
		return w, c, due
	}
	_, c, one := turns(1)
	require.Len(t, one, n-places)
	require.Equal(t, "10:01:00", one["p0007"])
	require.Equal(t, "10:01:00", one["p0013"])
	require.Equal(t, "10:02:00", one["p0014"])
	require.Equal(t, "17:08:00", one["p2999"])
	require.LessOrEqual(t, c.refused, 1)
	w, c, all := turns(n)
	require.Equal(t, one, all)
	require.LessOrEqual(t, c.asked, n+100, "%d refused", c.refused)

	w.start() // knows nothing of the line
	c.asked, c.refused = 0, 0
	e := event("2026-03-02 10:00:40", "late", "order_paid")
	_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: e, Now: e.At}})
	require.NoError(t, err)
	states, err := w.store.Open(context.Background(), journey.Query{IDs: []string{marque.Key("journey", "j", e.ID)}})
	require.NoError(t, err)
	require.Equal(t, "17:08:00", states[0].Due.Format("15:04:05"))
	require.Less(t, c.asked, 40)
}

// Two runners that know nothing of each other's crowds still fill each turn and lose nobody.
func TestTwoRunnersOneLine(t *testing.T) {
	const n, places = 600, 7
	w := newWorld(t, gated(graph.Gate{Quota: graph.Quota{N: places, Per: "minute"}, Wait: true}))
	c := &counting{Store: w.store}
	w.store = c
	w.start()
	first := w.runner
	w.start()
	for i, r := range []*journey.Runner{first, w.runner, first, w.runner} {
		var ps []rule.Pass
		for k := range n {
			e := event("2026-03-02 10:00:30", fmt.Sprintf("p%d-%04d", i, k), "order_paid")
			ps = append(ps, rule.Pass{Event: e, Now: e.At})
		}
		_, err := r.Handle(context.Background(), marque.Lease{}, ps)
		require.NoError(t, err)
	}
	states, err := w.store.Claim(context.Background(), marque.Lease{}, at("2027-01-01 00:00:00"), 4*n)
	require.NoError(t, err)
	require.Len(t, states, 4*n-places)
	for i, s := range states {
		require.Equal(t, time.Duration(1+i/places)*time.Minute, s.Due.Sub(at("2026-03-02 10:00:00")))
	}
	require.Less(t, c.asked, 10*n)
}

// A million people in one line cost one commit each.
func BenchmarkLine(b *testing.B) {
	w := newWorld(b, gated(graph.Gate{Quota: graph.Quota{N: 100, Per: "minute"}, Wait: true}))
	ctx := context.Background()
	var ps []rule.Pass
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		e := marque.Event{ID: fmt.Sprint("e", i), Name: "order_paid", At: monday, Received: monday, Profile: fmt.Sprint("p", i)}
		if ps = append(ps, rule.Pass{Event: e, Now: monday}); len(ps) == 1000 {
			if _, err := w.runner.Handle(ctx, marque.Lease{}, ps); err != nil {
				b.Fatal(err)
			}
			ps = ps[:0]
		}
	}
}
