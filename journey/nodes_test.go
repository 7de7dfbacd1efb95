package journey_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

const day = marque.Day

func send(id, next string, channels ...string) journey.Node {
	return journey.Node{ID: id, Send: &journey.Send{Channels: channels, Template: id}, Next: next}
}

func wait(id, next string, w journey.Wait) journey.Node {
	return journey.Node{ID: id, Wait: &w, Next: next}
}

func onOrder(nodes ...journey.Node) journey.Def {
	return journey.Def{Name: "j", Entry: journey.Entry{Event: "order_paid"}, Nodes: nodes}
}

func TestWaits(t *testing.T) {
	for _, c := range []struct {
		name, zone, from, to string
		wait                 journey.Wait
	}{
		{"exact", "", "2026-03-02 10:00:01", "2026-03-04 10:00:01", journey.Wait{For: 2 * day}},
		{"exact over a shift", "America/New_York", "2026-03-07 12:00:00", "2026-03-09 12:00:00", journey.Wait{For: 2 * day}},
		{"calendar day at a time", "Asia/Shanghai", "2026-03-02 13:00:00", "2026-03-03 01:00:00", journey.Wait{Days: 1, At: "09:00"}},
		{"calendar days", "America/New_York", "2026-03-07 12:00:00", "2026-03-09 11:00:00", journey.Wait{Days: 2}},
		{"next time of day, today", "Asia/Shanghai", "2026-03-02 00:30:00", "2026-03-02 01:00:00", journey.Wait{At: "09:00"}},
		{"next time of day, at it", "Asia/Shanghai", "2026-03-02 01:00:00", "2026-03-03 01:00:00", journey.Wait{At: "09:00"}},
		{"next time of day, in a gap", "America/New_York", "2026-03-08 06:00:00", "2026-03-08 07:30:00", journey.Wait{At: "02:30"}},
		{"weekday in the person's zone", "Asia/Shanghai", "2026-03-06 04:00:00", "2026-03-08 23:00:00", journey.Wait{At: "07:00", Weekdays: "mon"}},
		{"duration and then a time", "", "2026-03-02 09:00:00", "2026-03-09 09:00:00", journey.Wait{For: 7 * day, At: "09:00"}},
		{"duration and then a later time", "", "2026-03-02 09:00:01", "2026-03-10 09:00:00", journey.Wait{For: 7 * day, At: "09:00"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, onOrder(wait("w", "s", c.wait), send("s", "", "push")))
			w.person("ann").zone = c.zone
			w.event(c.from, "ann", "order_paid")
			w.until("2026-03-31 00:00:00")
			require.Equal(t, []string{at(c.to).Format("01-02 15:04:05") + " message.sent push s"}, w.said("message.sent"))
		})
	}
}

