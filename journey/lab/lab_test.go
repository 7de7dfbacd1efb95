package lab_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/lab"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
)

var monday = time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)

// program is a shop with one journey: a push after ten minutes, and an SMS after gap if it was not opened.
func program(gap marque.Duration) loop.Program {
	return loop.Program{
		Attributes: []rule.Field{{Name: "city", Type: rule.String}},
		Events: []rule.EventType{
			{Name: "register"},
			{Name: "opened", Props: []rule.Field{{Name: "message", Type: rule.String}}},
			{Name: "order_paid", Props: []rule.Field{{Name: "amount", Type: rule.Int}}},
		},
		Journeys: []journey.Def{{
			Name: "welcome", Consent: "assumed",
			Entry: journey.Entry{Event: "register", Reentry: "every"},
			Goal:  &journey.On{Event: "order_paid"},
			Caps:  []journey.Cap{{N: 1, Per: "day", Channel: "push"}},
			Nodes: []journey.Node{
				{ID: "settle", Wait: &journey.Wait{For: 10 * marque.Minute}, Next: "push"},
				{ID: "push", Send: &journey.Send{Channels: []string{"push"}, Template: "hello"}, Next: "opened"},
				{ID: "opened", Wait: &journey.Wait{Event: "opened", Of: "push", Within: gap}, On: map[string]string{"timeout": "sms"}},
				{ID: "sms", Send: &journey.Send{Channels: []string{"sms"}, Template: "hello-sms"}},
			},
		}},
	}
}

