package journey_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// entered lists who entered when: "03-05 09:00:00 ann".
func (w *world) entered() []string {
	got := []string{}
	for _, e := range w.log {
		if e.Name == "journey.entered" {
			got = append(got, e.At.Format("01-02 15:04:05")+" "+e.Profile)
		}
	}
	return got
}

// many is a journey of one push.
func many(e journey.Entry) journey.Def {
	return journey.Def{Name: "j", Consent: "assumed", Entry: e, Nodes: []journey.Node{{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}}}}
}

func TestSchedule(t *testing.T) {
	people := map[string]string{"ann": "Asia/Tokyo", "bob": "Europe/Berlin", "cid": "America/Los_Angeles", "dan": ""}
	for _, c := range []struct {
		name     string
		schedule graph.Schedule
		zone     string
		start    string
		until    string
		want     []string
	}{
		{"a fixed zone, everybody at once", graph.Schedule{Cron: "0 9 * * mon", Zone: "Europe/Berlin"}, "", "2026-03-02 12:00:00", "2026-03-16 12:00:00",
			[]string{"03-09 08:00:00 ann", "03-09 08:00:00 bob", "03-09 08:00:00 cid", "03-09 08:00:00 dan", "03-16 08:00:00 ann", "03-16 08:00:00 bob", "03-16 08:00:00 cid", "03-16 08:00:00 dan"}},
		{"the journey's zone", graph.Schedule{Cron: "30 8 9 3 *"}, "Asia/Tokyo", "2026-03-02 12:00:00", "2026-03-16 12:00:00",
			[]string{"03-08 23:30:00 ann", "03-08 23:30:00 bob", "03-08 23:30:00 cid", "03-08 23:30:00 dan"}},
		{"everybody's own clock, in the order of the sun", graph.Schedule{Cron: "0 9 5 3 *", Zone: "contact"}, "", "2026-03-02 12:00:00", "2026-03-16 12:00:00",
			[]string{"03-05 00:00:00 ann", "03-05 08:00:00 bob", "03-05 09:00:00 dan", "03-05 17:00:00 cid"}},
		{"whose zone is not known goes by the journey's", graph.Schedule{Cron: "0 9 5 3 *", Zone: "contact"}, "Asia/Kolkata", "2026-03-02 12:00:00", "2026-03-16 12:00:00",
			[]string{"03-05 00:00:00 ann", "03-05 03:30:00 dan", "03-05 08:00:00 bob", "03-05 17:00:00 cid"}},
		{"weekdays are those on everybody's own calendar", graph.Schedule{Cron: "30 0 * * thu", Zone: "contact"}, "", "2026-03-02 12:00:00", "2026-03-06 12:00:00",
			[]string{"03-04 15:30:00 ann", "03-04 23:30:00 bob", "03-05 00:30:00 dan", "03-05 08:30:00 cid"}},
		{"a journey that begins in the middle takes those who are still ahead", graph.Schedule{Cron: "0 9 5 3 *", Zone: "contact"}, "", "2026-03-05 08:00:00", "2026-03-16 12:00:00",
			[]string{"03-05 09:00:00 dan", "03-05 17:00:00 cid"}},
		{"a gap moves forward, for those who have it", graph.Schedule{Cron: "30 2 8 3 *", Zone: "contact"}, "", "2026-03-02 12:00:00", "2026-03-16 12:00:00",
			[]string{"03-07 17:30:00 ann", "03-08 01:30:00 bob", "03-08 02:30:00 dan", "03-08 10:30:00 cid"}},
		{"twice in an overlap is the first", graph.Schedule{Cron: "30 2 25 10 *", Zone: "contact"}, "", "2026-10-20 12:00:00", "2026-10-28 12:00:00",
			[]string{"10-24 17:30:00 ann", "10-25 00:30:00 bob", "10-25 02:30:00 dan", "10-25 09:30:00 cid"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := many(journey.Entry{Schedule: &c.schedule})
			d.Zone = c.zone
			w := newWorld(t, d)
			w.now = at(c.start)
			for who, zone := range people {
				w.person(who).zone = zone
			}
			w.until(c.until)
			require.Equal(t, c.want, w.entered())
			require.Len(t, w.push.Sent(), len(c.want))
			w.until("2026-12-01 00:00:00")
			w.check()
		})
	}
}

