package graph_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

func TestValidate(t *testing.T) {
	for _, c := range []struct{ name, def, want string }{
		{"two limits of one stretch", `"entry":{"event":"a","limit":[{"n":5,"per":"day"},{"n":3,"per":"hour"},{"n":3,"per":"day"}]},"nodes":[{"id":"x","exit":"x"}]`, "entry.limit[2]: is for the same time as limit[0]"},
		{"two limits of one window", `"entry":{"event":"a","limit":[{"n":5,"within":"7d"},{"n":3,"within":"168h"}]},"nodes":[{"id":"x","exit":"x"}]`, "entry.limit[1]: is for the same time as limit[0]"},
		{"two limits for good", `"entry":{"event":"a","limit":[{"n":5},{"n":3}]},"nodes":[{"id":"x","exit":"x"}]`, "entry.limit[1]: is for the same time as limit[0]"},
		{"limits of different times", `"entry":{"event":"a","limit":[{"n":5},{"n":3,"per":"day"},{"n":3,"within":"1d"}]},"nodes":[{"id":"x","exit":"x"}]`, ""},

		{"a file that is no zone", `"zone":"posixrules","entry":{"event":"a"},"nodes":[{"id":"x","exit":"x"}]`, `zone: no time zone "posixrules"`},
		{"a zone that counts leap seconds", `"zone":"right/Europe/Berlin","entry":{"event":"a"},"nodes":[{"id":"x","exit":"x"}]`, `zone: no time zone "right/Europe/Berlin"`},
		{"a schedule by such a file", `"entry":{"schedule":{"cron":"0 9 * * *","zone":"posixrules"}},"nodes":[{"id":"x","exit":"x"}]`, `entry.schedule.zone: no time zone "posixrules"`},
		{"a short zone", `"zone":"UTC","entry":{"event":"a"},"nodes":[{"id":"x","exit":"x"}]`, ""},

		{"an arm without a name", `"entry":{"event":"a"},"nodes":[{"id":"x","experiment":{"name":"x","arms":{"":""}}}]`, "nodes[0].experiment.arms: one has no name"},
		{"an exit with a max", `"entry":{"event":"a"},"nodes":[{"id":"x","exit":"x","max":3}]`, "nodes[0].max: nobody comes here twice"},
		{"a message that comes after", `"entry":{"event":"a"},"nodes":[{"id":"w","wait":{"event":"b","of":"s"},"next":"s"},{"id":"s","send":{"channels":["push"],"template":"x"}}]`, `nodes[0].wait.of: never matches: nothing leads here from "s"`},
		{"a second message that comes after", `"entry":{"event":"a"},"nodes":[{"id":"w","wait":{"event":"b","any":[{"event":"c","of":"s"}]},"next":"s"},{"id":"s","send":{"channels":["push"],"template":"x"}}]`, `nodes[0].wait.any[0].of: never matches: nothing leads here from "s"`},
		{"a message that comes round", `"entry":{"event":"a"},"nodes":[{"id":"w","wait":{"event":"b","of":"s","within":"1d"},"next":"s"},{"id":"s","send":{"channels":["push"],"template":"x"},"next":"w"}]`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var d graph.Def
			require.NoError(t, json.Unmarshal([]byte(`{"name":"j",`+c.def+`}`), &d))
			if err := d.Validate(); c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}

// Instants have microseconds; a time of less would never be over at any.
func TestWholeMicroseconds(t *testing.T) {
	const odd = marque.Second + 1
	node := func(n graph.Node) graph.Def {
		n.ID = "x"
		return graph.Def{Name: "j", Entry: graph.Entry{Event: "a"}, Nodes: []graph.Node{n}}
	}
	entry := func(e graph.Entry) graph.Def {
		d := node(graph.Node{Exit: "x"})
		d.Entry = e
		return d
	}
	late, caps := entry(graph.Entry{Event: "a"}), entry(graph.Entry{Event: "a"})
	late.Late, caps.Caps = &graph.Late{After: odd}, []graph.Cap{{N: 1, Within: odd}}
	for _, c := range []struct {
		path string
		def  graph.Def
	}{
		{"entry.within", entry(graph.Entry{Did: "a", Not: "b", Within: odd})},
		{"entry.window", entry(graph.Entry{Event: "a", Window: odd})},
		{"entry.limit[0].within", entry(graph.Entry{Event: "a", Limit: []graph.Quota{{N: 1, Within: odd}}})},
		{"late.after", late},
		{"caps[0].within", caps},
		{"nodes[0].wait.for", node(graph.Node{Wait: &graph.Wait{For: odd}})},
		{"nodes[0].wait.within", node(graph.Node{Wait: &graph.Wait{Event: "b", Within: odd}})},
		{"nodes[0].wait.active.within", node(graph.Node{Wait: &graph.Wait{Active: &graph.Active{Of: "h", Else: "10:00", Within: odd}}})},
		{"nodes[0].gate.late", node(graph.Node{Gate: &graph.Gate{Quota: graph.Quota{N: 1, Per: "day"}, Wait: true, Late: odd}})},
		{"nodes[0].tag", node(graph.Node{Tag: &graph.Tag{Name: "vip", TTL: odd}})},
		{"nodes[0].experiment.window", node(graph.Node{Experiment: &graph.Experiment{Name: "x", Arms: map[string]string{"a": ""}, Metric: "b", Window: odd}})},
		{"nodes[0].experiment.after", node(graph.Node{Experiment: &graph.Experiment{Name: "x", Arms: map[string]string{"a": ""}, Metric: "b", Winner: "best", After: odd}})},
	} {
		require.EqualError(t, c.def.Validate(), c.path+": "+odd.String()+" is no whole number of microseconds")
	}
	p := graph.Policy{Reach: []graph.Reach{{Channel: "push", Event: "a", Within: odd}}}
	require.EqualError(t, p.Validate(), "reach[0].within: "+odd.String()+" is no whole number of microseconds")
	d := node(graph.Node{Wait: &graph.Wait{For: marque.Second + 1000}})
	require.NoError(t, d.Validate())
}

// Who would come to more nodes in one step than that is broken off.
func TestLongestWay(t *testing.T) {
	line := func(n int, last graph.Node) (nodes []graph.Node) {
		for i := range n - 1 {
			nodes = append(nodes, graph.Node{ID: fmt.Sprint("n", i), Branch: []graph.Case{{When: "true", Next: ""}}, Next: fmt.Sprint("n", i+1)})
		}
		last.ID = fmt.Sprint("n", n-1)
		return append(nodes, last)
	}
	loop := func(max, body int) []graph.Node {
		nodes := []graph.Node{{ID: "m", Max: max, Branch: []graph.Case{{When: "false", Next: "x"}}, Next: "b0", On: map[string]string{"max": "x"}}, {ID: "x", Exit: "x"}}
		for i := range body {
			next := fmt.Sprint("b", i+1)
			if i == body-1 {
				next = "m"
			}
			nodes = append(nodes, graph.Node{ID: fmt.Sprint("b", i), Branch: []graph.Case{{When: "false", Next: "x"}}, Next: next})
		}
		return nodes
	}
	broken := func(n, k int) string {
		return fmt.Sprintf(`may come to %d nodes in one step, and is broken off after %d`, n, k)
	}
	for _, c := range []struct {
		name  string
		nodes []graph.Node
		want  string
	}{
		{"as long as may be", line(100, graph.Node{Exit: "x"}), ""},
		{"one more", line(101, graph.Node{Exit: "x"}), "nodes[0]: from \"n0\" on somebody " + broken(101, 100)},
		{"the end counts", line(100, graph.Node{Branch: []graph.Case{{When: "true"}}}), broken(101, 100)},
		{"a wait in between", append(line(100, graph.Node{Wait: &graph.Wait{For: 1e9}, Next: "z"}), graph.Node{ID: "z", Exit: "x"}), ""},
		{"a command in between", append(line(100, graph.Node{Untag: "vip", Next: "z"}), graph.Node{ID: "z", Exit: "x"}), ""},
		{"a max that is too much", loop(50, 1), broken(101, 100)},
		{"a max that is not", loop(49, 1), ""},
		{"a max of a longer loop", loop(20, 4), broken(101, 100)},
		{"a max of a longer loop that is not", loop(19, 4), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := graph.Def{Name: "j", Entry: graph.Entry{Call: true}, Nodes: c.nodes}
			if err := d.Validate(); c.want == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, c.want)
			}
		})
	}
}
