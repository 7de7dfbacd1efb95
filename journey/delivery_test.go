package journey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/rule"
)

func TestTooLate(t *testing.T) {
	late := func(n marque.Duration, do string) journey.Policy {
		return journey.Policy{Late: &graph.Late{After: n, Do: do}}
	}
	later := func(n marque.Duration) func(journey.Message) (journey.Receipt, error) {
		return func(journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: journey.Later, After: n}, nil
		}
	}
	def := func() journey.Def {
		d := onOrder(send("s", "next", "push", "sms"), journey.Node{ID: "next", Exit: "went on"})
		d.Nodes[0].On = map[string]string{graph.TooLate: "late"}
		d.Nodes = append(d.Nodes, journey.Node{ID: "late", Exit: "skipped"})
		return d
	}
	t.Run("the channel takes its time", func(t *testing.T) {
		w := newWorldWith(t, late(2*marque.Hour, ""), def())
		w.push.Answer = later(marque.Hour)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-03 00:00:00")
		require.Equal(t, 3, w.push.Calls(), "at 10, 11 and 12")
		require.Equal(t, []string{"03-02 13:00:00 message.failed push s 3h"}, w.said("message.failed"))
		require.Equal(t, []string{"03-02 13:00:00 exited skipped"}, w.said("journey.exited"))
	})
	t.Run("then the journey ends", func(t *testing.T) {
		w := newWorldWith(t, late(2*marque.Hour, "exit"), def())
		w.push.Answer = later(3 * marque.Hour)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 13:00:00 exited late"}, w.said("journey.exited"))
	})
	t.Run("sent all the same", func(t *testing.T) {
		d := def()
		d.Late = &graph.Late{Do: "send"}
		w := newWorldWith(t, late(2*marque.Hour, "exit"), d)
		w.push.Answer = later(3 * marque.Hour)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.push.Answer = nil
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 13:00:00 exited went on"}, w.said("journey.exited"))
	})
	t.Run("nobody ran", func(t *testing.T) {
		w := newWorldWith(t, late(2*marque.Hour, ""), def())
		e := event("2026-03-02 10:00:00", "ann", "order_paid")
		w.append(e)
		w.now = at("2026-03-02 12:00:01")
		w.until("2026-03-02 12:00:01")
		require.Equal(t, []string{"03-02 12:00:01 exited skipped"}, w.said("journey.exited"))
	})
	t.Run("the next channel has no more time than the first", func(t *testing.T) {
		w := newWorldWith(t, late(2*marque.Hour, ""), def())
		w.push.Answer = later(marque.Hour)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.push.Answer = func(journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: journey.Unreachable}, nil
		}
		w.sms.Answer = later(2 * marque.Hour)
		w.until("2026-03-03 00:00:00")
		require.Equal(t, 1, w.sms.Calls(), "at 11")
		require.Equal(t, []string{"03-02 13:00:00 exited skipped"}, w.said("journey.exited"))
	})
	t.Run("the night does not count, what was before it does", func(t *testing.T) {
		p := late(2*marque.Hour, "")
		p.Quiet = &journey.Quiet{From: "22:00", To: "08:00"}
		for when, want := range map[string]string{"21:00:00": "03-03 08:00:00 exited went on", "19:59:59": "03-03 08:00:00 exited skipped"} {
			w := newWorldWith(t, p, def())
			w.append(event("2026-03-02 "+when, "ann", "order_paid"))
			w.now = at("2026-03-02 23:00:00")
			w.until("2026-03-04 00:00:00")
			require.Equal(t, []string{want}, w.said("journey.exited"))
		}
	})
	t.Run("a pause", func(t *testing.T) {
		d := def()
		d.Nodes = append([]journey.Node{wait("w", "s", journey.Wait{For: marque.Hour})}, d.Nodes...)
		for resumed, want := range map[string]string{"13:00:00": "went on", "13:00:01": "skipped"} {
			w := newWorldWith(t, late(2*marque.Hour, ""), d)
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.pause("2026-03-02 10:30:00", pause.Order{Journey: "j"})
			w.resume("2026-03-02 "+resumed, "j", "", pause.Elapse)
			w.until("2026-03-03 00:00:00")
			require.Equal(t, []string{"03-02 " + resumed + " exited " + want}, w.said("journey.exited"))
		}
	})
	t.Run("a pause of what waits for its channel", func(t *testing.T) {
		for resumed, want := range map[string]string{"12:00:00": "went on", "12:00:01": "skipped"} {
			w := newWorldWith(t, late(2*marque.Hour, ""), def())
			w.push.Answer = later(marque.Hour)
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.push.Answer = nil
			w.pause("2026-03-02 10:30:00", pause.Order{Journey: "j", Node: "s"})
			w.resume("2026-03-02 "+resumed, "j", "s", pause.Elapse)
			w.until("2026-03-03 00:00:00")
			require.Equal(t, []string{"03-02 " + resumed + " exited " + want}, w.said("journey.exited"))
		}
	})
	t.Run("after another journey", func(t *testing.T) {
		d := def()
		d.Nodes = append([]journey.Node{{ID: "c", Sub: &graph.Sub{Journey: "other"}, Next: "s"}}, d.Nodes...)
		other := onOrder(wait("w", "", journey.Wait{For: day}))
		other.Name, other.Entry = "other", journey.Entry{Call: true}
		for woke, want := range map[string]string{"2026-03-03 12:00:00": "went on", "2026-03-03 12:00:01": "skipped"} {
			w := newWorldWith(t, late(2*marque.Hour, ""), d, other)
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.now = at(woke)
			w.until("2026-03-04 00:00:00")
			exited := w.said("journey.exited")
			require.Contains(t, exited[len(exited)-1], "exited "+want, "the day is not late, what came after it is")
		}
	})
	t.Run("a coupon that took its time", func(t *testing.T) {
		d := def()
		d.Nodes = append([]journey.Node{{ID: "c", Coupon: &journey.Coupon{Batch: "five"}, Next: "s"}}, d.Nodes...)
		w := newWorldWith(t, late(30*marque.Minute, ""), d)
		w.doers["coupon"] = journey.DoerFunc(func(_ context.Context, c journey.Command) (journey.Outcome, error) {
			if c.At.Before(at("2026-03-02 10:31:00")) {
				return journey.Outcome{}, context.DeadlineExceeded
			}
			return journey.Outcome{Result: "issued"}, nil
		})
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 10:31:00 exited skipped"}, w.said("journey.exited"))
	})
	t.Run("what is sent again by hand is never late", func(t *testing.T) {
		w := newWorldWith(t, late(2*marque.Hour, ""), def())
		w.opts = &journey.Options{Attempts: 1}
		w.start()
		w.push.Answer = func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: journey.Unknown}, nil }
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.push.Answer = nil
		w.until("2026-03-09 00:00:00")
		dead, err := w.runner.Dead(context.Background(), marque.Parts{}, 9)
		require.NoError(t, err)
		require.NoError(t, w.runner.Revive(context.Background(), marque.Lease{}, w.now, dead...))
		w.until("2026-03-09 00:00:01")
		require.Len(t, w.push.Sent(), 1)
	})
}

