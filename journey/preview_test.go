package journey_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/step"
)

const greeting = `{"name":"x","consent":"assumed","topic":"news","entry":{"event":"order_paid","keep":["order"]},"audience":"age < 30","caps":[{"n":1,"per":"day"}],
	"quiet":{"from":"22:00","to":"08:00","channels":["sms"]},
	"nodes":[{"id":"w","wait":{"for":"1h"},"next":"hi"},
	 {"id":"hi","send":{"channels":["push","sms"],"prefer":"channel","text":"Hello {{.name}}, order {{.order}}","missing":{"name":"friend","order":"none"}}}]}`

func TestPreview(t *testing.T) {
	ctx := context.Background()
	night := func(t *testing.T) *world {
		w := newWorld(t, decode(t, greeting)...)
		w.person("ann").attrs["age"] = int64(20)
		w.now = at("2026-03-02 23:00:00")
		return w
	}
	type draft struct {
		channel, text string
		ok            bool
		held          string
		gate          []string
	}
	for _, c := range []struct {
		name string
		do   func(w *world)
		want []draft
	}{
		{"open, and held", func(*world) {}, []draft{
			{"push", "Hello friend, order none", true, "", []string{"consent pass push", "audience pass ", "cap open cap///day", "gate pass push"}},
			{"sms", "Hello friend, order none", false, "03-03 08:00", []string{"consent pass sms", "audience pass ", "cap open cap///day", "quiet hold sms"}},
		}},
		{"the person's own channel first, and their name", func(w *world) {
			w.person("ann").attrs["channel"], w.person("ann").attrs["name"] = "sms", "Ann"
		}, []draft{
			{"sms", "Hello Ann, order none", false, "03-03 08:00", []string{"consent pass sms", "audience pass ", "cap open cap///day", "quiet hold sms"}},
			{"push", "Hello Ann, order none", true, "", []string{"consent pass push", "audience pass ", "cap open cap///day", "gate pass push"}},
		}},
		{"no consent, and variables", func(w *world) {
			w.event("2026-03-02 23:00:00", "ann", "order_paid order=o1 amount=5")
			w.person("ann").consents = append(w.person("ann").consents, refused("push", "2026-03-02 23:00:00"))
		}, []draft{
			{"push", "Hello friend, order o1", false, "", []string{"consent no push"}},
			{"sms", "Hello friend, order o1", false, "03-03 08:00", []string{"consent pass sms", "audience pass ", "cap open cap///day", "quiet hold sms"}},
		}},
		{"not in the audience", func(w *world) { w.person("ann").attrs["age"] = int64(40) }, []draft{
			{"push", "Hello friend, order none", false, "", []string{"consent pass push", "audience no "}},
			{"sms", "Hello friend, order none", false, "", []string{"consent pass sms", "audience no "}},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := night(t)
			c.do(w)
			before, counts := len(w.log), w.counts()
			drafts, err := w.runner.Preview(ctx, "x", "hi", "ann", w.now)
			require.NoError(t, err)
			var got []draft
			for _, d := range drafts {
				require.NotNil(t, d.Message)
				require.Empty(t, d.Message.Key)
				x := draft{channel: d.Channel, text: d.Message.Text, ok: d.OK}
				if !d.Held.IsZero() {
					x.held = d.Held.Format("01-02 15:04")
				}
				for _, n := range d.Gate {
					x.gate = append(x.gate, n.What+" "+n.Verdict+" "+n.Detail)
				}
				got = append(got, x)
			}
			require.Equal(t, c.want, got)
			require.NoError(t, w.settle(ctx))
			require.Len(t, w.log, before)
			require.Equal(t, counts, w.counts())
			require.Empty(t, w.push.Sent())
		})
	}
	t.Run("what is not there", func(t *testing.T) {
		w := night(t)
		for _, x := range [][2]string{{"y", "hi"}, {"x", "w"}, {"x", "ho"}} {
			_, err := w.runner.Preview(ctx, x[0], x[1], "ann", w.now)
			require.ErrorIs(t, err, marque.ErrNotFound)
		}
	})
}

