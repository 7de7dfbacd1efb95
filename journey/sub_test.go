package journey_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// ask is a journey that waits for an answer; parent is one that goes through it.
func ask() journey.Def {
	return journey.Def{Name: "ask", Entry: journey.Entry{Call: true, Reentry: "active"}, Nodes: []journey.Node{
		{ID: "a", Wait: &journey.Wait{Event: "view", Within: day, Keep: []string{"item"}}, Next: "which", On: map[string]string{"timeout": "no"}},
		{ID: "which", Branch: []journey.Case{{When: `vars.topic == "x"`, Next: "x"}}, Next: "yes"},
		{ID: "x", Exit: "topic x"}, {ID: "yes", Exit: "yes"}, {ID: "no", Exit: "no"}}}
}

func parent() journey.Def {
	d := onOrder(
		journey.Node{ID: "sub", Sub: &graph.Sub{Journey: "ask", Vars: map[string]string{"topic": "order"}}, Next: "other",
			On: map[string]string{"yes": "b", "no": "no", "refused": "refused"}},
		journey.Node{ID: "b", Branch: []journey.Case{{When: `vars.item == "shoe"`, Next: "shoe"}}, Next: "yes"},
		journey.Node{ID: "shoe", Exit: "shoe"}, journey.Node{ID: "yes", Exit: "yes"}, journey.Node{ID: "no", Exit: "no"},
		journey.Node{ID: "refused", Exit: "refused"}, journey.Node{ID: "other", Exit: "other"})
	d.Entry.Keep, d.Entry.Reentry = []string{"order"}, "every"
	d.Goal = &journey.On{Event: "refund"}
	return d
}

func TestSub(t *testing.T) {
	t.Run("returns by the reason, with variables both ways", func(t *testing.T) {
		for _, c := range []struct{ order, view, want string }{
			{"order_paid order=y", "view item=hat", "03-02 11:00:00 exited yes"},
			{"order_paid order=y", "view item=shoe", "03-02 11:00:00 exited shoe"},
			{"order_paid order=x", "view", "03-02 11:00:00 exited other"},
		} {
			w := newWorld(t, parent(), ask())
			w.event("2026-03-02 10:00:00", "ann", c.order)
			w.event("2026-03-02 11:00:00", "ann", c.view)
			require.Equal(t, c.want, w.said("journey.exited")[1])
			w.check()
		}
	})
	t.Run("timeout of the other", func(t *testing.T) {
		w := newWorld(t, parent(), ask())
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-02 10:00:00 entered", "03-02 10:00:00 entered", "03-03 10:00:00 exited no", "03-03 10:00:00 exited no"}, w.said())
	})
	t.Run("refused by the entry rule", func(t *testing.T) {
		w := newWorld(t, parent(), ask())
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 10:30:00", "ann", "order_paid order=2")
		require.Equal(t, []string{"03-02 10:30:00 exited refused"}, w.said("journey.exited"))
	})
	t.Run("refused by the audience", func(t *testing.T) {
		d := ask()
		d.Audience = "age > 17"
		w := newWorld(t, parent(), d)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 exited refused"}, w.said("journey.exited"))
	})
	t.Run("refused by the hold-out, time and again", func(t *testing.T) {
		d := ask()
		d.Entry.Holdout = &journey.Holdout{Name: "h", Share: 999_999}
		w := newWorld(t, parent(), d)
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 11:00:00", "ann", "order_paid order=2")
		require.Equal(t, []string{"03-02 10:00:00 exited refused", "03-02 11:00:00 exited refused"}, w.said("journey.exited"))
	})
	t.Run("the parent ends first", func(t *testing.T) {
		w := newWorld(t, parent(), ask())
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 11:00:00", "ann", "refund")
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-02 11:00:00 exited goal (goal)", "03-02 11:00:00 exited parent"}, w.said("journey.exited"))
		w.event("2026-04-01 10:00:00", "ann", "order_paid") // nothing is left of it
		w.event("2026-04-01 11:00:00", "ann", "view")
		require.Equal(t, []string{"04-01 11:00:00 exited yes", "04-01 11:00:00 exited yes"}, w.said("journey.exited")[2:])
	})
	t.Run("through several", func(t *testing.T) {
		middle := journey.Def{Name: "middle", Entry: journey.Entry{Call: true}, Nodes: []journey.Node{
			{ID: "s", Sub: &graph.Sub{Journey: "ask"}, Next: "end"}, {ID: "end", Exit: "yes"}}}
		d := parent()
		d.Nodes[0].Sub = &graph.Sub{Journey: "middle"}
		w := newWorld(t, d, middle, journey.Def{Name: "ask", Entry: ask().Entry, Nodes: []journey.Node{wait("a", "", journey.Wait{Event: "view", Keep: []string{"item"}})}})
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 10:00:00", "bob", "order_paid")
		w.event("2026-03-02 11:00:00", "ann", "view")
		w.event("2026-03-02 12:00:00", "bob", "refund")
		require.Equal(t, []string{"03-02 11:00:00 exited completed", "03-02 11:00:00 exited yes", "03-02 11:00:00 exited yes",
			"03-02 12:00:00 exited goal (goal)", "03-02 12:00:00 exited parent", "03-02 12:00:00 exited parent"}, w.said("journey.exited"))
	})
	t.Run("the other is gone from the definitions", func(t *testing.T) {
		w := newWorld(t, parent(), ask())
		w.append(event("2026-03-02 10:00:00", "ann", "order_paid"))
		w.now = at("2026-03-02 10:00:00")
		_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: w.queue[0], Now: w.now}})
		require.NoError(t, err)
		w.queue = nil
		w.defs = []journey.Def{onOrder(journey.Node{ID: "sub", Exit: "x"}), ask()}
		w.defs[1].Name = "asked"
		w.start()
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 10:00:00 exited completed"}, w.said("journey.exited"))
	})
}

