package lint

import (
	"maps"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// A way leads out of a node by one outcome.
type way struct {
	to    string          // "" is the end
	sets  []string        // the variables that are set there
	after marque.Duration // the least time that passes at the node
}

func waysOf(n *graph.Node, defs []graph.Def) []way {
	var ways []way
	on := func(outcome string, w way) {
		if w.to = n.Next; outcome != "" {
			if to, ok := n.On[outcome]; ok {
				w.to = to
			}
		}
		ways = append(ways, w)
	}
	if n.Max > 0 {
		on(graph.Again, way{})
	}
	switch n.Kind() {
	case "wait":
		waits(n, on, &ways)
	case "coupon":
		as := n.Coupon.Var()
		on(graph.Refused, way{sets: []string{as, as + "_reason"}})
		on(graph.Failed, way{sets: []string{as}})
		on("", way{sets: []string{as, as + "_id", as + "_amount"}})
	case "assign":
		as := n.Assign.Var()
		on(graph.Refused, way{sets: []string{as, as + "_reason"}})
		on(graph.Failed, way{sets: []string{as}})
		on("", way{sets: []string{as, as + "_agent"}})
	case "call":
		var sets, failed []string
		if as := n.Call.As; as != "" {
			failed = []string{as}
			sets = append(sets, as)
			for _, f := range n.Call.Fields {
				sets = append(sets, as+"_"+f.Name)
			}
		}
		on(graph.Failed, way{sets: failed})
		on("", way{sets: sets})
		for _, result := range slices.Sorted(maps.Keys(n.On)) {
			if result != graph.Failed && result != graph.Again {
				on(result, way{sets: sets})
			}
		}
	case "sub":
		var sets []string // what the other journey has in the end
		for i := range defs {
			if defs[i].Name == n.Sub.Journey {
				sets = append(sets, names(graph.Scopes(defs[i:i+1]))...)
			}
		}
		for _, e := range n.Edges() {
			if e.Path == "on."+graph.Refused {
				ways = append(ways, way{to: e.To})
			} else {
				ways = append(ways, way{to: e.To, sets: sets})
			}
		}
	default:
		for _, e := range n.Edges() {
			ways = append(ways, way{to: e.To})
		}
	}
	return ways
}

func names(scopes []rule.Scope) (all []string) {
	for _, s := range scopes {
		for _, f := range s.Fields {
			all = append(all, f.Name)
		}
	}
	return all
}

func waits(n *graph.Node, on func(string, way), ways *[]way) {
	w := n.Wait
	to := func(next string) string {
		if next == "" {
			return n.Next
		}
		return next
	}
	for _, m := range w.Matches() {
		*ways = append(*ways, way{to: to(m.Next), sets: m.Keep})
	}
	for _, c := range w.Until {
		*ways = append(*ways, way{to: to(c.Next)})
	}
	switch {
	case len(*ways) > 0 && (len(w.Matches()) > 0 || len(w.Until) > 0):
		if w.Within > 0 {
			on(graph.Timeout, way{after: w.Within})
		}
	case w.Date != nil:
		on("", way{})
		on(graph.Past, way{})
		on(graph.Missing, way{})
	case w.Days > 0 && w.At != "":
		on("", way{after: marque.Duration(w.Days-1) * marque.Day})
	case w.Days > 0:
		on("", way{after: marque.Duration(w.Days)*marque.Day - marque.Hour})
	default:
		on("", way{after: w.For})
	}
}

// field is where the time of a wait stands.
func field(w *graph.Wait) string {
	switch {
	case w.For != 0:
		return "wait.for"
	case w.Days != 0:
		return "wait.days"
	case w.Within != 0:
		return "wait.within"
	}
	return "wait"
}