func TestTestSend(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, decode(t, greeting)...)
	w.now = at("2026-03-02 23:00:00")
	for _, id := range []string{"1", "1", "2"} {
		receipt, err := w.runner.TestSend(ctx, "x", "hi", "ann", "sms", id, w.now)
		require.NoError(t, err)
		require.Equal(t, journey.Sent, receipt.Status)
	}
	sent := w.sms.Sent()
	require.Len(t, sent, 2, "quiet hours, caps and the audience do not matter, the key does")
	require.True(t, sent[0].Test)
	require.Equal(t, marque.Key("test", "x", "hi", "ann", "sms", "1"), sent[0].Key)
	require.Equal(t, "Hello friend, order none", sent[0].Text)
	require.NoError(t, w.settle(ctx))
	require.Empty(t, w.log)
	require.Empty(t, w.counts())
	_, err := w.runner.TestSend(ctx, "x", "hi", "ann", "wechat", "1", w.now)
	require.ErrorIs(t, err, marque.ErrNotFound)
}

// Three unrelated faults over months do not end a journey: each command has its own budget.
func TestRetryBudget(t *testing.T) {
	const def = `{"name":"x","consent":"assumed","entry":{"event":"view"},"nodes":[
		{"id":"a","send":{"channels":["push"],"template":"t"},"next":"wa","on":{"failed":""}},{"id":"wa","wait":{"for":"30d"},"next":"b"},
		{"id":"b","send":{"channels":["push"],"template":"t"},"next":"wb","on":{"failed":""}},{"id":"wb","wait":{"for":"30d"},"next":"c"},
		{"id":"c","send":{"channels":["push"],"template":"t"},"on":{"failed":""}}]}`
	fault := errors.New("is down")
	t.Run("by command", func(t *testing.T) {
		w := newWorld(t, decode(t, def)...)
		w.opts = &journey.Options{Attempts: 2}
		w.start()
		tries := map[string]int{}
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			if tries[m.Node]++; tries[m.Node] == 1 {
				return journey.Receipt{}, fault
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}
		w.event("2026-03-02 08:00:00", "ann", "view item=hat")
		w.until("2026-06-01 00:00:00")
		require.Equal(t, []string{"03-02 08:01:00 message.sent push a", "04-01 08:02:00 message.sent push b", "05-01 08:03:00 message.sent push c"}, w.said("message.sent"))
	})
	t.Run("an answer begins it anew", func(t *testing.T) {
		w := newWorld(t, decode(t, def)...)
		w.opts = &journey.Options{Attempts: 2}
		w.start()
		n := 0
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			switch n++; n {
			case 1, 3:
				return journey.Receipt{}, fault
			case 2:
				return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}
		w.event("2026-03-02 08:00:00", "ann", "view item=hat")
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 09:02:00 message.sent push a"}, w.said("message.sent"))
	})
	t.Run("dead letters", func(t *testing.T) {
		ctx := context.Background()
		w := newWorld(t, decode(t, def)...)
		w.opts = &journey.Options{Attempts: 2}
		w.start()
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) { return journey.Receipt{}, fault }
		for _, p := range []string{"ann", "bob"} {
			w.event("2026-03-02 08:00:00", p, "view item=hat")
		}
		w.until("2026-03-03 00:00:00")
		dead, err := w.runner.Dead(ctx, marque.Parts{}, 9)
		require.NoError(t, err)
		require.Len(t, dead, 2)
		require.Equal(t, 2, dead[0].Attempts)
		require.Equal(t, "is down", dead[0].Fault)
		require.Equal(t, []string{"03-02 08:01:00 message.failed push a is down", "03-02 08:01:00 exited completed"}, w.said("message.failed", "journey.exited")[:2], "the edge, and no silence")
		w.push.Answer = nil
		require.NoError(t, w.runner.Revive(ctx, marque.Lease{}, w.now, dead[1]))
		require.NoError(t, w.settle(ctx))
		left, err := w.runner.Dead(ctx, marque.Parts{}, 9)
		require.NoError(t, err)
		require.Equal(t, dead[:1], left)
		require.Equal(t, []string{"03-03 00:00:00 message.sent push a"}, w.said("message.sent"))
		require.Len(t, w.push.Sent(), 1)
	})
}

// What a preview reads is what the node needs.
func TestPreviewPure(t *testing.T) {
	w := newWorld(t, decode(t, greeting)...)
	require.Nil(t, step.Preview(w.runner.Set().Plan("x"), "w", nil, nil, w.now))
	var drafts []step.Draft = step.Preview(w.runner.Set().Plan("x"), "none", nil, nil, w.now)
	require.Empty(t, drafts)
}
