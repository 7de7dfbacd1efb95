package journey_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/pause"
	"github.com/marque-go/marque/journey/record"
)

// version is a journey of the nodes.
func version(n int, nodes string) string {
	return fmt.Sprintf(`{"name":"x","version":%d,"consent":"assumed","entry":{"event":"segment.entered","reentry":"active"},"goal":{"event":"order_paid"},"nodes":[%s]}`, n, nodes)
}

// publish gives the runner other definitions.
func (w *world) publish(defs ...string) {
	w.t.Helper()
	w.defs = decode(w.t, defs...)
	w.start()
}

func (w *world) migrate(when string, m migration.Def) int {
	w.t.Helper()
	w.until(when)
	n, err := w.runner.Migrate(context.Background(), marque.Lease{}, w.now, m)
	require.NoError(w.t, err)
	require.NoError(w.t, w.settle(context.Background()))
	return n
}

const end = `,{"id":"m","send":{"channels":["push"],"template":"t"}}`

func TestMigrateWaits(t *testing.T) {
	type want map[string]string // by Waits: when the message goes
	for _, c := range []struct {
		name     string
		old, new string
		events   []string // after the migration at 10:00
		want     want
	}{
		{"longer", `"wait":{"for":"4h"}`, `"wait":{"for":"6h"}`, nil,
			want{"keep": "12:00:00", "recompute": "14:00:00", "next_wake": "14:00:00"}},
		{"shorter", `"wait":{"for":"4h"}`, `"wait":{"for":"3h"}`, nil,
			want{"keep": "12:00:00", "recompute": "11:00:00", "next_wake": "12:00:00"}},
		{"over by now", `"wait":{"for":"4h"}`, `"wait":{"for":"1h"}`, nil,
			want{"keep": "12:00:00", "recompute": "10:00:00", "next_wake": "12:00:00"}},
		{"a time of day instead", `"wait":{"for":"4h"}`, `"wait":{"at":"13:00"}`, nil,
			want{"keep": "12:00:00", "recompute": "13:00:00", "next_wake": "13:00:00"}},
		{"an event instead", `"wait":{"for":"4h"}`, `"wait":{"event":"view","within":"5h"}`, nil,
			want{"keep": "12:00:00", "recompute": "13:00:00", "next_wake": "13:00:00"}},
		{"an event that comes", `"wait":{"for":"4h"}`, `"wait":{"event":"view","within":"5h"}`, []string{"10:30:00 view item=hat"},
			want{"keep": "10:30:00", "recompute": "10:30:00", "next_wake": "10:30:00"}},
		{"no event any more", `"wait":{"event":"view"}`, `"wait":{"for":"5h"}`, []string{"10:30:00 view item=hat"},
			want{"keep": "13:00:00", "recompute": "13:00:00", "next_wake": "13:00:00"}},
		{"a bound", `"wait":{"event":"view"}`, `"wait":{"event":"view","within":"5h"}`, nil,
			want{"keep": "never", "recompute": "13:00:00", "next_wake": "13:00:00"}},
		{"a condition that is true", `"wait":{"for":"4h"}`, `"wait":{"until":[{"when":"age < 200 || !has_tag(\"vip\")","next":"m"}],"within":"5h"}`, nil,
			want{"keep": "10:00:00", "recompute": "10:00:00", "next_wake": "12:00:00"}},
		{"a condition with another bound", `"wait":{"until":[{"when":"has_tag(\"vip\")","next":"m"}],"within":"4h"}`,
			`"wait":{"until":[{"when":"has_tag(\"lost\")","next":"m"}],"within":"3h"}`, nil,
			want{"keep": "12:00:00", "recompute": "11:00:00", "next_wake": "12:00:00"}},
		{"something else than a wait", `"wait":{"for":"4h"}`, `"tag":"vip"`, nil,
			want{"keep": "12:00:00", "recompute": "10:00:00", "next_wake": "12:00:00"}},
	} {
		for _, waits := range []string{"keep", "recompute", "next_wake"} {
			t.Run(c.name+"/"+waits, func(t *testing.T) {
				first := version(1, `{"id":"n",`+c.old+`,"next":"m"}`+end)
				second := version(2, `{"id":"n",`+c.new+`,"next":"m"}`+end)
				w := newWorld(t, decode(t, first)...)
				w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
				w.until("2026-03-02 10:00:00")
				w.publish(first, second)
				m := migration.Def{Journey: "x", From: 1, To: 2, Waits: waits}
				dry, err := w.runner.MigrateDryRun(context.Background(), marque.Parts{}, w.now, m)
				require.NoError(t, err)
				require.Equal(t, 1, dry.People)
				require.Equal(t, 1, w.migrate("2026-03-02 10:00:00", m))
				require.Zero(t, w.migrate("2026-03-02 10:00:00", m), "once")
				for _, e := range c.events {
					w.event("2026-03-02 "+e[:8], "ann", e[9:])
				}
				w.until("2026-03-03 00:00:00")
				got := "never"
				if said := w.said("message.sent"); len(said) > 0 {
					require.Len(t, said, 1)
					got = said[0][6:14]
				}
				require.Equal(t, c.want[waits], got)
				require.Equal(t, got == "10:00:00", dry.Sends == 1, "the dry run knew who is sent something at once: %+v", dry)
			})
		}
	}
}

