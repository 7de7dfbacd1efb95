package segment_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/segment"
	"github.com/marque-go/marque/segment/segmenttest"
)

// history draws orders of a few people, some of them late, in order of arrival.
func history(t *rapid.T) []marque.Event {
	arrival := start
	var events []marque.Event
	for i := range rapid.IntRange(1, 25).Draw(t, "events") {
		arrival = arrival.Add(time.Duration(rapid.IntRange(0, 40*24).Draw(t, "hours")) * time.Hour)
		e := order(fmt.Sprintf("p%d", rapid.IntRange(0, 3).Draw(t, "person")), 0)
		e.ID = fmt.Sprintf("e%d", i)
		e.At = arrival.Add(-time.Duration(rapid.SampledFrom([]int{0, 0, 0, 1, 24 * 29, 24 * 30, 24 * 95}).Draw(t, "late")) * time.Hour)
		e.Received = arrival
		events = append(events, e)
	}
	return events
}

func attrs(w *derivedtest.World) {
	w.Attrs["p1"] = map[string]any{"city": "Chongqing", "born": start.AddDate(0, 0, 20)}
	w.Attrs["p2"] = map[string]any{"born": start.AddDate(0, 1, 0)}
}

// state is who is in what since when.
func state(t require.TestingT, w *derivedtest.World, book *segment.Book) map[string]time.Time {
	in := map[string]time.Time{}
	for _, name := range w.Names() {
		page, err := book.Members(w.Context(), name, "", 1000)
		require.NoError(t, err)
		for _, m := range page.Members {
			in[name+"/"+m.Profile] = m.Since
		}
		n, err := book.Count(w.Context(), name)
		require.NoError(t, err)
		require.Len(t, page.Members, n)
	}
	return in
}

func TestBatchingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		end := events[len(events)-1].Received.AddDate(0, 6, 0)
		steps := rapid.SliceOf(rapid.IntRange(0, 1000)).Draw(rt, "steps")

		one, oneBook := world(t, segment.NewMemory(), defs)
		many, manyBook := world(t, segment.NewMemory(), defs)
		many.Batch, many.Again = true, true
		attrs(one)
		attrs(many)
		now := start
		for _, e := range events {
			one.Track(e)
			many.Track(e)
			if len(steps) > 0 { // many goes in small steps, one jumps
				now, steps = now.Add(time.Duration(steps[0])*time.Hour), steps[1:]
				if now.Before(e.Received) {
					many.Advance(now)
				}
			}
		}
		for at := events[len(events)-1].Received; at.Before(end); at = at.Add(77 * time.Hour) {
			many.Advance(at)
		}
		many.Advance(end)
		one.Advance(end)
		sorted := func(w *derivedtest.World) []string {
			lines := derivedtest.Lines(start, w.Said, "segment")
			slices.Sort(lines)
			return lines
		}
		require.Equal(rt, ids(one.Said), ids(many.Said))
		require.Equal(rt, sorted(one), sorted(many))
		require.Equal(rt, state(rt, one, oneBook), state(rt, many, manyBook))
	})
}

func ids(events []marque.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.ID)
	}
	slices.Sort(out)
	return out
}

func TestLiveIsRebuildIsTheRule(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		live, liveBook := world(t, segment.NewMemory(), defs)
		attrs(live)
		for _, e := range events {
			live.Track(e)
		}
		end := events[len(events)-1].Received.Add(time.Duration(rapid.IntRange(0, 150*24).Draw(rt, "rest")) * time.Hour)
		live.Advance(end)

		// The same log in another order of arrival, and looked at once.
		anew, anewBook := world(t, segment.NewMemory(), defs)
		attrs(anew)
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			anew.Log(e)
		}
		anew.Advance(end)
		var ps []rule.Pass
		for _, profile := range []string{"p0", "p1", "p2", "p3"} {
			if slices.ContainsFunc(events, func(e marque.Event) bool { return e.Profile == profile }) {
				ps = append(ps, anew.Pass(profile))
			}
		}
		_, err := anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		liveIn, anewIn := state(rt, live, liveBook), state(rt, anew, anewBook)
		require.Equal(rt, slices.Sorted(maps.Keys(liveIn)), slices.Sorted(maps.Keys(anewIn)))

		// And from here on they say the same.
		later := end.AddDate(0, 4, 0)
		require.Equal(rt, derivedtest.Lines(start, live.Advance(later), "segment"), derivedtest.Lines(start, anew.Advance(later), "segment"))
	})
}

var errCut = errors.New("cut")

// A crash before or after any write, and the same look again, say the same as without it.
func TestCrash(t *testing.T) {
	run := func(t *testing.T, point int) (said []string, points int) {
		store, n := segment.NewMemory(), 0
		w, book := world(t, segmenttest.Fault(store, func(string, bool) error {
			if n++; n == point {
				return errCut
			}
			return nil
		}), defs)
		derive := func(ps []rule.Pass) {
			for {
				if _, err := book.Derive(t.Context(), w.Names(), ps); err == nil {
					return
				} else {
					require.ErrorIs(t, err, errCut)
				}
			}
		}
		taken := map[string]bool{}
		drain := func() {
			for {
				events, err := book.Pending(t.Context(), marque.Parts{}, 2)
				require.NoError(t, err)
				if len(events) == 0 {
					return
				}
				for _, e := range events {
					taken[e.ID+" "+derivedtest.Lines(start, []marque.Event{e}, "segment")[0]] = true
				}
				if err := book.Taken(t.Context(), ids(events)); err != nil {
					require.ErrorIs(t, err, errCut)
				}
			}
		}
		for _, day := range []int{0, 5, 10, 60} {
			p := w.Log(order("ann", marque.Duration(day)*marque.Day))
			p.Facts.Attrs[0] = rule.StringValue("Chongqing")
			derive([]rule.Pass{p})
			drain()
		}
		return slices.Sorted(maps.Keys(taken)), n
	}
	want, points := run(t, 0)
	require.Len(t, want, 4)
	for point := 1; point <= points; point++ {
		got, _ := run(t, point)
		require.Equal(t, want, got, "crash at point %d of %d", point, points)
	}
	t.Logf("%d points", points)
}
