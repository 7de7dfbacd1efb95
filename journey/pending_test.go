package journey_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/migration"
)

// byClock are entries for which somebody west of UTC waits in the evening of March 2, UTC: until 09:00 of March 3.
func byClock() map[string]journey.Entry {
	return map[string]journey.Entry{
		"schedule": {Schedule: &graph.Schedule{Cron: "0 9 3 3 *", Zone: "contact"}},
		"date":     {Date: &graph.Date{Attribute: "expiry", At: "09:00"}},
	}
}

// waiting is a world at the end of March 2 in which ann, of New York, waits for March 3, 14:00 UTC.
func waiting(t *testing.T, d journey.Def) *world {
	w := newWorld(t, d)
	w.person("ann").zone = "America/New_York"
	w.person("ann").attrs["expiry"] = "2026-03-03"
	w.until("2026-03-03 00:00:00")
	require.Empty(t, w.entered())
	return w
}

func TestPendingForAnInstantMigrates(t *testing.T) {
	for name, e := range byClock() {
		for _, waits := range []string{"keep", "recompute", "next_wake"} {
			t.Run(name+" "+waits, func(t *testing.T) {
				old, now := many(e), many(e)
				old.Version, now.Version, now.Doc = 1, 2, "another"
				w := waiting(t, old)
				w.defs = []journey.Def{old, now}
				w.start()
				w.until("2026-03-03 00:01:00")
				moved, err := w.runner.Migrate(context.Background(), marque.Lease{}, w.now, migration.Def{Journey: "j", From: 1, To: 2, Waits: waits})
				require.NoError(t, err)
				require.Equal(t, 1, moved)
				w.until("2026-03-05 00:00:00")
				require.Equal(t, []string{"03-03 14:00:00 ann"}, w.entered())
			})
		}
		t.Run(name+" to a journey without", func(t *testing.T) {
			old, now := many(e), many(journey.Entry{Did: "view", Not: "refund", Within: day})
			old.Version, now.Version = 1, 2
			w := waiting(t, old)
			w.defs = []journey.Def{old, now}
			w.start()
			_, err := w.runner.Migrate(context.Background(), marque.Lease{}, w.now, migration.Def{Journey: "j", From: 1, To: 2, Waits: "keep"})
			require.NoError(t, err)
			w.until("2026-03-05 00:00:00")
			require.Empty(t, w.entered())
		})
	}
}

func TestPendingForAnInstantHearsTheZone(t *testing.T) {
	for name, e := range byClock() {
		for _, c := range []struct{ name, zone, want string }{
			{"earlier", "Europe/Berlin", "03-03 08:00:00 ann"},
			{"later", "America/Los_Angeles", "03-03 17:00:00 ann"},
			{"past there", "Asia/Tokyo", "03-03 00:30:00 ann"},
		} {
			t.Run(name+" "+c.name, func(t *testing.T) {
				w := waiting(t, many(e))
				w.learn("2026-03-03 00:30:00", "ann", "zone", c.zone)
				w.until("2026-03-05 00:00:00")
				require.Equal(t, []string{c.want}, w.entered())
			})
		}
		t.Run(name+" back before it came", func(t *testing.T) {
			w := waiting(t, many(e))
			w.learn("2026-03-03 00:30:00", "ann", "zone", "Europe/Berlin")
			w.learn("2026-03-03 07:59:00", "ann", "zone", "America/New_York")
			w.until("2026-03-05 00:00:00")
			require.Equal(t, []string{"03-03 14:00:00 ann"}, w.entered())
		})
		t.Run(name+" unheard, so that the message is late", func(t *testing.T) {
			d := many(e)
			d.Late = &graph.Late{After: marque.Hour}
			w := waiting(t, d)
			w.person("ann").zone = "Europe/Berlin"
			w.until("2026-03-05 00:00:00")
			require.Equal(t, []string{"03-03 14:00:00 ann"}, w.entered())
			require.Empty(t, w.push.Sent())
		})
	}
	t.Run("a date that is an instant moves to another day with the zone", func(t *testing.T) {
		w := newWorld(t, many(journey.Entry{Date: &graph.Date{Attribute: "birthday", At: "09:00"}}))
		w.person("ann").zone = "America/New_York"
		w.person("ann").attrs["birthday"] = at("2026-03-04 02:00:00") // March 3 there
		w.until("2026-03-03 00:00:00")
		w.learn("2026-03-03 00:30:00", "ann", "zone", "Europe/Berlin")
		w.until("2026-03-06 00:00:00")
		require.Equal(t, []string{"03-04 08:00:00 ann"}, w.entered())
	})
}

