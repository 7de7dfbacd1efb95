package lab

import (
	"fmt"
	"slices"
	"strings"
)

// A Difference is how two Runs differ, message by message.
type Difference struct {
	// Same is how many messages go to the same person, from the same node, on the same channel, at the same instant.
	Same int `json:"same"`
	// Gone are those of the first Run alone, New those of the second alone.
	Gone []Send `json:"gone,omitempty"`
	New  []Send `json:"new,omitempty"`
	// Moved are those that come at another instant, Switched those that go by another channel.
	Moved    []Pair `json:"moved,omitempty"`
	Switched []Pair `json:"switched,omitempty"`
	// Nodes have the sums.
	Nodes []NodeDiff `json:"nodes,omitempty"`
}

// A Pair is one message in two Runs.
type Pair struct {
	Before Send `json:"before"`
	After  Send `json:"after"`
}

// NodeDiff is how many messages a node sends in two Runs.
type NodeDiff struct {
	Journey string `json:"journey"`
	Node    string `json:"node"`
	Before  int    `json:"before"`
	After   int    `json:"after"`
}

// place is what a message is of: the person's messages from one node are compared in their order.
type place struct{ profile, journey, node string }

// Diff compares two Runs: two versions of a journey over one log.
func Diff(before, after *Run) Difference {
	var d Difference
	rest := map[place][]Send{}
	for _, s := range after.Sends {
		at := place{s.Profile, s.Journey, s.Node}
		rest[at] = append(rest[at], s)
	}
	for _, s := range before.Sends {
		at := place{s.Profile, s.Journey, s.Node}
		if len(rest[at]) == 0 {
			d.Gone = append(d.Gone, s)
			continue
		}
		o := rest[at][0]
		rest[at] = rest[at][1:]
		switch {
		case o.Channel != s.Channel:
			d.Switched = append(d.Switched, Pair{s, o})
		case !o.At.Equal(s.At):
			d.Moved = append(d.Moved, Pair{s, o})
		default:
			d.Same++
		}
	}
	for _, ss := range rest {
		d.New = append(d.New, ss...)
	}
	slices.SortFunc(d.New, bySend)
	d.Nodes = nodes(before.Sends, after.Sends)
	return d
}

func nodes(before, after []Send) []NodeDiff {
	at := map[[2]string]*NodeDiff{}
	get := func(s Send) *NodeDiff {
		k := [2]string{s.Journey, s.Node}
		if at[k] == nil {
			at[k] = &NodeDiff{Journey: s.Journey, Node: s.Node}
		}
		return at[k]
	}
	for _, s := range before {
		get(s).Before++
	}
	for _, s := range after {
		get(s).After++
	}
	ds := make([]NodeDiff, 0, len(at))
	for _, d := range at {
		ds = append(ds, *d)
	}
	slices.SortFunc(ds, func(a, b NodeDiff) int {
		return strings.Compare(a.Journey+"\x00"+a.Node, b.Journey+"\x00"+b.Node)
	})
	return ds
}

// People are those for whom anything differs, in order.
func (d Difference) People() []string {
	var all []string
	for _, s := range slices.Concat(d.Gone, d.New) {
		all = append(all, s.Profile)
	}
	for _, p := range slices.Concat(d.Moved, d.Switched) {
		all = append(all, p.Before.Profile)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// String is a summary in a few lines.
func (d Difference) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d messages as before, %d gone, %d new, %d at another time, %d on another channel; %d people",
		d.Same, len(d.Gone), len(d.New), len(d.Moved), len(d.Switched), len(d.People()))
	for _, n := range d.Nodes {
		if n.Before != n.After {
			fmt.Fprintf(&b, "\n%s/%s: %d before, %d after", n.Journey, n.Node, n.Before, n.After)
		}
	}
	return b.String()
}
