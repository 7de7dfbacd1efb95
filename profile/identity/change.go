package identity

import (
	"slices"

	"github.com/marque-go/marque"
)

// observe takes an observation in and says what changes.
func (w *web) observe(o *Observation) (Change, bool) {
	known := int32(len(w.nodes))
	s, what, risen := w.put(o)
	switch {
	case what == repeated:
		return Change{}, false
	case what == fresh && len(risen) == 0 && w.late(s):
		return w.extend(s, known)
	}
	nodes, seen, rulings := w.around(w.list...)
	w.rise(risen...)
	return w.again(o.Key, known, nodes, seen, rulings)
}

// decide takes a ruling in and says what changes.
func (w *web) decide(r *Ruling) (Change, bool) {
	known := int32(len(w.nodes))
	at, ok := w.rule(r)
	if !ok {
		return Change{}, false
	}
	nodes, seen, rulings := w.around(w.rulings[at].a, w.rulings[at].b)
	return w.again(r.Key, known, nodes, seen, rulings)
}

// late ties what a new sighting ties together, and reports whether the sighting is the last of it all to be
// evaluated, so that it changes nothing that was decided before.
func (w *web) late(o int32) bool {
	root := int32(-1)
	for _, s := range w.slotsOf(o) {
		if !w.nodes[s.node].hub {
			root = w.tie(root, s.node)
		}
	}
	if root < 0 {
		return true
	}
	x := &w.nodes[root]
	if x.ruled || x.last >= 0 && w.compare(x.last, o) > 0 {
		return false
	}
	x.last = o
	return true
}

// tie joins what hangs together with two nodes, of which a may be -1, and returns the root.
func (w *web) tie(a, b int32) int32 {
	b = w.root(b)
	if a < 0 {
		return b
	}
	a = w.root(a)
	if a == b {
		return a
	}
	x, y := &w.nodes[a], &w.nodes[b]
	y.raw = a
	x.ruled = x.ruled || y.ruled
	if x.last < 0 || y.last >= 0 && w.compare(x.last, y.last) < 0 {
		x.last = y.last
	}
	return a
}

func (w *web) root(n int32) int32 {
	for w.nodes[n].raw != n {
		up := &w.nodes[n].raw
		*up = w.nodes[*up].raw
		n = *up
	}
	return n
}

// hang finds anew what of nodes hangs together, by sightings in canonical order and rulings that link.
func (w *web) hang(nodes, seen, rulings []int32) {
	for _, n := range nodes {
		x := &w.nodes[n]
		x.raw, x.last, x.ruled = n, -1, false
	}
	for _, o := range seen {
		w.late(o)
	}
	for _, r := range rulings {
		if a, b := w.rulings[r].a, w.rulings[r].b; !w.nodes[a].hub && !w.nodes[b].hub {
			w.nodes[w.tie(a, b)].ruled = true
		}
	}
}

// extend evaluates a sighting after all that it hangs together with. Nodes from known on are new.
func (w *web) extend(o, known int32) (Change, bool) {
	rest := w.remains(o, nil)
	news := slices.ContainsFunc(w.list, func(n int32) bool { return n >= known })
	several := slices.ContainsFunc(rest, func(n int32) bool { return w.nodes[n].person != w.nodes[rest[0]].person })
	if !news && !several {
		return Change{}, false
	}
	c := Change{Key: w.seen[o].key}
	if several {
		for i, n := range rest {
			p := w.nodes[n].person
			if n < known && !slices.ContainsFunc(rest[:i], func(m int32) bool { return w.nodes[m].person == p }) {
				c.Before = append(c.Before, w.idsOf(w.people[p].nodes))
			}
		}
		w.star(o, rest, nil)
		c.After = append(c.After, w.idsOf(w.people[w.nodes[rest[0]].person].nodes))
	}
	for _, n := range w.list {
		if n >= known && len(w.people[w.nodes[n].person].nodes) == 1 {
			c.After = append(c.After, []marque.ID{w.id(n)})
		}
	}
	w.byFirst(c.Before)
	w.byFirst(c.After)
	return c, true
}

func (w *web) byFirst(people [][]marque.ID) {
	if len(people) > 1 {
		slices.SortFunc(people, func(a, b []marque.ID) int { return w.rules.byStrength(a[0], b[0]) })
	}
}

// again evaluates what hangs together, or did until now, from the start. Nodes from known on are new.
func (w *web) again(key string, known int32, nodes, seen, rulings []int32) (Change, bool) {
	was := map[int32][]int32{} // people by their first node
	for _, n := range nodes {
		if p := &w.people[w.nodes[n].person]; p.nodes[0] == n && n < known {
			was[n] = slices.Clone(p.nodes)
		}
	}
	links := w.linking(rulings)
	w.apart(nodes)
	w.settle(seen, links, nil)
	w.hang(nodes, seen, links)

	c := Change{Key: key}
	for _, n := range nodes {
		p := &w.people[w.nodes[n].person]
		switch {
		case p.nodes[0] != n:
		case slices.Equal(was[n], p.nodes):
			delete(was, n)
		default:
			c.After = append(c.After, w.idsOf(p.nodes))
		}
	}
	for _, p := range was {
		c.Before = append(c.Before, w.idsOf(p))
	}
	w.byFirst(c.Before)
	w.byFirst(c.After)
	return c, len(c.After) > 0
}