func TestScheduleSegment(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *", Segment: "new"}, When: `city == "Oslo"`}))
	for i, p := range []string{"ann", "bob", "cid", "dan", "eve"} {
		w.person(p).segments["new"] = p != "cid"
		w.person(p).attrs["city"] = "Oslo"
		w.person(p).since = map[string]time.Time{"new": at("2026-03-02 08:59:58").Add(time.Duration(i) * time.Second / 2)}
	}
	w.person("bob").attrs["city"] = "Rome"
	w.until("2026-03-02 09:00:00")
	require.Equal(t, []string{"03-02 09:00:00 ann", "03-02 09:00:00 dan", "03-02 09:00:00 eve"}, w.entered())

	w.person("ann").since["new"] = at("2026-03-03 09:00:00") // that very instant counts
	w.person("dan").since["new"] = at("2026-03-03 09:00:00.000001")
	w.until("2026-03-03 09:00:00")
	require.Equal(t, []string{"03-03 09:00:00 ann", "03-03 09:00:00 eve"}, w.entered()[3:])
}

func TestScheduleMissed(t *testing.T) {
	def := many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *"}})
	w := newWorld(t, def)
	w.person("ann")
	w.until("2026-03-03 12:00:00")
	require.Equal(t, []string{"03-02 09:00:00 ann", "03-03 09:00:00 ann"}, w.entered())

	w.start() // nobody ran for three days
	w.now = at("2026-03-06 15:00:00")
	w.until("2026-03-07 10:00:00")
	require.Equal(t, []string{"03-06 15:00:00 ann", "03-07 09:00:00 ann"}, w.entered()[2:], "the last one is made up for")

	for range 3 {
		w.start() // a restart repeats nothing
		w.until("2026-03-07 10:00:01")
	}
	require.Len(t, w.entered(), 4)

	def.Version, def.Doc = 2, "another text"
	w.defs = []journey.Def{def}
	w.start() // what did not change is not planned anew
	w.now = at("2026-03-09 09:30:00")
	w.until("2026-03-09 09:30:00")
	require.Equal(t, []string{"03-09 09:30:00 ann"}, w.entered()[4:])

	def.Version, def.Entry.Schedule = 3, &graph.Schedule{Cron: "0 11 * * *"}
	w.defs = []journey.Def{def}
	w.start() // what did begins after now
	w.until("2026-03-11 00:00:00")
	require.Equal(t, []string{"03-09 11:00:00 ann", "03-10 11:00:00 ann"}, w.entered()[5:])

	w.defs = []journey.Def{many(journey.Entry{Event: "view"})}
	w.start() // a journey without a schedule has no rounds
	w.until("2026-03-20 00:00:00")
	require.Len(t, w.entered(), 7)
	_, ok := due(w)
	require.False(t, ok)
}

func due(w *world) (time.Time, bool) {
	ds, err := w.runner.Due(context.Background(), marque.Parts{}, at("2040-01-01 00:00:00"), 1)
	require.NoError(w.t, err)
	if len(ds) == 0 {
		return time.Time{}, false
	}
	return ds[0].At, true
}

// A schedule on everybody's own clock that was missed: those whose instant is ahead are not late.
func TestScheduleMissedContact(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * *", Zone: "contact"}}))
	w.person("ann").zone = "Asia/Tokyo"
	w.person("cid").zone = "America/Los_Angeles"
	w.until("2026-03-02 00:00:00")
	require.Empty(t, w.entered(), "Tokyo's 09:00 was over at the very instant of the plan")
	w.start()
	w.now = at("2026-03-06 12:00:00")
	w.until("2026-03-07 00:00:00")
	require.Equal(t, []string{
		"03-06 12:00:00 cid",                       // who waited for the instant of March 2
		"03-06 12:00:00 ann", "03-06 12:00:00 cid", // the last that is over everywhere: March 5
		"03-06 12:00:00 ann", // March 6 in Tokyo
		"03-06 17:00:00 cid", "03-07 00:00:00 ann",
	}, w.entered())
}

