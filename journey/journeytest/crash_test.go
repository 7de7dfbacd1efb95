package journeytest

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/lang"
)

func rules(lex *rule.Lexicon) rule.Compiler { return lang.New(lex, nil) }

var begin = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

func after(d time.Duration) time.Time { return begin.Add(d) }

// welcome sends on push or else by SMS, waits for an order, issues a coupon, and reminds.
func welcome() World {
	return World{
		Defs: []journey.Def{{
			Name: "welcome", Entry: journey.Entry{Event: "signup"}, Goal: &journey.On{Event: "order"},
			Quiet: &journey.Quiet{From: "22:00", To: "08:00"}, Caps: []journey.Cap{{N: 1, Per: "day"}},
			Nodes: []journey.Node{
				{ID: "hello", Send: &journey.Send{Channels: []string{"push", "sms"}, Template: "hello"}, Next: "look"},
				{ID: "look", Wait: &journey.Wait{Event: "open", Of: "hello", Within: marque.Day}, Next: "fan", On: map[string]string{"timeout": "gift"}},
				{ID: "fan", Tag: &journey.Tag{Name: "fan"}, Next: "gift"},
				{ID: "gift", Coupon: &journey.Coupon{Batch: "five"}, Next: "one"},
				{ID: "one", Wait: &journey.Wait{Event: "visit", Within: 12 * marque.Hour}, Next: "two"},
				{ID: "two", Wait: &journey.Wait{Event: "visit", Within: 12 * marque.Hour}, Next: "remind"},
				{ID: "remind", Send: &journey.Send{Channels: []string{"sms"}, Template: "remind"}},
			},
		}},
		Schema: rule.Schema{Events: []rule.EventType{{Name: "signup"}, {Name: "order"}, {Name: "visit"}, {Name: "open", Props: []rule.Field{{Name: "message", Type: rule.String}}}}, Tags: []string{"fan"}},
		Rules:  rules, Anybody: Willing,
		Channels: map[string]func(journey.Message) (journey.Receipt, error){"push": flaky},
	}
}

// flaky cannot reach bob, says nothing of use in the first minute of an hour, and panics in the second.
func flaky(m journey.Message) (journey.Receipt, error) {
	switch {
	case m.Profile == "bob":
		return journey.Receipt{Status: journey.Unreachable}, nil
	case m.At.Minute() == 0:
		return journey.Receipt{}, errors.New("no answer")
	case m.At.Minute() == 1:
		panic("push is broken")
	}
	return journey.Receipt{Status: journey.Sent}, nil
}

func signups() Script {
	return Script{Until: after(10 * 24 * time.Hour), Acts: []Act{
		{At: begin, Event: "signup", Profile: "ann"},
		{At: after(time.Minute), Event: "signup", Profile: "bob"},
		{At: after(2 * time.Minute), Event: "signup", Profile: "eve"},
		{At: after(time.Hour), Event: "open", Profile: "ann", Of: "hello"},
		{At: after(2 * time.Hour), Event: "order", Profile: "eve"},
		{At: after(3 * time.Hour), Event: "visit", Profile: "ann"},
		{At: after(4 * time.Hour), Event: "signup", Profile: "bob"},
	}}
}

func TestCrash(t *testing.T) {
	o := &Options{}
	if raceEnabled {
		o.Whole, o.Pairs = 1, 200
	}
	tally := Crash(t, welcome(), signups(), o)
	require.Less(t, tally.Operations, 80)
	require.Equal(t, tally.Points, tally.Singles)
	if raceEnabled {
		return
	}
	require.Equal(t, tally.Possible, tally.Pairs, "every pair")
	require.Greater(t, tally.Pairs, 1000)
}

func TestCrashSample(t *testing.T) {
	o := &Options{Whole: 1, Pairs: 50}
	tally := Crash(t, welcome(), signups(), o)
	require.Equal(t, 50, tally.Pairs)
	require.Greater(t, tally.Possible, 1000)
}

// A proof over a script that names what is not there, or moves nobody, is none.
func TestCrashOfNothing(t *testing.T) {
	w := World{
		Defs: []journey.Def{{Name: "j", Consent: "assumed", Entry: journey.Entry{Event: "go"},
			Nodes: []journey.Node{{ID: "a", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}}}}},
		Schema: rule.Schema{Events: []rule.EventType{{Name: "go"}, {Name: "other"}}}, Anybody: Willing,
	}
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		act  Act
		want string
	}{
		"event":   {Act{At: at, Event: "goo", Profile: "ann"}, `acts[0].event: the schema has no event "goo"`},
		"of":      {Act{At: at, Event: "go", Profile: "ann", Of: "b"}, `acts[0].of: no journey has a send node "b"`},
		"channel": {Act{At: at, Channel: "sms"}, `acts[0].channel: no journey sends by "sms"`},
		"nobody":  {Act{At: at, Event: "other", Profile: "ann"}, "moves nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			found := &finder{TB: t}
			func() {
				defer func() { _ = recover() }()
				Crash(found, w, Script{Acts: []Act{c.act}, Until: at.Add(time.Hour)}, nil)
			}()
			require.Contains(t, found.text, c.want)
		})
	}
}

// finder takes the faults that a proof tells.
type finder struct {
	testing.TB
	text string
}

func (f *finder) Helper()             {}
func (f *finder) Logf(string, ...any) {}
func (f *finder) Error(args ...any)   { f.text += fmt.Sprint(args...) }
func (f *finder) Fatal(args ...any)   { f.text += fmt.Sprint(args...); panic("fatal") }