// Nobody is run again by an edit, by a node that is gone, or by a migration.
func TestMigrateNodes(t *testing.T) {
	first := version(1, `{"id":"a","send":{"channels":["push"],"template":"t"},"next":"w"},{"id":"w","wait":{"for":"1d"},"next":"b"},
		{"id":"b","send":{"channels":["sms"],"template":"t"},"next":"v"},{"id":"v","wait":{"event":"message.opened","of":"b","within":"2d"},"next":"c"},
		{"id":"c","send":{"channels":["wechat"],"template":"t"}}`)
	second := version(2, `{"id":"new","send":{"channels":["wechat"],"template":"hello"},"next":"w2"},{"id":"w2","wait":{"for":"1d"},"next":"b2"},
		{"id":"b2","send":{"channels":["sms"],"template":"t"},"next":"v2"},{"id":"v2","wait":{"event":"message.opened","of":"b2","within":"3d"},"next":"d"},
		{"id":"d","send":{"channels":["push"],"template":"t"}}`)
	world := func(t *testing.T) *world {
		w := newWorld(t, decode(t, first)...)
		w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
		w.event("2026-03-02 20:00:00", "bob", "segment.entered segment=new")
		w.until("2026-03-03 10:00:00") // ann at v, bob at w
		return w
	}
	t.Run("an edit runs nobody again", func(t *testing.T) {
		w := world(t)
		before := w.said()
		w.publish(first, second)
		w.until("2026-03-03 12:00:00")
		require.Equal(t, before, w.said())
		w.event("2026-03-03 13:00:00", "cem", "segment.entered segment=new")
		require.Equal(t, []string{"03-03 13:00:00 entered", "03-03 13:00:00 message.sent wechat new"}, w.said()[len(before):], "new people take the newest")
		w.until("2026-03-03 20:00:00")
		require.Contains(t, w.said(), "03-03 20:00:00 message.sent sms b", "who is under way stays")
	})
	t.Run("a node that is gone with its version runs nobody again", func(t *testing.T) {
		w := world(t)
		before := w.said()
		w.publish(second)
		w.until("2026-03-20 00:00:00")
		require.Equal(t, []string{"03-03 20:00:00 exited gone", "03-05 08:00:00 exited gone"}, w.said()[len(before):])
	})
	t.Run("who enters again runs the newest", func(t *testing.T) {
		w := world(t)
		w.publish(first, second)
		w.event("2026-03-03 11:00:00", "ann", "order_paid amount=5")
		n := len(w.said())
		w.event("2026-03-03 12:00:00", "ann", "segment.entered segment=new")
		require.Equal(t, []string{"03-03 12:00:00 entered", "03-03 12:00:00 message.sent wechat new"}, w.said()[n:])
	})
	m := migration.Def{Journey: "x", From: 1, To: 2, Waits: "recompute", Reason: "redesigned",
		Nodes: map[string]string{"a": "new", "w": "", "b": "b2", "v": "v2", "c": "d"}}
	t.Run("mapped, and out", func(t *testing.T) {
		w := world(t)
		w.publish(first, second)
		before, counts := w.said(), w.counts()
		dry, err := w.runner.MigrateDryRun(context.Background(), marque.Parts{}, w.now, m)
		require.NoError(t, err)
		require.Equal(t, []migration.Shift{{From: "v", To: "v2", N: 1, Later: 1}, {From: "w", N: 1, Exits: 1}}, dry.Nodes)
		require.Equal(t, 2, dry.People)
		require.Equal(t, 1, dry.Exits)
		require.Zero(t, dry.Sends)
		require.Len(t, dry.Who, 1)
		require.Equal(t, "redesigned", dry.Who[0].Ends)
		require.Equal(t, before, w.said(), "a dry run is silent")
		require.Equal(t, counts, w.counts(), "and writes nothing")
		require.Equal(t, 2, w.migrate("2026-03-03 10:00:00", m))
		require.Equal(t, []string{"03-03 10:00:00 exited redesigned"}, w.said()[len(before):])
		w.event("2026-03-03 11:00:00", "ann", "message.opened message="+w.key("b"))
		require.Equal(t, []string{"03-03 11:00:00 message.sent push d", "03-03 11:00:00 exited completed"}, w.said()[len(before)+1:], "the message of b stands for that of b2")
		w.event("2026-03-04 11:00:00", "bob", "segment.entered segment=new")
		require.Contains(t, w.said(), "03-04 11:00:00 message.sent wechat new", "who is out may enter again")
	})
	t.Run("a blast is foreseen", func(t *testing.T) {
		w := world(t)
		w.publish(first, second)
		now := m
		now.Nodes = map[string]string{"a": "new", "w": "d", "b": "b2", "v": "v2", "c": "d"}
		w.person("bob").consents = append(w.person("bob").consents, refused("push", "2026-03-03 09:00:00"))
		w.event("2026-03-03 09:30:00", "cem", "segment.entered segment=new")
		dry, err := w.runner.MigrateDryRun(context.Background(), marque.Parts{}, w.now, now)
		require.NoError(t, err)
		require.Zero(t, dry.Sends)
		require.Equal(t, 1, dry.Exits, "bob has no consent for push, and then it is over")
		w.person("bob").consents = nil
		dry, err = w.runner.MigrateDryRun(context.Background(), marque.Parts{}, w.now, now)
		require.NoError(t, err)
		require.Equal(t, 1, dry.Sends)
		require.Equal(t, []string{"push"}, dry.Who[0].Sends)
		require.Equal(t, "bob", dry.Who[0].Profile)
	})
	t.Run("who awaits a command awaits it still", func(t *testing.T) {
		w := newWorld(t, decode(t, first)...)
		w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
			return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
		}
		w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
		w.push.Answer = nil
		w.publish(first, second)
		require.Equal(t, 1, w.migrate("2026-03-02 08:30:00", m))
		w.until("2026-03-03 12:00:00")
		require.Equal(t, []string{"03-02 09:00:00 message.sent push a", "03-03 09:00:00 message.sent sms b2"}, w.said()[1:])
	})
	t.Run("paused meanwhile", func(t *testing.T) {
		w := world(t)
		w.publish(first, second)
		w.pause("2026-03-03 12:00:00", pause.Order{Journey: "x"})
		keep := m
		keep.Waits, keep.Nodes = "keep", map[string]string{"a": "new", "w": "w2", "b": "b2", "v": "v2", "c": "d"}
		w.migrate("2026-03-04 10:00:00", keep) // bob is parked
		n := len(w.said())
		w.resume("2026-03-04 12:00:00", "x", "", pause.Elapse)
		require.Equal(t, []string{"03-04 12:00:00 message.sent sms b2"}, w.said()[n:])
	})
	t.Run("a due time that was kept stands under a pause", func(t *testing.T) {
		for policy, want := range map[pause.Policy]string{pause.Elapse: "12:00:00", pause.Freeze: "12:30:00", pause.Expire: "12:00:00"} {
			first, second := version(1, `{"id":"n","wait":{"for":"4h"},"next":"m"}`+end), version(2, `{"id":"n","wait":{"active":{"of":"age","else":"20:00"}},"next":"m"}`+end)
			w := newWorld(t, decode(t, first)...)
			w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
			w.publish(first, second)
			w.migrate("2026-03-02 10:00:00", migration.Def{Journey: "x", From: 1, To: 2, Waits: "keep"})
			w.pause("2026-03-02 10:30:00", pause.Order{Journey: "x"})
			w.resume("2026-03-02 11:00:00", "x", "", policy)
			w.until("2026-03-03 00:00:00")
			require.Equal(t, []string{"03-02 " + want + " message.sent push m"}, w.said("message.sent"), policy)
		}
	})
	t.Run("faults", func(t *testing.T) {
		w := world(t)
		w.publish(first, second)
		_, err := w.runner.Migrate(context.Background(), marque.Lease{}, w.now, migration.Def{Journey: "x", From: 1, To: 2, Waits: "now",
			Nodes: map[string]string{"w": "wait", "bb": ""}})
		for _, fault := range []string{
			`waits: "now": want "keep", "recompute" or "next_wake"`,
			`nodes.w: version 2 has no node "wait"`,
			`nodes.bb: version 1 has no such node, did you mean "b"?`,
			`nodes.a: is gone from version 2: say which of new, w2, b2, v2, d stands for it, or "" to exit`,
			`nodes.v: is gone`, `nodes.b: is gone`, `nodes.c: is gone`,
		} {
			require.ErrorContains(t, err, fault)
		}
		_, err = w.runner.MigrateDryRun(context.Background(), marque.Parts{}, w.now, migration.Def{Journey: "x", From: 1, To: 3, Waits: "keep"})
		require.ErrorContains(t, err, `to: there is no version 3 of "x"`)
		require.Equal(t, 2, w.migrate("2026-03-03 10:00:00", m), "nobody was moved before")
	})
}