func TestWaitForEvent(t *testing.T) {
	def := onOrder(send("s1", "w", "push"),
		journey.Node{ID: "w", Wait: &journey.Wait{Event: "message.opened", Of: "s1", Within: 2 * day}, Next: "opened", On: map[string]string{"timeout": "s2"}},
		journey.Node{ID: "opened", Exit: "opened"}, send("s2", "", "sms"))
	t.Run("timeout at the instant", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-09 00:00:00")
		require.Equal(t, []string{
			"03-02 10:00:00 entered", "03-02 10:00:00 message.sent push s1", "03-04 10:00:00 message.sent sms s2", "03-04 10:00:00 exited completed",
		}, w.said())
	})
	t.Run("the event of that message", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 11:00:00", "ann", "message.opened message=other")
		require.Len(t, w.said("journey.exited"), 0)
		w.event("2026-03-04 09:59:59", "ann", "message.opened message="+w.key("s1"))
		w.until("2026-03-09 00:00:00")
		require.Equal(t, []string{"03-04 09:59:59 exited opened"}, w.said("journey.exited"))
		require.Len(t, w.sms.Sent(), 0)
	})
	t.Run("what is due goes before an event of the same instant", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-04 10:00:00", "ann", "message.opened message="+w.key("s1"))
		require.Len(t, w.sms.Sent(), 1)
	})
	t.Run("an event from before the wait does not count", func(t *testing.T) {
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		late := event("2026-03-02 09:00:00", "ann", "message.opened message="+w.key("s1"))
		late.Received = at("2026-03-02 12:00:00")
		require.NoError(t, w.track(late))
		require.Len(t, w.said("journey.exited"), 0)
	})
	t.Run("the same order", func(t *testing.T) {
		def := onOrder(
			journey.Node{ID: "w", Wait: &journey.Wait{Event: "refund", Same: []string{"order"}, Within: 2 * day}, Next: "back", On: map[string]string{"timeout": "kept"}},
			journey.Node{ID: "back", Exit: "back"}, journey.Node{ID: "kept", Exit: "kept"})
		def.Entry.Reentry, def.Entry.Keep = "every", []string{"order"}
		w := newWorld(t, def)
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 11:00:00", "ann", "order_paid order=2")
		w.event("2026-03-02 11:30:00", "ann", "refund")
		w.event("2026-03-02 12:00:00", "ann", "refund order=2")
		w.until("2026-03-09 00:00:00")
		require.Equal(t, []string{"03-02 12:00:00 exited back", "03-04 10:00:00 exited kept"}, w.said("journey.exited"))
	})
	t.Run("first of several", func(t *testing.T) {
		w := newWorld(t, onOrder(
			journey.Node{ID: "w", Wait: &journey.Wait{Within: day, Any: []journey.Match{
				{Event: "view", When: `event.item == "shoe"`, Keep: []string{"item"}, Next: "shoe"}, {Event: "view"}, {Event: "unfollow", Next: "gone"}}}, Next: "other"},
			journey.Node{ID: "shoe", Branch: []journey.Case{{When: `vars.item == "shoe"`, Next: "kept"}}, Next: "other"},
			journey.Node{ID: "kept", Exit: "shoe"}, journey.Node{ID: "other", Exit: "other"}, journey.Node{ID: "gone", Exit: "gone"}))
		for _, p := range []string{"ann", "bob", "eve"} {
			w.event("2026-03-02 10:00:00", p, "order_paid")
		}
		w.event("2026-03-02 10:00:01", "ann", "view item=shoe")
		w.event("2026-03-02 10:00:02", "bob", "view item=hat")
		w.event("2026-03-02 10:00:03", "eve", "unfollow")
		require.Equal(t, []string{"03-02 10:00:01 exited shoe", "03-02 10:00:02 exited other", "03-02 10:00:03 exited gone"}, w.said("journey.exited"))
	})
}

func TestBranchSplitExperiment(t *testing.T) {
	t.Run("branch, unknown is no", func(t *testing.T) {
		w := newWorld(t, onOrder(
			journey.Node{ID: "b", Branch: []journey.Case{{When: `age >= 18`, Next: "adult"}, {When: `city == "Chongqing"`, Next: "city"}}, Next: "else"},
			journey.Node{ID: "adult", Exit: "adult"}, journey.Node{ID: "city", Exit: "city"}, journey.Node{ID: "else", Exit: "else"}))
		w.person("ann").attrs["age"] = 18
		w.person("bob").attrs["city"] = "Chongqing"
		for _, p := range []string{"ann", "bob", "eve"} {
			w.event("2026-03-02 10:00:00", p, "order_paid")
		}
		require.Equal(t, []string{"03-02 10:00:00 exited adult", "03-02 10:00:00 exited city", "03-02 10:00:00 exited else"}, w.said("journey.exited"))
	})
	t.Run("split follows the hash", func(t *testing.T) {
		w := newWorld(t, onOrder(
			journey.Node{ID: "s", Split: &journey.Split{Salt: "x", Arms: []journey.Arm{{Weight: 30, Next: "a"}, {Weight: 70, Next: "b"}}}},
			journey.Node{ID: "a", Exit: "a"}, journey.Node{ID: "b", Exit: "b"}))
		n := map[string]int{}
		for i := range 1000 {
			w.event("2026-03-02 10:00:00", marque.Key(string(rune(i))), "order_paid")
			n[w.log[len(w.log)-1].Props["reason"].(string)]++
		}
		require.InDelta(t, 300, n["a"], 60)
		require.Equal(t, 1000, n["a"]+n["b"])
	})
	t.Run("experiment", func(t *testing.T) {
		w := newWorld(t, onOrder(
			journey.Node{ID: "x", Experiment: &journey.Experiment{Name: "subject", Arms: map[string]string{"b": "b"}}, Next: "a"},
			journey.Node{ID: "a", Exit: "a"}, journey.Node{ID: "b", Exit: "b"}))
		w.arms["subject/ann"], w.arms["subject/bob"] = "b", "control"
		for _, p := range []string{"ann", "bob", "eve"} {
			w.event("2026-03-02 10:00:00", p, "order_paid")
		}
		require.Equal(t, []string{
			"03-02 10:00:00 experiment.exposed subject b", "03-02 10:00:00 exited b",
			"03-02 10:00:00 experiment.exposed subject control", "03-02 10:00:00 exited a", "03-02 10:00:00 exited a",
		}, w.said("experiment.exposed", "journey.exited"))
	})
}

