package journey_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// A wait for a date that the entry kept, here as a store would give it back: a text.
func TestWaitForVariableDate(t *testing.T) {
	d := journey.Def{Name: "j", Consent: "assumed", Entry: journey.Entry{Event: "signed_up", Keep: []string{"born"}}, Nodes: []journey.Node{
		wait("w", "s", journey.Wait{Date: &graph.DateWait{Date: graph.Date{Attribute: "vars.born", Days: -1, At: "18:30"}, Past: "exit"}}),
		{ID: "s", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}},
	}}
	for _, c := range []struct {
		name string
		born any
		want []string
	}{
		{"a time", at("2026-03-09 16:00:00"), []string{"03-09 10:30:00 message.sent push s"}}, // March 10 in Shanghai
		{"a day", at("2026-03-09 00:00:00"), []string{"03-08 10:30:00 message.sent push s"}},
		{"a text", "2026-03-09T16:00:00Z", []string{"03-09 10:30:00 message.sent push s"}},
		{"past", at("2026-03-02 00:00:00"), nil},
		{"none", nil, []string{"03-02 10:00:00 message.sent push s"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, d)
			w.person("ann").zone = "Asia/Shanghai"
			e := event("2026-03-02 10:00:00", "ann", "signed_up")
			e.Props["born"] = c.born
			require.NoError(t, w.track(e))
			w.until("2026-03-20 00:00:00")
			require.Equal(t, c.want, w.said("message.sent"))
		})
	}
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var back journey.Def
	require.NoError(t, json.Unmarshal(data, &back))
	require.Equal(t, d, back)
	d.Nodes[0].Wait.Date.Attribute = "vars.brn"
	_, err = compile(d)
	require.ErrorContains(t, err, `[0].nodes[0].wait.date.attribute: the journey has no variable "brn"`)
}