func TestDate(t *testing.T) {
	birthday := func(s string) time.Time { return at(s + " 00:00:00") }
	for _, c := range []struct {
		name   string
		date   graph.Date
		people map[string][2]any // zone, date
		start  string
		until  string
		want   []string
	}{
		{"at a time of day on everybody's own clock", graph.Date{At: "10:00", Yearly: true},
			map[string][2]any{"ann": {"Asia/Tokyo", birthday("1990-03-05")}, "bob": {"Europe/Berlin", birthday("1985-03-05")},
				"cid": {"America/Los_Angeles", birthday("2001-03-05")}, "dan": {"", birthday("1990-03-06")}, "eve": {"", nil}},
			"2026-03-02 00:00:00", "2026-03-20 00:00:00",
			[]string{"03-05 01:00:00 ann", "03-05 09:00:00 bob", "03-05 18:00:00 cid", "03-06 10:00:00 dan"}},
		{"a time that is not midnight is the date in the person's zone", graph.Date{At: "10:00"},
			map[string][2]any{"ann": {"Asia/Tokyo", at("2026-03-04 16:00:00")}, "bob": {"Europe/Berlin", at("2026-03-04 16:00:00")}},
			"2026-03-02 00:00:00", "2026-03-20 00:00:00", []string{"03-04 09:00:00 bob", "03-05 01:00:00 ann"}},
		{"three days before, once", graph.Date{At: "09:30", Days: -3},
			map[string][2]any{"ann": {"", birthday("2026-03-08")}, "bob": {"", birthday("2025-03-08")}, "cid": {"", birthday("2026-04-01")}},
			"2026-03-02 00:00:00", "2027-04-10 00:00:00", []string{"03-05 09:30:00 ann", "03-29 09:30:00 cid"}},
		{"February 29 is the 28th", graph.Date{At: "10:00", Yearly: true},
			map[string][2]any{"ann": {"", birthday("1992-02-29")}}, "2027-02-20 00:00:00", "2028-03-05 00:00:00",
			[]string{"02-28 10:00:00 ann", "02-29 10:00:00 ann"}},
		{"February 29 is March 1", graph.Date{At: "10:00", Yearly: true, Leap: "mar1"},
			map[string][2]any{"ann": {"", birthday("1992-02-29")}}, "2027-02-20 00:00:00", "2028-03-05 00:00:00",
			[]string{"03-01 10:00:00 ann", "02-29 10:00:00 ann"}},
		{"in a gap", graph.Date{At: "02:30", Yearly: true},
			map[string][2]any{"ann": {"America/New_York", birthday("1990-03-08")}}, "2026-03-02 00:00:00", "2026-03-20 00:00:00",
			[]string{"03-08 07:30:00 ann"}},
		{"a gap of half an hour in the south", graph.Date{At: "02:10", Yearly: true},
			map[string][2]any{"ann": {"Australia/Lord_Howe", birthday("1990-10-04")}}, "2026-10-01 00:00:00", "2026-10-20 00:00:00",
			[]string{"10-03 15:40:00 ann"}},
		{"at the end of the day at both ends of the Earth", graph.Date{At: "23:59", Yearly: true},
			map[string][2]any{"ann": {"Pacific/Kiritimati", birthday("1990-03-05")}, "bob": {"Etc/GMT+12", birthday("1990-03-05")}}, "2026-03-02 00:00:00", "2026-03-20 00:00:00",
			[]string{"03-05 09:59:00 ann", "03-06 11:59:00 bob"}},
		{"at its beginning", graph.Date{At: "00:00", Yearly: true},
			map[string][2]any{"ann": {"Pacific/Kiritimati", birthday("1990-03-05")}, "bob": {"Etc/GMT+12", birthday("1990-03-05")}}, "2026-03-02 00:00:00", "2026-03-20 00:00:00",
			[]string{"03-04 10:00:00 ann", "03-05 12:00:00 bob"}},
		{"a journey that begins on the day takes those who are ahead", graph.Date{At: "10:00", Yearly: true},
			map[string][2]any{"ann": {"Asia/Tokyo", birthday("1990-03-05")}, "bob": {"Europe/Berlin", birthday("1985-03-05")}},
			"2026-03-05 08:00:00", "2026-03-20 00:00:00", []string{"03-05 09:00:00 bob"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.date.Attribute = "birthday"
			w := newWorld(t, many(journey.Entry{Date: &c.date}))
			w.now = at(c.start)
			for who, x := range c.people {
				w.person(who).zone = x[0].(string)
				w.person(who).attrs["birthday"] = x[1]
			}
			w.until(c.until)
			require.Equal(t, c.want, w.entered())
		})
	}
}

