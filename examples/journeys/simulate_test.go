package main

import (
	"context"
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/journey/pause"
)

// Every journey holds against scripts that nobody wrote, workers that are taken over in the middle and writes that fail.
func TestSimulate(t *testing.T) {
	for _, s := range scenes {
		t.Run(s.name, func(t *testing.T) {
			world, err := s.world()
			require.NoError(t, err)
			simulate(t, world, journeytest.Chances{})
		})
	}
	t.Run("all at once", func(t *testing.T) {
		s := together(func(name string) bool { return name != "broadcast" }) // its gate lets people compete, so that there is nothing to compare
		world, err := s.world()
		require.NoError(t, err)
		simulate(t, world, journeytest.Chances{Events: 12})
		simulate(t, world, journeytest.Chances{Ops: []journeytest.Act{
			stop("onboarding", ""), goOn("onboarding", "", pause.Freeze), stop("call-back", "pause"), goOn("call-back", "pause", pause.Restart),
			stop("just-looked", ""), stop("birthday", ""), goOn("just-looked", "", pause.Expire), goOn("birthday", "", pause.Elapse),
			stop("order-follow-up", "review"), stop("order-follow-up", ""), goOn("order-follow-up", "review", pause.Freeze), goOn("order-follow-up", "", pause.Freeze),
		}})
	})
	t.Run("edited", func(t *testing.T) {
		world, script := edited(t)
		n := len(script.Acts)
		var c journeytest.Chances
		for _, a := range script.Acts[n-4:] {
			if a.Swap != nil {
				c.Swaps = append(c.Swaps, a.Swap)
			} else {
				c.Ops = append(c.Ops, a)
			}
		}
		simulate(t, world, c)
	})
}

// together is one scene of several, under a policy.
func together(with func(name string) bool) scene {
	s := scene{policy: graph.Policy{
		Caps:  []graph.Cap{{N: 3, Per: "day", Events: []string{"view"}}, {N: 9, Within: 7 * marque.Day}},
		Quiet: &graph.Quiet{From: "22:00", To: "07:00"}, Late: &graph.Late{After: 6 * marque.Hour},
		Suppress: []graph.Suppression{{Name: "gone", When: `has_tag("lost")`, Channels: []string{"sms"}}},
		Reach:    []graph.Reach{{Channel: "wechat", Event: "opened", Within: 2 * marque.Day}},
	}, doers: map[string]func(journey.Command) (journey.Outcome, error){"ring": ring},
		channels: map[string]func(journey.Message) (journey.Receipt, error){"push": moody}, people: map[string]journeytest.Person{}}
	s.script.From = at("2026-02-26 12:00")
	for _, x := range scenes {
		if !with(x.name) {
			continue
		}
		s.journeys = append(append(s.journeys, x.name), x.journeys...)
		s.script.Acts = append(s.script.Acts, x.script.Acts...)
		if x.script.Until.After(s.script.Until) {
			s.script.Until = x.script.Until
		}
		maps.Copy(s.people, x.people)
	}
	return s
}

// moody is a channel that is down in the first half of each hour, slow in the third quarter, and does not reach all.
func moody(m journey.Message) (journey.Receipt, error) {
	switch minute := m.At.Minute(); {
	case minute < 15:
		return journey.Receipt{}, errors.New("down")
	case minute < 30:
		panic("down")
	case minute < 45:
		return journey.Receipt{Status: journey.Later, After: 10 * marque.Minute}, nil
	case m.Profile == "p1" || m.Profile == "p4":
		return journey.Receipt{Status: journey.Unreachable}, nil
	}
	return journey.Receipt{Status: journey.Sent}, nil
}

func simulate(t *testing.T, world journeytest.World, c journeytest.Chances) {
	t.Helper()
	world.People = nil
	c.Seeds = 100
	if raceEnabled || testing.Short() {
		c.Seeds = 5
	}
	c.Start = time.Date(2026, 2, 25, 0, 0, 0, 0, time.UTC)
	c.Values = map[string][]any{
		"order": {"A", "B", "C"}, "stars": {int64(1), int64(3), int64(5)}, "hour": {int64(8), int64(21)}, "city": {"Chongqing", "Chengdu"},
		"region": {"Chongqing", "Chengdu"}, "birthday": {"1990-02-28", "1992-02-29", "1990-03-03", "1990-03-05"},
	}
	f := journeytest.Simulate(t, world, &c)
	require.Equal(t, c.Seeds, f.Seeds)
	require.Greater(t, f.Messages, c.Seeds)
	require.Greater(t, f.Takeovers, c.Seeds/2)
}

func stop(name, node string) journeytest.Act {
	return journeytest.Act{Doc: "pause " + name + " " + node, Do: func(ctx context.Context, r *journey.Runner, l marque.Lease, now time.Time) error {
		return r.Pause(ctx, l, now, pause.Order{Journey: name, Node: node})
	}}
}

func goOn(name, node string, how pause.Policy) journeytest.Act {
	return journeytest.Act{Doc: "resume " + name + " " + node, Do: func(ctx context.Context, r *journey.Runner, l marque.Lease, now time.Time) error {
		return r.Resume(ctx, l, now, name, node, how)
	}}
}