func TestActions(t *testing.T) {
	w := newWorld(t,
		onOrder(
			journey.Node{ID: "tag", Tag: &journey.Tag{Name: "vip", TTL: 30 * day}, Next: "b"},
			journey.Node{ID: "b", Branch: []journey.Case{{When: `has_tag("vip")`, Next: "coupon"}}},
			journey.Node{ID: "coupon", Coupon: &journey.Coupon{Batch: "welcome"}, Next: "c"},
			journey.Node{ID: "c", Branch: []journey.Case{{When: `vars.coupon == "issued" && vars.coupon_amount >= 500`, Next: "s"}}},
			journey.Node{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Text: "{{.name}}: {{.coupon_id}}", Missing: map[string]string{"name": "friend", "coupon_id": "-"}}, Next: "score"},
			journey.Node{ID: "score", Score: &journey.Score{Name: "lead", Points: 5}, Next: "set"},
			journey.Node{ID: "set", Set: map[string]any{"city": "X"}, Next: "untag"},
			journey.Node{ID: "untag", Untag: "lost", Next: "ring"},
			journey.Node{ID: "ring", Call: &journey.Call{Do: "ring", As: "call", Fields: []rule.Field{{Name: "seconds", Type: rule.Int}}}, Next: "end", On: map[string]string{"busy": "go"}},
			journey.Node{ID: "end", Exit: "no"},
			journey.Node{ID: "go", Goto: "win-back"}),
		journey.Def{Name: "win-back", Entry: journey.Entry{Call: true}, Nodes: []journey.Node{wait("w", "", journey.Wait{For: day})}})
	w.doers["ring"] = journey.DoerFunc(func(context.Context, journey.Command) (journey.Outcome, error) {
		return journey.Outcome{Result: "busy", Vars: map[string]any{"seconds": 3}}, nil
	})
	w.event("2026-03-02 10:00:00", "ann", "order_paid")
	require.Equal(t, []string{"tag vip of ann", "coupon welcome of ann", "score lead of ann", "set  of ann", "untag lost of ann"}, w.done)
	require.Equal(t, "friend: cp-ann", w.push.Sent()[0].Text)
	require.Equal(t, []string{"03-02 10:00:00 entered", "03-02 10:00:00 message.sent push s", "03-02 10:00:00 exited moved", "03-02 10:00:00 entered"}, w.said())
	w.until("2026-03-04 00:00:00")
	require.Equal(t, "03-03 10:00:00 exited completed", w.said()[4])
}