func TestDateChanges(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Date: &graph.Date{Attribute: "birthday", At: "10:00", Yearly: true}}))
	born := func(when, who, day string) {
		w.person(who).attrs["birthday"] = at(day + " 00:00:00")
		e := event(when, who, "signed_up")
		e.Props["born"] = at(day + " 00:00:00")
		require.NoError(t, w.track(e))
	}
	born("2026-03-05 09:00:00", "ann", "1990-03-05") // the day's round was long ago
	born("2026-03-05 09:00:00", "bob", "1990-03-05")
	born("2026-03-05 09:30:00", "bob", "1990-03-06") // after all another day
	born("2026-03-05 09:59:59", "cid", "1990-03-05")
	born("2026-03-05 10:00:00", "dan", "1990-03-05") // not ahead any more
	w.person("eve").attrs["birthday"] = at("1990-03-07 00:00:00")
	w.until("2026-03-07 09:00:00")
	require.Equal(t, []string{"03-05 10:00:00 ann", "03-05 10:00:00 cid", "03-06 10:00:00 bob"}, w.entered())
	counts, err := w.runner.Counts(context.Background())
	require.NoError(t, err)
	require.Contains(t, counts, journey.Count{Journey: "j", What: "no/changed", N: 1})

	w.person("eve").zone = "America/Los_Angeles" // moved while she was pending
	w.until("2026-03-08 12:00:00")
	require.Equal(t, []string{"03-07 18:00:00 eve"}, w.entered()[3:])

	// Entered, over, and the date set again: it is the same day still.
	born("2026-03-09 09:00:00", "fay", "1990-03-09")
	w.until("2026-03-09 10:00:00")
	require.Len(t, w.entered(), 5)
	w.person("fay").zone = "America/Los_Angeles"
	born("2026-03-09 11:00:00", "fay", "1990-03-09")
	w.until("2026-03-10 12:00:00")
	require.Len(t, w.entered(), 5)
	counts, err = w.runner.Counts(context.Background())
	require.NoError(t, err)
	require.Contains(t, counts, journey.Count{Journey: "j", What: "no/duplicate", N: 1})
}

// What entry.when and audience say counts when somebody enters, not when the day begins.
func TestDateRules(t *testing.T) {
	d := many(journey.Entry{Date: &graph.Date{Attribute: "birthday", At: "10:00", Yearly: true}, When: `city == "Oslo"`})
	d.Audience = `has_tag("vip")`
	w := newWorld(t, d)
	for _, p := range []string{"ann", "bob", "cid"} {
		w.person(p).attrs["birthday"] = at("1990-03-05 00:00:00")
	}
	w.person("bob").attrs["city"] = "Oslo"
	w.person("bob").tags["vip"] = true
	w.person("cid").attrs["city"] = "Oslo"
	w.until("2026-03-05 09:00:00")
	w.person("ann").attrs["city"] = "Oslo"
	w.person("ann").tags["vip"] = true
	w.person("bob").attrs["city"] = "Rome"
	w.until("2026-03-06 00:00:00")
	require.Equal(t, []string{"03-05 10:00:00 ann"}, w.entered())
	counts, err := w.runner.Counts(context.Background())
	require.NoError(t, err)
	require.Contains(t, counts, journey.Count{Journey: "j", What: "pending", N: 3})
	require.Contains(t, counts, journey.Count{Journey: "j", What: "no/filter", N: 1})
	require.Contains(t, counts, journey.Count{Journey: "j", What: "no/audience", N: 1})
}

