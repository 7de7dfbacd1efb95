package tagging_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
	"github.com/marque-go/marque/tagging"
)

func channelHabit(least int, share float64, values ...string) *tagging.Habit {
	return &tagging.Habit{Event: "message_opened", Prop: "channel", Values: values, Window: 20 * day, Least: least, Share: share}
}

var habitDefs = []tagging.Def{
	{Name: "wechat", Group: "channel", Exclusive: true, Habit: channelHabit(0, 0, "wechat")},
	{Name: "sms", Group: "channel", Exclusive: true, Habit: channelHabit(3, 0, "sms")},
	{Name: "mail", Group: "channel", Exclusive: true, Habit: channelHabit(2, 0.4, "mail", "post")},
	{Name: "by_hand", Group: "channel", Exclusive: true},
	{Name: "morning", Habit: &tagging.Habit{Event: "message_opened", Hours: "06:00-12:00", Window: 9 * day, Share: 0.5}},
	{Name: "ever", Habit: &tagging.Habit{Event: "message_opened", Hours: "22:00-06:00", Least: 4}},
	{Name: "wechat_at_night", When: `event.page >= 5`, Habit: &tagging.Habit{Event: "message_opened", Prop: "channel", Values: []string{"wechat"}, Hours: "18:00-06:00", Window: 12 * day, Least: 1}},
}

// opened draws openings in order of arrival, some of them late and some at one instant.
func opened(t *rapid.T) []marque.Event {
	arrival := start
	var events []marque.Event
	for i := range rapid.IntRange(1, 40).Draw(t, "events") {
		arrival = arrival.Add(time.Duration(rapid.IntRange(1, 60).Draw(t, "hours")) * time.Hour)
		late := time.Duration(rapid.SampledFrom([]int{0, 0, 0, 3, 30, 24 * 9, 24 * 25}).Draw(t, "late")) * time.Hour
		e := marque.Event{ID: fmt.Sprint("e", i), Name: "message_opened", Profile: "ann", At: arrival.Add(-late), Received: arrival, Props: map[string]any{}}
		if c := rapid.SampledFrom([]string{"wechat", "wechat", "sms", "mail", "post", "other", ""}).Draw(t, "channel"); c != "" {
			e.Props["channel"] = c
		}
		if rapid.Bool().Draw(t, "paged") {
			e.Props["page"] = rapid.IntRange(1, 9).Draw(t, "page")
		}
		events = append(events, e)
	}
	return events
}

// habits is what is on at an instant, counted by hand from what arrived by then.
func habits(known []marque.Event, at time.Time) map[string]bool {
	on := map[string]bool{}
	in := func(e marque.Event, window marque.Duration) bool {
		age := at.Sub(e.At)
		return age >= 0 && (window == 0 || age < time.Duration(window))
	}
	count, last, all := map[string]int{}, map[string]time.Time{}, 0
	var morning, nine, night, late int
	for _, e := range known {
		c, _ := e.Props["channel"].(string)
		page, _ := e.Props["page"].(int)
		if in(e, 20*day) && c != "" {
			all++
			name := map[string]string{"wechat": "wechat", "sms": "sms", "mail": "mail", "post": "mail"}[c]
			count[name]++
			if e.At.After(last[name]) {
				last[name] = e.At
			}
		}
		h := e.At.Hour()
		if in(e, 9*day) {
			nine++
			if h >= 6 && h < 12 {
				morning++
			}
		}
		if h >= 22 || h < 6 {
			night++
		}
		if in(e, 12*day) && c == "wechat" && page >= 5 && (h >= 18 || h < 6) {
			late++
		}
	}
	most := ""
	for _, name := range []string{"wechat", "sms", "mail"} {
		if n := count[name]; n > 0 && (most == "" || n > count[most] || n == count[most] && last[name].After(last[most])) {
			most = name
		}
	}
	switch most {
	case "wechat":
		on[most] = count[most] >= 2
	case "sms":
		on[most] = count[most] >= 3
	case "mail":
		on[most] = count[most] >= 2 && 5*count[most] >= 2*all
	}
	on["morning"] = morning >= 2 && 2*morning >= nine
	on["ever"] = night >= 4
	on["wechat_at_night"] = late >= 1
	return on
}

