package journey_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule/lang"
)

func TestWindowToTheMicrosecond(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Event: "view", Window: 2 * marque.Day}))
	for i, x := range []struct {
		at    time.Duration
		enter bool
	}{
		{0, true}, {48*time.Hour - time.Microsecond, false}, {48 * time.Hour, true},
		{96*time.Hour - time.Microsecond, false}, {96 * time.Hour, true}, {96*time.Hour + time.Microsecond, false},
	} {
		before := len(w.entered())
		e := marque.Event{ID: fmt.Sprint("e", i), Name: "view", Profile: "ann", At: at("2026-03-02 10:00:00").Add(x.at)}
		require.NoError(t, w.track(e))
		require.Equal(t, x.enter, len(w.entered()) > before, x.at)
	}
}

func TestKey(t *testing.T) {
	for _, c := range []struct {
		name   string
		entry  journey.Entry
		events [][3]string
		want   []string
	}{
		{"one at a time for each order", journey.Entry{Event: "order_paid", Reentry: "active", Key: "event.order"},
			[][3]string{
				{"2026-03-02 10:00:00", "ann", "order_paid order=a"}, {"2026-03-02 11:00:00", "ann", "order_paid order=b"},
				{"2026-03-02 12:00:00", "ann", "order_paid order=a amount=2"}, {"2026-03-02 13:00:00", "bob", "order_paid order=a"},
				{"2026-03-02 14:00:00", "bob", "order_paid amount=1"},
			}, []string{"03-02 10:00:00 ann", "03-02 11:00:00 ann", "03-02 13:00:00 bob"}},
		{"once for each, of the event and the person", journey.Entry{Event: "order_paid", Key: `event.order + "/" + city`},
			[][3]string{
				{"2026-03-02 10:00:00", "ann", "order_paid order=a"}, {"2026-03-22 10:00:00", "ann", "order_paid order=a"},
				{"2026-03-22 11:00:00", "ann", "order_paid order=b"},
			}, []string{"03-02 10:00:00 ann", "03-22 11:00:00 ann"}},
		{"a window for each", journey.Entry{Event: "view", Window: marque.Day, Key: "event.item"},
			[][3]string{
				{"2026-03-02 10:00:00", "ann", "view item=hat"}, {"2026-03-02 11:00:00", "ann", "view item=shoe"},
				{"2026-03-03 09:59:59", "ann", "view item=hat"}, {"2026-03-03 10:00:00", "ann", "view item=hat"},
				{"2026-03-03 10:30:00", "ann", "view item=shoe"},
			}, []string{"03-02 10:00:00 ann", "03-02 11:00:00 ann", "03-03 10:00:00 ann"}},
		{"did and not, pending for each", journey.Entry{Did: "view", Not: "order_paid", Within: 5 * marque.Minute, Reentry: "every", Key: "event.item"},
			[][3]string{
				{"2026-03-02 10:00:00", "ann", "view item=hat"}, {"2026-03-02 10:01:00", "ann", "view item=shoe"},
				{"2026-03-02 10:02:00", "ann", "view item=hat"}, {"2026-03-02 10:20:00", "ann", "view item=hat"},
				{"2026-03-02 11:20:00", "bob", "view"},
			}, []string{"03-02 10:05:00 ann", "03-02 10:06:00 ann", "03-02 10:25:00 ann"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := many(c.entry)
			d.Nodes = []journey.Node{wait("w", "", journey.Wait{For: 10 * day})}
			w := newWorld(t, d)
			w.person("ann").attrs["city"] = "Oslo"
			for _, e := range c.events {
				w.event(e[0], e[1], e[2])
			}
			w.until("2026-04-20 00:00:00")
			require.Equal(t, c.want, w.entered())
		})
	}
}

