package journey_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

type panicking struct{ rule.Owner }

func (panicking) Fill(context.Context, rule.Need, time.Time, []*rule.Facts) error { panic("boom") }

// A panic in what a host gave is an error of the call.
func TestPanicsOfHosts(t *testing.T) {
	down := func(journey.Message) (journey.Receipt, error) { return journey.Receipt{}, errors.New("down") }
	for name, o := range map[string]*journey.Options{
		"backoff": {Backoff: func(int) marque.Duration { panic("boom") }},
		"trace":   {Trace: func(journey.Trace) { panic("boom") }},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, onOrder(send("s", "", "push")))
			w.opts, w.push.Answer = o, down
			w.start()
			require.ErrorContains(t, w.track(event("2026-03-02 10:00:00", "ann", "order_paid")), name+": panic: boom")
		})
	}
	t.Run("owner", func(t *testing.T) {
		set, err := compile(onOrder(send("s", "", "push")))
		require.NoError(t, err)
		r := journey.NewRunner(journey.NewMemory(), set, journey.Host{Owner: panicking{}}, nil)
		_, err = r.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: event("2026-03-02 10:00:00", "ann", "order_paid"), Now: monday}})
		require.ErrorContains(t, err, "owner: panic: boom")
	})
}

type listing func(q journey.ListQuery) []string

func (l listing) People(_ context.Context, q journey.ListQuery) ([]string, error) { return l(q), nil }

// A list that forgets where it was, is out of order or too long is an error, and no round without end.
func TestListsOutOfOrder(t *testing.T) {
	for name, c := range map[string]struct {
		list listing
		want string
	}{
		"forgets After": {func(journey.ListQuery) []string { return []string{"ann", "bob", "cid"} }, "out of order"},
		"no order":      {func(journey.ListQuery) []string { return []string{"bob", "ann"} }, "out of order"},
		"twice":         {func(journey.ListQuery) []string { return []string{"ann", "ann"} }, "out of order"},
		"too long":      {func(journey.ListQuery) []string { return []string{"ann", "bob", "cid", "dan"} }, "more than the 3"},
		"panics":        {func(journey.ListQuery) []string { panic("boom") }, "lister: panic: boom"},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := compile(many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *"}}))
			require.NoError(t, err)
			r, ctx := journey.NewRunner(journey.NewMemory(), set, journey.Host{People: c.list}, nil), context.Background()
			require.NoError(t, r.Begin(ctx, marque.Lease{}, monday))
			err = nil
			for range 9 {
				if _, _, err = r.Wake(ctx, marque.Lease{}, monday.Add(9*time.Hour), 3); err != nil {
					break
				}
			}
			require.ErrorContains(t, err, c.want)
		})
	}
}

// What hosts do to the maps that they get or gave changes nobody's state.
func TestHostsKeepTheirMaps(t *testing.T) {
	w := newWorld(t, journey.Def{Name: "ask", Consent: "assumed", Entry: journey.Entry{Call: true}, Nodes: []journey.Node{send("s", "w", "push"), wait("w", "", journey.Wait{For: marque.Hour})}})
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		m.Vars["x"], m.To[0].Value = "channel", "channel"
		return journey.Receipt{Status: journey.Sent}, nil
	}
	vars := map[string]any{"x": "a"}
	_, why, err := w.runner.Enter(context.Background(), marque.Lease{}, monday, "ask", "ann", "1", vars)
	require.NoError(t, err)
	require.Empty(t, why)
	vars["x"] = "caller"
	w.until("2026-03-02 00:10:00")
	require.Equal(t, 1, w.push.Calls())
	states, err := w.store.Open(context.Background(), journey.Query{Profiles: []string{"ann"}, Journey: "ask"})
	require.NoError(t, err)
	require.Len(t, states, 1)
	require.Equal(t, "a", states[0].Vars["x"])
}

// No number of people or commands is the least, one.
func TestBatchesOfNothing(t *testing.T) {
	for _, n := range []int{0, -1} {
		w, ctx := newWorld(t, onOrder(wait("w", "s", journey.Wait{For: marque.Hour}), send("s", "", "push"))), context.Background()
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		_, woke, err := w.runner.Wake(ctx, marque.Lease{}, at("2026-03-02 11:00:00"), n)
		require.NoError(t, err)
		require.Equal(t, 1, woke)
		_, took, err := w.runner.Dispatch(ctx, marque.Lease{}, at("2026-03-02 11:00:00"), n)
		require.NoError(t, err)
		require.Equal(t, 1, took)
		due, err := w.runner.Due(ctx, marque.Parts{}, at("2027-03-02 11:00:00"), n)
		require.NoError(t, err)
		require.Empty(t, due)
	}
}