// What is said, and when, is what counting by hand at every instant gives.
func TestHabitOracle(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := opened(rt)
		w, book := world(t, tagging.NewMemory(), habitDefs)
		w.Again, w.Batch = rapid.Bool().Draw(rt, "again"), rapid.Bool().Draw(rt, "batch")
		steps := rapid.Bool().Draw(rt, "steps")
		last := start
		for _, e := range events {
			if steps {
				w.Advance(last.Add(time.Duration(rapid.Int64Range(0, int64(e.Received.Sub(last))).Draw(rt, "step"))))
			}
			w.Track(e)
			last = e.Received
		}
		end := last.AddDate(0, 2, 0)
		for at := last; steps && at.Before(end); at = at.Add(31 * time.Hour) {
			w.Advance(at)
		}
		w.Advance(end)

		var instants []time.Time
		for _, e := range events {
			instants = append(instants, e.Received)
			for _, window := range []int{9, 12, 20} {
				instants = append(instants, e.At.AddDate(0, 0, window))
			}
		}
		slices.SortFunc(instants, time.Time.Compare)
		instants = slices.CompactFunc(instants, time.Time.Equal)
		var want []string
		on := map[string]bool{}
		change := func(at time.Time, now map[string]bool) {
			for _, d := range habitDefs {
				if was := on[d.Name]; was != now[d.Name] {
					verb := tagging.Added + " " + d.Name + " behaviour"
					if was {
						verb = tagging.Removed + " " + d.Name + " habit"
					}
					want = append(want, fmt.Sprintf("%v ann %s", marque.Duration(at.Sub(start)), verb))
				}
			}
			on = now
		}
		for _, at := range instants {
			n := 0 // what arrived before: what is due goes first
			for n < len(events) && events[n].Received.Before(at) {
				n++
			}
			if at.Before(start) {
				continue
			}
			change(at, habits(events[:n], at))
			if n < len(events) && events[n].Received.Equal(at) {
				change(at, habits(events[:n+1], at))
			}
		}
		require.Equal(rt, want, derivedtest.Lines(start, w.Said, "tag", "source", "reason"))
		left, err := book.Due(t.Context(), marque.Parts{}, end.AddDate(100, 0, 0), 10)
		require.NoError(rt, err)
		require.Empty(rt, left)
	})
}

// The order of arrival does not matter for what is left, nor does deriving it anew.
func TestHabitsAreAFunctionOfTheLog(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		events := opened(rt)
		now := events[len(events)-1].Received
		live, liveBook := world(t, tagging.NewMemory(), habitDefs)
		late, lateBook := world(t, tagging.NewMemory(), habitDefs)
		anew, anewBook := world(t, tagging.NewMemory(), habitDefs)
		for _, e := range events {
			live.Track(e)
		}
		for _, e := range rapid.Permutation(events).Draw(rt, "order") {
			e.Received = now
			late.Track(e)
			anew.Log(e)
		}
		_, err := anewBook.Rebuild(t.Context(), nil, []rule.Pass{anew.Pass("ann")})
		require.NoError(rt, err)
		require.Equal(rt, held(rt, live, liveBook), held(rt, late, lateBook))
		require.Equal(rt, held(rt, live, liveBook), held(rt, anew, anewBook))
		later := now.AddDate(0, 2, 0)
		want := derivedtest.Lines(start, live.Advance(later), "tag", "source", "reason")
		require.Equal(rt, want, derivedtest.Lines(start, late.Advance(later), "tag", "source", "reason"))
		require.Equal(rt, want, derivedtest.Lines(start, anew.Advance(later), "tag", "source", "reason"))
	})
}

func open(after marque.Duration, props map[string]any) marque.Event {
	e := event("message_opened", after)
	e.Props = props
	return e
}

func TestHabitValues(t *testing.T) {
	for _, c := range []struct {
		name  string
		habit tagging.Habit
		props map[string]any
		want  bool
	}{
		{"a text", tagging.Habit{Prop: "channel", Values: []string{"sms", "wechat"}}, map[string]any{"channel": "wechat"}, true},
		{"another text", tagging.Habit{Prop: "channel", Values: []string{"sms"}}, map[string]any{"channel": "wechat"}, false},
		{"a number", tagging.Habit{Prop: "page", Values: []string{"7"}}, map[string]any{"page": 7}, true},
		{"another number", tagging.Habit{Prop: "page", Values: []string{"70"}}, map[string]any{"page": 7}, false},
		{"a truth", tagging.Habit{Prop: "paid", Values: []string{"false"}}, map[string]any{"paid": false}, true},
		{"another truth", tagging.Habit{Prop: "paid", Values: []string{"true"}}, map[string]any{"paid": false}, false},
		{"one of a set", tagging.Habit{Prop: "topics", Values: []string{"b"}}, map[string]any{"topics": []string{"a", "b"}}, true},
		{"none of a set", tagging.Habit{Prop: "topics", Values: []string{"c"}}, map[string]any{"topics": []string{"a", "b"}}, false},
		{"nothing", tagging.Habit{Prop: "topics", Values: []string{"c"}}, nil, false},
		{"an hour", tagging.Habit{Hours: "09:00-09:30"}, nil, true},
		{"the end of the hours", tagging.Habit{Hours: "08:00-09:00"}, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.habit.Event = "message_opened"
			w, _ := world(t, tagging.NewMemory(), []tagging.Def{{Name: "a", Habit: &c.habit}})
			require.Empty(t, w.Track(open(0, c.props)), "once is no habit")
			require.Equal(t, c.want, len(w.Track(open(day, c.props))) == 1)
		})
	}
}