// WeChat takes messages for 48 hours after the person wrote: what the night would hold beyond that goes by another way.
func TestReachGoesToTheNextChannel(t *testing.T) {
	p := journey.Policy{
		Quiet: &journey.Quiet{From: "22:00", To: "08:00", Channels: []string{"wechat"}},
		Reach: []graph.Reach{{Channel: "wechat", Event: "view", Within: 48 * marque.Hour}},
	}
	for _, c := range []struct{ name, wrote, ordered, want string }{
		{"in reach", "2026-03-01 10:00:00", "2026-03-02 21:00:00", "03-02 21:00:00 message.sent wechat s"},
		{"in reach in the morning", "2026-03-01 10:00:00", "2026-03-02 23:00:00", "03-03 08:00:00 message.sent wechat s"},
		{"no more in the morning", "2026-03-01 07:00:00", "2026-03-02 23:00:00", "03-02 23:00:00 message.sent sms s"},
		{"out of reach", "2026-03-01 07:00:00", "2026-03-03 09:00:00", "03-03 09:00:00 message.sent sms s"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorldWith(t, p, onOrder(send("s", "", "wechat", "sms")))
			w.now = at("2026-03-01 00:00:00")
			w.event(c.wrote, "ann", "view")
			w.event(c.ordered, "ann", "order_paid")
			w.until("2026-03-04 00:00:00")
			require.Equal(t, []string{c.want}, w.said("message.sent"))
		})
	}
	t.Run("a retry after that", func(t *testing.T) {
		w := newWorldWith(t, p, onOrder(send("s", "", "wechat", "sms")))
		w.now = at("2026-03-01 00:00:00")
		w.event("2026-03-01 10:00:00", "ann", "view")
		w.wechat.Answer = func(journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
		}
		w.event("2026-03-03 09:00:00", "ann", "order_paid")
		w.until("2026-03-04 00:00:00")
		require.Equal(t, []string{"03-03 10:00:00 message.sent sms s"}, w.said("message.sent"))
	})
}

