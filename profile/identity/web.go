package identity

import (
	"cmp"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// A web is evidence with numbers in place of identifiers, and the people that it comes to.
//
//	nodes ──head──► slots (the places of an identifier in lists) ──seen──► seen (observations)
//	  │                      └─next─► the same identifier in another list
//	  ├─person─► people: what the evidence comes to
//	  └─raw────► a union-find of what hangs together, whether or not the links count
type web struct {
	rules    *Rules
	kinds    []kindOf
	kindNo   map[string]int32
	sources  []sourceOf
	sourceNo map[string]int32

	nodes []node
	slots []slot
	seen  []sighting
	lists map[uint64]int32 // the last sighting for a hash of its list
	hubs  []int32          // in the order in which they were found

	rulings []ruling           // the latest of each pair
	pairs   map[[2]int32]int32 // rulings by pair, the lesser number first
	ruled   map[int32][]int32  // rulings by node

	people []person
	counts []int32 // of identifiers of limited kinds, by person
	free   []int32 // people that are no more

	list, rest, groups []int32 // room to work in
}

// kindOf is a kind of identifier that was seen.
type kindOf struct {
	no      int32 // its place in web.kinds
	name    string
	rank    int
	limited int // its place in Rules.limits, -1 where it has none
	hub     int
	nodes   map[string]int32 // by value
}

type sourceOf struct {
	name string
	rank int
}

type node struct {
	value  string
	kind   int32
	head   int32 // its latest slot, -1 for none
	times  int32 // how many slots it has
	degree int32 // how many of limited kinds it was seen with; not counted further when it is a hub
	person int32
	raw    int32 // up in the union-find of what hangs together
	last   int32 // of a root: the canonically last sighting, -1 for none
	ruled  bool  // of a root: a ruling links identifiers here
	hub    bool
	mark   bool // used within a walk
}

type slot struct{ node, next, seen int32 }

// A sighting is an observation: slots [from, from+n).
type sighting struct {
	key    string
	at     instant
	source int32
	from   int32
	n      int32
	same   int32 // another one whose list has the same hash, -1 for none
	mark   bool  // used within a walk
}

type ruling struct {
	key, by string
	at      instant
	a, b    int32 // a is the stronger
	linked  bool
}

// An instant is a time.Time without a zone, in less room.
type instant struct {
	sec  int64
	nano int32
}

func instantOf(t time.Time) instant { return instant{t.Unix(), int32(t.Nanosecond())} }

func (i instant) time() time.Time { return time.Unix(i.sec, int64(i.nano)).UTC() }

func (i instant) compare(j instant) int {
	return cmp.Or(cmp.Compare(i.sec, j.sec), cmp.Compare(i.nano, j.nano))
}

func newWeb(r *Rules) *web {
	return &web{
		rules: r, kindNo: map[string]int32{}, sourceNo: map[string]int32{}, lists: map[uint64]int32{},
	}
}

// kindOf is a kind that was seen, or nil.
func (w *web) kindOf(name string) *kindOf {
	if len(w.kinds) <= 8 { // which is faster than the map
		for i := range w.kinds {
			if w.kinds[i].name == name {
				return &w.kinds[i]
			}
		}
		return nil
	}
	if k, ok := w.kindNo[name]; ok {
		return &w.kinds[k]
	}
	return nil
}

// find is the node of an identifier, -1 for none.
func (w *web) find(id marque.ID) int32 {
	if k := w.kindOf(id.Kind); k != nil {
		if n, ok := k.nodes[id.Value]; ok {
			return n
		}
	}
	return -1
}

// node is the node of an identifier.
func (w *web) node(id marque.ID) int32 {
	k := w.kindOf(id.Kind)
	if k == nil {
		w.kindNo[id.Kind] = int32(len(w.kinds))
		w.kinds = append(w.kinds, kindOf{
			no: int32(len(w.kinds)), name: id.Kind, rank: w.rules.rank(id.Kind), limited: -1, hub: w.rules.Hub(id.Kind), nodes: map[string]int32{},
		})
		k = &w.kinds[len(w.kinds)-1]
		if k.rank < len(w.rules.list) {
			k.limited = w.rules.list[k.rank].limited
		}
	}
	if n, ok := k.nodes[id.Value]; ok {
		return n
	}
	return w.begin(k, id.Value)
}

// begin makes a node, which is a person of its own.
func (w *web) begin(k *kindOf, value string) int32 {
	n := int32(len(w.nodes))
	k.nodes[value] = n
	w.nodes = append(w.nodes, node{value: value, kind: k.no, head: -1, raw: n, last: -1})
	w.alone(n)
	return n
}

func (w *web) source(name string) int32 {
	s, ok := w.sourceNo[name]
	if !ok {
		s = int32(len(w.sources))
		w.sources, w.sourceNo[name] = append(w.sources, sourceOf{name, w.rules.Rank(name)}), s
	}
	return s
}

// id is the identifier of a node.
func (w *web) id(n int32) marque.ID {
	return marque.ID{Kind: w.kinds[w.nodes[n].kind].name, Value: w.nodes[n].value}
}

func (w *web) idsOf(nodes []int32) []marque.ID {
	out := make([]marque.ID, len(nodes))
	for i, n := range nodes {
		out[i] = w.id(n)
	}
	return out
}

// slotsOf are the places of a sighting's list.
func (w *web) slotsOf(o int32) []slot { s := &w.seen[o]; return w.slots[s.from : s.from+s.n] }

// order compares nodes as Rules.byStrength does their identifiers.
func (w *web) order(a, b int32) int {
	x, y := &w.nodes[a], &w.nodes[b]
	if x.kind != y.kind {
		k, l := &w.kinds[x.kind], &w.kinds[y.kind]
		return cmp.Or(cmp.Compare(k.rank, l.rank), cmp.Compare(k.name, l.name))
	}
	return cmp.Compare(x.value, y.value)
}

// compare is Rules.Compare.
func (w *web) compare(a, b int32) int {
	if c := w.when(&w.seen[a], &w.seen[b]); c != 0 {
		return c
	}
	return slices.CompareFunc(w.slotsOf(a), w.slotsOf(b), func(x, y slot) int { return byText(w.id(x.node), w.id(y.node)) })
}

// when is Rules.Compare but for the identifiers.
func (w *web) when(x, y *sighting) int {
	if c := cmp.Compare(w.sources[x.source].rank, w.sources[y.source].rank); c != 0 {
		return c
	}
	if c := x.at.compare(y.at); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(w.sources[x.source].name, w.sources[y.source].name), cmp.Compare(x.key, y.key))
}
