package identity

import (
	"iter"
	"slices"

	"github.com/marque-go/marque"
)

// Evidence is what hangs together with an identifier: Rules.Resolve makes of it the person, and those whom observed
// links connect with the person though they do not count. For a hub it is what was seen of it.
func (g *Graph) Evidence(id marque.ID) Evidence {
	g.mu.Lock() // the walk leaves marks
	defer g.mu.Unlock()
	return g.web.evidence(g.web.find(id))
}

// Path explains why a and b are one person, as Rules.Path does.
func (g *Graph) Path(a, b marque.ID) []Step { return g.web.rules.Path(g.Evidence(a), a, b) }

// Preview is the change that Observe would make. It has neither Before nor After where that is none. It costs what
// hangs together with the identifiers.
func (g *Graph) Preview(o Observation) Change {
	c, _ := g.beside(g.web.rules.Usable(o.IDs)...).observe(&o)
	return c
}

// PreviewRuling is the change that Rule would make, like Preview.
func (g *Graph) PreviewRuling(r Ruling) Change {
	c, _ := g.beside(r.A, r.B).decide(&r)
	return c
}

// beside is a web of what hangs together with identifiers.
func (g *Graph) beside(ids ...marque.ID) *web {
	w := newWeb(g.web.rules)
	e, known := g.known(ids)
	for _, id := range known {
		w.node(id)
	}
	w.load(&e)
	w.settleAll(nil)
	return w
}

// known is what hangs together with identifiers, and which of them are known.
func (g *Graph) known(ids []marque.ID) (e Evidence, known []marque.ID) {
	g.mu.Lock() // the walk leaves marks
	defer g.mu.Unlock()
	var nodes, hubs []int32
	for _, id := range ids {
		n := g.web.find(id)
		if n < 0 {
			continue
		}
		known = append(known, id)
		if g.web.nodes[n].hub {
			hubs = append(hubs, n)
		} else {
			nodes = append(nodes, n)
		}
	}
	e = g.web.evidence(nodes...)
	e.Hubs = append(e.Hubs, g.web.idsOf(hubs)...)
	return e, known
}

// evidence is what hangs together with nodes. One of them that is a hub brings what was seen of it, and what is
// below zero brings nothing.
func (w *web) evidence(from ...int32) Evidence {
	from = slices.DeleteFunc(from, func(n int32) bool { return n < 0 })
	nodes, seen, rulings := w.around(from...)
	for _, n := range from {
		if w.nodes[n].hub {
			nodes = append(nodes, n)
			for s := w.nodes[n].head; s >= 0; s = w.slots[s].next {
				seen = append(seen, w.slots[s].seen)
			}
			rulings = append(rulings, w.ruled[n]...)
		}
	}
	slices.SortFunc(seen, w.compare)
	slices.SortFunc(rulings, w.earlier)
	seen = slices.Compact(seen)
	var e Evidence
	var hubs []int32
	for _, o := range seen {
		e.Observations = append(e.Observations, w.observation(o))
		for _, s := range w.slotsOf(o) {
			if w.nodes[s.node].hub {
				hubs = append(hubs, s.node)
			}
		}
	}
	for _, r := range slices.Compact(rulings) {
		a, b := w.rulings[r].a, w.rulings[r].b
		foreign := !slices.Contains(nodes, a) || !slices.Contains(nodes, b)
		if foreign && !w.rulings[r].linked && len(seen) > 0 {
			continue // it parts what nothing connects
		}
		e.Rulings = append(e.Rulings, w.ruling(r))
		for _, n := range []int32{a, b} {
			if w.nodes[n].hub {
				hubs = append(hubs, n)
			}
		}
	}
	for _, n := range from {
		if w.nodes[n].hub {
			hubs = append(hubs, n)
		}
	}
	slices.SortFunc(hubs, w.order)
	if hubs = slices.Compact(hubs); len(hubs) > 0 {
		e.Hubs = w.idsOf(hubs)
	}
	return e
}

func (w *web) observation(o int32) Observation {
	s := &w.seen[o]
	out := Observation{Key: s.key, Source: w.sources[s.source].name, At: s.at.time(), IDs: make([]marque.ID, s.n)}
	for i, s := range w.slotsOf(o) {
		out.IDs[i] = w.id(s.node)
	}
	return out
}

func (w *web) ruling(n int32) Ruling {
	r := &w.rulings[n]
	return Ruling{Key: r.key, By: r.by, At: r.at.time(), A: w.id(r.a), B: w.id(r.b), Linked: r.linked}
}

// page is how many observations Export hands over at once.
const page = 256

// Export is all evidence that counts, page by page: without blocked identifiers, without observations whose
// identifiers were seen before, and without rulings that later ones replace. What comes in meanwhile is in it, or
// not. Another graph that imports it, under the same policy, knows the same people.
func (g *Graph) Export() iter.Seq[Evidence] {
	return func(yield func(Evidence) bool) {
		e, ok := g.page(0)
		for from := 0; ok; e, ok = g.page(from) {
			if !yield(e) {
				return
			}
			from += page
		}
	}
}

// page is the evidence from an observation on. The first has all rulings and hubs. Not ok: there is none.
func (g *Graph) page(from int) (e Evidence, ok bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	w := g.web
	if from == 0 {
		for i := range w.rulings {
			e.Rulings = append(e.Rulings, w.ruling(int32(i)))
		}
		if len(w.hubs) > 0 {
			e.Hubs = w.idsOf(w.hubs)
		}
	}
	for o := from; o < min(from+page, len(w.seen)); o++ {
		e.Observations = append(e.Observations, w.observation(int32(o)))
	}
	return e, len(e.Observations)+len(e.Rulings)+len(e.Hubs) > 0
}

// Import takes evidence in, and decides about all people once at the end, which is faster than one observation at
// a time. Nobody is told what changes. The graph is locked meanwhile, so that all must not come from itself.
func (g *Graph) Import(all iter.Seq[Evidence]) {
	g.mu.Lock()
	defer g.mu.Unlock()
	w := g.web
	for e := range all {
		w.load(&e)
	}
	w.settleAll(nil)
}