// Two people who turn out to be one keep an enrollment for each order.
func TestKeyMerge(t *testing.T) {
	d := many(journey.Entry{Event: "order_paid", Reentry: "active", Key: "event.order"})
	d.Nodes = []journey.Node{wait("w", "", journey.Wait{For: 10 * day})}
	w := newWorld(t, d)
	w.event("2026-03-02 10:00:00", "ann", "order_paid order=a")
	w.event("2026-03-02 11:00:00", "ann", "order_paid order=b")
	w.event("2026-03-02 12:00:00", "bob", "order_paid order=b")
	w.event("2026-03-02 13:00:00", "bob", "order_paid order=c")
	require.NoError(t, w.store.Move(context.Background(), marque.Move{Key: "m", From: "bob", Into: "ann", At: w.now}))
	states, err := w.store.Open(context.Background(), journey.Query{Journey: "j", N: 10})
	require.NoError(t, err)
	require.Len(t, states, 3)
	w.until("2026-03-03 00:00:00")
	require.Equal(t, []string{"03-02 13:00:00 exited merged"}, w.said("journey.exited"))
}

func TestLimit(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit []graph.Quota
		want  []string // of one person each ten hours from 06:00 of Monday in Tokyo
	}{
		{"per day of the journey's calendar", []graph.Quota{{N: 1, Per: "day"}},
			[]string{"03-01 21:00:00 p0", "03-02 17:00:00 p2", "03-03 23:00:00 p5", "03-04 19:00:00 p7"}},
		{"per week", []graph.Quota{{N: 2, Per: "week"}}, []string{"03-01 21:00:00 p0", "03-02 07:00:00 p1"}},
		{"rolling", []graph.Quota{{N: 1, Within: 20 * marque.Hour}},
			[]string{"03-01 21:00:00 p0", "03-02 17:00:00 p2", "03-03 13:00:00 p4", "03-04 09:00:00 p6"}},
		{"for good", []graph.Quota{{N: 3}}, []string{"03-01 21:00:00 p0", "03-02 07:00:00 p1", "03-02 17:00:00 p2"}},
		{"two, and the tighter one counts", []graph.Quota{{N: 1, Per: "day"}, {N: 2}}, []string{"03-01 21:00:00 p0", "03-02 17:00:00 p2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := many(journey.Entry{Event: "view", Limit: c.limit})
			d.Zone = "Asia/Tokyo"
			w := newWorld(t, d)
			w.now = at("2026-03-01 00:00:00")
			for i := range 8 {
				w.event(at("2026-03-01 21:00:00").Add(time.Duration(i)*10*time.Hour).Format("2006-01-02 15:04:05"), fmt.Sprint("p", i), "view item=hat")
			}
			require.Equal(t, c.want, w.entered())
		})
	}
}

// What an enrollment gives back when it ends is its re-entry, not its place in the limit.
func TestLimitStays(t *testing.T) {
	w := newWorld(t, many(journey.Entry{Event: "view", Reentry: "active", Limit: []graph.Quota{{N: 2, Per: "day"}}}))
	for i := range 4 {
		w.event(fmt.Sprintf("2026-03-02 10:0%d:00", i), "ann", "view item=hat")
	}
	require.Equal(t, []string{"03-02 10:00:00 ann", "03-02 10:01:00 ann"}, w.entered())
}