func (w *world) counts() []journey.Count {
	w.t.Helper()
	counts, err := w.runner.Counts(context.Background())
	require.NoError(w.t, err)
	return counts
}

// A crash before or after any write of a migration changes nothing, if the call is made again.
func TestMigrateCrash(t *testing.T) {
	first, second := version(1, `{"id":"n","wait":{"for":"4h"},"next":"m"}`+end), version(2, `{"id":"n","wait":{"for":"3h"},"next":"m"}`+end)
	run := func(fail int) (points int, result []string) {
		w := newWorld(t, decode(t, first)...)
		on := false
		w.store = journeytest.Fault(w.store, func(op string, after bool) error {
			if on {
				if points++; points == fail {
					return errCrash
				}
			}
			return nil
		})
		w.publish(first, second)
		w.defs = decode(t, first)
		w.publish(first)
		for i := range 1100 { // three pages
			w.append(event("2026-03-02 08:00:00", fmt.Sprint("p", i), "segment.entered segment=new"))
		}
		w.now = at("2026-03-02 08:00:00")
		for len(w.queue) > 0 {
			var ps []marque.Event
			ps, w.queue = w.queue[:min(100, len(w.queue))], w.queue[min(100, len(w.queue)):]
			_, err := w.runner.Handle(context.Background(), marque.Lease{}, passes(ps))
			require.NoError(t, err)
		}
		w.publish(first, second)
		w.now = at("2026-03-02 10:00:00")
		on = true
		m := migration.Def{Journey: "x", From: 1, To: 2, Waits: "recompute"}
		if _, err := w.runner.Migrate(context.Background(), marque.Lease{}, w.now, m); err != nil {
			require.ErrorIs(t, err, errCrash)
			_, err = w.runner.Migrate(context.Background(), marque.Lease{}, w.now, m)
			require.NoError(t, err)
		}
		on = false
		due, err := w.runner.Due(context.Background(), marque.Parts{}, at("2026-03-02 11:00:00"), 2000)
		require.NoError(t, err)
		for _, d := range due {
			result = append(result, fmt.Sprint(d.Profile, d.At))
		}
		return points, result
	}
	points, want := run(0)
	require.Len(t, want, 1100)
	require.GreaterOrEqual(t, points, 6)
	for k := 1; k <= points; k++ {
		_, got := run(k)
		require.Equal(t, want, got, "point %d", k)
	}
}

