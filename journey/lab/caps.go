package lab

import (
	"cmp"
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/journey/graph"
)

// capped is how many messages that know caps a journey's caps let through on one day.
func capped(d *graph.Def, common []journey.Cap) int64 {
	return under(slices.Concat(common, d.Caps), used(d))
}

// used are the channels and topics of a journey's messages.
func used(d *graph.Def) (kinds []journey.Cap) {
	for _, n := range d.Nodes {
		if n.Send == nil || n.Send.Transactional {
			continue
		}
		for _, ch := range n.Send.Channels {
			k := journey.Cap{Channel: ch, Topic: cmp.Or(n.Send.Topic, d.Topic)}
			if !slices.ContainsFunc(kinds, func(o journey.Cap) bool { return o.Channel == k.Channel && o.Topic == k.Topic }) {
				kinds = append(kinds, k)
			}
		}
	}
	return kinds
}

// under is how many messages of some kinds caps let through on one day: those that bind all kinds together, or the sum of
// those that bind each.
func under(caps []journey.Cap, kinds []journey.Cap) int64 {
	sum := int64(0)
	together := int64(Unbounded)
	for _, c := range caps {
		if !slices.ContainsFunc(kinds, func(k journey.Cap) bool { return !counts(c, k) }) {
			together = min(together, daily(c))
		}
	}
	for _, k := range kinds {
		own := int64(Unbounded)
		for _, c := range caps {
			if counts(c, k) {
				own = min(own, daily(c))
			}
		}
		sum = add(sum, own)
	}
	return min(sum, together)
}

func counts(c, kind journey.Cap) bool {
	return (c.Channel == "" || c.Channel == kind.Channel) && (c.Topic == "" || c.Topic == kind.Topic)
}

// daily is how many messages a cap lets through on one day; a short rolling window lies in it several times.
func daily(c journey.Cap) int64 {
	if c.Per != "" {
		return c.N
	}
	w := marque.Duration(c.Within)
	return c.N * (int64((marque.Day-1)/w) + 1)
}

// together is how many messages that know caps go through on one day, of all journeys: a counter that all of them
// have lets through what the most generous of them allows.
func together(defs []journey.Def, common []journey.Cap) int64 {
	var kinds []journey.Cap
	limits := map[string]journey.Cap{}
	have := map[string]int{}
	n := 0
	for i := range defs {
		own := used(&defs[i])
		if len(own) == 0 {
			continue
		}
		n++
		kinds = append(kinds, own...)
		strict := map[string]journey.Cap{}
		for _, c := range slices.Concat(common, defs[i].Caps) {
			if o, ok := strict[c.Counter()]; !ok || c.N < o.N {
				strict[c.Counter()] = c
			}
		}
		for key, c := range strict {
			have[key]++
			if o, ok := limits[key]; !ok || c.N > o.N {
				limits[key] = c
			}
		}
	}
	var caps []journey.Cap
	for key, c := range limits {
		if have[key] == n {
			caps = append(caps, c)
		}
	}
	slices.SortFunc(caps, func(a, b journey.Cap) int { return strings.Compare(a.Counter(), b.Counter()) })
	if len(kinds) == 0 {
		return 0
	}
	return under(caps, kinds)
}
