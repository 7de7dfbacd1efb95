package lab_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/lab"
)

func TestWorstCase(t *testing.T) {
	send := func(id, next string) journey.Node {
		return journey.Node{ID: id, Send: &journey.Send{Channels: []string{"push", "sms"}, Template: "t"}, Next: next}
	}
	receipt := func(id, next string) journey.Node {
		n := send(id, next)
		n.Send.Transactional = true
		return n
	}
	wait := func(id, next string, w journey.Wait) journey.Node { return journey.Node{ID: id, Wait: &w, Next: next} }
	once := journey.Entry{Event: "e", Reentry: "once"}
	for _, c := range []struct {
		name   string
		def    journey.Def
		common []journey.Cap
		graph  int64
		caps   int64
		bound  int64
		path   []string
	}{
		{"two in a row", journey.Def{Entry: once, Nodes: []journey.Node{send("a", "b"), send("b", "")}}, nil, 2, lab.Unbounded, 2, []string{"a", "b"}},
		{"two days between", journey.Def{Entry: once, Nodes: []journey.Node{
			send("a", "w"), wait("w", "b", journey.Wait{For: 2 * marque.Day}), send("b", "")}}, nil, 1, lab.Unbounded, 1, []string{"a"}},
		{"a day less a second between", journey.Def{Entry: once, Nodes: []journey.Node{
			send("a", "w"), wait("w", "b", journey.Wait{For: marque.Day - marque.Second}), send("b", "")}}, nil, 2, lab.Unbounded, 2, []string{"a", "b"}},
		{"an event may come at once", journey.Def{Entry: once, Nodes: []journey.Node{
			send("a", "w"), wait("w", "b", journey.Wait{Event: "x", Within: 9 * marque.Day}), send("b", "")}}, nil, 2, lab.Unbounded, 2, []string{"a", "b"}},
		{"tomorrow may be a minute away", journey.Def{Entry: once, Nodes: []journey.Node{
			send("a", "w"), wait("w", "b", journey.Wait{Days: 1, At: "09:00"}), send("b", "")}}, nil, 2, lab.Unbounded, 2, []string{"a", "b"}},
		{"the longer branch", journey.Def{Entry: once, Nodes: []journey.Node{
			{ID: "x", Branch: []journey.Case{{When: "true", Next: "a"}}, Next: "c"}, send("a", "b"), send("b", ""), send("c", "")}}, nil, 2, lab.Unbounded, 2, []string{"a", "b"}},
		{"a loop over an event has no bound", journey.Def{Entry: once, Nodes: []journey.Node{
			send("a", "w"), wait("w", "a", journey.Wait{Event: "x"})}}, nil, lab.Unbounded, lab.Unbounded, lab.Unbounded, []string{"a"}},
		{"but a cap", journey.Def{Entry: once, Caps: []journey.Cap{{N: 2, Per: "day"}}, Nodes: []journey.Node{
			send("a", "w"), wait("w", "a", journey.Wait{Event: "x"})}}, nil, lab.Unbounded, 2, 2, []string{"a"}},
		{"a loop of six hours", journey.Def{Entry: once, Nodes: []journey.Node{
			send("a", "w"), wait("w", "a", journey.Wait{For: 6 * marque.Hour})}}, nil, 4, lab.Unbounded, 4, []string{"a", "a", "a", "a"}},
		{"a loop of a minute", journey.Def{Entry: once, Caps: []journey.Cap{{N: 3, Per: "day"}}, Nodes: []journey.Node{
			wait("w", "a", journey.Wait{For: marque.Minute}), send("a", "w")}}, nil, 1440, 3, 3, nil},
		{"the strictest of several caps", journey.Def{Entry: once, Caps: []journey.Cap{{N: 3, Per: "day"}, {N: 2, Per: "week"}},
			Nodes: []journey.Node{send("a", "b"), send("b", "c"), send("c", "d"), send("d", "")}},
			[]journey.Cap{{N: 9, Per: "day"}}, 4, 2, 2, []string{"a", "b", "c", "d"}},
		{"a rolling window of six hours", journey.Def{Entry: once, Caps: []journey.Cap{{N: 1, Within: 6 * marque.Hour}},
			Nodes: []journey.Node{send("a", "w"), wait("w", "a", journey.Wait{Event: "x"})}}, nil, lab.Unbounded, 4, 4, []string{"a"}},
		{"one channel is not capped", journey.Def{Entry: once, Caps: []journey.Cap{{N: 1, Per: "day", Channel: "push"}},
			Nodes: []journey.Node{send("a", "b"), send("b", "")}}, nil, 2, lab.Unbounded, 2, []string{"a", "b"}},
		{"each channel is", journey.Def{Entry: once, Caps: []journey.Cap{{N: 1, Per: "day", Channel: "push"}, {N: 2, Per: "day", Channel: "sms"}},
			Nodes: []journey.Node{send("a", "w"), wait("w", "a", journey.Wait{Event: "x"})}}, nil, lab.Unbounded, 3, 3, []string{"a"}},
		{"round a cycle without messages, and out of it", journey.Def{Entry: once, Nodes: []journey.Node{
			wait("a", "b", journey.Wait{Any: []journey.Match{{Event: "x"}, {Event: "y", Next: "s"}}}), wait("b", "a", journey.Wait{Event: "x"}),
			send("s", ""), send("p", "b")}}, nil, 2, lab.Unbounded, 2, []string{"p", "s"}},
		{"receipts know no caps", journey.Def{Entry: once, Caps: []journey.Cap{{N: 1, Per: "day"}},
			Nodes: []journey.Node{send("a", "b"), send("b", "r"), receipt("r", "")}}, nil, 3, 1, 2, []string{"a", "b"}},
		{"every time, no bound", journey.Def{Entry: journey.Entry{Event: "e", Reentry: "every"}, Nodes: []journey.Node{send("a", "")}},
			nil, lab.Unbounded, lab.Unbounded, lab.Unbounded, []string{"a"}},
		{"one at a time, and it takes a day", journey.Def{Entry: journey.Entry{Event: "e", Reentry: "active"},
			Nodes: []journey.Node{send("a", "w"), wait("w", "", journey.Wait{For: marque.Day})}}, nil, 2, lab.Unbounded, 2, []string{"a"}},
		{"a window of a week over an hour's journey", journey.Def{Entry: journey.Entry{Event: "e", Window: marque.Week},
			Nodes: []journey.Node{wait("w", "a", journey.Wait{For: marque.Hour}), send("a", "")}}, nil, 1 + 1, lab.Unbounded, 2, []string{"a"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.def.Name = "j"
			got := lab.WorstCase([]journey.Def{c.def}, c.common)
			require.Len(t, got, 2)
			require.Equal(t, c.graph, got[0].Graph, "graph")
			require.Equal(t, c.caps, got[0].Caps, "caps")
			require.Equal(t, c.bound, got[0].Bound, "bound")
			if c.path != nil {
				require.Equal(t, c.path, got[0].Path)
			}
			require.Equal(t, c.bound, got[1].Bound, "all together are that one")
		})
	}
}

// Two journeys with the same cap share what it counts; the more generous one says how much all of them send.
func TestWorstCaseTogether(t *testing.T) {
	def := func(name string, caps ...journey.Cap) journey.Def {
		return journey.Def{Name: name, Entry: journey.Entry{Event: "e", Reentry: "every"}, Caps: caps,
			Nodes: []journey.Node{{ID: "a", Send: &journey.Send{Channels: []string{"push"}, Template: "t"}}}}
	}
	day := func(n int64) journey.Cap { return journey.Cap{N: n, Per: "day"} }
	all := func(defs ...journey.Def) lab.Worst { w := lab.WorstCase(defs, nil); return w[len(w)-1] }
	require.Equal(t, int64(3), all(def("a", day(2)), def("b", day(3))).Bound)
	require.Equal(t, int64(lab.Unbounded), all(def("a", day(2)), def("b")).Bound)
	require.Equal(t, "all journeys: at most 3 a day (graph unbounded, caps 3)", all(def("a", day(2)), def("b", day(3))).String())
}
