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
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/lab"
	"github.com/marque-go/marque/journey/migration"
	"github.com/marque-go/marque/journey/pause"
)

const fourHours = `{"name":"x","consent":"assumed","entry":{"event":"segment.entered"},"nodes":[{"id":"w","wait":{"for":"4h"},"next":"m"},{"id":"m","send":{"channels":["push"],"template":"t"}}]}`

// Who is not seen to yet when a worker moves them is treated then, and only once.
func TestResumeUnderWay(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, decode(t, fourHours)...)
	memory, fail := w.store, false
	w.store = journeytest.Fault(memory, func(op string, after bool) error {
		if fail && after {
			return errCrash
		}
		return nil
	})
	w.start()
	w.event("2026-03-02 08:00:00", "ann", "segment.entered segment=new")
	w.pause("2026-03-02 09:00:00", pause.Order{Journey: "x"})
	w.until("2026-03-02 10:00:00")
	fail = true
	require.ErrorIs(t, w.runner.Resume(ctx, marque.Lease{}, w.now, "x", "", pause.Freeze), errCrash)
	fail = false
	halts, err := w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Len(t, halts, 1)
	require.Equal(t, 1, halts[0].N, "resumed, and nobody seen to")
	n := marque.Partition("ann")
	require.NotEqual(t, n, marque.Partition(""))
	ann := marque.Lease{Parts: marque.Parts{From: n, To: n + 1}}
	_, moved, err := w.runner.Wake(ctx, ann, at("2026-03-02 12:00:00"), 9)
	require.NoError(t, err)
	require.Equal(t, 1, moved)
	due, err := w.runner.Due(ctx, ann.Parts, at("2026-03-03 00:00:00"), 9)
	require.NoError(t, err)
	require.Equal(t, []marque.Due{{At: at("2026-03-02 13:00:00"), Profile: "ann", Name: "x"}}, due)
	w.event("2026-03-02 12:30:00", "bob", "segment.entered segment=new") // the sweep goes on before
	w.until("2026-03-03 00:00:00")
	require.Equal(t, []string{"03-02 13:00:00 message.sent push m", "03-02 16:30:00 message.sent push m"}, w.said("message.sent"))
	w.idle()
	halts, err = w.runner.Paused(ctx)
	require.NoError(t, err)
	require.Empty(t, halts)
}

// A resume of many people goes on after a crash where it was.
func TestResumeMany(t *testing.T) {
	run := func(fail int) (points int, result []string) {
		ctx := context.Background()
		w := newWorld(t, decode(t, fourHours)...)
		on := false
		w.store = journeytest.Fault(w.store, func(op string, after bool) error {
			if on {
				if points++; points == fail {
					return errCrash
				}
			}
			return nil
		})
		w.start()
		var es []marque.Event
		for i := range 1100 {
			es = append(es, event("2026-03-02 08:00:00", fmt.Sprint("p", i), "segment.entered segment=new"))
		}
		_, err := w.runner.Handle(ctx, marque.Lease{}, passes(es))
		require.NoError(t, err)
		w.now = at("2026-03-02 09:00:00")
		require.NoError(t, w.runner.Pause(ctx, marque.Lease{}, w.now, pause.Order{Journey: "x"}))
		w.now = at("2026-03-02 12:30:00")
		_, n, err := w.runner.Wake(ctx, marque.Lease{}, w.now, 2000)
		require.NoError(t, err)
		require.Equal(t, 1100, n)
		w.idle()
		on = true
		if err := w.runner.Resume(ctx, marque.Lease{}, w.now, "x", "", pause.Freeze); err != nil {
			require.ErrorIs(t, err, errCrash)
			if fail == 1 {
				require.NoError(t, w.runner.Resume(ctx, marque.Lease{}, w.now, "x", "", pause.Freeze))
			}
			_, _, err := w.runner.Wake(ctx, marque.Lease{}, w.now, 1)
			require.NoError(t, err)
		}
		on = false
		due, err := w.runner.Due(ctx, marque.Parts{}, at("2026-03-03 00:00:00"), 2000)
		require.NoError(t, err)
		for _, d := range due {
			result = append(result, fmt.Sprint(d.Profile, d.At))
		}
		return points, result
	}
	points, want := run(0)
	require.Len(t, want, 1100)
	require.Equal(t, "p02026-03-02 15:30:00 +0000 UTC", want[0])
	for k := 1; k <= points; k++ {
		_, got := run(k)
		require.Equal(t, want, got, "point %d", k)
	}
}

