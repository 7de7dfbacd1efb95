package loop_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/channel"
	"github.com/marque-go/marque/loop"
	"github.com/marque-go/marque/rule"
)

// What deliveries become can be waited for without being declared; a declaration of one's own counts instead.
func TestDeliveriesAreInTheSchema(t *testing.T) {
	compile := func(events string) error {
		p, err := loop.Load(fstest.MapFS{"a.yaml": {Data: []byte(events + `
journeys:
  - name: w
    entry: {event: e}
    nodes:
      - {id: hello, send: {channels: [sms], text: Hi}, next: opened}
      - {id: opened, wait: {event: message.opened, of: hello, when: event.channel == "sms", within: 1d}}
`)}})
		require.NoError(t, err)
		_, err = loop.Compile(p, loop.Host{Channels: map[string]journey.Channel{"sms": mute{}}})
		return err
	}
	require.NoError(t, compile("events: [{name: e}]"))
	require.ErrorContains(t, compile("events: [{name: e}, {name: message.opened, props: [{name: message, type: string}]}]"), "event has no field channel")
	require.NoError(t, compile("events: [{name: e}, {name: message.opened, props: [{name: channel, type: string}, {name: message, type: string}]}]"))

	_, err := loop.Program{Events: append([]rule.EventType{{Name: "e"}}, channel.Says()...)}.Schema().Compile()
	require.NoError(t, err)
}