// Ads that a person saw elsewhere take from the cap, in the person's zone, and a cap that is full refuses none of them.
func TestExposuresTakeFromCaps(t *testing.T) {
	p := journey.Policy{Caps: []journey.Cap{{N: 2, Per: "day", Events: []string{"view"}}}}
	d := onOrder(send("s", "", "push"))
	d.Entry.Reentry = "every"
	for _, c := range []struct {
		name, zone string
		views      []string
		want       int
	}{
		{"none", "", nil, 2},
		{"one", "", []string{"2026-03-02 08:00:00"}, 1},
		{"three", "", []string{"2026-03-02 08:00:00", "2026-03-02 08:00:01", "2026-03-02 08:00:02"}, 0},
		{"yesterday", "Asia/Shanghai", []string{"2026-03-01 15:59:59", "2026-03-01 16:00:00"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorldWith(t, p, d)
			w.person("ann").zone = c.zone
			w.now = at("2026-03-01 00:00:00")
			for _, v := range c.views {
				e := w.event(v, "ann", "view")
				_, err := w.runner.Handle(context.Background(), marque.Lease{}, []rule.Pass{{Event: e, Now: w.now}}) // once more
				require.NoError(t, err)
			}
			for _, when := range []string{"10", "11", "12"} {
				w.event("2026-03-02 "+when+":00:00", "ann", "order_paid")
			}
			require.Len(t, w.push.Sent(), c.want)
		})
	}
}

// A day is the person's: one of 23 hours ends after 23, and a move to another zone ends it there.
func TestCapsAndClocks(t *testing.T) {
	d := onOrder(send("s", "", "push"))
	d.Entry.Reentry = "every"
	sent := func(w *world) (whens []string) {
		for _, m := range w.push.Sent() {
			whens = append(whens, m.At.Format("01-02 15:04"))
		}
		return whens
	}
	p := journey.Policy{Caps: []journey.Cap{{N: 1, Per: "day"}}}
	t.Run("the day of the shift", func(t *testing.T) {
		w := newWorldWith(t, p, d)
		w.person("ann").zone = "America/New_York"
		for _, when := range []string{"2026-03-08 05:00:00", "2026-03-09 03:59:59", "2026-03-09 04:00:00"} {
			w.event(when, "ann", "order_paid")
		}
		require.Equal(t, []string{"03-08 05:00", "03-09 04:00"}, sent(w))
	})
	t.Run("a move", func(t *testing.T) {
		w := newWorldWith(t, p, d)
		w.person("ann").zone = "Asia/Shanghai"
		w.event("2026-03-08 15:00:00", "ann", "order_paid") // until 16:00
		w.person("ann").zone = "America/New_York"
		w.event("2026-03-08 15:30:00", "ann", "order_paid")
		w.event("2026-03-08 16:00:00", "ann", "order_paid") // until 04:00
		w.event("2026-03-09 03:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-08 15:00", "03-08 16:00"}, sent(w))
	})
	t.Run("the strictest of several", func(t *testing.T) {
		w := newWorldWith(t, journey.Policy{Caps: []journey.Cap{{N: 2, Per: "day"}, {N: 3, Per: "week"}, {N: 1, Within: marque.Hour, Channel: "push"}}}, d)
		for _, when := range []string{"2026-03-02 10:00:00", "2026-03-02 10:59:59", "2026-03-02 11:00:00", "2026-03-02 13:00:00", "2026-03-03 10:00:00", "2026-03-04 10:00:00", "2026-03-09 00:00:00"} {
			w.event(when, "ann", "order_paid")
		}
		require.Equal(t, []string{"03-02 10:00", "03-02 11:00", "03-03 10:00", "03-09 00:00"}, sent(w))
	})
}

