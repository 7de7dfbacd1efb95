package scoring_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring"
)

// views is a world with a score of views and what it is after events at the times given.
func views(t *testing.T, zone string, r scoring.Rule, times ...string) (total float64, s scoring.Score) {
	t.Helper()
	r.On, r.Points = "viewed", 4
	w, book := world(t, scoring.NewMemory(), []scoring.Def{{Name: "lead", Zone: zone, Rules: []scoring.Rule{r}}})
	var last time.Time
	for i := len(times) - 1; i >= 0; i-- { // the latest first: the order of arrival does not matter
		at, err := time.Parse(time.RFC3339, times[i])
		require.NoError(t, err)
		e := event("viewed", 0)
		e.ID, e.At = fmt.Sprint(i), at
		if last.Before(at) {
			last = at
		}
		e.Received = last
		w.Track(e)
	}
	s = read(t, w, book, "ann", last)
	return s.Value, s
}

func TestCapByPeriod(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		per        scoring.Period
		times      []string
		want       float64
	}{
		{"one day", "", scoring.Day, []string{"2026-05-01T00:00:00Z", "2026-05-01T12:00:00Z", "2026-05-01T23:59:59Z"}, 6},
		{"two days", "", scoring.Day, []string{"2026-05-01T22:00:00Z", "2026-05-01T23:59:59Z", "2026-05-02T00:00:00Z"}, 10},
		{"midnight in Shanghai", "Asia/Shanghai", scoring.Day, []string{"2026-05-01T14:00:00Z", "2026-05-01T15:59:59Z", "2026-05-01T16:00:00Z"}, 10},
		{"a day of 23 hours", "Europe/Berlin", scoring.Day, []string{"2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z", "2026-03-29T22:00:00Z"}, 10},
		{"a day of 25 hours", "Europe/Berlin", scoring.Day, []string{"2026-10-24T22:00:00Z", "2026-10-25T22:59:59Z", "2026-10-25T23:00:00Z"}, 10},
		{"weeks begin on Monday", "", scoring.Week, []string{"2026-05-03T23:00:00Z", "2026-05-03T23:59:59Z", "2026-05-04T00:00:00Z"}, 10},
		{"one month", "", scoring.Month, []string{"2026-05-01T00:00:00Z", "2026-05-31T23:59:59Z"}, 6},
		{"two months", "", scoring.Month, []string{"2026-05-31T23:59:59Z", "2026-06-01T00:00:00Z"}, 8},
		{"one year", "", scoring.Year, []string{"2026-01-01T00:00:00Z", "2026-12-31T23:59:59Z"}, 6},
		{"two years in Shanghai", "Asia/Shanghai", scoring.Year, []string{"2026-12-31T15:59:59Z", "2026-12-31T16:00:00Z"}, 8},
		{"for good", "", "", []string{"2025-05-01T00:00:00Z", "2026-05-01T00:00:00Z"}, 6},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, s := views(t, c.zone, scoring.Rule{Cap: 6, Per: c.per}, c.times...)
			require.Equal(t, c.want, got)
			require.Equal(t, c.want == 6, s.Shares[0].Full)
		})
	}
}

// Of a rule with a cap by period the latest events are kept one by one; those of closed periods stand as one sum.
func TestClosedPeriods(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), []scoring.Def{{Name: "lead", Zone: "Asia/Shanghai", HalfLife: 200 * day, Rules: []scoring.Rule{{On: "viewed", Points: 4, Cap: 6, Per: scoring.Day}}}})
	var events []marque.Event
	for i := range 900 {
		e := event("viewed", marque.Duration(i)*8*marque.Hour)
		events = append(events, e)
		w.Track(e)
	}
	now := events[len(events)-1].At
	d := book.Plan().Defs()[0]
	require.InDelta(t, worth(d, events, "ann", now), value(t, w, book, "ann", "lead", now), 1e-6)
	late := event("viewed", day+marque.Minute)
	late.Received = now
	before := value(t, w, book, "ann", "lead", now)
	w.Track(late)
	require.Equal(t, before, value(t, w, book, "ann", "lead", now), "its period is closed")
	late = event("viewed", 298*day+marque.Minute)
	late.Received = now
	w.Track(late)
	require.InDelta(t, worth(d, append(events, late), "ann", now), value(t, w, book, "ann", "lead", now), 1e-6)
	for item, err := range book.Export(t.Context(), "ann") {
		require.NoError(t, err)
		if row, ok := item.Data.(scoring.Row); ok {
			require.Less(t, len(row.Parts[0].Hits), 260)
		}
	}
}

func TestPointsVanish(t *testing.T) {
	w, book := world(t, scoring.NewMemory(), []scoring.Def{{
		Name: "lead", HalfLife: 10 * day, Rules: []scoring.Rule{{On: "viewed", Points: 4, For: 3 * day}},
		Thresholds: []scoring.Threshold{{Name: "two", At: 8}},
	}})
	w.Track(event("viewed", 0))
	w.Track(event("viewed", day))
	s := read(t, w, book, "ann", at(2*day))
	require.Equal(t, 8.0, s.Value, "they do not fade")
	require.Equal(t, scoring.Crossing{At: at(3 * day), Threshold: "two"}, s.Next)
	require.Equal(t, at(3*day), s.Shares[0].Until)
	require.Equal(t, at(4*day), s.Shares[0].Gone)
	require.Equal(t, 4.0, read(t, w, book, "ann", at(3*day)).Value)
	require.Zero(t, read(t, w, book, "ann", at(4*day)).Value)
	require.Equal(t, at(3*day), w.Advance(at(90 * day))[0].At)
	for i := range 1200 { // the latest 1,000 count
		e := event("viewed", 100*day)
		e.ID = fmt.Sprint(i)
		w.Track(e)
	}
	require.Equal(t, 4000.0, value(t, w, book, "ann", "lead", at(100*day)))
	require.Zero(t, value(t, w, book, "ann", "lead", at(103*day)))
}