func TestAssignAndEmit(t *testing.T) {
	d := onOrder(
		journey.Node{ID: "a", Assign: &graph.Assign{Desk: "sales", With: map[string]any{"skill": "tea"}}, Next: "b", On: map[string]string{"refused": "none"}},
		journey.Node{ID: "b", Branch: []journey.Case{{When: `vars.agent == "assigned" && vars.agent_agent == "eve"`, Next: "say"}}, Next: "none"},
		journey.Node{ID: "say", Emit: &graph.Emit{Event: "view", Props: map[string]any{}, Vars: map[string]string{"item": "agent_agent"}}, Next: "end"},
		journey.Node{ID: "end", Exit: "end"}, journey.Node{ID: "none", Exit: "none"})
	listener := journey.Def{Name: "k", Entry: journey.Entry{Event: "view", When: `event.item == "eve"`}, Nodes: []journey.Node{{ID: "x", Exit: "heard"}}}
	w := newWorld(t, d, listener)
	var asked []journey.Command
	answer := journey.Outcome{Result: "assigned", Vars: map[string]any{"agent": "eve", "reason": ""}}
	w.doers["assign"] = journey.DoerFunc(func(_ context.Context, c journey.Command) (journey.Outcome, error) {
		asked = append(asked, c)
		return answer, nil
	})
	w.start()
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	require.Equal(t, "sales", asked[0].Name)
	require.Equal(t, map[string]any{"skill": "tea"}, asked[0].Args)
	require.Equal(t, []string{"03-02 10:00:00 exited end", "03-02 10:00:00 exited heard"}, w.said("journey.exited"))
	var said marque.Event
	for _, e := range w.log {
		if e.Name == "view" {
			said = e
		}
	}
	require.Equal(t, map[string]any{"item": "eve"}, said.Props)
	require.Equal(t, marque.Key(asked[0].Enrollment, "say", "3", "0"), said.ID)
	require.Equal(t, 1, said.Hops)
	answer = journey.Outcome{Result: "refused", Vars: map[string]any{"reason": "busy"}}
	w.event("2026-03-02 11:00:00", "bob", "order_paid")
	require.Equal(t, "03-02 11:00:00 exited none", w.said("journey.exited")[2])
}

func TestMax(t *testing.T) {
	d := onOrder(
		send("s", "w", "push"), journey.Node{ID: "w", Wait: &journey.Wait{Event: "view", Within: day}, Next: "end", On: map[string]string{"timeout": "again"}},
		journey.Node{ID: "again", Branch: []journey.Case{{When: "true", Next: "s"}}, Max: 2, On: map[string]string{"max": "lost"}},
		journey.Node{ID: "end", Exit: "end"}, journey.Node{ID: "lost", Exit: "lost"})
	w := newWorld(t, d)
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	w.until("2026-03-31 00:00:00")
	require.Equal(t, []string{"03-05 10:00:00 exited lost"}, w.said("journey.exited"))
	require.Len(t, w.push.Sent(), 3)
	t.Run("a loop without a wait", func(t *testing.T) {
		d := onOrder(journey.Node{ID: "a", Max: 4, Score: &journey.Score{Name: "lead", Points: 1}, Next: "a", On: map[string]string{"max": "end"}}, journey.Node{ID: "end", Exit: "end"})
		w := newWorld(t, d)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 exited end"}, w.said("journey.exited"))
		require.Len(t, w.done, 4)
	})
}

type judge struct{ arm string }

func (j *judge) Winner(_ context.Context, x graph.Experiment, name, node string, now time.Time) (string, bool, error) {
	return j.arm, j.arm != "" && x.Name == "subject" && name == "j" && node == "x", nil
}

// Once there is a winner all take it, those who are in no arm too, and nobody is exposed any more.
func TestWinner(t *testing.T) {
	w := newWorld(t, onOrder(
		journey.Node{ID: "x", Experiment: &journey.Experiment{Name: "subject", Arms: map[string]string{"b": "b", "c": "c"}, Metric: "view", Winner: "best", After: day}, Next: "a"},
		journey.Node{ID: "a", Exit: "a"}, journey.Node{ID: "b", Exit: "b"}, journey.Node{ID: "c", Exit: "c"}))
	j := &judge{}
	w.judge = j
	w.start()
	w.arms["subject/ann"], w.arms["subject/bob"] = "b", "b"
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	j.arm = "c"
	w.event("2026-03-02 11:00:00", "bob", "order_paid")
	w.event("2026-03-02 11:00:00", "eve", "order_paid")
	require.Equal(t, []string{"03-02 10:00:00 experiment.exposed subject b", "03-02 10:00:00 exited b", "03-02 11:00:00 exited c", "03-02 11:00:00 exited c"},
		w.said("experiment.exposed", "journey.exited"))
}
