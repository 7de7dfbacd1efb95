package journey_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/pause"
)

func TestStanding(t *testing.T) {
	d := onOrder(wait("first", "second", journey.Wait{For: day}), wait("second", "", journey.Wait{For: 5 * day}))
	w := newWorld(t, d)
	const people = 1203 // more than two pages
	for i := range people {
		when := at("2026-03-02 10:00:00")
		if i%3 == 0 {
			when = when.Add(-36 * 3600 * 1e9)
		}
		w.now = when
		_, _, err := w.runner.Enter(t.Context(), marque.Lease{}, when, "j", fmt.Sprintf("p%04d", i), "k", nil)
		require.NoError(t, err)
	}
	for range people {
		_, n, err := w.runner.Wake(t.Context(), marque.Lease{}, at("2026-03-02 10:00:00"), 500)
		require.NoError(t, err)
		if n == 0 {
			break
		}
	}
	at := func(node string) map[string]bool {
		found := map[string]bool{}
		for s, err := range w.runner.Standing(t.Context(), "j", node) {
			require.NoError(t, err)
			require.False(t, found[s.Profile], s.Profile)
			found[s.Profile] = true
			if node != "" {
				require.Equal(t, node, s.Node)
			}
		}
		return found
	}
	require.Len(t, at("first"), people-people/3)
	require.Len(t, at("second"), people/3)
	require.Len(t, at(""), people)
	require.True(t, at("second")["p0003"])
	for range w.runner.Standing(t.Context(), "j", "") {
		break
	}
	for name, want := range map[[2]string]string{{"jj", ""}: `no journey "jj"`, {"j", "secnd"}: `journey "j" has no node "secnd", did you mean "second"?`} {
		n := 0
		for _, err := range w.runner.Standing(t.Context(), name[0], name[1]) {
			require.ErrorContains(t, err, want)
			require.ErrorIs(t, err, marque.ErrNotFound)
			n++
		}
		require.Equal(t, 1, n)
	}
}

// Who comes in vain while a journey is paused is counted, each occasion once.
func TestRefusedWhilePaused(t *testing.T) {
	d := onOrder(wait("w", "", journey.Wait{For: day}))
	d.Entry.Reentry = "every"
	w := newWorld(t, d)
	ctx, all := t.Context(), marque.Lease{}
	counted := func() int {
		counts, err := w.runner.Counts(ctx)
		require.NoError(t, err)
		if i := slices.IndexFunc(counts, func(c journey.Count) bool { return c.Node == "" && c.What == "no/paused" }); i >= 0 {
			return counts[i].N
		}
		return 0
	}
	require.NoError(t, w.runner.Pause(ctx, all, at("2026-03-02 09:00:00"), pause.Order{Journey: "j"}))
	for _, e := range []string{"order_paid order=a", "order_paid order=b", "view"} {
		w.event("2026-03-02 10:00:00", "ann", e)
	}
	require.Equal(t, 2, counted())
	w.start() // the same events again
	for _, e := range slices.Clone(w.log) {
		require.NoError(t, w.track(e))
	}
	require.Equal(t, 2, counted())
	for range 2 {
		_, why, err := w.runner.Enter(ctx, all, at("2026-03-02 11:00:00"), "j", "bob", "k", nil)
		require.NoError(t, err)
		require.Equal(t, journey.Reason("paused"), why)
	}
	require.NoError(t, w.runner.Resume(ctx, all, at("2026-03-02 12:00:00"), "j", "", pause.Elapse))
	_, why, err := w.runner.Enter(ctx, all, at("2026-03-02 13:00:00"), "j", "bob", "k", nil)
	require.NoError(t, err)
	require.Empty(t, why)
	require.Empty(t, slices.Collect(func(yield func(string) bool) {
		for s := range w.runner.Standing(ctx, "j", "w") {
			if s.Profile != "bob" && !yield(s.Profile) {
				return
			}
		}
	}))
}
