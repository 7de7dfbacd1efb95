package identity

import "slices"

// A trace keeps what evaluation decides beside people.
type trace struct {
	links   []join
	refused []refusal
}

type refusal struct {
	link  join
	why   string
	limit int // its place in Rules.limits, -1 for none
}

// settle makes people of nodes, each of which is one by itself so far, by all that was seen of them and the
// rulings that link them.
func (w *web) settle(seen, rulings []int32, t *trace) {
	slices.SortFunc(seen, w.compare)
	for _, o := range seen {
		w.star(o, w.remains(o, t), t)
	}
	slices.SortFunc(rulings, w.earlier)
	for _, r := range rulings {
		w.obey(r, t)
	}
}

// settleAll makes people of all that was loaded, from the start.
func (w *web) settleAll(t *trace) {
	nodes, seen := upTo(len(w.nodes)), upTo(len(w.seen))
	links := w.linking(upTo(len(w.rulings)))
	w.apart(nodes)
	w.settle(seen, links, t)
	w.hang(nodes, seen, links)
}

func upTo(n int) []int32 {
	all := make([]int32, n)
	for i := range all {
		all[i] = int32(i)
	}
	return all
}

// remains are the nodes of a sighting whose links count. They are valid until the next call.
func (w *web) remains(o int32, t *trace) []int32 {
	rest, list := w.rest[:0], w.slotsOf(o)
	for _, s := range list {
		if !w.nodes[s.node].hub && (len(rest) == 0 || !w.unlinked(rest[0], s.node)) {
			rest = append(rest, s.node)
		}
	}
	w.rest = rest
	var limits []int // that dropped a node, the last node first
	for len(rest) > 1 {
		limit := w.over(rest)
		if limit < 0 {
			break
		}
		rest = rest[:len(rest)-1]
		if t != nil {
			limits = append(limits, limit)
		}
	}
	if t != nil {
		t.refuse(w, o, rest, limits)
	}
	return rest
}

// refuse says why each of a sighting's links that does not count does not.
func (t *trace) refuse(w *web, o int32, rest []int32, limits []int) {
	list := w.slotsOf(o)
	first := list[0].node
	if len(rest) > 0 {
		first = rest[0]
	}
	for _, s := range list {
		if s.node == first || slices.Contains(rest, s.node) {
			continue
		}
		r := refusal{join{first, s.node, o}, Hub, -1}
		if !w.nodes[s.node].hub {
			if r.why = Unlinked; !w.unlinked(first, s.node) {
				last := len(limits) - 1
				r.why, r.limit, limits = Limit, limits[last], limits[:last]
			}
		}
		t.refused = append(t.refused, r)
	}
}

// star links the first node of a sighting that remains with each other.
func (w *web) star(o int32, rest []int32, t *trace) {
	if len(rest) < 2 {
		return
	}
	for _, n := range rest[1:] {
		w.join(rest[0], n, o)
		if t != nil {
			t.links = append(t.links, join{rest[0], n, o})
		}
	}
}

// obey follows a ruling that links.
func (w *web) obey(r int32, t *trace) {
	link := join{w.rulings[r].a, w.rulings[r].b, ^r}
	no := refusal{link, Hub, -1}
	if !w.nodes[link.a].hub && !w.nodes[link.b].hub {
		w.rest = append(w.rest[:0], link.a, link.b)
		limit := w.over(w.rest)
		if limit < 0 {
			w.join(link.a, link.b, link.by)
			if t != nil {
				t.links = append(t.links, link)
			}
			return
		}
		no.why, no.limit = Limit, limit
	}
	if t != nil {
		t.refused = append(t.refused, no)
	}
}

// around is what hangs together with nodes: all that any sighting or ruling links them to, whether or not the link
// counts, but not through hubs.
func (w *web) around(from ...int32) (nodes, seen, rulings []int32) {
	visit := func(n int32) {
		if x := &w.nodes[n]; !x.hub && !x.mark {
			x.mark = true
			nodes = append(nodes, n)
		}
	}
	for _, n := range from {
		visit(n)
	}
	for i := 0; i < len(nodes); i++ {
		for s := w.nodes[nodes[i]].head; s >= 0; s = w.slots[s].next {
			o := w.slots[s].seen
			if w.seen[o].mark {
				continue
			}
			w.seen[o].mark = true
			seen = append(seen, o)
			for _, s := range w.slotsOf(o) {
				visit(s.node)
			}
		}
		if len(w.ruled) == 0 {
			continue
		}
		for _, r := range w.ruled[nodes[i]] {
			if w.rulings[r].linked {
				visit(w.rulings[r].a)
				visit(w.rulings[r].b)
			}
			if !slices.Contains(rulings, r) {
				rulings = append(rulings, r)
			}
		}
	}
	for _, n := range nodes {
		w.nodes[n].mark = false
	}
	for _, o := range seen {
		w.seen[o].mark = false
	}
	return nodes, seen, rulings
}

// linking are the rulings that link, in place.
func (w *web) linking(rulings []int32) []int32 {
	return slices.DeleteFunc(rulings, func(r int32) bool { return !w.rulings[r].linked })
}