func TestEnter(t *testing.T) {
	ctx := context.Background()
	d := many(journey.Entry{Call: true, Reentry: "active", Key: "city", Limit: []graph.Quota{{N: 3, Per: "day"}}})
	d.Audience = "age >= 18"
	d.Entry.Holdout = &journey.Holdout{Name: "h", Share: 100_000}
	d.Nodes[0].Send.Text, d.Nodes[0].Send.Missing = "hello {{.gift}}", map[string]string{"gift": "you"}
	d.Nodes[0].Next = "w"
	d.Nodes = append(d.Nodes, wait("w", "", journey.Wait{Event: "view", Keep: []string{"item"}}),
		journey.Node{ID: "c", Coupon: &journey.Coupon{Batch: "b", As: "gift"}})
	d.Nodes[1].Next = "c"
	w := newWorld(t, d)
	out := ""
	for i := range 100 {
		if p := fmt.Sprint("p", i); d.Entry.Holdout.Has(p) {
			out = p
			break
		}
	}
	for _, p := range []string{"ann", "bob", "cid", "dan", "eve", out} {
		w.person(p).attrs["age"], w.person(p).attrs["city"] = 20, "Oslo"
	}
	w.person("bob").attrs["age"] = 17
	delete(w.person("cid").attrs, "city")
	for _, x := range []struct {
		who, key string
		want     journey.Reason
	}{
		{"ann", "k1", ""}, {"ann", "k1", "duplicate"}, {"ann", "k2", "active"}, {"bob", "k1", "audience"}, {"cid", "k1", "key"},
		{out, "k1", "holdout"}, {"dan", "k1", ""}, {"eve", "k1", ""}, {"zoe", "k1", "audience"}, {"ann", "k3", "active"},
	} {
		said, why, err := w.runner.Enter(ctx, marque.Lease{}, w.now, "j", x.who, x.key, map[string]any{"gift": "ring"})
		require.NoError(t, err)
		require.Equal(t, x.want, why, "%s %s", x.who, x.key)
		require.Equal(t, x.want == "", len(said) > 0 && said[len(said)-1].Name == "journey.entered", "%s %s", x.who, x.key)
	}
	w.person("fay").attrs["age"], w.person("fay").attrs["city"] = 20, "Oslo"
	_, why, err := w.runner.Enter(ctx, marque.Lease{}, w.now, "j", "fay", "k1", nil)
	require.NoError(t, err)
	require.Equal(t, journey.Reason("capped"), why)
	w.until("2026-03-02 10:00:00")
	require.Equal(t, "hello ring", w.push.Sent()[0].Text)

	_, _, err = w.runner.Enter(ctx, marque.Lease{}, w.now, "k", "ann", "k1", nil)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

// Of journeys that act on one person at one instant the highest goes first: it has the cap before the others.
func TestPriority(t *testing.T) {
	def := func(name string, priority int, e journey.Entry) journey.Def {
		d := many(e)
		d.Name, d.Priority, d.Caps = name, priority, []journey.Cap{{N: 1, Per: "day"}}
		return d
	}
	for _, c := range []struct {
		name  string
		entry func(i int) journey.Entry
		wait  marque.Duration
	}{
		{"entries of one event", func(int) journey.Entry { return journey.Entry{Event: "view"} }, 0},
		{"waits that end together", func(int) journey.Entry { return journey.Entry{Event: "view"} }, marque.Hour},
		{"schedules of one instant", func(int) journey.Entry {
			return journey.Entry{Schedule: &graph.Schedule{Cron: "0 10 2 3 *"}}
		}, 0},
		{"a schedule of everybody and one of a segment", func(i int) journey.Entry {
			if i%2 == 0 {
				return journey.Entry{Schedule: &graph.Schedule{Cron: "0 10 2 3 *", Segment: "new"}}
			}
			return journey.Entry{Schedule: &graph.Schedule{Cron: "0 10 2 3 *"}}
		}, 0},
		{"a date and a schedule", func(i int) journey.Entry {
			if i%2 == 0 {
				return journey.Entry{Schedule: &graph.Schedule{Cron: "0 10 2 3 *", Zone: "contact"}}
			}
			return journey.Entry{Date: &graph.Date{Attribute: "birthday", At: "10:00", Yearly: true}}
		}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var defs []journey.Def
			for i, p := range []int{0, 7, -1, 9, 3} {
				d := def(fmt.Sprint("j", p), p, c.entry(i))
				if c.wait != 0 {
					d.Nodes = append([]journey.Node{wait("w", "s", journey.Wait{For: c.wait})}, d.Nodes...)
				}
				defs = append(defs, d)
			}
			w := newWorld(t, defs...)
			for i := range 5 {
				w.person(fmt.Sprint("p", i)).attrs["birthday"] = at("1990-03-02 00:00:00")
				w.person(fmt.Sprint("p", i)).segments["new"] = i == 4 // on another page than among all
			}
			w.until("2026-03-02 09:59:59")
			for i := range 5 {
				w.event("2026-03-02 10:00:00", fmt.Sprint("p", i), "view item=hat")
			}
			w.until("2026-03-02 12:00:00")
			require.Len(t, w.push.Sent(), 5)
			for _, m := range w.push.Sent() {
				require.Equal(t, "j9", m.Journey)
			}
		})
	}
}

