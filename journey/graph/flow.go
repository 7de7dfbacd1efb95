package graph

import (
	"fmt"
	"strings"
)

// A Count is how often something happened at a node: "in" (somebody came to it), "waiting" (stands there now), an
// edge ("sent", "timeout", "case 2", "arm 1", "any 3", "event"), "channel/push" (sent there). Node is empty for the journey: "in", "pending", "goal", "out/REASON",
// "no/REASON" (for hold-outs, each person once; for those who were pending; and "no/paused" for each who came in vain while
// the journey was paused).
type Count struct {
	Journey string `json:"journey"`
	Node    string `json:"node,omitempty"`
	What    string `json:"what"`
	N       int    `json:"n"`
}

// A Station is what counts say of a node: how many came, how many of them stand there now, and how many went on by
// each of its Edges. The rest left the journey there.
type Station struct {
	Node    *Node
	In      int
	Waiting int
	Ways    []Way
}

// A Way is an edge and how many took it.
type Way struct {
	Edge
	N int
}

// Flow reads the counts of the journey; those of others are passed over. An outcome for which no edge is named went
// by next.
func (d *Def) Flow(counts []Count) []Station {
	tally := map[string]map[string]int{}
	for _, c := range counts {
		if c.Journey != d.Name {
			continue
		}
		if tally[c.Node] == nil {
			tally[c.Node] = map[string]int{}
		}
		tally[c.Node][c.What] += c.N
	}
	stations := make([]Station, len(d.Nodes))
	for i := range d.Nodes {
		n := &d.Nodes[i]
		taken := tally[n.ID]
		s := Station{Node: n, In: taken["in"], Waiting: taken["waiting"]}
		rest := 0
		for what, n := range taken {
			if what != "in" && what != "waiting" && what != "held" && !strings.Contains(what, "/") {
				rest += n
			}
		}
		next := -1
		for _, e := range n.Edges() {
			way := Way{Edge: e}
			if e.Path == "next" && next < 0 {
				next = len(s.Ways)
			} else {
				way.N = taken[e.outcome()]
				rest -= way.N
			}
			s.Ways = append(s.Ways, way)
		}
		if next >= 0 {
			s.Ways[next].N = rest
		}
		stations[i] = s
	}
	return stations
}

// outcome is what the tally calls an edge, by the place where it stands.
func (e Edge) outcome() string {
	for _, prefix := range [...]string{"on.", "experiment.arms."} {
		if name, ok := strings.CutPrefix(e.Path, prefix); ok {
			return name
		}
	}
	var i int
	for format, name := range map[string]string{
		"branch[%d]": "case ", "wait.until[%d]": "case ", "split.arms[%d]": "arm ", "wait.any[%d]": "any ",
	} {
		if _, err := fmt.Sscanf(e.Path, format, &i); err == nil {
			return fmt.Sprint(name, i+1)
		}
	}
	return ""
}