// What happens at the very instant of did is not after it, whichever is handled first.
func TestNotAtTheInstantOfDid(t *testing.T) {
	for _, names := range [][]string{{"view", "refund"}, {"refund", "view"}} {
		w := newWorld(t, many(journey.Entry{Did: "view", Not: "refund", Within: marque.Hour}))
		w.until("2026-03-02 09:00:00")
		for _, n := range names {
			w.event("2026-03-02 10:00:00", "ann", n)
		}
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 11:00:00 ann"}, w.entered(), "%v", names)
	}
}

// An event may carry nanoseconds. Nobody is due between two instants.
func TestPendingOfANanosecond(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Did: "view", Not: "refund", Within: marque.Hour}))
	e := event("2026-03-02 10:00:00", "ann", "view")
	e.At = e.At.Add(500 * time.Nanosecond)
	w.until("2026-03-02 10:00:01")
	w.append(e)
	require.NoError(t, w.settle(context.Background()))
	got, ok := due(w)
	require.True(t, ok)
	require.Equal(t, at("2026-03-02 11:00:00").Add(time.Microsecond), got)
	w.now = got
	require.NoError(t, w.settle(context.Background()))
	require.Equal(t, []string{"03-02 11:00:00 ann"}, w.entered())
}

// Journeys have names as their authors like them; none is the counter of another's limit, or of who is pending there.
func TestNamesAreNoCounters(t *testing.T) {
	once := func(name string) journey.Def {
		d := many(journey.Entry{Event: "order_paid"})
		d.Name = name
		return d
	}
	pending, limited := many(journey.Entry{Did: "view", Not: "refund", Within: day, Reentry: "every"}), many(journey.Entry{Event: "signed_up", Reentry: "every", Limit: []graph.Quota{{N: 1, Per: "day"}}})
	pending.Name, limited.Name = "a", "b"
	w := newWorld(t, pending, limited, once("a/pending"), once("b/limit/day"))
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	w.event("2026-03-02 11:00:00", "ann", "view")
	w.event("2026-03-02 12:00:00", "ann", "signed_up")
	w.until("2026-03-05 00:00:00")
	require.Equal(t, []string{"03-02 10:00:00 ann", "03-02 10:00:00 ann", "03-02 12:00:00 ann", "03-03 11:00:00 ann"}, w.entered())
}

// A date at the end of the calendar can be waited for, and written.
func TestWaitBeyondTheCalendar(t *testing.T) {
	w := newWorld(t, onOrder(wait("w", "s", journey.Wait{Date: &graph.DateWait{Date: graph.Date{Attribute: "expiry", At: "20:00"}, Past: "skip"}}), send("s", "", "push")))
	w.person("ann").zone = "America/New_York"
	w.person("ann").attrs["expiry"] = "9999-12-31"
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	got, err := w.store.Open(context.Background(), journey.Query{Journey: "j", N: 9})
	require.NoError(t, err)
	require.Len(t, got, 1)
	require.Equal(t, time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC), got[0].Due)
	_, err = json.Marshal(got)
	require.NoError(t, err)
}

// Of several instants at which a condition may have become true while nobody ran, the first at which it was counts, if
// it is before the end.
func TestUntilWokenLate(t *testing.T) {
	for _, c := range []struct {
		name, now, within string
		views             []string
		want              string
	}{
		{"true before the end", "2026-03-10 00:00:00", "7d", []string{"2026-03-02 09:00:00"}, "met"},
		{"true in between, and not any more", "2026-03-08 00:00:00", "7d", []string{"2026-03-02 09:00:00", "2026-03-07 09:00:00"}, "met"},
		{"true later, because of what came meanwhile", "2026-03-10 00:00:00", "7d", []string{"2026-03-02 09:00:00", "2026-03-03 09:00:00"}, "met"},
		{"at the end is too late", "2026-03-10 00:00:00", "47h", []string{"2026-03-02 09:00:00"}, "timeout"},
		{"not before the end", "2026-03-10 00:00:00", "3d", []string{"2026-03-02 09:00:00", "2026-03-03 20:00:00"}, "timeout"},
	} {
		t.Run(c.name, func(t *testing.T) {
			within, err := marque.ParseDuration(c.within)
			require.NoError(t, err)
			n := journey.Node{ID: "w", Wait: &journey.Wait{Until: []graph.Case{{When: `not did("view", within("2d"))`}}, Within: within}, Next: "met", On: map[string]string{"timeout": "timeout"}}
			w := newWorld(t, onOrder(n, journey.Node{ID: "met", Exit: "met"}, journey.Node{ID: "timeout", Exit: "timeout"}))
			w.event(c.views[0], "ann", "view")
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.now = at(c.now)
			for _, v := range c.views[1:] {
				w.log = append(w.log, event(v, "ann", "view")) // known, but not handled before
			}
			require.NoError(t, w.settle(context.Background()))
			require.Equal(t, c.want, w.log[len(w.log)-1].Props["reason"])
		})
	}
}
