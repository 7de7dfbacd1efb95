package journey_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/journeytest"
)

func roundDefs() []journey.Def {
	news := many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *", Zone: "contact", Segment: "new"}, Limit: []graph.Quota{{N: 9, Per: "day"}}})
	news.Name, news.Priority = "news", 5
	weekly := many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 12 * * tue"}, Reentry: "once", Holdout: &journey.Holdout{Name: "h", Share: 300_000}})
	weekly.Name = "weekly"
	birthday := many(journey.Entry{Date: &graph.Date{Attribute: "birthday", At: "10:00", Yearly: true}})
	birthday.Name, birthday.Caps = "birthday", []journey.Cap{{N: 2, Per: "day"}}
	return []journey.Def{news, weekly, birthday, signalDef()}
}

// roundRun plays the script with pages of n people and fails at the points given; each failure is followed by a start on
// the same store.
func roundRun(t testing.TB, n int, fail ...int) crashRun {
	w := newWorld(t, roundDefs()...)
	w.n = n
	run := crashRun{}
	w.store = journeytest.Fault(w.store, func(string, bool) error {
		run.points++
		if slices.Contains(fail, run.points) {
			return errCrash
		}
		return nil
	})
	w.start()
	zones := []string{"Asia/Tokyo", "Europe/Berlin", "America/Los_Angeles", "", "Pacific/Kiritimati"}
	for i := range 8 {
		p := w.person(fmt.Sprint("p", i))
		p.zone, p.segments["new"] = zones[i%len(zones)], i%3 != 2
		p.attrs["city"] = []string{"Oslo", "Rome"}[i%2]
		p.attrs["birthday"] = at(fmt.Sprintf("1990-03-0%d 00:00:00", 3+i%2))
	}
	again := func(do func() error) {
		for {
			err := do()
			if err == nil {
				return
			}
			require.ErrorIs(t, err, errCrash)
			w.start()
		}
	}
	track := func(when, p, text string) { again(func() error { return w.track(event(when, p, text)) }) }
	track("2026-03-02 18:00:00", "", "stock.low city=Oslo item=shoe")
	track("2026-03-02 20:00:00", "", "stock.low city=Rome item=hat")
	track("2026-03-03 08:00:00", "", "stock.back city=Oslo")
	track("2026-03-03 08:00:00", "p5", "signed_up")
	w.person("p0").attrs["birthday"] = at("1990-03-05 00:00:00")
	track("2026-03-03 09:00:00", "", "stock.low city=Oslo item=coat")
	again(func() error { return w.advance(context.Background(), at("2026-03-04 20:00:00")) })
	for _, e := range w.log {
		run.result = append(run.result, fmt.Sprint(e.ID, " ", e.Name, " ", e.Profile, " ", e.At, " ", e.Props))
	}
	for _, m := range w.push.Sent() {
		run.result = append(run.result, fmt.Sprint(m.Key, " ", m.At, " ", m.Text))
	}
	counts, err := w.runner.Counts(context.Background())
	require.NoError(t, err)
	run.result = append(run.result, fmt.Sprint(counts))
	slices.Sort(run.result)
	return run
}

// A crash at any point of a round loses nobody and enters nobody twice: who is sent what, under which keys, is the same.
func TestRoundCrash(t *testing.T) {
	whole := roundRun(t, 3)
	require.Equal(t, whole, roundRun(t, 3), "the same run twice")
	for _, n := range []int{1, 2, 5, 100} {
		require.Equal(t, whole.result, roundRun(t, n).result, "pages of %d", n)
	}
	require.Greater(t, len(whole.result), 100)
	for k := 1; k <= whole.points; k++ {
		require.Equal(t, whole.result, roundRun(t, 3, k).result, "point %d", k)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		a, b := 1+dice.IntN(whole.points), 1+dice.IntN(whole.points)
		require.Equal(t, whole.result, roundRun(t, 3, a, b).result, "points %d and %d", a, b)
	}
	t.Logf("%d points, %d lines", whole.points, len(whole.result))
}
