package lab_test

import (
	"context"
	"encoding/json"
	"iter"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/lab"
	"github.com/marque-go/marque/loop"
)

// shop has two journeys over one cap, a branch, and a topic that wants consent.
func shop() loop.Program {
	p := program(marque.Day)
	p.Journeys[0].Caps = []journey.Cap{{N: 2, Per: "day"}}
	p.Journeys[0].Zone = "Asia/Shanghai"
	p.Journeys = append(p.Journeys, journey.Def{
		Name: "offers", Topic: "marketing", Zone: "Asia/Shanghai",
		Entry: journey.Entry{Event: "order_paid", Keep: []string{"amount"}, Reentry: "every"},
		Quiet: &journey.Quiet{From: "22:00", To: "08:00", Do: "drop"},
		Caps:  []journey.Cap{{N: 2, Per: "day"}},
		Nodes: []journey.Node{
			{ID: "size", Branch: []journey.Case{{When: "vars.amount >= 100", Next: "big"}}, Next: "small"},
			{ID: "big", Send: &journey.Send{Channels: []string{"push"}, Template: "big"}, Next: "rest"},
			{ID: "small", Send: &journey.Send{Channels: []string{"push"}, Template: "small"}, Next: "rest"},
			{ID: "rest", Wait: &journey.Wait{For: marque.Day}, Next: "thanks"},
			{ID: "thanks", Send: &journey.Send{Channels: []string{"sms"}, Template: "thanks"}},
		},
	})
	hello := []journey.Node{{ID: "hello", Send: &journey.Send{Channels: []string{"push"}, Template: "hello", Transactional: true}}}
	p.Journeys = append(p.Journeys,
		journey.Def{Name: "once", Entry: journey.Entry{Event: "register", Reentry: "once"}, Nodes: hello},
		journey.Def{Name: "looked", Entry: journey.Entry{Did: "register", Not: "order_paid", Within: 5 * marque.Minute}, Nodes: hello},
		journey.Def{Name: "closed", Entry: journey.Entry{Event: "register"}, Audience: `city == "Chengdu"`, Nodes: hello})
	return p
}

func event(id, name, when string, props map[string]any) marque.Event {
	at, err := time.Parse(time.DateTime, when)
	if err != nil {
		panic(err)
	}
	return marque.Event{ID: id, Name: name, At: at, Profile: "ann", IDs: []marque.ID{{Kind: "phone", Value: "1"}}, Props: props}
}

// life backtests events of one person and gives the steps, through JSON.
func life(t *testing.T, until string, events ...marque.Event) (*lab.Life, []journey.Trace, *journey.Set) {
	var steps []journey.Trace
	end, err := time.Parse(time.DateTime, until)
	require.NoError(t, err)
	_, err = lab.Backtest(context.Background(), shop(), sequence(events), &lab.Options{Until: end, Trace: func(x journey.Trace) {
		data, err := json.Marshal(x)
		require.NoError(t, err)
		var y journey.Trace
		require.NoError(t, json.Unmarshal(data, &y))
		steps = append(steps, y)
	}})
	require.NoError(t, err)
	set := compiled().Journeys()
	return lab.NewLife(set, "ann", slices.Values(steps)), steps, set
}

func compiled() *loop.Plan {
	plan, err := loop.Compile(shop(), loop.Host{Channels: map[string]journey.Channel{"push": &journeytest.Channel{}, "sms": &journeytest.Channel{}}})
	if err != nil {
		panic(err)
	}
	return plan
}

func sequence(events []marque.Event) iter.Seq2[marque.Event, error] {
	return func(yield func(marque.Event, error) bool) {
		for _, e := range events {
			if !yield(e, nil) {
				return
			}
		}
	}
}

func consent(id, when string) marque.Event { return event(id, "consent.given", when, nil) }

func order(id, when string, amount int) marque.Event {
	return event(id, "order_paid", when, map[string]any{"amount": amount})
}

