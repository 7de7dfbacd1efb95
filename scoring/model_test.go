package scoring_test

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/scoring/scoringtest"
)

var phones = []marque.ID{{Kind: "phone", Value: "1"}, {Kind: "phone", Value: "2"}}

// history draws events of a few people in order of arrival, some of them late.
func history(t *rapid.T) []marque.Event {
	arrival := start
	var events []marque.Event
	for i := range rapid.IntRange(1, 30).Draw(t, "events") {
		arrival = arrival.Add(time.Duration(rapid.IntRange(0, 5*24).Draw(t, "hours")) * time.Hour)
		e := event(rapid.SampledFrom([]string{"order_paid", "viewed", "viewed", "unsubscribed"}).Draw(t, "event"), 0)
		e.ID, e.Profile = fmt.Sprintf("e%d", i), fmt.Sprintf("p%d", rapid.IntRange(0, 2).Draw(t, "person"))
		e.IDs = []marque.ID{rapid.SampledFrom(phones).Draw(t, "phone")}
		e.Props["amount"] = rapid.SampledFrom([]int{10, 2000}).Draw(t, "amount")
		late := rapid.SampledFrom([]int{0, 0, 0, 5, 24 * 9, 24 * 31}).Draw(t, "late")
		e.At, e.Received = arrival.Add(-time.Duration(late)*time.Hour), arrival
		events = append(events, e)
	}
	return events
}

// points is the score of lead by its definition, computed the long way.
func points(events []marque.Event, profile string, now time.Time) float64 {
	sum, views := 0.0, 10.0
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b marque.Event) int { return a.At.Compare(b.At) })
	for _, e := range events {
		if e.Profile != profile || e.Received.After(now) {
			continue
		}
		p := 0.0
		switch e.Name {
		case "order_paid":
			p = 40
			if e.Props["amount"].(int) >= 1000 {
				p += 20
			}
		case "viewed":
			p = min(4, views)
			views -= p
		case "unsubscribed":
			p = -30
		}
		sum += p * math.Exp2(-now.Sub(e.At).Hours()/240)
	}
	return sum
}

func ids(events []marque.Event) (out []string) {
	for _, e := range events {
		out = append(out, e.ID)
	}
	slices.Sort(out)
	return out
}

// rounded leaves out the last bits of sums, which depend on the order in which events were added up.
func rounded(s scoring.Score) scoring.Score {
	round := func(x *float64) { *x = math.Round(*x*1e6) / 1e6 }
	round(&s.Value)
	round(&s.Fit)
	round(&s.Engagement)
	for i := range s.Shares {
		round(&s.Shares[i].Points)
	}
	s.Next.At = s.Next.At.Round(time.Millisecond)
	return s
}

func TestScoreIsItsDefinition(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		now := events[len(events)-1].Received.Add(time.Duration(rapid.IntRange(0, 60*24).Draw(rt, "rest")) * time.Hour)
		live, liveBook := world(t, scoring.NewMemory(), defs)
		for _, e := range events {
			live.Track(e)
			require.InDelta(rt, points(events[:slices.IndexFunc(events, func(x marque.Event) bool { return x.ID == e.ID })+1], e.Profile, e.Received),
				value(rt, live, liveBook, e.Profile, "lead", e.Received), 1e-6)
		}
		live.Advance(now)
		late, lateBook := world(t, scoring.NewMemory(), defs)
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			e.Received = now
			late.Track(e)
		}
		anew, anewBook := world(t, scoring.NewMemory(), defs)
		var ps []rule.Pass
		for _, e := range events {
			ps = append(ps, anew.Log(e))
		}
		_, err := anewBook.Rebuild(t.Context(), nil, ps)
		require.NoError(rt, err)
		for _, p := range []string{"p0", "p1", "p2"} {
			want := points(events, p, now)
			require.InDelta(rt, want, value(rt, live, liveBook, p, "lead", now), 1e-6)
			require.InDelta(rt, want, value(rt, late, lateBook, p, "lead", now), 1e-6)
			require.InDelta(rt, want, value(rt, anew, anewBook, p, "lead", now), 1e-6)
			a, err := liveBook.Score(t.Context(), p, "lead", now)
			require.NoError(rt, err)
			anew.Advance(now)
			b, err := anewBook.Score(t.Context(), p, "lead", now)
			require.NoError(rt, err)
			require.Equal(rt, rounded(a), rounded(b), "live is rebuild, thresholds included")
		}
	})
}

func TestBatchingDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		one, oneBook := world(t, scoring.NewMemory(), defs)
		many, manyBook := world(t, scoring.NewMemory(), defs)
		many.Batch, many.Again = true, true
		last := start
		for _, e := range events {
			one.Track(e)
			many.Advance(last.Add(time.Duration(rapid.Int64Range(0, int64(e.Received.Sub(last))).Draw(rt, "step"))))
			many.Track(e)
			last = e.Received
		}
		end := last.AddDate(0, 6, 0)
		for at := last; at.Before(end); at = at.Add(77 * time.Hour) {
			many.Advance(at)
		}
		many.Advance(end)
		one.Advance(end)
		require.Equal(rt, one.Said, sortedLike(one.Said, many.Said))
		for _, p := range []string{"p0", "p1", "p2"} {
			a, err := oneBook.Score(t.Context(), p, "lead", end)
			require.NoError(rt, err)
			b, err := manyBook.Score(t.Context(), p, "lead", end)
			require.NoError(rt, err)
			require.Equal(rt, a, b)
		}
		// A threshold is up and down in turn, and up only at its level or above.
		up := map[string]bool{}
		for _, e := range one.Said {
			key := e.Profile + e.Props["score"].(string) + e.Props["threshold"].(string)
			require.Equal(rt, e.Name == scoring.Up, !up[key])
			up[key] = e.Name == scoring.Up
		}
	})
}

// sortedLike brings events into the order that the same events have in want.
func sortedLike(want, events []marque.Event) []marque.Event {
	place := map[string]int{}
	for i, e := range want {
		place[e.ID] = i
	}
	events = slices.Clone(events)
	slices.SortStableFunc(events, func(a, b marque.Event) int { return place[a.ID] - place[b.ID] })
	return events
}

func TestMergeThenUnmerge(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := history(rt)
		for i := range events { // an identifier for each person
			events[i].IDs = []marque.ID{{Kind: "phone", Value: events[i].Profile}}
		}
		w, book := world(t, scoring.NewMemory(), defs)
		for _, e := range events {
			w.Track(e)
		}
		now := events[len(events)-1].Received
		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m1", From: "p0", Into: "p1", At: now}))
		w.Advance(now)
		joined := slices.Clone(events)
		for i := range joined {
			if joined[i].Profile == "p0" {
				joined[i].Profile = "p1"
			}
		}
		require.InDelta(rt, points(joined, "p1", now), value(rt, w, book, "p1", "lead", now), 1e-6)
		require.Zero(rt, value(rt, w, book, "p0", "lead", now))
		require.NoError(rt, book.Move(t.Context(), marque.Move{Key: "m2", From: "p1", Into: "p0", IDs: []marque.ID{{Kind: "phone", Value: "p0"}}, At: now}))
		w.Advance(now)
		for _, p := range []string{"p0", "p1", "p2"} {
			require.InDelta(rt, points(events, p, now), value(rt, w, book, p, "lead", now), 1e-6, p)
		}
		w.Advance(now.AddDate(1, 0, 0))
		seen := map[string]bool{}
		for _, e := range w.Said {
			require.False(rt, seen[e.ID])
			seen[e.ID] = true
		}
	})
}

var errCut = errors.New("cut")

// A crash before or after any write, and the same call again, say and count the same as without it.
func TestCrash(t *testing.T) {
	run := func(point int) (said []string, points int) {
		n := 0
		w, book := world(t, scoringtest.Fault(scoring.NewMemory(), func(string, bool) error {
			if n++; n == point {
				return errCut
			}
			return nil
		}), defs)
		again := func(do func() error) {
			for {
				err := do()
				if err == nil {
					return
				}
				require.ErrorIs(t, err, errCut)
			}
		}
		for i, what := range []string{"order_paid", "viewed", "order_paid", "viewed", "unsubscribed", "order_paid", "order_paid"} {
			e := event(what, marque.Duration(i)*day)
			p := w.Log(e)
			again(func() error {
				_, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
				return err
			})
			again(func() error {
				_, err := book.Add(t.Context(), scoring.Act{Key: fmt.Sprint("k", i), Profile: "ann", Score: "lead", Points: float64(5 - 3*i)}, e.At)
				return err
			})
		}
		again(func() error {
			return book.Move(t.Context(), marque.Move{Key: "m", From: "ann", Into: "bob", At: at(9 * day)})
		})
		taken := map[string]bool{}
		for {
			events, err := book.Pending(t.Context(), marque.Parts{}, 2)
			require.NoError(t, err)
			if len(events) == 0 {
				break
			}
			for i, e := range events {
				taken[fmt.Sprint(e.ID, derivedtest.Lines(start, events[i:i+1], "score", "threshold"), e.Props["value"])] = true
			}
			again(func() error { return book.Taken(t.Context(), ids(events)) })
		}
		s, err := book.Score(t.Context(), "bob", "lead", at(10*day))
		require.NoError(t, err)
		return append(slices.Sorted(maps.Keys(taken)), fmt.Sprint(s)), n
	}
	want, points := run(0)
	require.Greater(t, len(want), 10)
	for point := 1; point <= points; point++ {
		got, _ := run(point)
		require.Equal(t, want, got, "crash at point %d of %d", point, points)
	}
	t.Logf("%d points", points)
}