func TestExitAndGoal(t *testing.T) {
	def := onOrder(wait("w", "s", journey.Wait{For: 30 * day}), send("s", "", "push"))
	def.Entry = journey.Entry{Event: "view"}
	def.Goal = &journey.On{Event: "order_paid", When: "event.amount >= 100"}
	def.Exit = []journey.On{{Event: "unfollow"}, {Event: "order_paid", When: "event.amount >= 1000", Reason: "big"}, {When: `has_tag("lost")`, Reason: "lost"}}
	w := newWorld(t, def)
	for _, p := range []string{"ann", "bob", "eve", "joe"} {
		w.event("2026-03-02 10:00:00", p, "view")
	}
	w.event("2026-03-03 10:00:00", "ann", "order_paid amount=99")
	w.event("2026-03-03 11:00:00", "ann", "order_paid amount=100")
	w.event("2026-03-03 12:00:00", "bob", "order_paid amount=1000")
	w.event("2026-03-03 13:00:00", "eve", "unfollow")
	w.person("joe").tags["lost"] = true
	w.until("2026-04-30 00:00:00")
	require.Equal(t, []string{
		"03-03 11:00:00 exited goal (goal)", "03-03 12:00:00 exited big (goal)", "03-03 13:00:00 exited exit", "04-01 10:00:00 exited lost",
	}, w.said("journey.exited", "message.sent"))
}

func TestChannels(t *testing.T) {
	def := onOrder(
		journey.Node{ID: "s", Send: &journey.Send{Channels: []string{"push", "sms", "wechat"}, Prefer: "channel/", Template: "t"}, Next: "sent",
			On: map[string]string{"unreachable": "un", "failed": "fail", "suppressed": "no"}},
		journey.Node{ID: "sent", Exit: "sent"}, journey.Node{ID: "un", Exit: "un"}, journey.Node{ID: "fail", Exit: "fail"}, journey.Node{ID: "no", Exit: "no"})
	answer := func(s journey.Status) func(journey.Message) (journey.Receipt, error) {
		return func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: s}, nil }
	}
	t.Run("fallback in order", func(t *testing.T) {
		w := newWorld(t, def)
		w.push.Answer = answer(journey.Unreachable)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 entered", "03-02 10:00:00 message.failed push s", "03-02 10:00:00 message.sent sms s", "03-02 10:00:00 exited sent"}, w.said())
	})
	t.Run("preferred first", func(t *testing.T) {
		w := newWorld(t, def)
		w.person("ann").tags["channel/wechat"] = true
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 message.sent wechat s"}, w.said("message.sent"))
	})
	t.Run("none reachable", func(t *testing.T) {
		w := newWorld(t, def)
		w.push.Answer, w.sms.Answer, w.wechat.Answer = answer(journey.Unreachable), answer(journey.Invalid), answer(journey.Unreachable)
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		require.Equal(t, []string{"03-02 10:00:00 exited un"}, w.said("journey.exited"))
	})
	t.Run("consent", func(t *testing.T) {
		w := newWorld(t, def)
		w.person("ann").consents = []rule.Consent{{OK: true, At: 1}, {Channel: "push", At: 2}}
		w.person("bob").consents = nil
		w.person("eve").consents = []rule.Consent{{Channel: "push", OK: true, At: 1}, {At: 2}}
		w.person("joe").consents = []rule.Consent{{Topic: "news", OK: true, At: 1}}
		for _, p := range []string{"ann", "bob", "eve", "joe"} {
			w.event("2026-03-02 10:00:00", p, "order_paid")
		}
		require.Equal(t, []string{"03-02 10:00:00 message.sent sms s", "03-02 10:00:00 exited sent", "03-02 10:00:00 exited no",
			"03-02 10:00:00 exited no", "03-02 10:00:00 exited no"}, w.said("message.sent", "journey.exited"))
	})
	t.Run("unknown is tried again with the same key, then dead", func(t *testing.T) {
		w := newWorld(t, def)
		var keys []string
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			keys = append(keys, m.Key+" "+m.At.Format("15:04"))
			return journey.Receipt{}, errors.New("no answer")
		}
		w.opts = &journey.Options{Attempts: 3}
		w.start()
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-03 00:00:00")
		k := w.log[len(w.log)-2].Props["key"].(string)
		require.Equal(t, []string{k + " 10:00", k + " 10:01", k + " 10:03"}, keys)
		require.Equal(t, []string{"03-02 10:03:00 message.failed push s no answer", "03-02 10:03:00 exited fail"}, w.said("message.failed", "journey.exited"))
		dead, err := w.runner.Dead(context.Background(), marque.Parts{}, 9)
		require.NoError(t, err)
		require.Len(t, dead, 1)
		w.push.Answer = nil
		require.NoError(t, w.runner.Revive(context.Background(), marque.Lease{}, w.now, dead...))
		w.until("2026-03-03 00:00:01")
		require.Equal(t, k, w.push.Sent()[0].Key)
		require.Equal(t, []string{"03-03 00:00:00 message.sent push s"}, w.said("message.sent"))
	})
	t.Run("a panic and a later", func(t *testing.T) {
		w := newWorld(t, def)
		n := 0
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			switch n++; n {
			case 1:
				panic("oh")
			case 2:
				return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.until("2026-03-03 00:00:00")
		require.Equal(t, []string{"03-02 11:01:00 message.sent push s"}, w.said("message.sent"))
	})
	t.Run("an exit between two attempts", func(t *testing.T) {
		d := def
		d.Exit = []journey.On{{Event: "unfollow"}}
		w := newWorld(t, d)
		w.push.Answer = func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: journey.Unknown}, nil }
		w.event("2026-03-02 10:00:00", "ann", "order_paid")
		w.event("2026-03-02 10:00:30", "ann", "unfollow")
		w.push.Answer = nil
		w.until("2026-03-03 00:00:00")
		require.Len(t, w.push.Sent(), 0)
		require.Equal(t, []string{"03-02 10:00:30 exited exit", "03-02 10:01:00 message.failed push s the journey ended"}, w.said("journey.exited", "message.failed"))
	})
}

