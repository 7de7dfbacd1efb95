package journey_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// scarceDefs compete for counters of one person and, if they are to, of all: a limit of entries, gates, caps over several
// journeys.
func scarceDefs(shared bool) []journey.Def {
	first := journey.Def{
		Name: "first", Priority: 2, Consent: "assumed", Entry: journey.Entry{Event: "order_paid", Reentry: "every"},
		Caps: []journey.Cap{{N: 2, Per: "day"}},
		Nodes: []journey.Node{
			send("s", "w", "push", "sms"), wait("w", "s2", journey.Wait{Event: "view", Within: 2 * marque.Hour}),
			{ID: "s2", Send: &journey.Send{Channels: []string{"sms"}, Template: "t"}, Next: "tag", On: map[string]string{"capped": "gate"}},
			{ID: "tag", Tag: &journey.Tag{Name: "vip"}, Next: "gate"},
			wait("gate", "end", journey.Wait{For: marque.Hour}),
			{ID: "end", Goto: "last"},
		},
	}
	second := journey.Def{
		Name: "second", Consent: "assumed", Entry: journey.Entry{Event: "order_paid", Reentry: "active"},
		Caps: []journey.Cap{{N: 2, Per: "day"}},
		Nodes: []journey.Node{
			wait("w", "g", journey.Wait{For: marque.Hour}), wait("g", "s", journey.Wait{For: marque.Minute}),
			{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}, Next: "c", On: map[string]string{"capped": "line"}},
			{ID: "c", Coupon: &journey.Coupon{Batch: "five"}, Next: "line"},
			wait("line", "", journey.Wait{For: 3 * marque.Hour}),
		},
	}
	last := journey.Def{
		Name: "last", Consent: "assumed", Entry: journey.Entry{Event: "view", Reentry: "window", Window: 6 * marque.Hour},
		Nodes: []journey.Node{send("s", "w", "push"), wait("w", "", journey.Wait{For: marque.Hour})},
	}
	if shared {
		first.Entry.Limit = []graph.Quota{{N: 9, Per: "day"}}
		first.Nodes[4] = journey.Node{ID: "gate", Gate: &graph.Gate{Quota: graph.Quota{N: 1, Per: "hour"}, Wait: true, Late: 2 * marque.Hour}, Next: "end"}
		second.Nodes[1] = journey.Node{ID: "g", Gate: &graph.Gate{Quota: graph.Quota{N: 4, Per: "day"}}, Next: "s", On: map[string]string{"full": "line"}}
		last.Entry.Limit = []graph.Quota{{N: 5, Within: 3 * marque.Hour}}
	}
	return []journey.Def{first, second, last}
}

type batchRun struct {
	log      []string // in order
	messages []string
	counts   string
}

// inBatches plays a script that the seed tells.
func inBatches(t *testing.T, seed uint64, shared bool, n, hands int) (run batchRun) {
	w := newWorld(t, scarceDefs(shared)...)
	w.n, w.hands = n, hands
	w.start()
	w.push.Answer = func(m journey.Message) (journey.Receipt, error) {
		switch marque.Bucket("answer", m.Key) % 5 {
		case 0:
			return journey.Receipt{Status: journey.Unreachable}, nil
		case 1:
			return journey.Receipt{Status: journey.Unknown}, nil
		}
		return journey.Receipt{Status: journey.Sent}, nil
	}
	dice := rand.New(rand.NewPCG(seed, 7))
	when := monday
	for range 12 {
		when = when.Add(time.Duration(1+dice.IntN(5)) * 30 * time.Minute)
		require.NoError(t, w.advance(context.Background(), when))
		for range 1 + dice.IntN(25) { // all at the same instant
			text := []string{"order_paid amount=5", "order_paid amount=6", "view item=shoe"}[dice.IntN(3)]
			w.append(event(when.Format("2006-01-02 15:04:05"), fmt.Sprint("p", dice.IntN(20)), text))
		}
		require.NoError(t, w.settle(context.Background()))
	}
	w.until("2026-03-06 00:00:00")
	for _, e := range w.log {
		line, err := json.Marshal(e)
		require.NoError(t, err)
		run.log = append(run.log, string(line))
	}
	for _, ch := range []interface{ Sent() []journey.Message }{w.push, w.sms} {
		for _, m := range ch.Sent() {
			line, err := json.Marshal(m)
			require.NoError(t, err)
			run.messages = append(run.messages, string(line))
		}
	}
	counts, err := w.runner.Counts(context.Background())
	require.NoError(t, err)
	run.counts = fmt.Sprint(counts)
	return run
}

// byPerson is a log in the order of instants and people; of one person it stays as it was.
func byPerson(t *testing.T, lines []string) []string {
	type who struct {
		At      time.Time
		Profile string
	}
	lines = slices.Clone(lines)
	at := func(line string) (x who) {
		require.NoError(t, json.Unmarshal([]byte(line), &x))
		return x
	}
	slices.SortStableFunc(lines, func(a, b string) int {
		x, y := at(a), at(b)
		if c := x.At.Compare(y.At); c != 0 {
			return c
		}
		return strings.Compare(x.Profile, y.Profile)
	})
	return lines
}

// How many are taken at once changes nothing: the log is the same byte for byte, and so is what was sent.
func TestBatchesChangeNothing(t *testing.T) {
	for seed := range uint64(8) {
		one := inBatches(t, seed, true, 1, 1)
		require.Greater(t, len(one.messages), 10)
		for _, n := range []int{2, 7, 512} {
			require.Equal(t, one, inBatches(t, seed, true, n, 1), "seed %d, %d at once", seed, n)
		}
	}
}

// How many workers share the people changes nothing either, where nothing scarce is shared between the people.
func TestWorkersChangeNothing(t *testing.T) {
	for seed := range uint64(4) {
		one := inBatches(t, seed, false, 7, 1)
		require.Greater(t, len(one.messages), 10)
		for _, hands := range []int{2, 5} {
			run := inBatches(t, seed, false, 7, hands)
			require.Equal(t, byPerson(t, one.log), byPerson(t, run.log), "seed %d, %d workers", seed, hands)
			require.Equal(t, byPerson(t, one.messages), byPerson(t, run.messages), "seed %d, %d workers", seed, hands)
			require.Equal(t, one.counts, run.counts, "seed %d, %d workers", seed, hands)
		}
	}
}

// The scarce script says something: people are refused by counters of their own and by those of all.
func TestScarceIsScarce(t *testing.T) {
	run := inBatches(t, 1, true, 7, 1)
	for _, what := range []string{"capped", "full", "late"} {
		require.Regexp(t, " "+what+` \d+`, run.counts, what)
	}
}
