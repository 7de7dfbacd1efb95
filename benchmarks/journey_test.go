package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/qmuntal/stateless"
	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/journey/step"
	"github.com/marque-go/marque/rule"
)

// noRules is for journeys that have none.
type noRules struct{}

var errNoRules = errors.New("there are no rules")

func (noRules) Compile(string, string) (*rule.Rule, error) { return nil, errNoRules }

// A course is a runner with one journey of three steps over the store in memory, and a clock.
type course struct {
	t      testing.TB
	store  *journey.Memory
	runner *journey.Runner
	now    time.Time
	people int
	done   int
}

var start = time.Date(2026, 6, 15, 12, 0, 0, 0, time.UTC)

// compiled is a journey of these nodes that begins with an order.
func compiled(t testing.TB, nodes ...journey.Node) *journey.Set {
	s := rule.Schema{Events: append([]rule.EventType{{Name: "order_paid"}}, journey.Says()...), Tags: []string{"vip"}}
	lex, err := s.Compile()
	require.NoError(t, err)
	set, err := journey.Compile([]journey.Def{{Name: "thanks", Entry: journey.Entry{Event: "order_paid"}, Nodes: nodes}}, lex, noRules{}, nil)
	require.NoError(t, err)
	return set
}

func newCourse(t testing.TB) *course {
	set := compiled(t, journey.Node{ID: "wait", Wait: &journey.Wait{For: marque.Day}, Next: tagging.ID}, tagging)
	c := &course{t: t, store: journey.NewMemory(), now: start}
	c.runner = journey.NewRunner(c.store, set, journey.Host{Doers: map[string]journey.Doer{
		"tag": journey.DoerFunc(func(context.Context, journey.Command) (journey.Outcome, error) {
			c.done++
			return journey.Outcome{}, nil
		}),
	}}, nil)
	return c
}

// events are one each of n people who were not there before.
func events(n int, people *int, now time.Time) []marque.Event {
	es := make([]marque.Event, n)
	for i := range es {
		*people++
		p := fmt.Sprintf("person-%09d", *people)
		es[i] = marque.Event{ID: "e" + p, Name: "order_paid", At: now, Received: now, Profile: p}
	}
	return es
}

const page = 512

// go3 takes people who are new through all steps, and takes what was said. It returns how many came through.
func (c *course) go3(n int) int {
	ctx, all := context.Background(), marque.Lease{}
	before := c.done
	es := events(n, &c.people, c.now)
	ps := make([]rule.Pass, 0, page)
	for len(es) > 0 {
		ps = ps[:0]
		for _, e := range es[:min(page, len(es))] {
			ps = append(ps, rule.Pass{Event: e, Now: c.now})
		}
		es = es[len(ps):]
		said, err := c.runner.Handle(ctx, all, ps)
		c.take(said, err)
	}
	c.now = c.now.Add(24 * time.Hour)
	for woke := 1; woke > 0; {
		said, k, err := c.runner.Wake(ctx, all, c.now, page)
		c.take(said, err)
		woke = k
	}
	said, _, err := c.runner.Dispatch(ctx, all, c.now, page)
	c.take(said, err)
	return c.done - before
}

// take takes what was said, as somebody who has put it into a log.
func (c *course) take(said []marque.Event, err error) {
	require.NoError(c.t, err)
	if len(said) == 0 {
		return
	}
	ids := make([]string, len(said))
	for i := range said {
		ids[i] = said[i].ID
	}
	require.NoError(c.t, c.store.Taken(context.Background(), ids))
}

func (c *course) side() side { return func(_, n int) int { return c.go3(n) } }

func bareSide() side {
	people, done, now := 0, 0, start
	b := newBare(func(string, string) { done++ })
	return func(_, n int) int {
		before := done
		for _, e := range events(n, &people, now) {
			b.enter(e, now)
		}
		b.take()
		now = now.Add(24 * time.Hour)
		b.wake(now)
		b.take()
		return done - before
	}
}

