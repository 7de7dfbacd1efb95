package loop_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/loop"
)

// What could not be read does not look like an empty program that is in order.
func TestUnread(t *testing.T) {
	p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte("events: [{name: e}]\n")}, "b.yaml": {Data: []byte("journeys:\n  - {nme: w}\n  - {name: 7}\n")}})
	require.ErrorContains(t, err, `b.yaml:2:6: journeys[0].nme: unknown field "nme", did you mean "name"?`)
	_, compiled := loop.Compile(p, loop.Host{})
	require.Equal(t, err, compiled)
	found := loop.Lint(p, loop.Host{})
	require.Len(t, found, 2)
	require.Equal(t, `b.yaml:2:6: error: journeys[0].nme: unknown field "nme", did you mean "name"?`, found[0].String())
}

// A time of zero is refused where it stands, and not taken for none.
func TestZeroTimes(t *testing.T) {
	read := func(name, wait string) error {
		_, err := loop.Load(fstest.MapFS{name: {Data: []byte(wait)}})
		return err
	}
	require.EqualError(t, read("a.yaml", `
events: [{name: e}]
journeys:
  - name: w
    entry: {event: e}
    nodes:
      - {id: a, wait: {event: e, within: 0s}, next: b}
      - {id: b, wait: {for: 0s}, next: c}
      - {id: c, wait: {days: 0, at: "10:00"}}
`), `a.yaml:7:42: journeys[0].nodes[0].wait.within: want a time above zero; to wait for ever, leave it out
a.yaml:8:29: journeys[0].nodes[1].wait.for: want a time above zero; without a wait, lead to the next node at once
a.yaml:9:30: journeys[0].nodes[2].wait.days: want 1 or more`)
	require.ErrorContains(t, read("a.json", `{"journeys": [{"name": "w", "entry": {"call": true}, "nodes": [{"id": "a", "wait": {"event": "e", "within": "0m"}}]}]}`), "a.json:1:109: ")
	require.NoError(t, read("a.yaml", "journeys: [{name: w, entry: {call: true}, nodes: [{id: a, wait: {event: e}}]}]\n"))
}

// Faults of definitions that no file holds name the node; those of files have its line.
func TestFaultsNameNodes(t *testing.T) {
	p := loop.Program{Journeys: []journey.Def{{Name: "w", Entry: journey.Entry{Call: true}, Nodes: []journey.Node{
		{ID: "hello", Send: &journey.Send{Channels: []string{"weixin"}, Text: "{{.name}}"}}}}}}
	_, err := loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"sms": mute{}, "push": mute{}}})
	require.EqualError(t, err, `journeys[0].nodes[0].send.text: line 1: no attribute and no variable "name" (node "hello" of "w")
journeys[0].nodes[0].send.channels[0]: no channel "weixin"; the host has push, sms (node "hello" of "w")`)
	_, err = loop.Compile(p, loop.Host{})
	require.ErrorContains(t, err, `no channel "weixin"; the host has none`)
	q, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte("journeys: [{name: w, entry: {call: true}, nodes: [{id: a, send: {channels: [pus], text: x}}]}]\n")}})
	require.NoError(t, err)
	_, err = loop.Compile(q, loop.Host{Channels: map[string]journey.Channel{"sms": mute{}, "push": mute{}}})
	require.EqualError(t, err, `a.yaml:1:77: journeys[0].nodes[0].send.channels[0]: no channel "pus", did you mean "push"?`)
}