func TestPreviewRound(t *testing.T) {
	ctx := context.Background()
	d := many(journey.Entry{Schedule: &graph.Schedule{Cron: "0 9 * * mon", Segment: "new"}, Reentry: "once", When: `city == "Oslo"`})
	d.Audience = "age >= 18"
	d.Consent = ""
	d.Nodes[0].Send.Channels = []string{"push", "sms"}
	w := newWorld(t, d)
	for i := range 20 {
		p := w.person(fmt.Sprintf("p%02d", i))
		p.segments["new"], p.attrs["city"], p.attrs["age"] = i != 19, "Oslo", 20
		switch {
		case i < 3:
			p.attrs["city"] = "Rome"
		case i < 5:
			p.attrs["age"] = 17
		case i < 8:
			p.consents[0].Channel = "sms"
		case i < 9:
			p.consents = nil
		}
	}
	want := journey.Forecast{
		At: at("2026-03-02 09:00:00"), People: 19, Enter: 14, Not: map[journey.Reason]int{"filter": 3, "audience": 2},
		Messages: map[string]int{"push": 10, "sms": 3, "": 1}, Cost: 10*2 + 3*50,
	}
	prices := map[string]marque.Money{"push": 2, "sms": 50}
	for range 2 { // and nothing is written
		got, err := w.runner.PreviewRound(ctx, marque.Lease{}, "j", w.now, prices)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	w.until("2026-03-02 10:00:00")
	require.Len(t, w.entered(), want.Enter)
	require.Len(t, w.push.Sent(), 10)
	require.Len(t, w.sms.Sent(), 3)

	got, err := w.runner.PreviewRound(ctx, marque.Lease{}, "j", w.now, prices)
	require.NoError(t, err)
	require.Equal(t, map[journey.Reason]int{"filter": 3, "audience": 2, "once": 14}, got.Not)
	require.Zero(t, got.Enter)

	d.Name, d.Entry.Limit = "k", []graph.Quota{{N: 5, Per: "day"}, {N: 100}}
	w = newWorld(t, d)
	for i := range 8 {
		p := w.person(fmt.Sprintf("p%02d", i))
		p.segments["new"], p.attrs["city"], p.attrs["age"] = true, "Oslo", 20
	}
	got, err = w.runner.PreviewRound(ctx, marque.Lease{}, "k", w.now, nil)
	require.NoError(t, err)
	require.Equal(t, 5, got.Enter)
	require.Equal(t, map[journey.Reason]int{"capped": 3}, got.Not)
	_, _, err = w.runner.Enter(ctx, marque.Lease{}, at("2026-03-02 01:00:00"), "k", "p01", "x", nil)
	require.NoError(t, err)
	got, err = w.runner.PreviewRound(ctx, marque.Lease{}, "k", at("2026-03-02 01:00:00"), nil)
	require.NoError(t, err)
	require.Equal(t, 4, got.Enter)
	require.Equal(t, map[journey.Reason]int{"capped": 3, "once": 1}, got.Not)
}

func TestEntryFaults(t *testing.T) {
	for _, c := range []struct {
		name  string
		entry journey.Entry
		want  []string
	}{
		{"schedule", journey.Entry{Schedule: &graph.Schedule{Cron: "0 25 * * *", Zone: "Mars", Segment: "nw"}, Keep: []string{"x"}},
			[]string{"[0].entry.schedule.cron: ", "[0].entry.schedule.zone: ", "[0].entry.keep: there is no event"}},
		{"segment of a schedule", journey.Entry{Schedule: &graph.Schedule{Cron: "0 5 * * *", Segment: "nw"}},
			[]string{`[0].entry.schedule.segment: no segment "nw", did you mean "new"?`}},
		{"date", journey.Entry{Date: &graph.Date{At: "9", Days: 40000, Leap: "mar2"}},
			[]string{"[0].entry.date.attribute: is empty", "[0].entry.date.at: ", "[0].entry.date.days: ", "[0].entry.date.leap: "}},
		{"date of what is none", journey.Entry{Date: &graph.Date{Attribute: "age", At: "09:00"}}, []string{"[0].entry.date.attribute: is int, want a time or a text"}},
		{"leap without years", journey.Entry{Date: &graph.Date{Attribute: "birthday", At: "09:00", Leap: "mar1"}}, []string{"[0].entry.date.leap: goes with yearly only"}},
		{"signal", journey.Entry{Signal: &graph.Signal{Same: "city"}}, []string{"[0].entry.signal.open: is empty", "[0].entry.signal.same: goes with close only"}},
		{"names of a signal", journey.Entry{Signal: &graph.Signal{Open: "stock.lo", Close: "stock.back", Same: "item"}, Keep: []string{"x"}},
			[]string{`[0].entry.signal.open: no event "stock.lo", did you mean "stock.low"?`, `[0].entry.signal.same: event/stock.back has no property "item"`}},
		{"two ways", journey.Entry{Signal: &graph.Signal{Open: "view"}, Call: true}, []string{"got signal and call"}},
		{"limit", journey.Entry{Event: "view", Limit: []graph.Quota{{N: 0, Per: "year"}, {N: 1, Per: "day", Within: 1}, {N: 1, Within: -1}}},
			[]string{"[0].entry.limit[0].n: ", "[0].entry.limit[0].per: ", "[0].entry.limit[1].within: ", "[0].entry.limit[2].within: "}},
		{"key", journey.Entry{Event: "view", Key: "event.itm"}, []string{"[0].entry.key: 1:"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			defs := []journey.Def{many(c.entry)}
			lex := schema(defs)
			_, err := journey.Compile(defs, lex, lang.New(lex, nil), nil)
			require.Error(t, err)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
		})
	}
}

// A refused entry changes nothing of an enrollment that runs.
func TestRefusedEntryChangesNothing(t *testing.T) {
	for _, c := range []struct {
		why   journey.Reason
		entry journey.Entry
	}{
		{"once", journey.Entry{Event: "view"}}, {"active", journey.Entry{Event: "view", Reentry: "active"}},
		{"window", journey.Entry{Event: "view", Window: marque.Day}},
		{"capped", journey.Entry{Event: "view", Reentry: "every", Limit: []graph.Quota{{N: 1}}}},
		{"key", journey.Entry{Event: "view", Reentry: "every", Key: "city"}},
	} {
		t.Run(string(c.why), func(t *testing.T) {
			d := many(c.entry)
			d.Nodes = []journey.Node{wait("w", "", journey.Wait{For: 10 * day})}
			w := newWorld(t, d)
			w.person("ann").attrs["city"] = "Oslo"
			w.event("2026-03-02 10:00:00", "ann", "view item=hat")
			before, err := w.store.Open(context.Background(), journey.Query{Journey: "j", N: 9})
			require.NoError(t, err)
			require.Len(t, before, 1)
			delete(w.person("ann").attrs, "city")
			w.event("2026-03-02 11:00:00", "ann", "view item=shoe")
			_, why, err := w.runner.Enter(context.Background(), marque.Lease{}, w.now, "j", "ann", "by hand", nil)
			require.NoError(t, err)
			require.Equal(t, c.why, why)
			after, err := w.store.Open(context.Background(), journey.Query{Journey: "j", N: 9})
			require.NoError(t, err)
			require.Equal(t, before, after)
			require.Len(t, w.entered(), 1)
		})
	}
}
