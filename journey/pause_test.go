package journey_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
)

// pause goes to the instant and pauses a journey or a node of it there.
func (w *world) pause(when string, p pause.Order) {
	w.t.Helper()
	w.until(when)
	require.NoError(w.t, w.runner.Pause(context.Background(), marque.Lease{}, w.now, p))
}

func (w *world) resume(when, name, node string, policy pause.Policy) {
	w.t.Helper()
	w.until(when)
	require.NoError(w.t, w.runner.Resume(context.Background(), marque.Lease{}, w.now, name, node, policy))
	require.NoError(w.t, w.settle(context.Background()))
}

// idle: nobody is due, whatever the time.
func (w *world) idle() {
	w.t.Helper()
	due, err := w.runner.Due(context.Background(), marque.Parts{}, at("2099-01-01 00:00:00"), 10)
	require.NoError(w.t, err)
	require.Empty(w.t, due)
}

func TestPausePolicies(t *testing.T) {
	type want map[pause.Policy][]string
	same := func(lines ...string) want {
		return want{pause.Elapse: lines, pause.Freeze: lines, pause.Restart: lines, pause.Expire: lines}
	}
	for _, c := range []struct {
		name    string
		node    string // that waits, and is followed by a message
		quiet   string
		entered string
		from    string
		events  []string // while it is paused: "15:04:05 event"
		to      string
		want    want
	}{
		{
			name: "a duration that ends meanwhile", node: `"wait":{"for":"2h"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
				pause.Restart: {"03-02 14:00:00 message.sent push m", "03-02 14:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a duration that ends later", node: `"wait":{"for":"5h"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
				pause.Freeze:  {"03-02 16:00:00 message.sent push m", "03-02 16:00:00 exited completed"},
				pause.Restart: {"03-02 17:00:00 message.sent push m", "03-02 17:00:00 exited completed"},
				pause.Expire:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
			},
		}, {
			name: "due at the very instant of the resume", node: `"wait":{"for":"4h"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-02 15:00:00 message.sent push m", "03-02 15:00:00 exited completed"},
				pause.Restart: {"03-02 16:00:00 message.sent push m", "03-02 16:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
			},
		}, {
			name: "a time of day that comes meanwhile", node: `"wait":{"at":"10:00"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Restart: {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a time of day in a short pause", node: `"wait":{"at":"10:00"}`,
			entered: "08:00:00", from: "09:45:00", to: "10:30:00",
			want: want{
				pause.Elapse:  {"03-02 10:30:00 message.sent push m", "03-02 10:30:00 exited completed"},
				pause.Freeze:  {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Restart: {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Expire:  {"03-02 10:30:00 exited expired"},
			},
		}, {
			name: "days at a time of day", node: `"wait":{"days":1,"at":"09:00"}`,
			entered: "08:00:00", from: "23:00:00", to: "23:30:00",
			want: same("03-03 09:00:00 message.sent push m", "03-03 09:00:00 exited completed"),
		}, {
			name: "a weekday at a time of day", node: `"wait":{"at":"10:00","weekdays":"mon"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-09 10:00:00 message.sent push m", "03-09 10:00:00 exited completed"},
				pause.Restart: {"03-09 10:00:00 message.sent push m", "03-09 10:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a time of day that is still to come", node: `"wait":{"at":"20:00"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: same("03-02 20:00:00 message.sent push m", "03-02 20:00:00 exited completed"),
		}, {
			name: "a duration and then a time of day", node: `"wait":{"for":"3h","at":"14:00"}`,
			entered: "08:00:00", from: "09:00:00", to: "16:00:00",
			want: want{
				pause.Elapse:  {"03-02 16:00:00 message.sent push m", "03-02 16:00:00 exited completed"},
				pause.Freeze:  {"03-03 14:00:00 message.sent push m", "03-03 14:00:00 exited completed"}, // 18:00, and then
				pause.Restart: {"03-03 14:00:00 message.sent push m", "03-03 14:00:00 exited completed"}, // 19:00, and then
				pause.Expire:  {"03-02 16:00:00 exited expired"},
			},
		}, {
			name: "an event that comes meanwhile", node: `"wait":{"event":"view","within":"3h"}`,
			entered: "08:00:00", from: "09:00:00", events: []string{"10:00:00 view item=hat"}, to: "12:00:00",
			want: same("03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"),
		}, {
			name: "an event that comes when the wait was over", node: `"wait":{"event":"view","within":"2h"},"on":{"timeout":""}`,
			entered: "08:00:00", from: "09:00:00", events: []string{"11:00:00 view item=hat"}, to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Restart: {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "an event that does not come", node: `"wait":{"event":"view","within":"2h"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
				pause.Restart: {"03-02 14:00:00 message.sent push m", "03-02 14:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "an event that comes afterwards", node: `"wait":{"event":"view"}`,
			entered: "08:00:00", from: "09:00:00", to: "10:00:00",
			want: same(),
		}, {
			name: "a condition that comes true meanwhile", node: `"wait":{"until":[{"when":"has_tag(\"vip\")","next":"m"}],"within":"9h"},"on":{"timeout":""}`,
			entered: "08:00:00", from: "09:00:00", events: []string{"10:00:00 tagged vip"}, to: "12:00:00",
			want: same("03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"),
		}, {
			name: "a condition that stays false", node: `"wait":{"until":[{"when":"has_tag(\"vip\")","next":"m"}],"within":"2h"},"on":{"timeout":""}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-02 13:00:00 exited completed"},
				pause.Restart: {"03-02 14:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a message that quiet hours hold", node: `"branch":[{"when":"age > 200","next":"m"}]`, quiet: `"quiet":{"from":"07:00","to":"11:00"},`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Restart: {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a message held beyond the resume", node: `"branch":[{"when":"age > 200","next":"m"}]`, quiet: `"quiet":{"from":"07:00","to":"15:00"},`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: same("03-02 15:00:00 message.sent push m", "03-02 15:00:00 exited completed"),
		}, {
			name: "the best of several events", node: `"wait":{"any":[{"event":"order_paid","when":"event.amount > 99","next":""},{"event":"refund","next":"m"},{"event":"view","next":""}],"ranked":true,"within":"5h"},"on":{"timeout":""}`,
			entered: "08:00:00", from: "09:00:00", events: []string{"10:00:00 view item=hat", "11:00:00 refund order=o"}, to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
				pause.Freeze:  {"03-02 16:00:00 message.sent push m", "03-02 16:00:00 exited completed"},
				pause.Restart: {"03-02 17:00:00 message.sent push m", "03-02 17:00:00 exited completed"},
				pause.Expire:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
			},
		}, {
			name: "a bound on how late", node: `"wait":{"for":"2h"}`, quiet: `"late":{"after":"30m","do":"exit"},`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 exited late"},
				pause.Freeze:  {"03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"},
				pause.Restart: {"03-02 14:00:00 message.sent push m", "03-02 14:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "an event and a bound on how late", node: `"wait":{"event":"view"}`, quiet: `"late":{"after":"90m","do":"exit"},`,
			entered: "08:00:00", from: "09:00:00", events: []string{"10:00:00 view item=hat"}, to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 exited late"},
				pause.Freeze:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Restart: {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited late"},
			},
		}, {
			name: "an hour that comes meanwhile", node: `"wait":{"active":{"of":"age","else":"11:00"}}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-02 12:00:00 message.sent push m", "03-02 12:00:00 exited completed"},
				pause.Freeze:  {"03-03 11:00:00 message.sent push m", "03-03 11:00:00 exited completed"},
				pause.Restart: {"03-03 11:00:00 message.sent push m", "03-03 11:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a window", node: `"wait":{"window":"10:00-11:00"}`,
			entered: "08:00:00", from: "09:00:00", to: "12:00:00",
			want: want{
				pause.Elapse:  {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Freeze:  {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Restart: {"03-03 10:00:00 message.sent push m", "03-03 10:00:00 exited completed"},
				pause.Expire:  {"03-02 12:00:00 exited expired"},
			},
		}, {
			name: "a goal", node: `"wait":{"for":"2h"}`,
			entered: "08:00:00", from: "09:00:00", events: []string{"11:30:00 order_paid amount=5"}, to: "12:00:00",
			want: same("03-02 11:30:00 exited goal (goal)"),
		}, {
			name: "an exit in front of the message", node: `"wait":{"event":"view"}`,
			entered: "08:00:00", from: "09:00:00", events: []string{"10:00:00 view item=hat", "11:00:00 unfollow"}, to: "12:00:00",
			want: same("03-02 11:00:00 exited exit"),
		},
	} {
		for _, policy := range []pause.Policy{pause.Elapse, pause.Freeze, pause.Restart, pause.Expire} {
			for _, node := range []string{"", "n"} {
				if node != "" && c.quiet != "" {
					continue
				}
				t.Run(fmt.Sprintf("%s/%s/%s", c.name, policy, node), func(t *testing.T) {
					w := newWorld(t, decode(t, `{"name":"x","consent":"assumed","entry":{"event":"segment.entered"},`+c.quiet+`
					 "goal":{"event":"order_paid"},"exit":[{"event":"unfollow"}],
					 "nodes":[{"id":"n",`+c.node+`,"next":"m"},{"id":"m","send":{"channels":["push"],"template":"t"}}]}`)...)
					w.event("2026-03-02 "+c.entered, "ann", "segment.entered segment=new")
					w.pause("2026-03-02 "+c.from, pause.Order{Journey: "x", Node: node})
					for _, e := range c.events {
						if e[9:] == "tagged vip" {
							w.until("2026-03-02 " + e[:8])
							w.person("ann").tags["vip"] = true
							continue
						}
						w.event("2026-03-02 "+e[:8], "ann", e[9:])
					}
					w.resume("2026-03-02 "+c.to, "x", node, policy)
					w.until("2026-03-10 00:00:00")
					require.Equal(t, c.want[policy], append([]string(nil), w.said()[1:]...))
					w.idle()
				})
			}
		}
	}
}

const twoMessages = `{"name":"x","consent":"assumed","entry":{"event":"segment.entered","reentry":"active"},"goal":{"event":"order_paid"},
	"nodes":[{"id":"a","send":{"channels":["push"],"template":"t"},"next":"b"},{"id":"b","send":{"channels":["sms"],"template":"t"}}]}`

// What was not handed out stays in until the end of the pause; what was is answered, and then the person stops.
func TestPauseOutbox(t *testing.T) {
	for _, c := range []struct {
		policy pause.Policy
		want   []string
	}{
		{pause.Elapse, []string{"03-02 12:00:00 message.sent push a", "03-02 12:00:00 message.sent sms b", "03-02 12:00:00 exited completed"}},
		{pause.Freeze, []string{"03-02 12:00:00 message.sent push a", "03-02 12:00:00 message.sent sms b", "03-02 12:00:00 exited completed"}},
		{pause.Expire, []string{"03-02 12:00:00 exited expired"}},
	} {
		t.Run("not handed out, "+string(c.policy), func(t *testing.T) {
			w := newWorld(t, decode(t, twoMessages)...)
			w.pause("2026-03-02 08:00:00", pause.Order{Journey: "x", Node: "b"}) // another node
			w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
				return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
			}
			w.event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
			w.pause("2026-03-02 09:30:00", pause.Order{Journey: "x"})
			w.push.Answer = nil
			w.until("2026-03-02 11:00:00")
			w.idle()
			require.Empty(t, w.push.Sent())
			w.resume("2026-03-02 11:00:00", "x", "b", pause.Elapse)
			w.resume("2026-03-02 12:00:00", "x", "", c.policy)
			require.Equal(t, c.want, w.said()[1:])
			w.idle()
		})
	}
	t.Run("the gate is passed again", func(t *testing.T) {
		w := newWorld(t, decode(t, twoMessages)...)
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
		}
		w.event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
		w.pause("2026-03-02 09:30:00", pause.Order{Journey: "x", Node: "a"})
		w.push.Answer = nil
		w.until("2026-03-02 11:00:00")
		w.person("ann").consents = append(w.person("ann").consents, refused("push", "2026-03-02 11:00:00"))
		w.resume("2026-03-02 12:00:00", "x", "a", pause.Elapse)
		require.Equal(t, []string{"03-02 12:00:00 message.failed push a consent push", "03-02 12:00:00 message.sent sms b", "03-02 12:00:00 exited completed"}, w.said()[1:])
	})
	t.Run("a goal gives back what it took", func(t *testing.T) {
		w := newWorld(t, decode(t, `{"name":"x","consent":"assumed","entry":{"event":"segment.entered","reentry":"every"},"goal":{"event":"order_paid"},
			"caps":[{"n":1,"per":"month"}],"nodes":[{"id":"a","send":{"channels":["push"],"template":"t"}}]}`)...)
		ctx := context.Background()
		e := event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
		w.until("2026-03-02 09:00:00")
		_, err := w.runner.Handle(ctx, marque.Lease{}, pass(e))
		require.NoError(t, err)
		require.NoError(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "x", Enter: "keep"}))
		require.NoError(t, w.settle(ctx))
		w.idle()
		w.event("2026-03-02 10:00:00", "ann", "order_paid amount=5")
		w.event("2026-03-02 10:30:00", "ann", "segment.entered segment=new")
		w.resume("2026-03-02 11:00:00", "x", "", pause.Elapse)
		require.Equal(t, []string{"03-02 10:00:00 exited goal (goal)", "03-02 10:30:00 entered", "03-02 11:00:00 message.sent push a", "03-02 11:00:00 exited completed"}, w.said()[1:])
	})
	t.Run("in flight", func(t *testing.T) {
		w := newWorld(t, decode(t, twoMessages)...)
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			require.NoError(t, w.runner.Pause(context.Background(), marque.Lease{}, w.now, pause.Order{Journey: "x"}))
			return journey.Receipt{Status: journey.Sent}, nil
		}
		w.event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
		require.Equal(t, []string{"03-02 09:00:00 entered", "03-02 09:00:00 message.sent push a"}, w.said())
		require.Empty(t, w.sms.Sent())
		w.idle()
		w.resume("2026-03-02 12:00:00", "x", "", pause.Freeze)
		require.Equal(t, []string{"03-02 12:00:00 message.sent sms b", "03-02 12:00:00 exited completed"}, w.said()[2:])
	})
	t.Run("an outcome that comes while it is paused", func(t *testing.T) {
		w := newWorld(t, decode(t, `{"name":"x","consent":"assumed","entry":{"event":"segment.entered"},
			"nodes":[{"id":"a","call":{"do":"ring"},"next":"b"},{"id":"b","send":{"channels":["sms"],"template":"t"}}]}`)...)
		w.pause("2026-03-02 08:00:00", pause.Order{Journey: "x", Node: "b"})
		w.event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
		require.Equal(t, []string{"ring  of ann"}, w.done)
		w.idle()
		counts, err := w.runner.Counts(context.Background())
		require.NoError(t, err)
		require.Contains(t, counts, journey.Count{Journey: "x", Node: "b", What: "waiting", N: 1})
		require.False(t, slices.ContainsFunc(counts, func(c journey.Count) bool { return c.Journey == "" }), "what is paused is nobody")
		w.resume("2026-03-02 12:00:00", "x", "b", pause.Expire)
		require.Equal(t, []string{"03-02 12:00:00 message.sent sms b", "03-02 12:00:00 exited completed"}, w.said()[1:])
	})
}

func TestPauseEntries(t *testing.T) {
	const def = `{"name":"x","consent":"assumed","entry":{"event":"segment.entered"},"nodes":[{"id":"w","wait":{"for":"1h"},"next":"m"},{"id":"m","send":{"channels":["push"],"template":"t"}}]}`
	t.Run("refused", func(t *testing.T) {
		w := newWorld(t, decode(t, def)...)
		w.pause("2026-03-02 08:00:00", pause.Order{Journey: "x"})
		e := event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
		require.Equal(t, journey.Reason("paused"), w.enter(e))
		require.NoError(t, w.track(e))
		_, why, err := w.runner.Enter(context.Background(), marque.Lease{}, w.now, "x", "ann", "by hand", nil)
		require.NoError(t, err)
		require.Equal(t, journey.Reason("paused"), why)
		w.resume("2026-03-02 10:00:00", "x", "", pause.Elapse)
		require.Empty(t, w.said())
		w.event("2026-03-02 11:00:00", "ann", "segment.entered segment=new")
		require.Equal(t, []string{"03-02 11:00:00 entered"}, w.said())
	})
	t.Run("kept", func(t *testing.T) {
		w := newWorld(t, decode(t, def)...)
		w.pause("2026-03-02 08:00:00", pause.Order{Journey: "x", Enter: "keep"})
		w.event("2026-03-02 09:00:00", "ann", "segment.entered segment=new")
		w.resume("2026-03-02 12:00:00", "x", "", pause.Freeze)
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 09:00:00 entered", "03-02 13:00:00 message.sent push m", "03-02 13:00:00 exited completed"}, w.said())
	})
	t.Run("did and not is over meanwhile", func(t *testing.T) {
		w := newWorld(t, decode(t, `{"name":"x","entry":{"did":"view","not":"order_paid","within":"1h"},"nodes":[{"id":"w","wait":{"for":"1h"}}]}`)...)
		w.event("2026-03-02 07:30:00", "ann", "view item=hat")
		w.event("2026-03-02 07:45:00", "bob", "view item=hat")
		w.pause("2026-03-02 08:00:00", pause.Order{Journey: "x"})
		w.until("2026-03-02 08:40:00")
		w.resume("2026-03-02 08:40:00", "x", "", pause.Elapse)
		w.until("2026-03-02 12:00:00")
		require.Equal(t, []string{"03-02 08:45:00 entered", "03-02 09:45:00 exited completed"}, w.said())
		counts, err := w.runner.Counts(context.Background())
		require.NoError(t, err)
		require.Contains(t, counts, journey.Count{Journey: "x", What: "no/paused", N: 1})
	})
}

func TestPauseTwice(t *testing.T) {
	const def = `{"name":"x","consent":"assumed","entry":{"event":"segment.entered"},"nodes":[{"id":"w","wait":{"for":"2h"},"next":"m"},{"id":"m","send":{"channels":["push"],"template":"t"}}]}`
	for _, c := range []struct {
		name string
		do   func(*world)
		want string
	}{
		{"one after the other", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x"})
			w.resume("2026-03-02 10:00:00", "x", "", pause.Freeze)
			w.pause("2026-03-02 10:30:00", pause.Order{Journey: "x"})
			w.resume("2026-03-02 13:30:00", "x", "", pause.Freeze)
		}, "03-02 14:00:00"},
		{"the same twice is one", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x"})
			w.pause("2026-03-02 09:30:00", pause.Order{Journey: "x"})
			w.resume("2026-03-02 10:00:00", "x", "", pause.Freeze)
			w.resume("2026-03-02 10:00:00", "x", "", pause.Restart)
		}, "03-02 11:00:00"},
		{"overlapping, journey first", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x"})
			w.pause("2026-03-02 10:00:00", pause.Order{Journey: "x", Node: "w"})
			w.resume("2026-03-02 11:00:00", "x", "", pause.Freeze)
			w.resume("2026-03-02 12:00:00", "x", "w", pause.Freeze)
		}, "03-02 13:00:00"},
		{"overlapping, node first", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x", Node: "w"})
			w.pause("2026-03-02 10:00:00", pause.Order{Journey: "x"})
			w.resume("2026-03-02 11:00:00", "x", "w", pause.Freeze)
			w.resume("2026-03-02 12:00:00", "x", "", pause.Freeze)
		}, "03-02 13:00:00"},
		{"one in the other", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x"})
			w.pause("2026-03-02 09:30:00", pause.Order{Journey: "x", Node: "w"})
			w.resume("2026-03-02 11:00:00", "x", "w", pause.Freeze)
			w.resume("2026-03-02 12:00:00", "x", "", pause.Freeze)
		}, "03-02 13:00:00"},
		{"the last policy counts", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x"})
			w.pause("2026-03-02 09:30:00", pause.Order{Journey: "x", Node: "w"})
			w.resume("2026-03-02 11:00:00", "x", "", pause.Expire)
			w.resume("2026-03-02 12:00:00", "x", "w", pause.Elapse)
		}, "03-02 12:00:00"},
		{"the next node only", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x", Node: "m"})
			w.resume("2026-03-02 12:00:00", "x", "m", pause.Expire)
		}, "03-02 12:00:00"},
		{"another journey", func(w *world) {
			w.pause("2026-03-02 09:00:00", pause.Order{Journey: "y"})
		}, "03-02 10:00:00"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, decode(t, def, `{"name":"y","entry":{"event":"view"},"nodes":[{"id":"w","exit":"x"}]}`)...)
			w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
			c.do(w)
			w.until("2026-03-03 00:00:00")
			require.Equal(t, []string{c.want + " message.sent push m", c.want + " exited completed"}, w.said()[1:])
			w.idle()
		})
	}
	t.Run("what is not there", func(t *testing.T) {
		w := newWorld(t, decode(t, def)...)
		ctx := context.Background()
		require.ErrorIs(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "z"}), marque.ErrNotFound)
		require.ErrorIs(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "x", Node: "z"}), marque.ErrNotFound)
		require.EqualError(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "z"}), `journey: pause: no journey "z": marque: not found`)
		require.ErrorContains(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "x", Node: "zz"}), `journey: pause: journey "x" has no node "zz"`)
		require.ErrorContains(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Enter: "no"}), `enter: "no": want "refuse" or "keep"`)
		require.ErrorContains(t, w.runner.Resume(ctx, marque.Lease{}, w.now, "x", "", "sometimes"), `there is no policy "sometimes"`)
		require.NoError(t, w.runner.Resume(ctx, marque.Lease{}, w.now, "x", "", pause.Elapse))
	})
}

// pauseRun pauses and resumes many people and fails at the points given.
func pauseRun(t testing.TB, policy pause.Policy, fail ...int) crashRun {
	w := newWorld(t, decode(t, `{"name":"x","consent":"assumed","entry":{"event":"segment.entered"},"goal":{"event":"order_paid"},"caps":[{"n":1,"per":"day"}],
	 "nodes":[{"id":"a","send":{"channels":["push"],"template":"t"},"next":"w"},{"id":"w","wait":{"event":"view","within":"26h"},"next":"b"},
	  {"id":"b","send":{"channels":["sms"],"template":"t"},"next":"z"},{"id":"z","wait":{"at":"12:00"}}]}`)...)
	memory := w.store
	run := crashRun{}
	w.store = journeytest.Fault(memory, func(op string, after bool) error {
		if run.points++; slices.Contains(fail, run.points) {
			return errCrash
		}
		return nil
	})
	w.start()
	again := func(do func() error) {
		t.Helper()
		for {
			err := do()
			if err == nil {
				return
			}
			require.ErrorIs(t, err, errCrash)
			w.start()
		}
	}
	ctx := context.Background()
	until := func(when string) { again(func() error { return w.advance(ctx, at(when)) }) }
	track := func(when, p, text string) {
		e := event(when, p, text)
		again(func() error { return w.track(e) })
	}
	for i := range 6 {
		track(fmt.Sprintf("2026-03-02 0%d:00:00", i+4), fmt.Sprint("p", i), "segment.entered segment=new")
	}
	until("2026-03-02 12:00:00")
	again(func() error { return w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "x"}) })
	track("2026-03-02 14:00:00", "p2", "view item=hat")
	track("2026-03-02 15:00:00", "p3", "order_paid amount=1")
	track("2026-03-02 16:00:00", "p7", "segment.entered segment=new")
	until("2026-03-03 08:00:00")
	again(func() error {
		err := w.runner.Resume(ctx, marque.Lease{}, w.now, "x", "", policy)
		if halts, _ := w.runner.Paused(ctx); len(halts) == 1 && halts[0].N == 0 {
			return err
		} else if err != nil {
			w.start() // who wakes people goes on
		}
		return nil
	})
	until("2026-03-09 00:00:00")
	for _, e := range w.log {
		run.result = append(run.result, fmt.Sprint(e.ID, e.Name, e.At, e.Profile, e.Props))
	}
	for _, ch := range []*journeytest.Channel{w.push, w.sms} {
		for _, m := range ch.Sent() {
			run.result = append(run.result, fmt.Sprint(m.Key, m.At))
		}
	}
	slices.Sort(run.result)
	w.idle()
	return run
}

// A crash before or after any write of a pause, of what happens meanwhile and of a resume changes nothing.
func TestPauseCrash(t *testing.T) {
	for _, policy := range []pause.Policy{pause.Elapse, pause.Freeze, pause.Restart, pause.Expire} {
		t.Run(string(policy), func(t *testing.T) {
			whole := pauseRun(t, policy)
			require.Greater(t, len(whole.result), 20)
			for k := 1; k <= whole.points; k++ {
				require.Equal(t, whole.result, pauseRun(t, policy, k).result, "point %d", k)
				if k%4 == 0 {
					require.Equal(t, whole.result, pauseRun(t, policy, k, k+3).result, "points %d and %d", k, k+3)
				}
			}
		})
	}
}

func pass(e marque.Event) []rule.Pass { return []rule.Pass{{Event: e, Now: e.Arrived()}} }

func refused(channel, when string) rule.Consent {
	return rule.Consent{Channel: channel, At: rule.At(at(when))}
}

// enter is why the event enters nobody, by the plan and what is paused.
func (w *world) enter(e marque.Event) journey.Reason {
	w.t.Helper()
	halts, err := w.runner.Paused(context.Background())
	require.NoError(w.t, err)
	p := w.runner.Set().Plan("x")
	f := rule.NewFacts(w.lex, e.Profile)
	require.NoError(w.t, w.Fill(context.Background(), p.Need(journey.State{}), e.At, []*rule.Facts{f}))
	return step.Enter(p, journey.Input{Event: &e, Control: &pause.Control{Halts: halts}}, f, e.At).Reason
}

func passes(es []marque.Event) []rule.Pass {
	ps := make([]rule.Pass, len(es))
	for i, e := range es {
		ps[i] = rule.Pass{Event: e, Now: e.Arrived()}
	}
	return ps
}
