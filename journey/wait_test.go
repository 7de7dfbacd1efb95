package journey_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// learn changes an attribute and says so, as package profile does. Nil takes it away.
func (w *world) learn(when, profile, attr string, value any) {
	w.t.Helper()
	e := event(when, profile, "profile.set")
	e.Props = map[string]any{attr: value}
	e.ID = marque.Key(when, profile, attr)
	require.NoError(w.t, w.advance(context.Background(), e.At))
	p := w.person(profile)
	if p.attrs[attr] = value; value == nil {
		delete(p.attrs, attr)
	} else if zone, ok := value.(string); ok && attr == "zone" {
		p.zone = zone
	}
	require.NoError(w.t, w.track(e))
}

// say says a derived event about a fact.
func (w *world) say(when, profile, name, fact string) {
	w.t.Helper()
	e := event(when, profile, name)
	e.Fact = fact
	require.NoError(w.t, w.track(e))
}

// out are the edges of a wait, each to an exit of that name.
func out(w journey.Wait, edges ...string) []journey.Node {
	nodes := []journey.Node{wait("w", "on", w), {ID: "on", Exit: "on"}}
	for _, e := range edges {
		if nodes[0].On == nil {
			nodes[0].On = map[string]string{}
		}
		nodes[0].On[e] = e
		nodes = append(nodes, journey.Node{ID: e, Exit: e})
	}
	return nodes
}

func TestWaitForDate(t *testing.T) {
	date := func(past string, d graph.Date) journey.Wait {
		return journey.Wait{Date: &graph.DateWait{Date: d, Past: past}}
	}
	at10 := graph.Date{Attribute: "expiry", At: "10:00"}
	week := graph.Date{Attribute: "expiry", Days: -7, At: "10:00"}
	birthday := graph.Date{Attribute: "birthday", At: "09:00", Yearly: true, Leap: "mar1"}
	born := time.Date(1996, 2, 29, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		wait  journey.Wait
		edges []string
		attrs map[string]any
		want  string
	}{
		{"to come, in the person's zone", date("exit", at10), nil, map[string]any{"expiry": "2026-03-20"}, "03-20 02:00:00 exited on"},
		{"days before", date("exit", week), nil, map[string]any{"expiry": "2026-03-20"}, "03-13 02:00:00 exited on"},
		{"due when they come", date("exit", at10), nil, map[string]any{"expiry": "2026-03-02T18:00:00+08:00"}, "03-02 02:00:00 exited on"},
		{"past: continue", date("continue", week), nil, map[string]any{"expiry": "2026-03-08"}, "03-02 02:00:00 exited on"},
		{"past: skip", date("skip", week), []string{"past"}, map[string]any{"expiry": "2026-03-08"}, "03-02 02:00:00 exited past"},
		{"past: skip without an edge", date("skip", week), nil, map[string]any{"expiry": "2026-03-08"}, "03-02 02:00:00 exited on"},
		{"past: exit", date("exit", week), nil, map[string]any{"expiry": "2026-03-08"}, "03-02 02:00:00 exited past"},
		{"missing", date("exit", at10), []string{"missing"}, nil, "03-02 02:00:00 exited missing"},
		{"no date", date("exit", at10), []string{"missing"}, map[string]any{"expiry": "soon"}, "03-02 02:00:00 exited missing"},
		{"a birthday that is not in this year", date("", birthday), nil, map[string]any{"birthday": born}, "03-01 01:00:00 exited on"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, onOrder(out(c.wait, c.edges...)...))
			w.person("ann").zone, w.person("ann").attrs = "Asia/Shanghai", c.attrs
			w.event("2026-03-02 02:00:00", "ann", "order_paid")
			w.until("2027-03-31 00:00:00")
			require.Equal(t, []string{c.want}, w.said("journey.exited"))
		})
	}
	t.Run("the date changes meanwhile", func(t *testing.T) {
		w := newWorld(t, onOrder(out(date("exit", at10), "missing")...))
		for _, p := range []string{"ann", "bob", "eve", "joe"} {
			w.person(p).attrs = map[string]any{"expiry": "2026-03-20"}
			w.event("2026-03-02 02:00:00", p, "order_paid")
		}
		w.learn("2026-03-05 00:00:00", "ann", "expiry", "2026-03-25") // later
		w.learn("2026-03-05 00:00:00", "bob", "expiry", "2026-03-06") // earlier
		w.learn("2026-03-05 00:00:00", "eve", "expiry", "2026-03-04") // earlier than now, later than eve came
		w.learn("2026-03-05 00:00:00", "joe", "expiry", nil)
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-05 00:00:00 exited on", "03-05 00:00:00 exited missing", "03-06 10:00:00 exited on", "03-25 10:00:00 exited on"},
			w.said("journey.exited"))
	})
}