func TestQuietHours(t *testing.T) {
	def := func(do string) journey.Def {
		d := onOrder(
			journey.Node{ID: "s", Send: &journey.Send{Channels: []string{"sms", "push"}, Template: "t"}, On: map[string]string{"quiet": "q"}},
			journey.Node{ID: "q", Exit: "quiet"})
		d.Quiet = &journey.Quiet{From: "22:00", To: "08:00", Do: do, Channels: []string{"sms"}}
		d.Zone = "Europe/Berlin"
		d.Exit = []journey.On{{Event: "unfollow"}}
		return d
	}
	for _, c := range []struct {
		name, do, zone, from string
		want                 []string
	}{
		{"held to the first instant after", "hold", "Asia/Shanghai", "2026-03-02 15:00:00", []string{"03-03 00:00:00 message.sent sms s", "03-03 00:00:00 exited completed"}},
		{"over midnight", "", "Asia/Shanghai", "2026-03-02 23:59:59", []string{"03-03 00:00:00 message.sent sms s", "03-03 00:00:00 exited completed"}},
		{"the end is not in it", "", "Asia/Shanghai", "2026-03-02 00:00:00", []string{"03-02 00:00:00 message.sent sms s", "03-02 00:00:00 exited completed"}},
		{"the journey's zone", "", "", "2026-03-02 21:00:00", []string{"03-03 07:00:00 message.sent sms s", "03-03 07:00:00 exited completed"}},
		{"drop", "drop", "Asia/Shanghai", "2026-03-02 15:00:00", []string{"03-02 15:00:00 exited quiet"}},
		{"next channel", "next", "Asia/Shanghai", "2026-03-02 15:00:00", []string{"03-02 15:00:00 message.sent push s", "03-02 15:00:00 exited completed"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, def(c.do))
			w.person("ann").zone = c.zone
			w.event(c.from, "ann", "order_paid")
			w.until("2026-03-31 00:00:00")
			require.Equal(t, c.want, w.said("message.sent", "journey.exited"))
			w.check()
		})
	}
	t.Run("an exit cancels what is held", func(t *testing.T) {
		w := newWorld(t, def("hold"))
		w.event("2026-03-02 22:00:00", "ann", "order_paid")
		w.event("2026-03-02 23:00:00", "ann", "unfollow")
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-02 23:00:00 exited exit"}, w.said("message.sent", "journey.exited"))
	})
	t.Run("the gate runs again", func(t *testing.T) {
		w := newWorld(t, def("hold"))
		w.event("2026-03-02 22:00:00", "ann", "order_paid")
		w.until("2026-03-02 23:00:00")
		w.person("ann").consents = nil
		w.until("2026-03-31 00:00:00")
		require.Len(t, w.sms.Sent(), 0)
	})
	t.Run("a retry in quiet hours waits too", func(t *testing.T) {
		w := newWorld(t, def("hold"))
		w.sms.Answer = func(journey.Message) (journey.Receipt, error) { return journey.Receipt{Status: journey.Unknown}, nil }
		w.event("2026-03-02 20:59:30", "ann", "order_paid")
		w.sms.Answer = nil
		w.until("2026-03-31 00:00:00")
		require.Equal(t, []string{"03-03 07:00:00 message.sent sms s"}, w.said("message.sent"))
		w.check()
	})
}

