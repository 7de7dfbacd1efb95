package graph_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

func TestLabels(t *testing.T) {
	for want, e := range map[string]graph.Entry{
		"order_paid":                        {Event: "order_paid"},
		"enters new":                        {Segment: "new"},
		"leaves new":                        {Left: "new"},
		"view and not order_paid within 5m": {Did: "view", Not: "order_paid", Within: 5 * marque.Minute},
		"at 0 10 * * 1":                     {Schedule: &graph.Schedule{Cron: "0 10 * * 1"}},
		"at 0 10 * * 1 for gold":            {Schedule: &graph.Schedule{Cron: "0 10 * * 1", Segment: "gold"}},
		"on birthday at 09:00":              {Date: &graph.Date{Attribute: "birthday", At: "09:00"}},
		"1 day before birthday at 09:00":    {Date: &graph.Date{Attribute: "birthday", At: "09:00", Days: -1}},
		"30 days after birthday at 09:00":   {Date: &graph.Date{Attribute: "birthday", At: "09:00", Days: 30}},
		"while outage.opened":               {Signal: &graph.Signal{Open: "outage.opened"}},
		"by call":                           {Call: true},
	} {
		require.Equal(t, want, e.Label())
	}
	for want, w := range map[string]graph.Wait{
		"wait 2d":                               {For: 2 * marque.Day},
		"wait 2d until 10:00":                   {For: 2 * marque.Day, At: "10:00"},
		"wait 1 day until 10:00":                {Days: 1, At: "10:00"},
		"wait until 10:00 on mon-fri":           {At: "10:00", Weekdays: "mon-fri"},
		"wait until in 09:00-18:00 on sat":      {Window: "09:00-18:00", Weekdays: "sat"},
		"wait until active":                     {Active: &graph.Active{Of: "hour", Else: "10:00"}},
		"wait until 3 days before end at 10:00": {Date: &graph.DateWait{Date: graph.Date{Attribute: "end", Days: -3, At: "10:00"}}},
		"wait for a or b within 1d":             {Any: []graph.Match{{Event: "a"}, {Event: "b"}}, Within: marque.Day},
		"wait until age > 3 or vip within 1d":   {Until: []graph.Case{{When: "age > 3"}, {When: "vip"}}, Within: marque.Day},
	} {
		n := graph.Node{Wait: &w}
		require.Equal(t, want, n.Label())
	}
	for want, n := range map[string]graph.Node{
		"tag lost for 30d":   {Tag: &graph.Tag{Name: "lost", TTL: 30 * marque.Day}},
		"score intent +2.5":  {Score: &graph.Score{Name: "intent", Points: 2.5}},
		"set a, b":           {Set: map[string]any{"b": 1, "a": 2}},
		"gate 5 per day":     {Gate: &graph.Gate{Quota: graph.Quota{N: 5, Per: "day"}}},
		"gate 5 within 1h":   {Gate: &graph.Gate{Quota: graph.Quota{N: 5, Within: marque.Hour}}},
		"gate 5":             {Gate: &graph.Gate{Quota: graph.Quota{N: 5}}},
		"run ask":            {Sub: &graph.Sub{Journey: "ask"}},
		"say asked":          {Emit: &graph.Emit{Event: "asked"}},
		"assign to sales":    {Assign: &graph.Assign{Desk: "sales"}},
		"":                   {},
		"exit done":          {Exit: "done"},
		"send push, sms":     {Send: &graph.Send{Channels: []string{"push", "sms"}}},
		"branch":             {Branch: []graph.Case{{When: "vip"}}},
		"go to other":        {Goto: "other"},
		"experiment colours": {Experiment: &graph.Experiment{Name: "colours"}},
	} {
		require.Equal(t, want, n.Label())
	}
}

// What leads on from a wait is what has no way of its own, and the timeout where no edge is named for it.
func TestEdgesOfWaits(t *testing.T) {
	for _, c := range []struct {
		name string
		node graph.Node
		want []graph.Edge
	}{
		{"an event for ever", graph.Node{Wait: &graph.Wait{Event: "a"}, Next: "n"}, []graph.Edge{{To: "n", Path: "next", Label: "a"}}},
		{"an event and its end", graph.Node{Wait: &graph.Wait{Event: "a", Within: 1}, Next: "n"}, []graph.Edge{{To: "n", Path: "next", Label: "a, timeout"}}},
		{"an edge for the end", graph.Node{Wait: &graph.Wait{Event: "a", Within: 1}, On: map[string]string{"timeout": "t"}},
			[]graph.Edge{{To: "", Path: "next", Label: "a"}, {To: "t", Path: "on.timeout", Label: "timeout"}}},
		{"a way for each", graph.Node{Wait: &graph.Wait{Any: []graph.Match{{Event: "a", Next: "x"}, {Event: "b", Next: "y"}}}},
			[]graph.Edge{{To: "x", Path: "wait.any[0].next", Label: "a"}, {To: "y", Path: "wait.any[1].next", Label: "b"}}},
		{"a way for each condition, and the end is the end", graph.Node{Wait: &graph.Wait{Until: []graph.Case{{When: "r", Next: "x"}}, Within: 1}},
			[]graph.Edge{{To: "", Path: "next", Label: "timeout"}, {To: "x", Path: "wait.until[0].next", Label: "r"}}},
		{"a time", graph.Node{Wait: &graph.Wait{For: 1}, Next: "n"}, []graph.Edge{{To: "n", Path: "next"}}},
	} {
		require.Equal(t, c.want, c.node.Edges(), c.name)
	}
}

// A share of weights is written as a percentage.
func TestEdgesOfSplits(t *testing.T) {
	n := graph.Node{Split: &graph.Split{Arms: []graph.Arm{{Weight: 1, Next: "a"}, {Weight: 2, Next: "b"}, {Weight: 0, Next: "c"}}}}
	var labels []string
	for _, e := range n.Edges() {
		labels = append(labels, e.Label)
	}
	require.Equal(t, []string{"33.3%", "66.7%", "0%"}, labels)
}
