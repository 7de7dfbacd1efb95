package identity

import (
	"cmp"
	"slices"
	"strings"

	"github.com/marque-go/marque"
)

// What became of an observation.
const (
	repeated = iota // its list is known from a sighting that is canonically before it
	earlier         // its list is known, and the sighting takes its place in time from it
	fresh           // a new sighting
)

// put takes an observation in, without deciding what follows. Its nodes are in w.list until the next call. Those
// that become hubs by it are in risen, and are not marked as such yet.
func (w *web) put(o *Observation) (seen int32, what int, risen []int32) {
	list := w.listOf(o.IDs)
	if len(list) == 0 {
		return -1, repeated, nil
	}
	s := sighting{key: o.Key, at: instantOf(o.At), source: w.source(o.Source), n: int32(len(list)), same: -1}
	h := hash(list)
	first, known := w.lists[h]
	if known {
		for i := first; i >= 0; i = w.seen[i].same {
			if !slices.EqualFunc(w.slotsOf(i), list, func(s slot, n int32) bool { return s.node == n }) {
				continue
			}
			was := &w.seen[i]
			if w.when(&s, was) >= 0 {
				return i, repeated, nil
			}
			was.key, was.at, was.source = s.key, s.at, s.source
			return i, earlier, nil
		}
		s.same = first
	}
	risen = w.meet(list)
	seen = int32(len(w.seen))
	s.from = int32(len(w.slots))
	w.lists[h] = seen
	w.seen = append(w.seen, s)
	for _, n := range list {
		w.slots = append(w.slots, slot{n, w.nodes[n].head, seen})
		w.nodes[n].head = int32(len(w.slots) - 1)
		w.nodes[n].times++
	}
	return seen, fresh, risen
}

// listOf are the nodes of the usable identifiers of ids. They are valid until the next call.
func (w *web) listOf(ids []marque.ID) []int32 {
	// Mostly they are usable as they are. What is known is not blocked.
	list, rank := w.list[:0], 0
	for _, id := range ids {
		k := w.kindOf(id.Kind)
		if k == nil || k.rank < rank || len(list) == 32 {
			break
		}
		n, ok := k.nodes[id.Value]
		if !ok {
			if w.rules.Blocked(id) {
				break
			}
			n = w.begin(k, id.Value)
		}
		if slices.Contains(list, n) {
			break
		}
		list, rank = append(list, n), k.rank
	}
	if len(list) < len(ids) {
		list = list[:0]
		for _, id := range w.rules.Usable(ids) {
			list = append(list, w.node(id))
		}
	}
	w.list = list
	return list
}

func hash(list []int32) uint64 {
	h := uint64(len(list))
	for _, n := range list {
		h = (h ^ uint64(n)) * 0x9e3779b97f4a7c15
		h ^= h >> 29
	}
	return h
}

// meet counts with how many identifiers of limited kinds each node of a new list has been seen, and returns the
// nodes that become hubs by it.
func (w *web) meet(list []int32) (risen []int32) {
	if len(w.rules.limits) == 0 {
		return nil
	}
	for i, a := range list {
		x := &w.nodes[a]
		for _, b := range list[i+1:] {
			y := &w.nodes[b]
			byA := !y.hub && w.kinds[x.kind].limited >= 0
			byB := !x.hub && w.kinds[y.kind].limited >= 0
			if !byA && !byB || w.met(a, b) {
				continue
			}
			if byA {
				y.degree++
			}
			if byB {
				x.degree++
			}
		}
	}
	for _, n := range list {
		if x := &w.nodes[n]; !x.hub && int(x.degree) > w.kinds[x.kind].hub {
			risen = append(risen, n)
		}
	}
	return risen
}

// met reports whether a sighting has both nodes.
func (w *web) met(a, b int32) bool {
	if w.nodes[a].times > w.nodes[b].times {
		a, b = b, a
	}
	for s := w.nodes[a].head; s >= 0; s = w.slots[s].next {
		if slices.ContainsFunc(w.slotsOf(w.slots[s].seen), func(s slot) bool { return s.node == b }) {
			return true
		}
	}
	return false
}

// rise makes hubs of nodes.
func (w *web) rise(nodes ...int32) {
	for _, n := range nodes {
		if !w.nodes[n].hub {
			w.nodes[n].hub = true
			w.hubs = append(w.hubs, n)
		}
	}
}

// rule takes a ruling in. Not ok: it says nothing, or a later one is known.
func (w *web) rule(r *Ruling) (at int32, ok bool) {
	if r.A == r.B || w.rules.Blocked(r.A) || w.rules.Blocked(r.B) {
		return 0, false
	}
	n := ruling{r.Key, r.By, instantOf(r.At), w.node(r.A), w.node(r.B), r.Linked}
	if w.order(n.a, n.b) > 0 {
		n.a, n.b = n.b, n.a
	}
	if w.pairs == nil {
		w.pairs, w.ruled = map[[2]int32]int32{}, map[int32][]int32{}
	}
	pair := [2]int32{min(n.a, n.b), max(n.a, n.b)}
	at, known := w.pairs[pair]
	if known {
		if w.rulings[at].decides(&n) {
			return at, false
		}
		w.rulings[at] = n
		return at, true
	}
	at = int32(len(w.rulings))
	w.rulings = append(w.rulings, n)
	w.pairs[pair] = at
	w.ruled[n.a] = append(w.ruled[n.a], at)
	w.ruled[n.b] = append(w.ruled[n.b], at)
	return at, true
}

// decides reports whether r, and not s, decides on their pair.
func (r *ruling) decides(s *ruling) bool {
	if c := cmp.Or(r.at.compare(s.at), cmp.Compare(r.key, s.key), strings.Compare(r.by, s.by)); c != 0 {
		return c > 0
	}
	return !r.linked || s.linked
}

// earlier is the order in which rulings that link are evaluated.
func (w *web) earlier(a, b int32) int {
	r, s := &w.rulings[a], &w.rulings[b]
	return cmp.Or(r.at.compare(s.at), cmp.Compare(r.key, s.key), w.order(r.a, s.a), w.order(r.b, s.b))
}

// unlinked reports whether the latest ruling on two nodes parts them.
func (w *web) unlinked(a, b int32) bool {
	if len(w.pairs) == 0 {
		return false
	}
	r, ok := w.pairs[[2]int32{min(a, b), max(a, b)}]
	return ok && !w.rulings[r].linked
}

// load takes evidence in without evaluating it.
func (w *web) load(e *Evidence) {
	for _, id := range e.Hubs {
		if !w.rules.Blocked(id) {
			w.rise(w.node(id))
		}
	}
	for i := range e.Observations {
		_, _, risen := w.put(&e.Observations[i])
		w.rise(risen...)
	}
	for i := range e.Rulings {
		w.rule(&e.Rulings[i])
	}
}
