package migration_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/migration"
)

func def(version int, ids ...string) *graph.Def {
	d := &graph.Def{Name: "x", Version: version}
	for _, id := range ids {
		d.Nodes = append(d.Nodes, graph.Node{ID: id})
	}
	return d
}

func TestCheck(t *testing.T) {
	old, now := def(1, "hello", "wait", "offer"), def(2, "hello", "wait2")
	for _, c := range []struct {
		name   string
		def    migration.Def
		from   *graph.Def
		faults string
	}{
		{"all mapped", migration.Def{Journey: "x", From: 1, To: 2, Waits: "keep", Nodes: map[string]string{"wait": "wait2", "offer": ""}}, old, ""},
		{"one that is there mapped elsewhere", migration.Def{Journey: "x", From: 1, To: 2, Waits: "keep", Nodes: map[string]string{"hello": "wait2", "wait": "wait2", "offer": ""}}, old, ""},
		{"the old one is not known", migration.Def{Journey: "x", From: 1, To: 2, Waits: "next_wake", Nodes: map[string]string{"whatever": "hello"}}, nil, ""},
		{"everything", migration.Def{From: 2, To: 2, Nodes: map[string]string{"wiat": "wait2", "wait": "wait3"}}, old,
			"journey: is missing\n" +
				"to: is the version that they come from\n" +
				"waits: \"\": want \"keep\", \"recompute\" or \"next_wake\"\n" +
				"nodes.wait: version 2 has no node \"wait3\", did you mean \"wait2\"?\n" +
				"nodes.wiat: version 2 has no such node, did you mean \"wait\"?\n" +
				"nodes.offer: is gone from version 2: say which of hello, wait2 stands for it, or \"\" to exit"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := c.def.Check(c.from, now); c.faults == "" {
				require.NoError(t, err)
			} else {
				require.EqualError(t, err, c.faults)
			}
		})
	}
}

func TestForecast(t *testing.T) {
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, time.UTC) }
	var f migration.Forecast
	for _, x := range []migration.Fate{
		{From: "w", To: "w", Was: at(9), Due: at(9)},
		{From: "w", To: "w", Was: at(9), Due: at(8), Sends: []string{"push"}},
		{From: "w", To: "w", Was: at(9), Due: at(10)},
		{From: "w", To: "w", Was: at(9)},
		{From: "w", To: "w", Due: at(9)},
		{From: "w", To: "w"},
		{From: "b", Was: at(9), Ends: "gone"},
		{From: "b", To: "a", Was: at(9), Due: at(9), Sends: []string{"sms"}, Ends: "completed"},
	} {
		f.Add(x)
	}
	require.Equal(t, 8, f.People)
	require.Equal(t, []migration.Shift{
		{From: "b", N: 1, Exits: 1},
		{From: "b", To: "a", N: 1, Sends: 1, Exits: 1},
		{From: "w", To: "w", N: 6, Earlier: 2, Later: 2, Sends: 1},
	}, f.Nodes)
	require.Equal(t, 2, f.Sends)
	require.Equal(t, 2, f.Exits)
	require.Len(t, f.Who, 3)
	for range 200 {
		f.Add(migration.Fate{From: "b", Ends: "gone"})
	}
	require.Len(t, f.Who, 100)
	require.Equal(t, 202, f.Exits)
}

func ExampleDef_Check() {
	m := migration.Def{Journey: "x", From: 1, To: 2, Waits: "recompute"}
	fmt.Println(m.Check(def(1, "hello", "offer"), def(2, "hello", "better")))
	m.Nodes = map[string]string{"offer": "better"}
	fmt.Println(m.Check(def(1, "hello", "offer"), def(2, "hello", "better")))
	// Output:
	// nodes.offer: is gone from version 2: say which of hello, better stands for it, or "" to exit
	// <nil>
}