func TestCaps(t *testing.T) {
	def := func(name string, caps ...journey.Cap) journey.Def {
		d := onOrder(
			journey.Node{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}, On: map[string]string{"capped": "full"}},
			journey.Node{ID: "full", Exit: "capped"})
		d.Name, d.Caps, d.Entry.Reentry = name, caps, "every"
		return d
	}
	t.Run("a calendar day in the person's zone", func(t *testing.T) {
		w := newWorld(t, def("a", journey.Cap{N: 1, Per: "day"}))
		w.person("ann").zone = "Asia/Shanghai"
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 15:59:59", "ann", "order_paid order=2")
		w.event("2026-03-02 16:00:00", "ann", "order_paid order=3")
		require.Equal(t, []string{"03-02 10:00:00 message.sent push s", "03-02 15:59:59 exited capped", "03-02 16:00:00 message.sent push s"},
			slicesWithout(w.said("message.sent", "journey.exited"), "completed"))
		w.check()
	})
	t.Run("a rolling window", func(t *testing.T) {
		w := newWorld(t, def("a", journey.Cap{N: 1, Within: day}))
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.event("2026-03-03 09:59:59", "ann", "order_paid order=2")
		w.event("2026-03-03 10:00:00", "ann", "order_paid order=3")
		require.Len(t, w.push.Sent(), 2)
		w.check()
	})
	t.Run("the strictest of several, over journeys", func(t *testing.T) {
		w := newWorld(t, def("a", journey.Cap{N: 5, Per: "day"}, journey.Cap{N: 3, Channel: "push", Per: "week"}), def("b"))
		for _, order := range []string{"1", "2", "3"} {
			w.event("2026-03-02 10:00:00", "ann", "order_paid order="+order)
		}
		// a and b both send twice; then a is full by what b sent, and b is not bound.
		n := map[string]int{}
		for _, m := range w.push.Sent() {
			n[m.Journey]++
		}
		require.Equal(t, map[string]int{"a": 2, "b": 3}, n)
	})
	t.Run("what was not delivered does not count", func(t *testing.T) {
		w := newWorld(t, def("a", journey.Cap{N: 1, Per: "day"}))
		w.push.Answer = func(journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: journey.Unreachable}, nil
		}
		w.event("2026-03-02 10:00:00", "ann", "order_paid order=1")
		w.push.Answer = nil
		w.event("2026-03-02 11:00:00", "ann", "order_paid order=2")
		require.Len(t, w.push.Sent(), 1)
	})
	t.Run("a full cap comes before quiet hours", func(t *testing.T) {
		d := def("a", journey.Cap{N: 1, Per: "day"})
		d.Quiet = &journey.Quiet{From: "22:00", To: "08:00"}
		w := newWorld(t, d)
		w.event("2026-03-02 21:00:00", "ann", "order_paid order=1")
		w.event("2026-03-02 23:00:00", "ann", "order_paid order=2")
		require.Equal(t, []string{"03-02 23:00:00 exited capped"}, w.said("journey.exited")[1:])
		w.event("2026-03-02 23:10:00", "bob", "order_paid order=1") // held: counts only when it goes
		w.event("2026-03-02 23:20:00", "bob", "order_paid order=2")
		w.until("2026-03-03 09:00:00")
		require.Equal(t, []string{"03-02 21:00:00 message.sent push s", "03-03 08:00:00 message.sent push s"}, w.said("message.sent"))
		w.check()
	})
}

func slicesWithout(lines []string, end string) (kept []string) {
	for _, l := range lines {
		if len(l) < len(end) || l[len(l)-len(end):] != end {
			kept = append(kept, l)
		}
	}
	return kept
}