// A journey within another stops with the node that waits for it, if it has not begun.
func TestPauseSub(t *testing.T) {
	defs := []string{
		`{"name":"x","consent":"assumed","entry":{"event":"view"},"nodes":[{"id":"a","wait":{"for":"1h"},"next":"s"},{"id":"s","sub":{"journey":"y"},"next":"m"},{"id":"m","send":{"channels":["push"],"template":"t"}}]}`,
		`{"name":"y","consent":"assumed","entry":{"call":true,"reentry":"every"},"nodes":[{"id":"b","wait":{"for":"1h"},"next":"n"},{"id":"n","send":{"channels":["sms"],"template":"t"}}]}`,
	}
	for _, c := range []struct {
		name   string
		paused pause.Order
		want   []string
	}{
		{"the node", pause.Order{Journey: "x", Node: "s"}, []string{"03-02 13:00:00 message.sent sms n", "03-02 13:00:00 message.sent push m"}},
		{"the outer journey", pause.Order{Journey: "x"}, []string{"03-02 13:00:00 message.sent sms n", "03-02 13:00:00 message.sent push m"}},
		{"the inner journey", pause.Order{Journey: "y"}, []string{"03-02 09:00:00 message.sent push m"}}, // refused
		{"the inner journey, which takes people in", pause.Order{Journey: "y", Enter: "keep"}, []string{"03-02 12:00:00 message.sent sms n", "03-02 12:00:00 message.sent push m"}},
		{"the node behind", pause.Order{Journey: "x", Node: "m"}, []string{"03-02 10:00:00 message.sent sms n", "03-02 12:00:00 message.sent push m"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, decode(t, defs...)...)
			w.event("2026-03-02 08:00:00", "ann", "view item=hat")
			w.pause("2026-03-02 08:30:00", c.paused)
			w.resume("2026-03-02 12:00:00", c.paused.Journey, c.paused.Node, pause.Elapse)
			w.until("2026-03-03 00:00:00")
			require.Equal(t, c.want, w.said("message.sent"))
			w.idle()
		})
	}
}

// Each step under a pause, after it, by a migration and by hand comes out the same from its trace.
func TestReplayOfOperations(t *testing.T) {
	first := version(1, `{"id":"a","send":{"channels":["push"],"template":"t"},"next":"w"},{"id":"w","wait":{"event":"view","within":"20h"},"next":"b"},
		{"id":"b","send":{"channels":["sms"],"template":"t"},"next":"z"},{"id":"z","wait":{"at":"09:00"},"next":"u"},{"id":"u","wait":{"until":[{"when":"has_tag(\"vip\")"}],"within":"2d"}}`)
	second := version(2, `{"id":"w","wait":{"event":"view","within":"30h"},"next":"c"},{"id":"c","send":{"channels":["wechat"],"template":"t"}}`)
	w := newWorld(t, decode(t, first)...)
	var steps []journey.Trace
	w.opts = &journey.Options{Trace: func(x journey.Trace) { steps = append(steps, x) }}
	w.start()
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		if m.Profile == "p4" {
			return journey.Receipt{Status: journey.Later, After: 60 * marque.Hour}, nil
		}
		return journey.Receipt{Status: journey.Sent}, nil
	}
	for i := range 9 {
		w.event(fmt.Sprintf("2026-03-02 0%d:00:00", i), fmt.Sprint("p", i), "segment.entered segment=new")
	}
	notes := map[string]int{}
	for i, policy := range []pause.Policy{pause.Elapse, pause.Freeze, pause.Restart, pause.Expire} {
		node := []string{"", "w", "", "z"}[i]
		w.pause(fmt.Sprintf("2026-03-0%d 10:00:00", i+2), pause.Order{Journey: "x", Node: node, Enter: []string{"keep", ""}[i%2]})
		w.event(fmt.Sprintf("2026-03-0%d 14:00:00", i+2), fmt.Sprint("p", i), "view item=hat")
		w.event(fmt.Sprintf("2026-03-0%d 15:00:00", i+2), fmt.Sprint("q", i), "segment.entered segment=new")
		w.resume(fmt.Sprintf("2026-03-0%d 07:30:00", i+3), "x", node, policy)
	}
	w.push.Answer = nil
	w.publish(first, second)
	w.migrate("2026-03-07 00:00:00", migration.Def{Journey: "x", From: 1, To: 2, Waits: "recompute", Nodes: map[string]string{"a": "w", "b": "c", "z": "", "u": "w"}})
	for i := range 4 {
		_, err := w.runner.Exit(context.Background(), marque.Lease{}, w.now, "sold", steps[i].Result.State.ID)
		require.NoError(t, err)
	}
	w.until("2026-03-20 00:00:00")
	for _, x := range steps {
		for _, n := range x.Result.Trace {
			notes[n.What+" "+n.Verdict]++
		}
	}
	for _, what := range []string{"pause due", "pause arrived", "pause held", "resume elapse", "resume freeze", "resume restart", "resume expire", "event view"} {
		require.NotZero(t, notes[what], "%s: %v", what, notes)
	}
	for i := range steps { // through a store
		data, err := json.Marshal(steps[i])
		require.NoError(t, err)
		steps[i] = journey.Trace{}
		require.NoError(t, json.Unmarshal(data, &steps[i]))
	}
	require.NoError(t, lab.Replay(w.runner.Set(), slices.Values(steps)))
	w.idle()
}