func TestWaitForWindow(t *testing.T) {
	for _, c := range []struct{ name, from, window, days, want string }{
		{"inside: at once", "2026-03-02 01:00:00", "09:00-18:00", "", "03-02 01:00:00"},
		{"its end is outside", "2026-03-02 10:00:00", "09:00-18:00", "", "03-03 01:00:00"},
		{"the weekday is the person's", "2026-03-06 23:30:00", "07:00-18:00", "mon-fri", "03-08 23:00:00"},
		{"over midnight it is the day before's", "2026-03-06 17:00:00", "22:00-02:00", "fri", "03-06 17:00:00"},
		{"over midnight, of another day", "2026-03-07 17:00:00", "22:00-02:00", "fri", "03-13 14:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, onOrder(out(journey.Wait{Window: c.window, Weekdays: c.days})...))
			w.person("ann").zone = "Asia/Shanghai"
			w.event(c.from, "ann", "order_paid")
			w.until("2026-03-31 00:00:00")
			require.Equal(t, []string{c.want + " exited on"}, w.said("journey.exited"))
		})
	}
	t.Run("nobody woke until it was closed: the next", func(t *testing.T) {
		w := newWorld(t, onOrder(out(journey.Wait{Window: "09:00-18:00"})...))
		w.event("2026-03-02 08:00:00", "ann", "order_paid")
		w.now = at("2026-03-02 19:00:00")
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-03 09:00:00 exited on"}, w.said("journey.exited"))
	})
}

func TestWaitForActiveHour(t *testing.T) {
	active := func(of string) journey.Wait {
		return journey.Wait{Active: &graph.Active{Of: of, Else: "10:00", Within: 12 * marque.Hour,
			Segments: []graph.SegmentHour{{Segment: "new", At: "18:00"}, {Segment: "lapsing", At: "19:00"}}}}
	}
	for _, c := range []struct {
		name, of, from string
		set            func(p *person)
		want           string
	}{
		{"an hour", "hour", "2026-03-02 09:00:00", func(p *person) { p.attrs["hour"] = int64(20) }, "03-02 20:00:00"},
		{"a time of day", "hour", "2026-03-02 09:00:00", func(p *person) { p.attrs["hour"] = "20:30" }, "03-02 20:30:00"},
		{"at it", "hour", "2026-03-02 20:00:00", func(p *person) { p.attrs["hour"] = int64(20) }, "03-02 20:00:00"},
		{"no later than within", "hour", "2026-03-02 07:00:00", func(p *person) { p.attrs["hour"] = int64(20) }, "03-02 19:00:00"},
		{"a tag", "active/", "2026-03-02 12:00:00", func(p *person) { p.tags["active/21:30"] = true }, "03-02 21:30:00"},
		{"own before segments", "active/", "2026-03-02 12:00:00", func(p *person) { p.tags["active/20"], p.segments["new"] = true, true }, "03-02 20:00:00"},
		{"the first segment", "hour", "2026-03-02 12:00:00", func(p *person) { p.segments["lapsing"], p.segments["new"] = true, true }, "03-02 18:00:00"},
		{"the second segment", "hour", "2026-03-02 12:00:00", func(p *person) { p.segments["lapsing"] = true }, "03-02 19:00:00"},
		{"an hour that is none", "hour", "2026-03-02 02:00:00", func(p *person) { p.attrs["hour"] = int64(24) }, "03-02 10:00:00"},
		{"else", "hour", "2026-03-02 02:00:00", func(*person) {}, "03-02 10:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, onOrder(out(active(c.of))...))
			c.set(w.person("ann"))
			w.event(c.from, "ann", "order_paid")
			w.until("2026-03-31 00:00:00")
			require.Equal(t, []string{c.want + " exited on"}, w.said("journey.exited"))
		})
	}
	t.Run("learnt meanwhile", func(t *testing.T) {
		w := newWorld(t, onOrder(out(active("hour"))...))
		w.event("2026-03-02 02:00:00", "ann", "order_paid")
		w.learn("2026-03-02 03:00:00", "ann", "hour", int64(12))
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-02 12:00:00 exited on"}, w.said("journey.exited"))
	})
}