// Hours are those of the person's zone, also where its clock is put forward.
func TestHabitZone(t *testing.T) {
	w, book := world(t, tagging.NewMemory(), []tagging.Def{{Name: "night", Habit: &tagging.Habit{Event: "message_opened", Hours: "22:00-04:00", Least: 1}}})
	for _, c := range []struct {
		zone string
		at   string
		want int
	}{
		{"Asia/Shanghai", "2026-03-01T13:59:59Z", 0}, {"Asia/Shanghai", "2026-03-01T14:00:00Z", 1}, {"Asia/Shanghai", "2026-03-01T19:59:59Z", 1}, {"Asia/Shanghai", "2026-03-01T20:00:00Z", 0},
		{"Europe/Berlin", "2026-03-28T21:00:00Z", 1}, {"Europe/Berlin", "2026-03-29T20:00:00Z", 1}, {"Europe/Berlin", "2026-03-29T02:00:00Z", 0}, {"Europe/Berlin", "2026-03-28T02:00:00Z", 1},
		{"", "2026-03-01T22:00:00Z", 1}, {"Nowhere/Land", "2026-03-01T22:00:00Z", 1},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		require.NoError(t, err)
		p := w.Pass("nobody")
		p.Now, p.Facts.Zone, p.Facts.Profile = at, c.zone, c.zone+c.at
		slot, _ := lexicon(t, nil).Event("message_opened")
		p.Facts.Events[slot] = []rule.Hit{{At: rule.At(at)}}
		said, err := book.Derive(t.Context(), w.Names(), []rule.Pass{p})
		require.NoError(t, err)
		require.Len(t, said, c.want, "%s %s", c.zone, c.at)
	}
}

// A habit waits while a tag of its group is set by hand, and one that is set by hand does not outlast it for that.
func TestHabitBehindAHand(t *testing.T) {
	w, book := world(t, tagging.NewMemory(), habitDefs)
	for i := range 3 {
		w.Track(open(marque.Duration(i)*day, map[string]any{"channel": "wechat"}))
	}
	got, err := book.Set(t.Context(), tagging.Act{Profile: "ann", Tag: "by_hand", Until: at(5 * day)}, at(3*day))
	require.NoError(t, err)
	w.Said = append(w.Said, got.Said...)
	w.Track(open(4*day, map[string]any{"channel": "wechat"}))
	w.Advance(at(30 * day))
	_, err = book.Set(t.Context(), tagging.Act{Profile: "ann", Tag: "wechat", Source: tagging.Behaviour}, at(30*day))
	require.ErrorContains(t, err, "source: the tag is a habit")
	lines := derivedtest.Lines(start, w.Said, "tag", "source", "reason")
	require.Equal(t, []string{
		"1d ann tag.added wechat behaviour", "1d ann tag.added morning behaviour", "3d ann tag.removed wechat group", "3d ann tag.added by_hand manual",
		"5d ann tag.added wechat behaviour", "5d ann tag.removed by_hand ttl", "11d ann tag.removed morning habit", "22d ann tag.removed wechat habit",
	}, lines)
}

func TestTally(t *testing.T) {
	w, book := world(t, tagging.NewMemory(), habitDefs)
	for i, c := range []string{"sms", "wechat", "sms", "wechat", "other", "mail"} {
		w.Track(open(marque.Duration(i)*day, map[string]any{"channel": c}))
	}
	got, err := book.Plan().Tally("sms", w.Facts("ann"), at(5*day))
	require.NoError(t, err)
	require.Equal(t, []tagging.Tally{
		{Tag: "wechat", Count: 2, Of: 6, Latest: at(3 * day), Wins: true}, {Tag: "sms", Count: 2, Of: 6, Latest: at(2 * day)}, {Tag: "mail", Count: 1, Of: 6, Latest: at(5 * day)},
	}, got)
	for _, tag := range []string{"by_hand", "none"} {
		_, err = book.Plan().Tally(tag, w.Facts("ann"), start)
		require.ErrorIs(t, err, marque.ErrNotFound)
	}
}

