package loop_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/journeytest"
	"github.com/marque-go/marque/loop"
)

const greetings = `
attributes: [{name: name, type: string, from: [order.name]}]
events: [{name: order, props: [{name: name, type: string}]}, {name: ad_seen}, {name: unfollow}]
journeys:
  - name: greet
    topic: news
    entry: {event: order, reentry: every}
    nodes: [{id: hi, send: {channels: [push], text: "Hi {{.name}}", missing: {name: you}}}]
`

func TestMessagesHaveFaultsWithPlaces(t *testing.T) {
	load := func(files map[string]string) (*loop.Plan, error) {
		fsys := fstest.MapFS{}
		for name, text := range files {
			fsys[name] = &fstest.MapFile{Data: []byte(text)}
		}
		p, err := loop.Load(fsys)
		if err != nil {
			return nil, err
		}
		return loop.Compile(p, loop.Host{
			Channels: map[string]journey.Channel{"push": &journeytest.Channel{}},
			Guard: func(text string) error {
				if strings.Contains(text, "Hola") {
					return errors.New("not in this language")
				}
				return nil
			},
		})
	}
	_, err := load(map[string]string{"a.yaml": greetings, "b.yaml": "messages: {caps: [{n: 1, per: day}]}"})
	require.NoError(t, err)
	_, err = load(map[string]string{"a.yaml": greetings, "b.yaml": "messages: {caps: [{n: 1, per: day}]}", "c.yaml": "messages: {consent: assumed}"})
	require.EqualError(t, err, "c.yaml:1:11: messages: b.yaml has one too")
	_, err = load(map[string]string{"a.yaml": strings.ReplaceAll(greetings, "Hi {{.name}}", "Hola {{.nam}}"), "b.yaml": `
messages:
  suppress:
    - {name: bounced, when: bouncd}
  rates: [{channel: puhs, n: 100, per: second}]
  reach:
    - channel: push
      event: unfolow
      within: 0s
  late: {after: 1h, do: wait}
`})
	for _, want := range []string{
		"b.yaml:4:29: messages.suppress[0].when: unknown name bouncd",
		`b.yaml:5:21: messages.rates[0].channel: no channel "puhs", did you mean "push"?`,
		`b.yaml:8:14: messages.reach[0].event: no event "unfolow", did you mean "unfollow"?`,
		"b.yaml:9:15: messages.reach[0].within: want a time above zero",
		`b.yaml:10:25: messages.late.do: "wait": want skip, send, exit`,
		`a.yaml:8:53: journeys[0].nodes[0].send.text: line 1: no attribute and no variable "nam", did you mean "name"?`,
		"a.yaml:8:53: journeys[0].nodes[0].send.text: line 1: text: refused by the guard: not in this language",
	} {
		require.ErrorContains(t, err, want)
	}
}

// One policy for all: a cap that ads fill too, a rate, and a nuisance that stops the node.
func TestMessagesInTheLoop(t *testing.T) {
	p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte(greetings + `
messages:
  consent: assumed
  caps: [{n: 2, per: day, events: [ad_seen]}]
  rates: [{channel: push, n: 1, per: second}]
  nuisance: [{name: left, events: [unfollow], within: 1d, limit: 300, least: 3}]
`)}})
	require.NoError(t, err)
	push := &journeytest.Channel{}
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"push": push}})
	require.NoError(t, err)
	ctx, stores := context.Background(), loop.Memory()
	opts := &loop.Options{NewID: func(first marque.ID) string { return "p-" + first.Value }}
	l := loop.New(plan, stores, opts)
	n := 0
	track := func(name, who string, after time.Duration) {
		n++
		e := event(marque.Key(name, who, after.String()), name, who, opening.Add(after), map[string]any{})
		if name == "order" {
			e.Props["name"] = who
		}
		require.NoError(t, l.Track(ctx, e))
	}
	got := func() (lines []string) {
		for _, m := range push.Sent() {
			lines = append(lines, m.At.Sub(opening).String()+" "+m.Text)
		}
		return lines
	}
	track("ad_seen", "ann", 0)
	for _, who := range []string{"ann", "bob", "eve"} {
		track("order", who, time.Minute)
	}
	require.NoError(t, l.Advance(ctx, opening.Add(time.Hour)))
	require.Equal(t, []string{"1m0s Hi ann", "1m1s Hi bob", "1m2s Hi eve"}, got())
	track("order", "ann", 2*time.Hour)
	track("order", "bob", 3*time.Hour)
	require.NoError(t, l.Advance(ctx, opening.Add(4*time.Hour)))
	require.Equal(t, []string{"1m0s Hi ann", "1m1s Hi bob", "1m2s Hi eve", "3h0m0s Hi bob"}, got(), "an ad and a message are two for ann")

	track("unfollow", "bob", 5*time.Hour)
	table, err := l.Journeys().Nuisance(ctx)
	require.NoError(t, err)
	require.Len(t, table, 1)
	require.Equal(t, []int{4, 2}, []int{table[0].Sent, table[0].Events}, "both messages of the day")
	require.True(t, table[0].TooMany)
	l = loop.New(plan, stores, opts) // after a restart too
	track("order", "eve", 6*time.Hour)
	require.NoError(t, l.Advance(ctx, opening.Add(7*time.Hour)))
	require.Len(t, push.Sent(), 4, "the node is paused")
}

// What somebody refused as a stranger is not lifted by what another stranger agreed to, once the two are known to be
// one person; what is agreed to after that is.
func TestConsentAfterAMerge(t *testing.T) {
	p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte(greetings)}})
	require.NoError(t, err)
	push := &journeytest.Channel{}
	plan, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"push": push}})
	require.NoError(t, err)
	l := loop.New(plan, loop.Memory(), nil)
	ctx := context.Background()
	track := func(after time.Duration, name string, props map[string]any, devices ...string) {
		e := marque.Event{ID: marque.Key(name, after.String()), Name: name, At: opening.Add(after), Props: props}
		for _, d := range devices {
			e.IDs = append(e.IDs, marque.ID{Kind: "device", Value: d})
		}
		require.NoError(t, l.Track(ctx, e))
	}
	news := map[string]any{"topic": "news"}
	track(0, "consent.withdrawn", news, "a")
	track(time.Hour, "consent.given", news, "b")
	track(2*time.Hour, "order", nil, "b")
	require.Len(t, push.Sent(), 1, "b is somebody else")
	track(3*time.Hour, "ad_seen", nil, "a", "b")
	track(4*time.Hour, "order", nil, "b")
	require.Len(t, push.Sent(), 1)
	track(5*time.Hour, "consent.given", nil, "b")
	track(6*time.Hour, "order", nil, "b")
	require.Len(t, push.Sent(), 1, "a consent to everything does not lift a refusal of just this")
	track(7*time.Hour, "consent.given", news, "b")
	track(8*time.Hour, "order", nil, "b")
	require.Len(t, push.Sent(), 2)
}