func TestAnswers(t *testing.T) {
	once := func(first func() (journey.Receipt, error)) func(journey.Message) (journey.Receipt, error) {
		n := 0
		return func(journey.Message) (journey.Receipt, error) {
			if n++; n == 1 {
				return first()
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}
	}
	is := func(s journey.Status) func() (journey.Receipt, error) {
		return func() (journey.Receipt, error) {
			return journey.Receipt{Status: s, After: 90 * marque.Second, Reason: "why"}, nil
		}
	}
	for _, c := range []struct {
		name  string
		first func() (journey.Receipt, error)
		want  []string
		calls int
	}{
		{"sent", is(journey.Sent), []string{"10:00:00 message.sent push"}, 1},
		{"unreachable", is(journey.Unreachable), []string{"10:00:00 message.failed push unreachable why", "10:00:00 message.sent sms"}, 1},
		{"invalid", is(journey.Invalid), []string{"10:00:00 message.failed push invalid why", "10:00:00 message.sent sms"}, 1},
		{"retry after", is(journey.Later), []string{"10:01:30 message.sent push"}, 2},
		{"unknown", is(journey.Unknown), []string{"10:01:00 message.sent push"}, 2},
		{"nothing", is(""), []string{"10:01:00 message.sent push"}, 2},
		{"an error", func() (journey.Receipt, error) { return journey.Receipt{}, context.DeadlineExceeded }, []string{"10:01:00 message.sent push"}, 2},
		{"a panic", func() (journey.Receipt, error) { panic("oh") }, []string{"10:01:00 message.sent push"}, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, onOrder(send("s", "", "push", "sms")))
			keys := map[string]bool{}
			answer := once(c.first)
			w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
				keys[m.Key] = true
				return answer(m)
			}
			w.event("2026-03-02 10:00:00", "ann", "order_paid")
			w.until("2026-03-02 12:00:00")
			var got []string
			for _, e := range w.log {
				if strings.HasPrefix(e.Name, "message.") {
					line := fmt.Sprint(e.At.Format("15:04:05"), " ", e.Name, " ", e.Props["channel"])
					if e.Name == "message.failed" {
						line += fmt.Sprint(" ", e.Props["result"], " ", e.Props["reason"])
					}
					got = append(got, line)
				}
			}
			require.Equal(t, c.want, got)
			require.Equal(t, c.calls, w.push.Calls())
			require.Len(t, keys, 1, "always with the same key")
		})
	}
}

func TestTextsOfMessages(t *testing.T) {
	d := onOrder(journey.Node{ID: "s", Send: &journey.Send{
		Channels: []string{"push"}, Subject: "For {{.name}}", Text: `{{money "CNY" .amount}}`, HTML: "<b>{{.name}}</b>{{.order}}",
		Missing: map[string]string{"name": "you", "amount": "0", "order": "-"},
	}})
	d.Entry.Keep = []string{"amount", "order"}
	w := newWorld(t, d)
	w.person("ann").attrs["name"] = "<Ann>"
	w.event("2026-03-02 10:00:00", "ann", "order_paid amount=1250")
	m := w.push.Sent()[0]
	require.Equal(t, []string{"For <Ann>", "12.50", "<b>&lt;Ann&gt;</b>-"}, []string{m.Subject, m.Text, m.HTML})
}