func TestHabitFaults(t *testing.T) {
	lex := lexicon(t, []tagging.Def{{Name: "a"}, {Name: "b"}})
	opened := func(h tagging.Habit) *tagging.Habit { h.Event = "message_opened"; return &h }
	sms := opened(tagging.Habit{Prop: "channel", Values: []string{"sms"}})
	for _, c := range []struct {
		name string
		defs []tagging.Def
		want string
	}{
		{"empty", []tagging.Def{{Name: "a", Habit: &tagging.Habit{}}}, "[0].habit.event: is empty\n[0].habit: needs a prop with values, or hours"},
		{"an unknown event", []tagging.Def{{Name: "a", Habit: &tagging.Habit{Event: "message_open", Hours: "1-2"}}},
			"[0].habit.hours: civil: time of day \"1\": want \"21:30\" or \"21:30:15\"\n[0].habit.event: no event \"message_open\", did you mean \"message_opened\"?"},
		{"bounds", []tagging.Def{{Name: "a", Habit: opened(tagging.Habit{Hours: "06:00-06:00", Window: -1, Least: -1, Share: 1.5})}},
			"[0].habit.hours: \"06:00-06:00\": ends when it begins\n[0].habit.window: 0s is negative\n[0].habit.least: -1 is negative\n[0].habit.share: 1.5 is not within 0 and 1"},
		{"a property", []tagging.Def{{Name: "a", Habit: opened(tagging.Habit{Prop: "chanel", Values: []string{"sms"}})}}, `[0].habit.prop: event "message_opened" has no property "chanel", did you mean "channel"?`},
		{"no values", []tagging.Def{{Name: "a", Habit: opened(tagging.Habit{Prop: "channel"})}}, "[0].habit.values: are missing"},
		{"values of nothing", []tagging.Def{{Name: "a", Habit: opened(tagging.Habit{Values: []string{"x"}})}}, "[0].habit.prop: is empty: values of what?\n[0].habit: needs a prop with values, or hours"},
		{"a value twice", []tagging.Def{{Name: "a", Habit: opened(tagging.Habit{Prop: "channel", Values: []string{"x", "x"}})}}, `[0].habit.values[1]: "x" is there twice`},
		{"values of a type", []tagging.Def{{Name: "a", Habit: opened(tagging.Habit{Prop: "page", Values: []string{"x", "1"}})}, {Name: "b", Habit: opened(tagging.Habit{Prop: "weight", Values: []string{"1"}})}},
			"[0].habit.values[0]: \"x\": the property is a whole number\n[1].habit.values[0]: \"1\": the property is a float, which has too many values for a habit"},
		{"with other fields", []tagging.Def{{Name: "a", Habit: sms, On: "order_paid", TTL: day, Off: "order_paid", OffWhen: "true"}},
			"[0].on: does not go with a habit, which names its event itself\n[0].ttl: does not go with a habit: the tag is on while the habit lasts\n[0].off: does not go with a habit: the tag is on while the habit lasts"},
		{"rivals that count otherwise", []tagging.Def{{Name: "a", Group: "g", Exclusive: true, Habit: sms}, {Name: "b", Group: "g", Exclusive: true, Habit: opened(tagging.Habit{Prop: "channel", Values: []string{"mail"}, Window: day})}},
			`[1].habit: tag "a" of the same exclusive group counts another event, property or window: what is not counted alike cannot be compared`},
		{"rivals with the same value", []tagging.Def{{Name: "a", Group: "g", Exclusive: true, Habit: sms}, {Name: "b", Group: "g", Exclusive: true, Habit: sms}},
			`[1].habit.values[0]: "sms" is a value of tag "a" of the same exclusive group`},
		{"a rival over single events", []tagging.Def{{Name: "a", Group: "g", Exclusive: true, Habit: sms}, {Name: "b", Group: "g", Exclusive: true, On: "order_paid"}},
			`[1]: tag "a" of the same exclusive group and this one: one is a habit, the other one over single events, which cannot be compared`},
		{"the rule", []tagging.Def{{Name: "a", Habit: sms, When: `event.chanel == "x"`}}, `[0].when: 1:7: event has no field chanel, did you mean "channel"?`},
		{"confidence", []tagging.Def{{Name: "a", Confidence: 2}}, "[0].confidence: 2 is not within 0 and 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := tagging.Compile(c.defs, lex, lang.New(lex, nil))
			require.EqualError(t, err, c.want)
		})
	}
}

// A look at somebody with much history that changes nothing.
func BenchmarkHabits(b *testing.B) {
	w, book := world(b, tagging.NewMemory(), habitDefs[:4])
	for i := range 200 {
		w.Track(open(marque.Duration(i)*marque.Hour, map[string]any{"channel": []string{"wechat", "sms", "mail"}[i%3]}))
	}
	ps := []rule.Pass{w.Pass("ann")}
	names, ctx := w.Names(), b.Context()
	b.ReportAllocs()
	for b.Loop() {
		if said, err := book.Derive(ctx, names, ps); err != nil || len(said) > 0 {
			b.Fatal(said, err)
		}
	}
}