// Who moves to another zone goes by the clock there, and never before its time.
func TestZoneChangesMeanwhile(t *testing.T) {
	for _, c := range []struct {
		name, from, to, when, want string
		silent                     bool
		wait                       journey.Wait
	}{
		{"west: later", "Asia/Shanghai", "America/New_York", "2026-03-02 20:00:00", "03-03 14:00:00", false, journey.Wait{At: "09:00"}},
		{"west, and nobody says so", "Asia/Shanghai", "America/New_York", "2026-03-02 20:00:00", "03-03 14:00:00", true, journey.Wait{At: "09:00"}},
		{"east: earlier", "America/New_York", "Asia/Shanghai", "2026-03-02 20:00:00", "03-03 01:00:00", false, journey.Wait{At: "09:00"}},
		{"east, when it is past there: at once", "America/New_York", "Asia/Shanghai", "2026-03-03 02:00:00", "03-03 02:00:00", false, journey.Wait{At: "09:00"}},
		{"days at a time", "Asia/Shanghai", "America/New_York", "2026-03-02 20:00:00", "03-03 14:00:00", false, journey.Wait{Days: 1, At: "09:00"}},
		{"a window", "Asia/Shanghai", "America/New_York", "2026-03-02 20:00:00", "03-03 14:00:00", true, journey.Wait{Window: "09:00-10:00"}},
		{"an exact time knows no zones", "Asia/Shanghai", "America/New_York", "2026-03-02 20:00:00", "03-03 15:00:00", false, journey.Wait{For: day}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, onOrder(out(c.wait)...))
			w.person("ann").zone = c.from
			w.event("2026-03-02 15:00:00", "ann", "order_paid")
			if c.silent {
				w.until(c.when)
				w.person("ann").zone = c.to
			} else {
				w.learn(c.when, "ann", "zone", c.to)
			}
			w.until("2026-03-31 00:00:00")
			require.Equal(t, []string{c.want + " exited on"}, w.said("journey.exited"))
		})
	}
}

func TestWaitRanked(t *testing.T) {
	def := onOrder(
		journey.Node{ID: "w", Wait: &journey.Wait{Ranked: true, Within: day, Any: []journey.Match{
			{Event: "order_paid", Next: "paid", Keep: []string{"amount"}}, {Event: "view", Next: "seen", Keep: []string{"item"}}}},
			On: map[string]string{"timeout": "none"}},
		journey.Node{ID: "paid", Branch: []journey.Case{{When: "vars.amount == 1", Next: "first"}}, Next: "seen"},
		journey.Node{ID: "first", Exit: "paid"}, journey.Node{ID: "seen", Exit: "seen"}, journey.Node{ID: "none", Exit: "none"})
	def.Entry.Event = "refund"
	for _, c := range []struct {
		name   string
		events []string
		want   string
	}{
		{"the best, though it came last", []string{"2026-03-02 11:00:00 view item=x", "2026-03-03 09:59:59 order_paid amount=1"}, "03-03 10:00:00 exited paid"},
		{"the best, though it came first", []string{"2026-03-02 11:00:00 order_paid amount=1", "2026-03-02 12:00:00 view"}, "03-03 10:00:00 exited paid"},
		{"of the same rank the first", []string{"2026-03-02 11:00:00 order_paid amount=1", "2026-03-02 12:00:00 order_paid amount=2"}, "03-03 10:00:00 exited paid"},
		{"the second, held to the end", []string{"2026-03-02 11:00:00 view"}, "03-03 10:00:00 exited seen"},
		{"at the end is too late", []string{"2026-03-03 10:00:00 order_paid amount=1"}, "03-03 10:00:00 exited none"},
		{"none", nil, "03-03 10:00:00 exited none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, def)
			w.event("2026-03-02 10:00:00", "ann", "refund")
			for _, e := range c.events {
				w.event(e[:19], "ann", e[20:])
			}
			w.until("2026-03-31 00:00:00")
			require.Equal(t, []string{c.want}, w.said("journey.exited"))
		})
	}
	t.Run("a goal ends it at once", func(t *testing.T) {
		d := def
		d.Goal = &journey.On{Event: "unfollow"}
		w := newWorld(t, d)
		w.event("2026-03-02 10:00:00", "ann", "refund")
		w.event("2026-03-02 11:00:00", "ann", "view")
		w.event("2026-03-02 12:00:00", "ann", "unfollow")
		require.Equal(t, []string{"03-02 12:00:00 exited goal (goal)"}, w.said("journey.exited"))
	})
}