// What the guard refuses is not sent, and it is said why.
func TestGuardAtTheMessage(t *testing.T) {
	w := newWorld(t, onOrder(journey.Node{ID: "s", Send: &journey.Send{Channels: []string{"push", "sms"}, Text: "the be{{.name}}", Missing: map[string]string{"name": "ar"}}}))
	w.common = &journey.CompileOptions{Guard: func(text string) error {
		if strings.Contains(text, "best") {
			return errors.New("superlative")
		}
		return nil
	}}
	w.start()
	w.person("ann").attrs["name"] = "st"
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	w.event("2026-03-02 10:00:01", "bob", "order_paid")
	require.Equal(t, []string{"03-02 10:00:00 message.failed push s guard"}, w.said("message.failed"))
	require.Equal(t, []string{"03-02 10:00:01 message.sent push s"}, w.said("message.sent"))
	require.Equal(t, "the bear", w.push.Sent()[0].Text)
}

func TestNuisancePausesTheNode(t *testing.T) {
	p := journey.Policy{Nuisance: []graph.Nuisance{{Name: "left", Events: []string{"unfollow"}, Within: day, Limit: 300, Least: 3}}}
	d := onOrder(send("a", "b", "push"), send("b", "", "sms"))
	d.Entry.Holdout = &journey.Holdout{Name: "h", Share: 300_000}
	in, out := []string{}, []string{}
	for i := range 20 {
		if p := fmt.Sprint("p", i); d.Entry.Holdout.Has(p) {
			out = append(out, p)
		} else {
			in = append(in, p)
		}
	}
	w := newWorldWith(t, p, d)
	ctx := context.Background()
	for _, who := range append(in[:4:4], out[:2]...) {
		w.event("2026-03-02 10:00:00", who, "order_paid")
	}
	w.event("2026-03-02 11:00:00", in[0], "unfollow")
	w.event("2026-03-03 09:00:00", out[0], "unfollow")
	w.event("2026-03-03 10:00:00", in[1], "unfollow") // too long ago
	table, err := w.runner.Nuisance(ctx)
	require.NoError(t, err)
	require.Len(t, table, 2)
	require.Equal(t, "a", table[0].Node)
	require.Equal(t, []int{4, 1}, []int{table[0].Sent, table[0].Events})
	require.Equal(t, []any{250.0, 500.0, 2, 1}, []any{table[0].Rate, table[0].Control.Rate, table[0].Control.People, table[0].Control.Events})
	halts, err := w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Empty(t, halts)

	d.Entry.Holdout = nil
	d.Name = "k"
	w = newWorldWith(t, p, d)
	for _, who := range in[:4] {
		w.event("2026-03-02 10:00:00", who, "order_paid")
	}
	e := w.event("2026-03-02 11:00:00", in[0], "unfollow")
	_, err = w.runner.Handle(ctx, marque.Lease{}, []rule.Pass{{Event: e, Now: w.now}}) // again
	require.NoError(t, err)
	halts, err = w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Empty(t, halts, "1 of 4 is 250 per 1,000, counted once")
	w.event("2026-03-02 12:00:00", in[1], "unfollow")
	halts, err = w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Len(t, halts, 2)
	require.Equal(t, []string{"a", "b"}, []string{halts[0].Node, halts[1].Node})
	require.Equal(t, "nuisance left: 2 of 4 messages on push", halts[0].Reason)
	w.event("2026-03-02 13:00:00", in[4], "order_paid")
	require.Len(t, w.push.Sent(), 4, "nobody is sent anything from there")

	for _, node := range []string{"a", "b"} {
		require.NoError(t, w.runner.Resume(ctx, marque.Lease{}, w.now, "k", node, pause.Elapse))
	}
	w.until("2026-03-02 13:00:01")
	require.Len(t, w.push.Sent(), 5)
	w.event("2026-03-02 14:00:00", in[2], "unfollow")
	halts, err = w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Empty(t, halts, "3 of 5: somebody has resumed it, and they are not twice as many")
	w.event("2026-03-02 14:00:01", in[3], "unfollow")
	halts, err = w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Len(t, halts, 2, "4 of 5")
}

