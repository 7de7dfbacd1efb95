package journey_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/lab"
)

// Each step over each kind of node comes out the same when it is taken again from its trace, and from a state that went
// through a store.
func TestReplayOfNodes(t *testing.T) {
	d := onOrder(
		journey.Node{ID: "gate", Gate: &graph.Gate{Quota: graph.Quota{N: 1, Per: "hour"}, Wait: true, Late: 2 * marque.Hour}, Next: "window", On: map[string]string{"late": "end"}},
		wait("window", "hour", journey.Wait{Window: "09:00-20:00", Weekdays: "mon-sat"}),
		wait("hour", "date", journey.Wait{Active: &graph.Active{Of: "active/", Else: "10:00", Segments: []graph.SegmentHour{{Segment: "new", At: "11:00"}}}}),
		wait("date", "ranked", journey.Wait{Date: &graph.DateWait{Date: graph.Date{Attribute: "expiry", Days: -1, At: "12:00"}, Past: "skip"}}),
		wait("ranked", "until", journey.Wait{Ranked: true, Within: day, Any: []journey.Match{{Event: "refund"}, {Event: "view", Keep: []string{"item"}}}}),
		journey.Node{ID: "until", Wait: &journey.Wait{Until: []journey.Case{{When: `has_tag("vip")`}, {When: `!did("view", within("40h"))`}}, Within: 9 * day}, Next: "split"},
		journey.Node{ID: "split", Split: &journey.Split{Arms: []journey.Arm{{Name: "a", Weight: 1, Next: "assign"}, {Name: "b", Weight: 2, Next: "assign"}}}},
		journey.Node{ID: "assign", Assign: &graph.Assign{Desk: "d"}, Next: "emit"},
		journey.Node{ID: "emit", Emit: &graph.Emit{Event: "refund", Vars: map[string]string{"order": "item"}}, Next: "sub"},
		journey.Node{ID: "sub", Sub: &graph.Sub{Journey: "ask", Vars: map[string]string{"topic": "item"}}, Next: "x"},
		journey.Node{ID: "x", Experiment: &journey.Experiment{Name: "subject", Arms: map[string]string{"c": "again"}, Metric: "view", Winner: "best", After: day}, Next: "again"},
		journey.Node{ID: "again", Branch: []journey.Case{{When: "true", Next: "gate"}}, Max: 1, On: map[string]string{"max": "end"}},
		journey.Node{ID: "end", Exit: "end"})
	d.Exit = []journey.On{{Event: "unfollow"}}
	asks := ask()
	asks.Entry.Holdout = &journey.Holdout{Name: "h", Share: 300_000}
	asks.Audience = "age != 4"
	w := newWorld(t, d, asks)
	w.judge = &judge{"c"}
	var steps []journey.Trace
	w.opts = &journey.Options{Trace: func(x journey.Trace) { steps = append(steps, x) }}
	w.start()
	people := []string{"ann", "bob", "eve", "joe", "kim", "lea", "max"}
	for i, p := range people {
		w.person(p).zone = []string{"Asia/Shanghai", "America/New_York", "Europe/Berlin", ""}[i%4]
		w.person(p).tags["active/20"] = i%2 == 0
		w.person(p).attrs["expiry"], w.person(p).attrs["age"] = []string{"2026-03-04", "2026-03-20", "?", "2026-02-01"}[i%4], int64(i)
		w.event("2026-03-02 10:00:00", p, "order_paid")
	}
	for k := range 40 {
		when := monday.Add(time.Duration(11+k*13) * time.Hour).Format("2006-01-02 15:04:05")
		w.event(when, people[k%7], "view item=x")
		if k%9 == 0 {
			w.learn(when, people[k%7], "zone", "Asia/Kolkata")
		}
	}
	w.event("2026-03-26 10:00:00", "max", "unfollow")
	w.until("2026-06-01 00:00:00")
	counts, err := w.store.Counts(context.Background())
	require.NoError(t, err)
	for _, n := range d.Nodes {
		require.True(t, slices.ContainsFunc(counts, func(c journey.Count) bool { return c.Journey == "j" && c.Node == n.ID && c.What == "in" }), n.ID)
	}
	require.Greater(t, len(steps), 50)
	require.NoError(t, lab.Replay(w.runner.Set(), slices.Values(steps)))
}