func TestWhy(t *testing.T) {
	for _, c := range []struct {
		name   string
		events []marque.Event
		node   string
		want   []string
		not    []string
	}{
		{"sent", []marque.Event{consent("c", "2026-03-02 01:00:00"), order("o", "2026-03-02 04:00:00", 100)}, "big",
			[]string{"offers/big: sent", "gate: pass push"}, []string{"if "}},
		{"no consent", []marque.Event{order("o", "2026-03-02 04:00:00", 100)}, "big",
			[]string{"offers/big: suppressed", "if there were consent for push: sent by push"}, nil},
		{"the cap, and what it would have to be", []marque.Event{consent("c", "2026-03-02 01:00:00"),
			order("o1", "2026-03-02 04:00:00", 100), order("o2", "2026-03-02 05:00:00", 100), order("o3", "2026-03-02 06:00:00", 100)}, "big",
			[]string{"offers/big: capped", "cap: full the cap of 2 per day", "if the cap of 2 per day were 3: sent by push"}, nil},
		{"quiet hours, and when it would have gone", []marque.Event{consent("c", "2026-03-02 01:00:00"), order("o", "2026-03-02 15:00:00", 100)}, "big",
			[]string{"offers/big: quiet", "if it were 2026-03-03 00:00:00 UTC: sent by push"}, nil},
		{"another branch, and what would have led here", []marque.Event{consent("c", "2026-03-02 01:00:00"), order("o", "2026-03-02 04:00:00", 99)}, "big",
			[]string{`went by "else" at size`, "case 1, to big"}, nil},
		{"still waits", []marque.Event{consent("c", "2026-03-02 01:00:00"), order("o", "2026-03-02 04:00:00", 99)}, "thanks",
			[]string{"still waits at rest until 2026-03-03 04:00:00 UTC"}, nil},
		{"nothing recorded", []marque.Event{consent("c", "2026-03-02 01:00:00")}, "big", []string{"nothing was recorded"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, _, _ := life(t, "2026-03-03 03:00:00", c.events...)
			a, err := l.Why("offers", c.node)
			require.NoError(t, err)
			for _, want := range c.want {
				require.Contains(t, a.String(), want)
			}
			for _, not := range c.not {
				require.NotContains(t, a.String(), not)
			}
		})
	}
	l, _, _ := life(t, "2026-03-03 03:00:00", event("r1", "register", "2026-03-02 01:30:00", nil), event("r2", "register", "2026-03-02 01:31:00", nil))
	a, err := l.Why("once", "hello")
	require.NoError(t, err)
	require.Len(t, a.Visits, 1)
	require.Contains(t, a.String(), "2026-03-02 01:31:00 UTC: did not enter: once\n")
	l, _, _ = life(t, "2026-03-03 03:00:00", event("r1", "register", "2026-03-02 01:30:00", map[string]any{"city": "x"}))
	a, err = l.Why("closed", "hello")
	require.NoError(t, err)
	require.Equal(t, "2026-03-02 01:30:00 UTC: did not enter: audience\n", a.String())

	l, _, _ = life(t, "2026-03-03 03:00:00")
	_, err = l.Why("offer", "big")
	require.ErrorContains(t, err, `no journey "offer", did you mean "offers"?`)
	a, err = l.Why("offers", "bigg")
	require.ErrorContains(t, err, `no node "bigg", did you mean "big"?`)
	require.Zero(t, a)
	require.Empty(t, a.String())
}

// Who did what ends the wait of "did and did not" did not enter, and is told what it was.
func TestWhyDid(t *testing.T) {
	l, _, _ := life(t, "2026-03-03 03:00:00", event("r", "register", "2026-03-02 01:30:00", nil), order("o", "2026-03-02 01:34:00", 7))
	a, err := l.Why("looked", "hello")
	require.NoError(t, err)
	require.Equal(t, "2026-03-02 01:34:00 UTC: did not enter: order_paid within 5m\n", a.String())
	require.Equal(t, "did", a.Missed[0].Edge)
	l, _, _ = life(t, "2026-03-02 01:31:00", event("r", "register", "2026-03-02 01:30:00", nil))
	a, err = l.Why("looked", "hello")
	require.NoError(t, err)
	require.Equal(t, "still waits at the entry until 2026-03-02 01:35:00 UTC\n", a.String())
}

func TestReplay(t *testing.T) {
	_, steps, set := life(t, "2026-03-09 00:00:00", consent("c", "2026-03-02 01:00:00"), event("r", "register", "2026-03-02 01:30:00", nil),
		order("o1", "2026-03-02 04:00:00", 100), order("o2", "2026-03-02 05:00:00", 100), order("o3", "2026-03-02 15:00:00", 7))
	require.Greater(t, len(steps), 8)
	require.NoError(t, lab.Replay(set, slices.Values(steps)))
	changed := slices.Clone(steps)
	changed[4].At = changed[4].At.Add(time.Second)
	require.ErrorContains(t, lab.Replay(set, slices.Values(changed)), "step 5 at ")
	changed[4] = steps[4]
	changed[2].Plan = "7-abc"
	require.ErrorContains(t, lab.Replay(set, slices.Values(changed)), "the set has no version 7-abc")
}

func TestLife(t *testing.T) {
	l, steps, _ := life(t, "2026-03-03 03:00:00", consent("c", "2026-03-02 01:00:00"), order("o", "2026-03-02 04:00:00", 100))
	require.Len(t, l.Steps(), len(steps))
	require.Contains(t, l.String(), "2026-03-02 04:00:00 UTC  offers  size  edge  case 1  big\n")
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	require.Contains(t, l.In(shanghai).String(), "2026-03-02 12:00:00 CST  offers  size  edge  case 1  big\n")
	a, err := l.In(shanghai).Why("offers", "thanks")
	require.NoError(t, err)
	require.Equal(t, "still waits at rest until 2026-03-03 12:00:00 CST\n", a.String())
	a, err = l.In(shanghai).Why("offers", "big")
	require.NoError(t, err)
	require.Contains(t, a.String(), "2026-03-02 12:00:00 CST at offers/big: sent\n")
}