// fleet is many people whose messages are due at once.
type fleet struct {
	t      testing.TB
	store  journey.Store
	defs   []journey.Def
	policy journey.Policy
	runner *journey.Runner
	sent   []journey.Message
	seen   map[string]bool
	calls  int
	page   int
}

func (f *fleet) Fill(_ context.Context, _ rule.Need, _ time.Time, people []*rule.Facts) error {
	for _, p := range people {
		p.Consents = []rule.Consent{{OK: true, At: 1}}
	}
	return nil
}

func (f *fleet) Send(_ context.Context, m journey.Message) (journey.Receipt, error) {
	f.calls++
	if !f.seen[m.Key] {
		f.seen[m.Key] = true
		f.sent = append(f.sent, m)
	}
	return journey.Receipt{Status: journey.Sent}, nil
}

func newFleet(t testing.TB, p journey.Policy, defs ...journey.Def) *fleet {
	f := &fleet{t: t, store: journey.NewMemory(), defs: defs, policy: p, seen: map[string]bool{}, page: 512}
	f.start()
	return f
}

func (f *fleet) start() {
	lex := schema(f.defs)
	set, err := journey.Compile(f.defs, lex, nil, &journey.CompileOptions{Messages: f.policy})
	require.NoError(f.t, err)
	f.runner = journey.NewRunner(f.store, set, journey.Host{Owner: f, Channels: map[string]journey.Channel{"sms": f}}, nil)
}

// enter lets n people do something at an instant.
func (f *fleet) enter(when time.Time, name, prefix string, n int) {
	ps := make([]rule.Pass, n)
	for i := range ps {
		who := fmt.Sprintf("%s%05d", prefix, i)
		ps[i] = rule.Pass{Event: marque.Event{ID: marque.Key(name, who), Name: name, At: when, Received: when, Profile: who}, Now: when}
	}
	_, err := f.runner.Handle(context.Background(), marque.Lease{}, ps)
	require.NoError(f.t, err)
}

// until goes from instant to instant.
func (f *fleet) until(to time.Time) {
	ctx := context.Background()
	for {
		due, err := f.runner.Due(ctx, marque.Parts{}, to, 1)
		require.NoError(f.t, err)
		if len(due) == 0 {
			return
		}
		_, n, err := f.runner.Dispatch(ctx, marque.Lease{}, due[0].At, f.page)
		require.NoError(f.t, err)
		require.NotZero(f.t, n)
	}
}

// per counts what was sent in each stretch of time since the first instant.
func (f *fleet) per(from time.Time, d time.Duration) []int {
	var counts []int
	for _, m := range f.sent {
		i := int(m.At.Sub(from) / d)
		for len(counts) <= i {
			counts = append(counts, 0)
		}
		counts[i]++
	}
	return counts
}

func same(n, times int) []int {
	s := make([]int, times)
	for i := range s {
		s[i] = n
	}
	return s
}

