package loop_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/lint"
	"github.com/marque-go/marque/loop"
)

func ExampleLint() {
	p, err := loop.Load(fstest.MapFS{"thanks.yaml": {Data: []byte(`
events: [{name: order_paid}]
attributes: [{name: age, type: int}]
coupons:
  - {name: back-soon, kind: amount, currency: CNY, off: 500, valid: {for: 7d}}
journeys:
  - name: thanks
    topic: news
    entry: {event: order_paid}
    audience: |
      age >= 18 and
        age < 12
    quiet: {from: "21:30", to: "09:00"}
    nodes:
      - id: coupon
        coupon: {batch: back-soon}
        next: rest
        on: {refused: end}
      - id: rest
        wait: {for: 14d, at: "08:30"}
        next: remind
      - id: remind
        send: {channels: [sms], text: "{{.coupon_id}}", missing: {coupon_id: ""}}
        next: end
      - id: end
        exit: done
  - name: hello
    entry: {event: order_paid}
    nodes:
      - id: hello
        send: {channels: [smss], text: "Hello"}
`)}})
	if err != nil {
		panic(err)
	}
	for _, f := range loop.Lint(p, loop.Host{Channels: map[string]journey.Channel{"sms": mute{}}}) {
		fmt.Println(f)
	}
	// Output:
	// thanks.yaml:11:7: warning: journeys[0].audience: age >= 18 and age < 12 cannot both be true; did you mean or?
	// thanks.yaml:20:21: warning: journeys[0].nodes[1].wait.for: coupons of "back-soon" are good for 7d, and here 14d have passed at least: they are over when "remind" speaks of them
	// thanks.yaml:20:30: warning: journeys[0].nodes[1].wait.at: ends in quiet hours (21:30 to 09:00): the message of "remind" is held until 09:00 each time
	// thanks.yaml:31:15: warning: journeys[1].nodes[0].send: has no topic, so that only a consent to everything lets it out
	// thanks.yaml:31:27: error: journeys[1].nodes[0].send.channels[0]: no channel "smss", did you mean "sms"?
}

// A program that is written is read again as the same one.
func TestYAML(t *testing.T) {
	p, err := loop.Load(os.DirFS("../examples/quickstart/program"))
	require.NoError(t, err)
	text, err := p.YAML()
	require.NoError(t, err)
	q, err := loop.Load(fstest.MapFS{"all.yaml": {Data: text}})
	require.NoError(t, err, string(text))
	want, err := json.Marshal(p)
	require.NoError(t, err)
	got, err := json.Marshal(q)
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	again, err := q.YAML()
	require.NoError(t, err)
	require.Equal(t, string(text), string(again))
}

// mute is a channel that reaches nobody.
type mute struct{}

func (mute) Send(context.Context, journey.Message) (journey.Receipt, error) {
	return journey.Receipt{Status: journey.Unreachable}, nil
}

// The journeys of the example have nothing that a warning is for.
func TestLintOfExamples(t *testing.T) {
	p, err := loop.Load(os.DirFS("../examples/quickstart/program"))
	require.NoError(t, err)
	found := loop.Lint(p, loop.Host{Channels: map[string]journey.Channel{"push": mute{}, "sms": mute{}, "wechat": mute{}}})
	require.NotEmpty(t, found)
	for _, f := range found {
		require.Equal(t, lint.Info, f.Severity, f)
		require.NotEmpty(t, f.File)
	}
	// A definition made in Go has no place but its path, and comes last.
	p.Journeys = append(p.Journeys, journey.Def{Name: "go", Entry: journey.Entry{Call: true}, Nodes: []journey.Node{{ID: "s", Send: &journey.Send{Channels: []string{"sms"}, Text: "x"}}}})
	last := loop.Lint(p, loop.Host{})
	require.Equal(t, fmt.Sprintf("warning: journeys[%d].nodes[0].send: has no topic, so that only a consent to everything lets it out", len(p.Journeys)-1), last[len(last)-1].String())
}
