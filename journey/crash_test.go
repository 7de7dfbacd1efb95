package journey_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/rule"
)

var errCrash = errors.New("crash")

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

type crashRun struct {
	points int
	result []string
}

// crash plays the script and fails at the points given; each failure is followed by a start on the same store.
func crash(t testing.TB, fail ...int) crashRun {
	w := newWorld(t, crashDefs(t)...)
	memory := w.store
	run := crashRun{}
	w.store = journeytest.Fault(memory, func(op string, after bool) error {
		run.points++
		if slices.Contains(fail, run.points) {
			return errCrash
		}
		return nil
	})
	w.start()
	flaky := map[string]int{}
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		if flaky[m.Key]++; m.Profile == "p2" || m.Profile == "p5" {
			return journey.Receipt{Status: journey.Unreachable}, nil
		}
		return journey.Receipt{Status: journey.Sent}, nil
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
	track := func(when, p, text string) {
		e := event(when, p, text)
		again(func() error { return w.track(e) })
	}
	for i := range 8 {
		p := fmt.Sprint("p", i)
		track(fmt.Sprintf("2026-03-02 0%d:00:00", i+1), p, "segment.entered segment=new")
		track(fmt.Sprintf("2026-03-02 0%d:30:00", i+1), p, "view item=shoe")
		if i%3 == 0 {
			track(fmt.Sprintf("2026-03-02 0%d:33:00", i+1), p, "order_paid amount=100")
		}
	}
	track("2026-03-02 13:00:00", "p1", "message.opened message="+w.key("push"))
	for i := range 8 {
		track(fmt.Sprintf("2026-03-03 2%d:10:00", i/2), fmt.Sprint("p", i), "view item=hat")
	}
	track("2026-03-04 12:00:00", "p4", "unfollow")
	track("2026-03-05 00:00:00", "p5", "order_paid amount=5")
	again(func() error { return w.advance(context.Background(), at("2026-04-01 00:00:00")) })
	require.NoError(t, journeytest.Check(w.defs, w.log, nil))
	for _, e := range w.log {
		data, err := json.Marshal(e)
		require.NoError(t, err)
		run.result = append(run.result, string(data))
	}
	for name, ch := range map[string]*journeytest.Channel{"push": w.push, "sms": w.sms, "wechat": w.wechat} {
		for _, m := range ch.Sent() {
			run.result = append(run.result, fmt.Sprint(name, " ", m.Key, " ", m.At, " ", m.Text, " ", m.Vars))
		}
	}
	run.result = append(run.result, w.done...)
	counts, err := w.runner.Counts(context.Background())
	require.NoError(t, err)
	run.result = append(run.result, fmt.Sprint(counts))
	slices.Sort(run.result)
	return run
}

// A crash before or after any durable write, at every point and at many pairs of points, changes nothing of what
// is sent, done, said and counted.
func TestCrash(t *testing.T) {
	whole := crash(t)
	require.Equal(t, whole, crash(t), "the same run twice")
	require.Greater(t, len(whole.result), 100)
	for k := 1; k <= whole.points; k++ {
		require.Equal(t, whole.result, crash(t, k).result, "point %d", k)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := 1+dice.IntN(whole.points), 1+dice.IntN(whole.points)
		require.Equal(t, whole.result, crash(t, a, b).result, "points %d and %d", a, b)
	}
	t.Logf("%d points, %d lines", whole.points, len(whole.result))
}

// Every committed step, taken again from its trace, gives the same bytes.
func TestReplay(t *testing.T) {
	w := newWorld(t, crashDefs(t)...)
	type record struct {
		journey.Trace
		enter bool
	}
	var traces []record
	w.opts = &journey.Options{Trace: func(x journey.Trace) { traces = append(traces, record{x, x.Before.ID == ""}) }}
	w.start()
	for i := range 8 {
		p := fmt.Sprint("p", i)
		w.event(fmt.Sprintf("2026-03-02 0%d:00:00", i+1), p, "segment.entered segment=new")
		w.event(fmt.Sprintf("2026-03-02 0%d:30:00", i+1), p, "view item=shoe")
	}
	w.until("2026-04-01 00:00:00")
	require.Greater(t, len(traces), 50)
	for _, x := range traces {
		if x.Result.State.ID == "" {
			continue // held out: there is no state
		}
		data, err := json.Marshal(x.Input)
		require.NoError(t, err)
		var in journey.Input
		require.NoError(t, json.Unmarshal(data, &in))
		name := x.Before.Journey
		if x.enter {
			name = x.Result.State.Journey
		}
		plan := w.runner.Set().Plan(name)
		profile := x.Before.Profile
		if x.enter {
			profile = x.Result.State.Profile
		}
		f := rule.NewFacts(w.lex, profile)
		require.NoError(t, w.Fill(context.Background(), plan.Need(x.Before), x.At, []*rule.Facts{f}))
		var got journey.Result
		if x.enter {
			got = plan.Enter(in, f, x.At)
		} else {
			got = plan.Step(x.Before, in, f, x.At)
		}
		want, err := json.Marshal(x.Result.State)
		require.NoError(t, err)
		have, err := json.Marshal(got.State)
		require.NoError(t, err)
		require.Equal(t, string(want), string(have))
	}
}