func signalDef() journey.Def {
	return journey.Def{
		Name: "low", Consent: "assumed",
		Entry: journey.Entry{Signal: &graph.Signal{Open: "stock.low", Close: "stock.back", Same: "city"}, When: "city == event.city", Keep: []string{"item"}},
		Nodes: []journey.Node{
			{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Text: "{{.item}} is short", Missing: map[string]string{"item": "it"}}, Next: "w"},
			wait("w", "", journey.Wait{For: 10 * day}),
		},
	}
}

func TestSignal(t *testing.T) {
	w := newWorld(t, signalDef())
	for i := range 8 {
		w.person(fmt.Sprint("p", i)).attrs["city"] = []string{"Oslo", "Rome"}[i%2]
	}
	low := w.event("2026-03-02 10:00:00", "", "stock.low city=Oslo item=shoe")
	require.Equal(t, []string{"03-02 10:00:00 p0", "03-02 10:00:00 p2", "03-02 10:00:00 p4", "03-02 10:00:00 p6"}, w.entered())
	require.Equal(t, "shoe is short", w.push.Sent()[0].Text)
	w.event("2026-03-02 11:00:00", "", "stock.low city=Rome item=hat")
	require.Len(t, w.entered(), 8)

	_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: low, Now: w.now}})
	require.NoError(t, err)
	w.until("2026-03-02 12:00:00")
	require.Len(t, w.entered(), 8, "the same signal again")

	w.event("2026-03-02 13:00:00", "", "stock.back city=Rome")
	exits := w.said("journey.exited")
	require.Equal(t, slices.Repeat([]string{"03-02 13:00:00 exited recovered"}, 4), exits, "exactly those of Rome")

	late := event("2026-03-02 12:30:00", "", "stock.low city=Rome item=hat")
	late.Received = at("2026-03-02 14:00:00")
	require.NoError(t, w.track(late))
	require.Len(t, w.entered(), 8, "raised before it was over")
	w.event("2026-03-02 15:00:00", "", "stock.low city=Rome item=hat")
	require.Len(t, w.entered(), 12, "raised again")

	early := event("2026-03-02 14:30:00", "", "stock.back city=Rome")
	early.Received = at("2026-03-02 16:00:00")
	require.NoError(t, w.track(early))
	require.Len(t, w.said("journey.exited"), 4, "that it was over before is late")

	w.event("2026-03-02 17:00:00", "p1", "stock.back city=Rome")
	require.Len(t, w.said("journey.exited"), 4, "an event of a person is no signal")

	w.event("2026-03-03 10:00:00", "", "stock.back city=Bern")
	w.event("2026-03-20 10:00:00", "", "stock.back city=Rome")
	w.event("2026-03-20 10:00:00", "", "stock.back city=Oslo")
	w.until("2026-06-01 00:00:00")
	states, err := w.store.Open(context.Background(), journey.Query{Journey: "low", N: 100})
	require.NoError(t, err)
	require.Empty(t, states, "closed signals are forgotten in the end")
}

// Who is in because of a signal goes with a merge.
func TestSignalMerge(t *testing.T) {
	w := newWorld(t, signalDef())
	w.person("ann").attrs["city"] = "Oslo"
	w.event("2026-03-02 10:00:00", "", "stock.low city=Oslo item=shoe")
	require.NoError(t, w.store.Move(context.Background(), marque.Move{Key: "m", From: "ann", Into: "zoe", At: w.now}))
	delete(w.people, "ann")
	w.event("2026-03-03 10:00:00", "", "stock.back city=Oslo")
	require.Equal(t, []string{"03-03 10:00:00 exited recovered"}, w.said("journey.exited"))
	require.Equal(t, "zoe", w.log[len(w.log)-1].Profile)
}