// A published definition is immutable.
func TestSwap(t *testing.T) {
	first, second := version(1, `{"id":"n","wait":{"for":"4h"},"next":"m"}`+end), version(2, `{"id":"n","wait":{"for":"3h"},"next":"m"}`+end)
	w := newWorld(t, decode(t, first)...)
	w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
	set := func(defs ...string) *journey.Set {
		s, err := compile(decode(t, defs...)...)
		require.NoError(t, err)
		return s
	}
	old := w.runner.Set()
	require.NoError(t, w.runner.Swap(set(first, second)))
	require.NotSame(t, old, w.runner.Set())
	w.event("2026-03-02 08:00:00", "bob", "segment.entered segment=new")
	w.until("2026-03-03 00:00:00")
	require.Equal(t, []string{"03-02 11:00:00 message.sent push m", "03-02 12:00:00 message.sent push m"}, w.said("message.sent"))
	now := w.runner.Set()
	err := w.runner.Swap(set(strings.ReplaceAll(first, "4h", "5h"), strings.ReplaceAll(second, "3h", "6h")))
	require.ErrorContains(t, err, `[0].version: 1 of "x" ran with another content: give it the next number`)
	require.ErrorContains(t, err, `[1].version: 2 of "x" ran`)
	require.Same(t, now, w.runner.Set(), "nothing changed")
	_, err = compile(decode(t, first, strings.ReplaceAll(first, "4h", "5h"))...)
	require.ErrorContains(t, err, `"x" is the name of [0] already, with the same version`)
}