// register is a log of people who register one an hour.
func register(n int) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for i := range n {
			who := fmt.Sprint("p", i)
			e := marque.Event{
				ID: "r" + who, Name: "register", At: monday.Add(time.Duration(i) * time.Hour), Profile: who,
				IDs: []marque.ID{{Kind: "phone", Value: who}},
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

func TestBacktest(t *testing.T) {
	until := monday.AddDate(0, 0, 7)
	run, err := lab.Backtest(context.Background(), program(marque.Day), register(48), &lab.Options{Until: until})
	require.NoError(t, err)
	require.Equal(t, 48, run.Events)
	require.Equal(t, 48, run.People)
	require.Len(t, run.Sends, 96)
	require.Equal(t, 48, run.N("welcome", "sms", "sent"))
	first := run.Sends[0]
	require.Equal(t, "p0", first.Profile, "people keep the ids that they have in the log")
	require.Equal(t, monday.Add(10*time.Minute), first.At)
	require.Equal(t, "2026-03-02", run.Days[0].Day)

	again, err := lab.Backtest(context.Background(), program(marque.Day), register(48), &lab.Options{Until: until})
	require.NoError(t, err)
	require.Equal(t, text(t, run), text(t, again))
}

func TestBacktestFrom(t *testing.T) {
	from := monday.AddDate(0, 0, 1)
	run, err := lab.Backtest(context.Background(), program(marque.Day), register(48), &lab.Options{From: from, Until: monday.AddDate(0, 0, 7)})
	require.NoError(t, err)
	for _, s := range run.Sends {
		require.False(t, s.At.Before(from))
	}
	require.Equal(t, 24, run.N("welcome", "push", "sent"))
	require.Equal(t, 48, run.N("welcome", "sms", "sent"), "of the first day's people the SMS comes on the second")
}

func TestBacktestReact(t *testing.T) {
	o := &lab.Options{Until: monday.AddDate(0, 0, 7), React: func(m journey.Message) []marque.Event {
		if m.Channel != "push" || m.Profile == "p1" {
			return nil
		}
		return []marque.Event{{
			ID: "o" + m.Key, Name: "opened", At: m.At.Add(time.Minute), Profile: m.Profile,
			IDs: []marque.ID{{Kind: "phone", Value: m.Profile}}, Props: map[string]any{"message": m.Key},
		}}
	}}
	run, err := lab.Backtest(context.Background(), program(marque.Day), register(3), o)
	require.NoError(t, err)
	require.Equal(t, 1, run.N("welcome", "sms", "sent"))
}

func TestPressure(t *testing.T) {
	twice := func(yield func(marque.Event, error) bool) {
		for i := range 3 {
			e := marque.Event{ID: fmt.Sprint("r", i), Name: "register", At: monday.Add(time.Duration(i) * time.Hour), Profile: "ann",
				IDs: []marque.ID{{Kind: "phone", Value: "1"}}}
			if !yield(e, nil) {
				return
			}
		}
	}
	run, err := lab.Backtest(context.Background(), program(marque.Day), twice, nil)
	require.NoError(t, err)
	require.Equal(t, []lab.Pressure{{Day: "2026-03-02", Wanted: 2, Capped: 1}}, run.Pressure(), "the third is still to come when the log ends")
}

func TestDiff(t *testing.T) {
	until := &lab.Options{Until: monday.AddDate(0, 0, 30)}
	a, err := lab.Backtest(context.Background(), program(marque.Day), register(10), until)
	require.NoError(t, err)
	b, err := lab.Backtest(context.Background(), program(2*marque.Day), register(10), until)
	require.NoError(t, err)
	d := lab.Diff(a, b)
	require.Equal(t, 10, d.Same)
	require.Len(t, d.Moved, 10)
	require.Equal(t, 24*time.Hour, d.Moved[0].After.At.Sub(d.Moved[0].Before.At))
	require.Empty(t, d.Gone)
	require.Empty(t, d.New)
	require.Len(t, d.People(), 10)

	p := program(marque.Day)
	p.Journeys[0].Nodes[3].Send.Channels = []string{"wechat"}
	p.Journeys[0].Nodes = slices.Insert(p.Journeys[0].Nodes, 1, journey.Node{ID: "first", Send: &journey.Send{Channels: []string{"wechat"}, Template: "x"}, Next: "push"})
	p.Journeys[0].Nodes[0].Next = "first"
	c, err := lab.Backtest(context.Background(), p, register(10), until)
	require.NoError(t, err)
	d = lab.Diff(a, c)
	require.Len(t, d.New, 10)
	require.Len(t, d.Switched, 10)
	require.Equal(t, "10 messages as before, 0 gone, 10 new, 0 at another time, 10 on another channel; 10 people\nwelcome/first: 0 before, 10 after", d.String())
	require.Equal(t, 10, len(lab.Diff(c, a).Gone))
}

func TestSimulate(t *testing.T) {
	who := lab.Population{
		Name: "p", People: 200, From: monday, Days: 60, Zones: []string{"Asia/Shanghai", "Europe/Berlin"},
		Traits: map[string][]any{"city": {"Chongqing", "Chengdu"}},
		Habits: []lab.Habit{
			{Event: "register", Once: true},
			{Event: "order_paid", PerDay: 0.05, Props: map[string][]any{"amount": {100, 200}}, Hours: []float64{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0}},
		},
		Responses: []lab.Response{{Channel: "push", Event: "opened", Chance: 0.4, After: marque.Hour}},
	}
	run, err := lab.Simulate(context.Background(), program(marque.Day), who, nil)
	require.NoError(t, err)
	require.Equal(t, 200, run.People)
	pushed, texted := run.N("welcome", "push", "sent"), run.N("welcome", "sms", "sent")
	require.Greater(t, pushed, 150)
	require.InDelta(t, 0.55*float64(pushed), float64(texted), 0.15*float64(pushed), "four in ten open, and some buy within the day")
	again, err := lab.Simulate(context.Background(), program(marque.Day), who, nil)
	require.NoError(t, err)
	require.Equal(t, text(t, run), text(t, again))

	who.Seed = 1
	other, err := lab.Simulate(context.Background(), program(marque.Day), who, nil)
	require.NoError(t, err)
	require.NotEqual(t, text(t, run), text(t, other))
}

func TestPopulationFaults(t *testing.T) {
	_, err := lab.Simulate(context.Background(), program(marque.Day), lab.Population{
		Zones:     []string{"Mars/Olympus"},
		Habits:    []lab.Habit{{PerDay: -1, Share: 2, Hours: []float64{1}, Props: map[string][]any{"x": nil}}},
		Responses: []lab.Response{{Event: "opened", Chance: 2, After: -marque.Hour}},
	}, nil)
	for _, want := range []string{
		"people: is 0", "days: is 0", "from: is not set", `zones[0]: no time zone "Mars/Olympus"`, "habits[0].event: is empty",
		"habits[0].per_day: is -1", "habits[0].share: is 2", "habits[0].hours: has 1", "habits[0].props.x: has no values",
		"responses[0].chance: is 2", "responses[0].after: is -1h",
	} {
		require.ErrorContains(t, err, want)
	}
}

func text(t *testing.T, run *lab.Run) string {
	b, err := json.Marshal(run)
	require.NoError(t, err)
	return string(b)
}