func TestRates(t *testing.T) {
	rates := func(n int, per string) journey.Policy {
		return journey.Policy{Rates: []graph.Rate{{Channel: "sms", N: n, Per: per}}}
	}
	def := onOrder(send("s", "", "sms"))
	noon := at("2026-03-02 12:00:00")
	t.Run("10,000 at 100 per second", func(t *testing.T) {
		f := newFleet(t, rates(100, "second"), def)
		f.enter(noon, "order_paid", "p", 10_000)
		f.until(noon.Add(time.Hour))
		require.Equal(t, same(100, 100), f.per(noon, time.Second))
		require.Equal(t, same(10, 1000), f.per(noon, time.Second/10))
		require.Equal(t, 10_000, f.calls)
	})
	t.Run("a restart loses none and is not faster", func(t *testing.T) {
		f := newFleet(t, rates(100, "second"), def)
		f.enter(noon, "order_paid", "p", 3000)
		f.until(noon.Add(10 * time.Second))
		f.start()
		f.enter(noon.Add(10*time.Second), "order_paid", "q", 500)
		f.until(noon.Add(time.Hour))
		require.Len(t, f.sent, 3500)
		require.Equal(t, 3500, f.calls)
		perSecond := f.per(noon, time.Second)
		require.Len(t, perSecond, 35)
		for _, n := range perSecond {
			require.LessOrEqual(t, n, 110)
		}
	})
	t.Run("nobody ran for a minute", func(t *testing.T) {
		f := newFleet(t, rates(100, "second"), def)
		f.enter(noon, "order_paid", "p", 3000)
		f.until(noon.Add(time.Second))
		_, _, err := f.runner.Dispatch(context.Background(), marque.Lease{}, noon.Add(time.Minute), 512)
		require.NoError(t, err)
		f.until(noon.Add(time.Hour))
		require.Len(t, f.sent, 3000)
		for _, n := range f.per(noon, time.Second) {
			require.LessOrEqual(t, n, 110)
		}
	})
	t.Run("per minute, one by one", func(t *testing.T) {
		f := newFleet(t, rates(2, "minute"), def)
		f.enter(noon, "order_paid", "p", 5)
		f.until(noon.Add(time.Hour))
		require.Equal(t, []int{1, 1, 1, 1, 1}, f.per(noon, 30*time.Second))
	})
	t.Run("the size of a batch does not matter", func(t *testing.T) {
		high := onOrder(send("h", "", "sms"))
		high.Name, high.Priority, high.Entry.Event = "high", 5, "view"
		run := func(page int) []journey.Message {
			f := newFleet(t, rates(30, "second"), def, high)
			f.page = page
			f.enter(noon, "order_paid", "p", 200)
			f.enter(noon, "view", "q", 20)
			f.until(noon.Add(time.Second))
			f.enter(noon.Add(time.Second), "view", "a", 20)
			f.until(noon.Add(time.Hour))
			require.Len(t, f.sent, 240)
			return f.sent
		}
		require.Equal(t, run(512), run(3))
	})
	t.Run("priority and receipts first", func(t *testing.T) {
		high, receipt := onOrder(send("h", "", "sms")), onOrder(send("r", "", "sms"))
		high.Name, high.Priority, high.Entry.Event = "high", 5, "view"
		receipt.Name, receipt.Entry.Event, receipt.Nodes[0].Send.Transactional = "receipt", "refund", true
		f := newFleet(t, rates(10, "second"), def, high, receipt)
		f.enter(noon, "order_paid", "p", 50)
		f.until(noon.Add(time.Second))
		f.enter(noon.Add(time.Second+time.Millisecond), "view", "a", 3)
		f.enter(noon.Add(time.Second+time.Millisecond), "refund", "z", 2)
		f.until(noon.Add(time.Hour))
		var got []string
		for _, m := range f.sent[11:16] {
			got = append(got, m.Journey)
		}
		require.ElementsMatch(t, []string{"high", "high", "high", "receipt", "receipt"}, got)
		require.Equal(t, []string{"receipt", "receipt"}, got[:2])
		require.Len(t, f.sent, 55)
		for _, n := range f.per(noon, time.Second) {
			require.LessOrEqual(t, n, 10)
		}
	})
	t.Run("too late in the line", func(t *testing.T) {
		p := rates(10, "second")
		p.Late = &graph.Late{After: 2 * marque.Second}
		f := newFleet(t, p, def)
		f.enter(noon, "order_paid", "p", 50)
		f.until(noon.Add(time.Hour))
		require.Len(t, f.sent, 21, "0 to 2.0 seconds")
		f = newFleet(t, p, def)
		f.enter(noon, "order_paid", "p", 50)
		f.until(noon.Add(time.Second))
		f.enter(noon.Add(1500*time.Millisecond), "order_paid", "q", 50)
		f.until(noon.Add(time.Hour))
		require.Equal(t, []int{10, 10, 10, 6}, f.per(noon, time.Second), "who would be too late takes nobody's turn")
	})
}
