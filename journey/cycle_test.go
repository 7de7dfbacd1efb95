package journey_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// Whoever goes through a graph that was found sound comes to a pause or an end each time, in fewer nodes than the limit
// of a step, and the world comes to rest.
func TestSoundGraphsRest(t *testing.T) {
	sound := 0
	rapid.Check(t, func(rt *rapid.T) {
		n := rapid.IntRange(2, 6).Draw(rt, "nodes")
		from := 0
		next := func() string { // mostly onwards
			i := from + 1 + rapid.IntRange(0, 2).Draw(rt, "next")
			if rapid.IntRange(0, 4).Draw(rt, "back") == 0 {
				i = rapid.IntRange(0, from).Draw(rt, "to")
			}
			if i < n {
				return fmt.Sprint("n", i)
			}
			return ""
		}
		d := journey.Def{Name: "j", Entry: journey.Entry{Event: "order_paid"}, Consent: "assumed"}
		for i := range n {
			from = i
			x := journey.Node{ID: fmt.Sprint("n", i), Next: next()}
			edge := ""
			switch rapid.IntRange(0, 11).Draw(rt, "kind") {
			case 0:
				x.Wait = &journey.Wait{For: day}
			case 1:
				x.Wait = &journey.Wait{Window: "09:00-18:00"}
			case 2:
				x.Wait, edge = &journey.Wait{Until: []journey.Case{{When: rapid.SampledFrom([]string{"age > 5", "age > 6"}).Draw(rt, "when"), Next: next()}}, Within: day}, "timeout"
			case 3:
				x.Wait, edge = &journey.Wait{Date: &graph.DateWait{Date: graph.Date{Attribute: "birthday", At: "10:00", Yearly: true}}}, "missing"
			case 4:
				x.Branch = []journey.Case{{When: "age > 5", Next: next()}}
			case 5:
				x.Next, x.Split = "", &journey.Split{Arms: []journey.Arm{{Name: "a", Weight: 1, Next: next()}, {Name: "b", Weight: 1, Next: next()}}}
			case 6:
				x.Gate, edge = &graph.Gate{Quota: graph.Quota{N: 2, Per: "day"}}, "full"
			case 7:
				x.Gate, edge = &graph.Gate{Quota: graph.Quota{N: 2, Per: "day"}, Wait: true}, "late"
			case 8:
				x.Emit = &graph.Emit{Event: "unfollow"}
			case 9:
				x.Send, edge = &journey.Send{Channels: []string{"push"}, Template: "t"}, "sent"
			case 10:
				x.Sub, edge = &graph.Sub{Journey: "k"}, "yes"
			default:
				x.Wait, edge = &journey.Wait{Event: "view", Within: day}, "timeout"
			}
			if edge != "" && rapid.Bool().Draw(rt, "edge") {
				x.On = map[string]string{edge: next()}
			}
			if rapid.IntRange(0, 3).Draw(rt, "max") == 0 {
				x.Max = rapid.IntRange(1, 2).Draw(rt, "often")
				if x.On == nil {
					x.On = map[string]string{}
				}
				x.On["max"] = next()
			}
			d.Nodes = append(d.Nodes, x)
		}
		reached := map[string]bool{"n0": true}
		for range n {
			for i := range d.Nodes {
				for _, e := range d.Nodes[i].Edges() {
					reached[e.To] = reached[e.To] || reached[d.Nodes[i].ID]
				}
			}
		}
		d.Nodes = slices.DeleteFunc(d.Nodes, func(x journey.Node) bool { return !reached[x.ID] })
		k := journey.Def{Name: "k", Entry: journey.Entry{Call: true, Reentry: "every"}, Nodes: []journey.Node{{ID: "b", Branch: []journey.Case{{When: "age > 5", Next: "yes"}}}, {ID: "yes", Exit: "yes"}}}
		if _, err := compile(d, k); err != nil {
			return
		}
		sound++
		w := newWorld(t, d, k)
		for i, p := range []string{"ann", "bob", "eve"} {
			w.person(p).attrs["age"], w.person(p).attrs["birthday"] = int64(5+i), monday
			w.event("2026-03-02 10:00:00", p, "order_paid")
		}
		w.until("2026-03-12 00:00:00")
		text, _ := json.Marshal(d)
		require.NotContains(rt, fmt.Sprint(w.said("journey.exited")), "broken", "%s", text)
	})
	require.Greater(t, sound, 40)
}
