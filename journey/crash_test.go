package journey_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

var errCrash = errors.New("crash")

type crashRun struct {
	points int
	result []string
}

// crashDefs have a bit of everything: fallback, waits, a coupon, a cap that two journeys share, quiet hours, a move,
// did-and-not, a hold-out.
func crashDefs(t testing.TB) []journey.Def {
	return append(decode(t, firstOrder, winBack), decode(t, `{
	 "name":"viewed","consent":"assumed","entry":{"did":"view","not":"order_paid","within":"5m","reentry":"active","keep":["item"],"holdout":{"name":"realtime","share":"30%"}},
	 "quiet":{"from":"21:00","to":"07:00"},"caps":[{"n":1,"per":"day"}],"goal":{"event":"order_paid"},
	 "nodes":[{"id":"c","coupon":{"batch":"five"},"next":"s"},
	  {"id":"s","send":{"channels":["push","wechat"],"template":"t"},"next":"w","on":{"capped":"w"}},
	  {"id":"w","wait":{"event":"message.opened","within":"1d"},"next":"x"},{"id":"x","untag":"lost","next":"again"},
	  {"id":"again","wait":{"at":"12:00"},"next":"s2"},{"id":"s2","send":{"channels":["sms"],"template":"t2"}}]}`)...)
}

// crashWorld is where they run.
func crashWorld(t testing.TB) journeytest.World {
	defs := crashDefs(t)
	return journeytest.World{
		Defs: defs, Schema: *schema(defs).Schema(), Anybody: journeytest.Willing,
		Rules: func(lex *rule.Lexicon) rule.Compiler { return lang.New(lex, nil) },
		Channels: map[string]func(journey.Message) (journey.Receipt, error){"push": func(m journey.Message) (journey.Receipt, error) {
			switch {
			case m.Profile == "p2" || m.Profile == "p5":
				return journey.Receipt{Status: journey.Unreachable}, nil
			case m.Profile == "p3" && m.At.Minute() < 30:
				return journey.Receipt{}, errors.New("push is down")
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}},
	}
}

func crashScript() journeytest.Script {
	s := journeytest.Script{Until: at("2026-04-01 00:00:00")}
	act := func(when, p, text string) *journeytest.Act {
		e := event(when, p, text)
		s.Acts = append(s.Acts, journeytest.Act{At: at(when), ID: e.ID, Profile: p, Event: e.Name, Props: e.Props})
		return &s.Acts[len(s.Acts)-1]
	}
	for i := range 8 {
		p := fmt.Sprint("p", i)
		act(fmt.Sprintf("2026-03-02 0%d:00:00", i+1), p, "segment.entered segment=new")
		act(fmt.Sprintf("2026-03-02 0%d:30:00", i+1), p, "view item=shoe")
		if i%3 == 0 {
			act(fmt.Sprintf("2026-03-02 0%d:33:00", i+1), p, "order_paid amount=100")
		}
	}
	act("2026-03-02 13:00:00", "p1", "message.opened").Of = "push"
	for i := range 8 {
		act(fmt.Sprintf("2026-03-03 2%d:10:00", i/2), fmt.Sprint("p", i), "view item=hat")
	}
	act("2026-03-04 12:00:00", "p4", "unfollow")
	act("2026-03-05 00:00:00", "p5", "order_paid amount=5")
	return s
}

// A crash before or after any durable write, or after what a channel or doer did, changes nothing of what is sent,
// done, said and counted; nor do two.
func TestCrash(t *testing.T) {
	o := &journeytest.Options{Pairs: 1000}
	if testing.Short() {
		o.Pairs = 100
	}
	tally := journeytest.Crash(t, crashWorld(t), crashScript(), o)
	require.Greater(t, tally.Operations, 100)
	require.Equal(t, tally.Points, tally.Singles)
}

// Every committed step, taken again from its trace alone after that went through JSON, decides the same, byte for byte:
// numbers that became floats, times that became texts, and all.
func TestReplay(t *testing.T) {
	paid := onOrder(wait("w", "s", journey.Wait{For: day}), send("s", "x", "push", "sms"),
		journey.Node{ID: "x", Branch: []journey.Case{{When: "vars.amount > 999999", Next: "again"}}}, wait("again", "", journey.Wait{Event: "order_paid", Same: []string{"amount"}, Within: day}))
	paid.Entry.Keep, paid.Entry.Reentry = []string{"amount", "order"}, "every"
	paid.Nodes[1].Send.Text = "{{.amount}} for {{.order}}"
	paid.Nodes[1].Send.Missing = map[string]string{"amount": "0", "order": "?"}
	w := newWorld(t, append(crashDefs(t), paid)...)
	var traces []journey.Trace
	w.opts = &journey.Options{Trace: func(x journey.Trace) { traces = append(traces, x) }}
	w.start()
	for i := range 8 {
		p := fmt.Sprint("p", i)
		w.event(fmt.Sprintf("2026-03-02 0%d:00:00", i+1), p, "segment.entered segment=new")
		w.event(fmt.Sprintf("2026-03-02 0%d:30:00", i+1), p, "view item=shoe")
	}
	for i, amount := range []string{"1", "1000000", "1000000", "9007199254740992"} { // 2^53
		w.event(fmt.Sprintf("2026-03-03 1%d:00:00", i), "p1", "order_paid order=o amount="+amount)
		w.event(fmt.Sprintf("2026-03-04 1%d:30:00", i), "p1", "order_paid order=p amount="+amount)
	}
	w.until("2026-04-01 00:00:00")
	require.Greater(t, len(traces), 80)
	require.Contains(t, texts(w.push.Sent()), "1000000 for o")
	for _, x := range traces {
		data, err := json.Marshal(x)
		require.NoError(t, err)
		var back journey.Trace
		require.NoError(t, json.Unmarshal(data, &back))
		again, err := json.Marshal(back)
		require.NoError(t, err)
		require.Equal(t, string(data), string(again))
		f, err := w.lex.UnmarshalFacts(back.Facts)
		require.NoError(t, err)
		plan := w.runner.Set().Of(journey.State{Journey: back.Journey, Plan: back.Plan})
		want, err := json.Marshal(x.Result)
		require.NoError(t, err)
		have, err := json.Marshal(step.Again(plan, back, f))
		require.NoError(t, err)
		require.Equal(t, string(want), string(have))
	}
}

func texts(ms []journey.Message) (all []string) {
	for _, m := range ms {
		all = append(all, m.Text)
	}
	return all
}
