package journeytest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/rule"
)

func TestCheck(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	defs := []journey.Def{{
		Name: "j", Zone: "Asia/Shanghai", Entry: journey.Entry{Call: true, Holdout: &journey.Holdout{Name: "h", Share: 500_000}},
		Quiet: &journey.Quiet{From: "22:00", To: "08:00"}, Caps: []journey.Cap{{N: 1, Per: "day"}, {N: 2, Within: 2 * marque.Day, Channel: "sms"}},
	}}
	in, out := "", ""
	for i := 0; in == "" || out == ""; i++ {
		p := marque.Key(string(rune(i)))
		if marque.Bucket("holdout/h", p) < 500_000 {
			out = p
		} else {
			in = p
		}
	}
	sent := func(at time.Duration, profile, key, channel string) marque.Event {
		return marque.Event{Name: "message.sent", At: noon.Add(at), Profile: profile, Props: map[string]any{
			"journey": "j", "node": "n", "channel": channel, "key": key, "enrollment": "e-" + profile}}
	}
	exited := marque.Event{Name: "journey.exited", At: noon, Fact: "journey/j/e-" + in}
	const day = 24 * time.Hour
	for _, c := range []struct {
		name, zone string
		log        []marque.Event
		want       string
	}{
		{"good", "", []marque.Event{sent(0, in, "1", "sms"), sent(4*time.Hour, in, "2", "sms"), sent(4*time.Hour+day, in, "3", "push")}, "quiet"}, // 16:00 UTC is midnight
		{"all good", "UTC", []marque.Event{sent(0, in, "1", "sms"), sent(day, in, "2", "sms"), sent(2*day, in, "3", "sms")}, ""},
		{"quiet", "Asia/Tokyo", []marque.Event{sent(time.Hour, in, "1", "sms")}, "quiet hours from 22:00 to 08:00"},
		{"cap per day", "UTC", []marque.Event{sent(0, in, "1", "sms"), sent(time.Hour, in, "2", "push")}, "number 2 of at most 1 (day"},
		{"cap in a window", "UTC", []marque.Event{sent(0, in, "1", "sms"), sent(day, in, "2", "sms"), sent(2*day-1000, in, "3", "sms")}, "number 3 of at most 2 ("},
		{"key", "UTC", []marque.Event{sent(0, in, "1", "sms"), sent(day, in, "1", "sms")}, "key 1 was sent before"},
		{"hold-out", "UTC", []marque.Event{sent(0, out, "1", "sms")}, "belongs to hold-out h"},
		{"exit", "UTC", []marque.Event{exited, sent(0, in, "1", "sms")}, "the enrollment exited"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := journeytest.Check(defs, c.log, func(string) string { return c.zone })
			if c.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.want)
			if c.name != "good" {
				require.Equal(t, 1, strings.Count(err.Error(), "\n")+1, err)
			}
		})
	}
}

func TestFault(t *testing.T) {
	var ops []string
	down := errors.New("down")
	fail := ""
	s := journeytest.Fault(journey.NewMemory(), func(op string, after bool) error {
		if after {
			op += " after"
		}
		ops = append(ops, op)
		if op == fail {
			return down
		}
		return nil
	})
	ctx := context.Background()
	commit := func(id string) error {
		_, err := s.Commit(ctx, marque.Lease{}, time.Unix(1, 0), []journey.Change{{State: journey.State{ID: id, Profile: "p", Version: 1}}})
		return err
	}
	there := func(id string) bool {
		got, err := s.Open(ctx, journey.Query{IDs: []string{id}})
		require.NoError(t, err)
		return len(got) == 1
	}
	require.NoError(t, commit("a"))
	fail = "Commit"
	require.ErrorIs(t, commit("b"), down)
	fail = "Commit after"
	require.ErrorIs(t, commit("c"), down)
	require.Equal(t, []bool{true, false, true}, []bool{there("a"), there("b"), there("c")})
	require.NoError(t, s.Taken(ctx, nil))
	require.NoError(t, s.Move(ctx, marque.Move{Key: "m", From: "p", Into: "q"}))
	_, err := s.Erase(ctx, "q")
	require.NoError(t, err)
	require.Equal(t, []string{"Commit", "Commit after", "Commit", "Commit", "Commit after", "Taken", "Taken after", "Move", "Move after", "Erase", "Erase after"}, ops)
}

// A Stage knows when messages were decided, and so more than the log.
func TestCheckDecided(t *testing.T) {
	noon := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	node := func(channel string) []journey.Node {
		return []journey.Node{{ID: "n", Send: &journey.Send{Channels: []string{channel}, Template: "t"}}}
	}
	narrow := journey.Def{Name: "narrow", Entry: journey.Entry{Event: "order"}, Caps: []journey.Cap{{N: 1, Per: "day", Events: []string{"ad"}}}, Nodes: node("push")}
	wide := journey.Def{Name: "wide", Entry: journey.Entry{Event: "order"}, Nodes: node("sms")}
	world := journeytest.World{
		Defs: []journey.Def{narrow, wide}, Anybody: journeytest.Willing,
		Schema: rule.Schema{Events: []rule.EventType{{Name: "order"}, {Name: "ad"}}},
		Channels: map[string]func(journey.Message) (journey.Receipt, error){"push": func(m journey.Message) (journey.Receipt, error) {
			if m.At.Minute() < 5 {
				return journey.Receipt{}, errors.New("down")
			}
			return journey.Receipt{Status: journey.Sent}, nil
		}},
	}
	play := func(acts ...journeytest.Act) *journeytest.Stage {
		s, err := journeytest.NewStage(world, journey.NewMemory())
		require.NoError(t, err)
		require.NoError(t, s.Play(context.Background(), journeytest.Script{Acts: acts, Until: noon.Add(48 * time.Hour)}))
		return s
	}
	s := play(journeytest.Act{At: noon, Event: "order", Profile: "ann"})
	require.Len(t, s.Channel("push").Sent(), 1, "decided first, with nothing before it")
	require.True(t, s.Channel("push").Sent()[0].At.After(s.Channel("sms").Sent()[0].At), "sent second")
	require.NoError(t, s.Check(context.Background()), "what went out before it was decided after it")
	require.NoError(t, journeytest.Check(world.Defs, s.Log(), nil), "and a log alone does not say that it was not")

	seen := play(journeytest.Act{At: noon.Add(-time.Hour), Event: "ad", Profile: "ann"}, journeytest.Act{At: noon, Event: "order", Profile: "ann"})
	require.Empty(t, seen.Channel("push").Sent(), "the advertisement took the place")
	require.NoError(t, seen.Check(context.Background()))
}
