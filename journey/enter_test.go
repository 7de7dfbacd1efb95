package journey_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

func TestReentry(t *testing.T) {
	def := func(e journey.Entry) journey.Def {
		e.Event = "order_paid"
		return journey.Def{Name: "j", Entry: e, Nodes: []journey.Node{wait("w", "", journey.Wait{For: 2 * day})}}
	}
	for _, c := range []struct {
		name  string
		entry journey.Entry
		want  []string
	}{
		{"once is the default", journey.Entry{}, []string{"03-02 10:00:00"}},
		{"active", journey.Entry{Reentry: "active"}, []string{"03-02 10:00:00", "03-04 10:00:00", "03-09 10:00:00"}},
		{"every", journey.Entry{Reentry: "every"}, []string{"03-02 10:00:00", "03-03 10:00:00", "03-04 10:00:00", "03-09 09:59:59", "03-09 10:00:00"}},
		{"window from entry, at W", journey.Entry{Window: 7 * day}, []string{"03-02 10:00:00", "03-09 10:00:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, def(c.entry))
			for _, when := range []string{"2026-03-02 10:00:00", "2026-03-03 10:00:00", "2026-03-04 10:00:00", "2026-03-09 09:59:59", "2026-03-09 10:00:00"} {
				if c.name == "active" && when == "2026-03-09 09:59:59" {
					continue
				}
				w.event(when, "ann", "order_paid")
			}
			var got []string
			for _, line := range w.said("journey.entered") {
				got = append(got, line[:14])
			}
			require.Equal(t, c.want, got)
			w.event("2026-03-10 10:00:00", "bob", "order_paid")
			require.Len(t, w.said("journey.entered"), len(c.want)+1)
		})
	}
	t.Run("the same event again enters nobody", func(t *testing.T) {
		w := newWorld(t, def(journey.Entry{Reentry: "every"}))
		e := w.event("2026-03-02 10:00:00", "ann", "order_paid")
		for range 2 {
			said, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: e, Now: w.now}})
			require.NoError(t, err)
			require.Empty(t, said)
			w.until("2026-03-20 10:00:00")
		}
		require.Len(t, w.said("journey.entered"), 1)
	})
	t.Run("an event that exits one and enters the next", func(t *testing.T) {
		d := def(journey.Entry{Reentry: "active"})
		d.Exit = []journey.On{{Event: "order_paid"}}
		w := newWorld(t, d)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 11:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 entered", "03-02 11:00:00 exited exit", "03-02 11:00:00 entered"}, w.said())
	})
}

func TestEntry(t *testing.T) {
	nodes := []journey.Node{{ID: "x", Exit: "done"}}
	t.Run("rule over person and event", func(t *testing.T) {
		w := newWorld(t, journey.Def{Name: "j", Entry: journey.Entry{Event: "order_paid", When: `event.amount >= 100 && city == "X"`, Reentry: "every"}, Nodes: nodes})
		w.person("ann").attrs["city"] = "X"
		w.event("2026-03-02 10:00:00", "ann", "order_paid amount=99")
		w.event("2026-03-02 10:00:01", "ann", "order_paid amount=100")
		w.event("2026-03-02 10:00:02", "bob", "order_paid amount=100")
		require.Equal(t, []string{"03-02 10:00:01 entered"}, w.said("journey.entered"))
	})
	t.Run("segment and left", func(t *testing.T) {
		w := newWorld(t, journey.Def{Name: "in", Entry: journey.Entry{Segment: "new"}, Nodes: nodes}, journey.Def{Name: "out", Entry: journey.Entry{Left: "lapsing"}, Nodes: nodes})
		w.event("2026-03-02 10:00:00", "ann", "segment.entered segment=lapsing")
		w.event("2026-03-02 10:00:01", "ann", "segment.left segment=new")
		require.Empty(t, w.said())
		w.event("2026-03-02 10:00:02", "ann", "segment.entered segment=new")
		w.event("2026-03-02 10:00:03", "ann", "segment.left segment=lapsing")
		require.Len(t, w.said("journey.entered"), 2)
		require.False(t, w.runner.Listens(marque.Event{Name: "segment.entered", Fact: "segment/lapsing"}))
		require.True(t, w.runner.Listens(marque.Event{Name: "segment.entered", Fact: "segment/new"}))
		require.False(t, w.runner.Listens(marque.Event{Name: "view"}))
	})
	t.Run("audience", func(t *testing.T) {
		w := newWorld(t, journey.Def{Name: "j", Audience: `has_tag("vip")`, Entry: journey.Entry{Event: "order_paid", Reentry: "every"},
			Nodes: []journey.Node{wait("w", "s", journey.Wait{For: day}), {ID: "s", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}, On: map[string]string{"audience": "x"}}, {ID: "x", Exit: "out"}}})
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.person("bob").tags["vip"] = true
		w.event("2026-03-02 10:00:00", "bob", "order_paid")
		w.person("bob").tags["vip"] = false
		w.until("2026-03-05 00:00:00")
		require.Equal(t, []string{"03-02 10:00:00 entered", "03-03 10:00:00 exited out"}, w.said())
	})
	t.Run("hold-out", func(t *testing.T) {
		h := &journey.Holdout{Name: "global", Share: 200_000}
		w := newWorld(t, journey.Def{Name: "j", Consent: "assumed", Entry: journey.Entry{Event: "view", Reentry: "every", Holdout: h}, Nodes: []journey.Node{send("s", "", "push")}})
		held := 0
		for i := range 300 {
			p := marque.Key("p", string(rune('a'+i)))
			control := marque.Bucket("holdout/global", p) < 200_000
			for _, item := range []string{"1", "2"} {
				w.event("2026-03-02 10:00:00", p, "view item="+item)
			}
			arms := 0
			for _, e := range w.log {
				if e.Profile == p && e.Name == "experiment.exposed" {
					arms++
					require.Equal(t, control, e.Props["arm"] == "control")
				}
			}
			require.Equal(t, 1, arms)
			if control {
				held++
			}
		}
		require.InDelta(t, 60, held, 25)
		require.Len(t, w.push.Sent(), 2*(300-held))
		w.check()
	})
}