func TestWaitUntil(t *testing.T) {
	def := func(until ...journey.Case) journey.Def {
		d := onOrder(journey.Node{ID: "w", Wait: &journey.Wait{Until: until, Within: 2 * day}, Next: "on", On: map[string]string{"timeout": "late"}},
			journey.Node{ID: "on", Exit: "on"}, journey.Node{ID: "late", Exit: "late"})
		for _, c := range until {
			if c.Next != "" {
				d.Nodes = append(d.Nodes, journey.Node{ID: c.Next, Exit: c.Next})
			}
		}
		d.Entry.Keep = []string{"amount"}
		return d
	}
	vip, city := journey.Case{When: `has_tag("vip")`}, journey.Case{When: `city == "Berlin"`, Next: "second"}
	t.Run("true on arrival, top to bottom", func(t *testing.T) {
		w := newWorld(t, def(vip, city))
		w.person("ann").attrs["city"] = "Berlin"
		w.person("bob").attrs["city"], w.person("bob").tags["vip"] = "Berlin", true
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 10:00:00", "bob", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 exited second", "03-02 10:00:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("an attribute", func(t *testing.T) {
		w := newWorld(t, def(vip, city))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.learn("2026-03-02 11:00:00", "ann", "city", "Paris")
		w.learn("2026-03-02 12:00:00", "ann", "city", "Berlin")
		require.Equal(t, []string{"03-02 12:00:00 exited second"}, w.said("journey.exited"))
	})
	t.Run("an attribute that an event sets", func(t *testing.T) {
		w := newWorld(t, def(journey.Case{When: `birthday != nil`}))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-02 11:00:00")
		w.person("ann").attrs["birthday"] = monday
		w.event("2026-03-02 11:00:00", "ann", "signed_up")
		require.Equal(t, []string{"03-02 11:00:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("a tag, of which an event says that it changed", func(t *testing.T) {
		w := newWorld(t, def(vip))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-02 12:00:00")
		w.person("ann").tags["vip"] = true
		w.say("2026-03-02 12:00:00", "ann", "tag.added", "tag/lost")
		require.Len(t, w.said("journey.exited"), 0, "another tag")
		w.say("2026-03-02 13:00:00", "ann", "tag.added", "tag/vip")
		require.Equal(t, []string{"03-02 13:00:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("a segment", func(t *testing.T) {
		w := newWorld(t, def(journey.Case{When: `in_segment("lapsing")`}))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-02 12:00:00")
		w.person("ann").segments["lapsing"] = true
		w.event("2026-03-02 12:00:00", "ann", "segment.entered segment=lapsing")
		require.Equal(t, []string{"03-02 12:00:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("events, and the variables", func(t *testing.T) {
		w := newWorld(t, def(journey.Case{When: `times("view") >= 2 && vars.amount > 5`}))
		w.event("2026-03-02 10:00:00", "ann", "order_paid amount=9")
		w.event("2026-03-02 10:00:00", "bob", "order_paid amount=1")
		for _, at := range []string{"2026-03-02 11:00:00", "2026-03-02 12:00:00"} {
			w.event(at, "ann", "view")
			w.event(at, "bob", "view")
		}
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-02 12:00:00 exited on", "03-04 10:00:00 exited late"}, w.said("journey.exited"))
	})
	t.Run("time alone", func(t *testing.T) {
		w := newWorld(t, def(journey.Case{When: `!did("view", within("30h"))`}))
		w.event("2026-03-02 09:00:00", "ann", "view")
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 11:00:00", "ann", "view") // moves it by two hours
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-03 17:00:00 exited on"}, w.said("journey.exited"))
	})
	t.Run("the end exactly", func(t *testing.T) {
		w := newWorld(t, def(vip))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-04 09:59:59")
		require.Len(t, w.said("journey.exited"), 0)
		w.person("ann").tags["vip"] = true // and nobody says so
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-04 10:00:00 exited late"}, w.said("journey.exited"))
	})
	t.Run("an event at the end is too late", func(t *testing.T) {
		w := newWorld(t, def(city))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.learn("2026-03-04 10:00:00", "ann", "city", "Berlin")
		require.Equal(t, []string{"03-04 10:00:00 exited late"}, w.said("journey.exited"))
	})
	t.Run("a look that changes nothing commits nothing", func(t *testing.T) {
		w := newWorld(t, def(city))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		before := one(t, w)
		w.learn("2026-03-02 11:00:00", "ann", "city", "Paris")
		require.Equal(t, before, one(t, w))
	})
	t.Run("a goal that is a rule alone, when something stirs", func(t *testing.T) {
		d := def(city)
		d.Goal = &journey.On{When: "age > 60"}
		w := newWorld(t, d)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.person("ann").attrs["age"] = int64(61)
		w.learn("2026-03-02 11:00:00", "ann", "city", "Paris")
		require.Equal(t, []string{"03-02 11:00:00 exited goal (goal)"}, w.said("journey.exited"))
	})
	t.Run("after a merge", func(t *testing.T) {
		w := newWorld(t, def(vip))
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.person("ann").tags["vip"] = true
		w.event("2026-03-02 11:00:00", "ann", "profile.merged from=anna")
		require.Equal(t, []string{"03-02 11:00:00 exited on"}, w.said("journey.exited"))
	})
}

// one is ann's only state.
func one(t *testing.T, w *world) journey.State {
	t.Helper()
	for _, q := range []journey.Query{{Profiles: []string{"ann"}, Event: "profile.merged"}, {Profiles: []string{"ann"}, Event: "view"}} {
		got, err := w.store.Open(context.Background(), q)
		require.NoError(t, err)
		if len(got) == 1 {
			return got[0]
		}
	}
	t.Fatal("ann is in nothing")
	return journey.State{}
}

// An event counts by when it happened, against when the person came; which of two events arrives first does not matter.
func TestLateAndRepeatedEvents(t *testing.T) {
	def := onOrder(wait("w", "on", journey.Wait{For: day}), journey.Node{ID: "on", Wait: &journey.Wait{Event: "view", Within: day}, Next: "seen", On: map[string]string{"timeout": "none"}},
		journey.Node{ID: "seen", Exit: "seen"}, journey.Node{ID: "none", Exit: "none"})
	t.Run("happened before, arrives after: no", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		e := event("2026-03-03 09:59:59", "ann", "view")
		e.Received = at("2026-03-03 11:00:00")
		require.NoError(t, w.track(e))
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-04 10:00:00 exited none"}, w.said("journey.exited"))
	})
	t.Run("happens at the instant of coming: yes", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-03 10:00:00", "ann", "view")
		require.Equal(t, []string{"03-03 10:00:00 exited seen"}, w.said("journey.exited"))
	})
	t.Run("happened within, arrives after the end: no", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		e := event("2026-03-03 12:00:00", "ann", "view")
		e.Received = at("2026-03-04 10:00:00")
		require.NoError(t, w.track(e))
		require.Equal(t, []string{"03-04 10:00:00 exited none"}, w.said("journey.exited"))
	})
	t.Run("the same event does not move somebody twice", func(t *testing.T) {
		d := onOrder(wait("a", "b", journey.Wait{Event: "view"}), wait("b", "", journey.Wait{Event: "view"}))
		w := newWorld(t, d)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		e := w.event("2026-03-02 11:00:00", "ann", "view")
		for range 2 {
			_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: e, Now: w.now}})
			require.NoError(t, err)
		}
		require.Equal(t, "b", one(t, w).Node)
		w.event("2026-03-02 11:00:01", "ann", "view")
		require.Equal(t, []string{"03-02 11:00:01 exited completed"}, w.said("journey.exited"))
	})
}

// A clock that goes backwards wakes nobody early, forgets nobody and does nothing twice.
func TestClockGoesBackwards(t *testing.T) {
	w := newWorld(t, onOrder(send("a", "w", "push"), wait("w", "b", journey.Wait{For: 2 * marque.Hour}), send("b", "v", "push"), wait("v", "", journey.Wait{Event: "view", Within: day})))
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	w.until("2026-03-02 11:00:00")
	w.now = at("2026-03-02 08:00:00")
	w.until("2026-03-02 11:59:59")
	require.Len(t, w.push.Sent(), 1)
	w.until("2026-03-02 12:00:00")
	require.Len(t, w.push.Sent(), 2)
	w.now = at("2026-03-02 11:00:00") // somebody else's clock
	w.event("2026-03-02 11:30:00", "bob", "order_paid")
	w.until("2026-03-04 00:00:00")
	require.Equal(t, []string{"03-03 12:00:00 exited completed", "03-03 13:30:00 exited completed"}, w.said("journey.exited"))
	require.Len(t, w.push.Sent(), 4)
	w.check()
}
