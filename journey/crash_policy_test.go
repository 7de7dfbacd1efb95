package journey_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/journeytest"
)

// crashPolicy plays a script under a policy and fails at the points given; each failure is followed by a start on the
// same store. With a rate the instants are left out: who was in line at a crash takes another turn.
func crashPolicy(t testing.TB, rates []graph.Rate, fail ...int) (points int, result []string) {
	a := onOrder(send("a", "w", "wechat", "push"), wait("w", "b", journey.Wait{For: 10 * marque.Hour}), send("b", "", "push"))
	a.Entry.Reentry = "every"
	w := newWorldWith(t, journey.Policy{
		Consent: "assumed", Rates: rates,
		Suppress: []graph.Suppression{{Name: "bounced", When: `name == "bounced"`}},
		Reach:    []graph.Reach{{Channel: "wechat", Event: "refund", Within: 2 * day}},
		Caps:     []journey.Cap{{N: 3, Per: "day", Events: []string{"view"}}},
		Quiet:    &journey.Quiet{From: "21:00", To: "07:00"},
		Late:     &graph.Late{After: 5 * marque.Hour},
		Nuisance: []graph.Nuisance{{Name: "left", Events: []string{"unfollow"}, Within: day, Limit: 200, Least: 4}},
	}, a)
	memory := w.store
	w.store = journeytest.Fault(memory, func(string, bool) error {
		if points++; slices.Contains(fail, points) {
			return errCrash
		}
		return nil
	})
	w.start()
	w.person("p3").attrs["name"] = "bounced"
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		if back := at("2026-03-02 10:00:00"); m.Profile == "p1" && m.At.Before(back) {
			return journey.Receipt{Status: journey.Later, After: marque.Duration(back.Sub(m.At))}, nil
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
	track("2026-03-02 08:00:00", "p0", "refund")
	track("2026-03-02 08:00:01", "p1", "view item=ad")
	track("2026-03-02 08:00:02", "p1", "view item=ad")
	for i := range 6 {
		track("2026-03-02 09:00:00", fmt.Sprint("p", i), "order_paid")
	}
	track("2026-03-02 20:30:00", "p4", "order_paid")
	track("2026-03-02 21:30:00", "p5", "order_paid")
	track("2026-03-03 10:00:00", "p0", "unfollow")
	track("2026-03-03 10:30:00", "p4", "unfollow")
	track("2026-03-03 11:00:00", "p2", "order_paid")
	again(func() error { return w.advance(context.Background(), at("2026-03-06 00:00:00")) })
	ctx := context.Background()
	halts, err := w.runner.Paused(ctx)
	require.NoError(t, err)
	for _, h := range halts {
		result = append(result, fmt.Sprint(h.Node, " ", h.Reason))
	}
	counts, err := w.runner.Counts(ctx)
	require.NoError(t, err)
	result = append(result, fmt.Sprint(counts))
	for name, ch := range map[string]*journeytest.Channel{"push": w.push, "wechat": w.wechat} {
		for _, m := range ch.Sent() {
			line := fmt.Sprint(name, " ", m.Key)
			if rates == nil {
				line += fmt.Sprint(" ", m.At)
			}
			result = append(result, line)
		}
	}
	if rates == nil {
		for _, e := range w.log {
			data, err := json.Marshal(e)
			require.NoError(t, err)
			result = append(result, string(data))
		}
	}
	slices.Sort(result)
	return points, result
}

// A crash at any point changes nothing of what the policy lets out, counts and pauses.
func TestCrashUnderAPolicy(t *testing.T) {
	for name, rates := range map[string][]graph.Rate{"no rate": nil, "a rate": {{Channel: "push", N: 2, Per: "second"}}} {
		t.Run(name, func(t *testing.T) {
			points, whole := crashPolicy(t, rates)
			require.Greater(t, points, 100)
			require.Greater(t, len(whole), 10)
			for k := 1; k <= points; k++ {
				_, got := crashPolicy(t, rates, k)
				require.Equal(t, whole, got, "point %d", k)
			}
			for k := 1; k < points; k += 7 {
				_, got := crashPolicy(t, rates, k, k+5)
				require.Equal(t, whole, got, "points %d and %d", k, k+5)
			}
		})
	}
}