// Calls that are under way finish on the definitions that they began with.
func TestSwapUnderWay(t *testing.T) {
	first := version(1, `{"id":"n","call":{"do":"ring"},"next":"m"},{"id":"m","wait":{"for":"4h"}}`)
	second := version(2, `{"id":"n","wait":{"for":"1h"}}`)
	w := newWorld(t, decode(t, first)...)
	w.doers["ring"] = journey.DoerFunc(func(context.Context, journey.Command) (journey.Outcome, error) {
		s, err := compile(decode(t, first, second)...)
		require.NoError(t, err)
		return journey.Outcome{}, w.runner.Swap(s)
	})
	w.start()
	w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
	due, err := w.runner.Due(context.Background(), marque.Parts{}, w.now.Add(24*time.Hour), 9)
	require.NoError(t, err)
	require.Equal(t, []marque.Due{{At: at("2026-03-02 12:00:00"), Profile: "ann", Name: "x"}}, due)
}

func TestExitByHand(t *testing.T) {
	w := newWorld(t, decode(t, `{"name":"x","consent":"assumed","entry":{"event":"segment.entered","reentry":"active"},"nodes":[{"id":"w","wait":{"for":"2h"},"next":"m"},{"id":"m","send":{"channels":["push"],"template":"t"}}]}`,
		`{"name":"y","entry":{"did":"view","not":"order_paid","within":"3h"},"nodes":[{"id":"w","wait":{"for":"2h"}}]}`)...)
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		return journey.Receipt{Status: journey.Later, After: marque.Hour}, nil
	}
	a := w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
	b := w.event("2026-03-02 09:00:00", "bob", "segment.entered segment=new")
	v := w.event("2026-03-02 09:00:00", "bob", "view item=hat")
	w.until("2026-03-02 10:30:00") // ann's message is in the outbox, handed out once
	w.push.Answer = nil
	ctx := context.Background()
	ids := []string{marque.Key("journey", "x", a.ID), marque.Key("journey", "x", b.ID), marque.Key("journey", "y", v.ID), "unknown", record.ControlID}
	said, err := w.runner.Exit(ctx, marque.Lease{}, w.now, "sold", ids...)
	require.NoError(t, err)
	require.Len(t, said, 2, "who was only pending never was in")
	said, err = w.runner.Exit(ctx, marque.Lease{}, w.now, "sold", ids...)
	require.NoError(t, err)
	require.Empty(t, said)
	_, err = w.runner.Exit(ctx, marque.Lease{}, w.now, "", ids...)
	require.ErrorContains(t, err, "there is no reason")
	w.until("2026-03-03 00:00:00")
	require.Empty(t, w.push.Sent())
	exits := w.said("journey.exited")
	slices.Sort(exits)
	require.Equal(t, []string{"03-02 10:30:00 exited sold", "03-02 10:30:00 exited sold"}, exits)
	w.event("2026-03-03 08:00:00", "bob", "segment.entered segment=new")
	require.Contains(t, w.said(), "03-03 08:00:00 entered", "who is out may enter again")
}