// A person through three steps takes at most 5 times as long as by bare maps and a heap that enter, count, derive and say
// the same: the ratio is at least 0.2. For that the journey is data, and there is one commit per step that a crash cannot
// tear, with an outbox, a feed, holds and leases.
func BenchmarkPromiseJourneyMemory(b *testing.B) {
	report(b, ratio(bareSide(), newCourse(b).side()), "ratio")
}

// wakes is the step of somebody who wakes from a wait and goes on to this node.
func wakes(t testing.TB, to journey.Node) side {
	set := compiled(t, journey.Node{ID: "day", Wait: &journey.Wait{For: marque.Day}, Next: to.ID}, to)
	plan := set.Plan("thanks")
	f := rule.NewFacts(set.Lexicon(), "ann")
	in := journey.Input{Event: &marque.Event{ID: "e", Name: "order_paid", At: start, Received: start, Profile: "ann"}}
	s := step.Enter(plan, in, f, start).State
	require.Equal(t, "day", s.Node)
	now := s.Due
	var hand step.Hand // as a Runner has it
	in = journey.Input{Scratch: new(record.Scratch)}
	return func(_, n int) (went int) {
		for range n {
			if hand.Step(plan, &s, &in, f, now).State.Node == to.ID {
				went++
			}
		}
		return went
	}
}

var (
	waiting = journey.Node{ID: "week", Wait: &journey.Wait{For: marque.Week}}
	tagging = journey.Node{ID: "tag", Tag: &journey.Tag{Name: "vip"}}
)

// phone is the machine of the README of stateless, from call to call.
func phone() side {
	const offHook, ringing, connected, onHold = "OffHook", "Ringing", "Connected", "OnHold"
	const dialed, answered, left, held = "CallDialed", "CallConnected", "LeftMessage", "PlacedOnHold"
	calls, talks := 0, 0
	m := stateless.NewStateMachine(offHook)
	m.Configure(offHook).Permit(dialed, ringing)
	m.Configure(ringing).OnEntryFrom(dialed, func(_ context.Context, args ...any) error {
		calls += len(args[0].(string))
		return nil
	}).Permit(answered, connected)
	m.Configure(connected).OnEntry(func(context.Context, ...any) error {
		talks++
		return nil
	}).OnExit(func(context.Context, ...any) error {
		talks--
		return nil
	}).Permit(left, offHook).Permit(held, onHold)
	i := 0
	return func(_, n int) (went int) {
		for range n {
			var err error
			switch i++; i % 3 {
			case 1:
				err = m.Fire(dialed, "qmuntal")
			case 2:
				err = m.Fire(answered)
			default:
				err = m.Fire(left)
			}
			if err == nil {
				went++
			}
		}
		return went
	}
}

// A step, which wakes somebody from a wait and takes them on to the next, takes no longer than one transition of
// stateless: the ratio is at least 1.
func BenchmarkPromiseStep(b *testing.B) {
	report(b, ratio(phone(), wakes(b, waiting)), "ratio")
}

// Neither does one that commands something, with a key by which its receiver can drop repeats.
func BenchmarkPromiseStepCommand(b *testing.B) {
	report(b, ratio(phone(), wakes(b, tagging)), "ratio")
}

// Each side does what it is measured for.
func TestJourneysGo(t *testing.T) {
	for name, s := range map[string]side{"bare": bareSide(), "ours": newCourse(t).side(), "wakes": wakes(t, waiting), "commands": wakes(t, tagging), "phone": phone()} {
		require.Equal(t, 700, s(0, 700), name)
		require.Equal(t, 3, s(700, 3), name)
	}
}

func BenchmarkJourney(b *testing.B) {
	for name, s := range map[string]side{"bare": bareSide(), "ours": newCourse(b).side(), "wakes": wakes(b, waiting), "commands": wakes(b, tagging), "phone": phone()} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s(0, page)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/page, "ns/person")
		})
	}
}