func TestDidAndNot(t *testing.T) {
	def := journey.Def{Name: "j", Entry: journey.Entry{Did: "view", Not: "order_paid", Within: 5 * marque.Minute, When: `!has_tag("vip")`, Keep: []string{"item"}, Reentry: "active"},
		Nodes: []journey.Node{
			{ID: "b", Branch: []journey.Case{{When: `vars.item == "shoe"`, Next: "shoe"}}, Next: "other"}, {ID: "shoe", Exit: "shoe"}, {ID: "other", Exit: "other"}}}
	run := func(t *testing.T, events ...string) *world {
		w := newWorld(t, def)
		for _, e := range events {
			w.event("2026-03-02 "+e[:8], "ann", e[9:])
		}
		w.until("2026-03-02 12:00:00")
		return w
	}
	t.Run("enters at A + T exactly", func(t *testing.T) {
		require.Equal(t, []string{"03-02 10:05:00 entered", "03-02 10:05:00 exited shoe"}, run(t, "10:00:00 view item=shoe").said())
	})
	t.Run("B in between", func(t *testing.T) {
		require.Empty(t, run(t, "10:00:00 view", "10:04:59 order_paid").said())
	})
	t.Run("B at the end is too late", func(t *testing.T) {
		require.Equal(t, []string{"03-02 10:05:00 entered"}, run(t, "10:00:00 view", "10:05:00 order_paid").said("journey.entered"))
	})
	t.Run("a second A does not restart", func(t *testing.T) {
		w := run(t, "10:00:00 view item=shoe", "10:04:00 view item=hat", "10:07:00 view item=hat")
		require.Equal(t, []string{"03-02 10:05:00 entered", "03-02 10:05:00 exited shoe", "03-02 10:12:00 entered", "03-02 10:12:00 exited other"}, w.said())
	})
	t.Run("after B the next A counts", func(t *testing.T) {
		require.Equal(t, []string{"03-02 10:07:00 entered"}, run(t, "10:00:00 view", "10:01:00 order_paid", "10:02:00 view").said("journey.entered"))
	})
	t.Run("the rule holds at both ends", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "view")
		w.until("2026-03-02 10:01:00")
		w.person("ann").tags["vip"] = true
		w.until("2026-03-02 12:00:00")
		require.Empty(t, w.said())
	})
	t.Run("out of order: B was logged unheard", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:02:00", "ann", "order_paid")
		late := event("2026-03-02 10:00:00", "ann", "view")
		late.Received = at("2026-03-02 10:03:00")
		require.NoError(t, w.track(late))
		w.until("2026-03-02 12:00:00")
		require.Empty(t, w.said())
	})
	t.Run("A that arrives after the time enters nobody", func(t *testing.T) {
		w := newWorld(t, def)
		late := event("2026-03-02 10:00:00", "ann", "view")
		late.Received = at("2026-03-02 10:05:00")
		require.NoError(t, w.track(late))
		w.until("2026-03-02 12:00:00")
		require.Empty(t, w.said())
	})
	t.Run("hold-out is looked at in the end", func(t *testing.T) {
		d := def
		d.Entry.Holdout = &journey.Holdout{Name: "h", Share: 500_000}
		w := newWorld(t, d)
		for i := range 40 {
			w.event("2026-03-02 10:00:00", marque.Key(string(rune(i))), "view")
			w.event("2026-03-02 10:20:00", marque.Key(string(rune(i))), "view item=2")
		}
		_ = w.advance(context.Background(), at("2026-03-02 12:00:00"))
		require.Len(t, w.said("experiment.exposed"), 40)
		control := 0
		for _, e := range w.log {
			if e.Name == "experiment.exposed" && e.Props["arm"] == "control" {
				control++
			}
		}
		require.InDelta(t, 20, control, 12)
		got, err := w.store.Claim(context.Background(), marque.Lease{}, at("2027-01-01 00:00:00"), 99)
		require.NoError(t, err)
		require.Empty(t, got, "nobody hangs")
	})
}
