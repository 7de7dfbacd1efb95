package memory

import (
	"encoding/binary"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
)

// node is an identifier with the evidence that names it.
type node struct {
	id      marque.ID
	owner   *person // stands for itself
	of      *person // who was first known through it
	event   string  // the one by which it was learnt
	at      rule.Instant
	number  uint32 // of that event
	hub     bool
	named   []uint32 // numbers of events that came with it and were learnt via another
	seen    []*identity.Observation
	rulings []*identity.Ruling
}

// evidence is the graph of identifiers: who was seen with whom.
type evidence struct {
	nodes map[marque.ID]*node
	seen  map[string]*identity.Observation // by source and IDs
	rules map[string]*identity.Ruling      // by Key
	key   []byte
}

func newEvidence() evidence {
	return evidence{map[marque.ID]*node{}, map[string]*identity.Observation{}, map[string]*identity.Ruling{}, nil}
}

// name makes the key of an observation: its source and IDs, each text with its length in front.
func (g *evidence) name(o *identity.Observation) []byte {
	text := func(k []byte, s string) []byte { return append(binary.AppendUvarint(k, uint64(len(s))), s...) }
	k := text(g.key[:0], o.Source)
	for _, id := range o.IDs {
		k = text(text(k, id.Kind), id.Value)
	}
	g.key = k
	return k
}

// knows reports whether such an observation is kept that is not later.
func (g *evidence) knows(o *identity.Observation) bool {
	old := g.seen[string(g.name(o))]
	return old != nil && !later(old, o)
}

// later orders two observations of one source with the same IDs.
func later(a, b *identity.Observation) bool {
	if c := a.At.Compare(b.At); c != 0 {
		return c > 0
	}
	return a.Key > b.Key
}

func (g *evidence) observe(o identity.Observation) {
	key := g.name(&o)
	old := g.seen[string(key)]
	if old != nil && !later(old, &o) {
		return
	}
	kept := &o
	g.seen[string(key)] = kept
	for _, id := range o.IDs {
		n := g.nodes[id]
		if i := slices.Index(n.seen, old); old != nil && i >= 0 {
			n.seen[i] = kept
		} else {
			n.seen = append(n.seen, kept)
		}
	}
}

func (g *evidence) rule(r identity.Ruling) {
	if g.rules[r.Key] != nil {
		return
	}
	kept := &r
	g.rules[r.Key] = kept
	for _, id := range []marque.ID{r.A, r.B} {
		if n := g.nodes[id]; n != nil {
			n.rulings = append(n.rulings, kept)
		}
	}
}

// around is what hangs together with identifiers.
func (g *evidence) around(ids []marque.ID) (e identity.Evidence, nodes []*node) {
	met := map[*node]bool{}
	seen, rulings := map[*identity.Observation]bool{}, map[*identity.Ruling]bool{}
	visit := func(id marque.ID) {
		n := g.nodes[id]
		if n == nil || met[n] {
			return
		}
		met[n] = true
		nodes = append(nodes, n)
		if n.hub {
			e.Hubs = append(e.Hubs, n.id)
		}
	}
	for _, id := range ids {
		visit(id)
	}
	for i := 0; i < len(nodes); i++ {
		if nodes[i].hub {
			continue
		}
		for _, o := range nodes[i].seen {
			if !seen[o] {
				seen[o] = true
				e.Observations = append(e.Observations, *o)
				for _, id := range o.IDs {
					visit(id)
				}
			}
		}
		for _, r := range nodes[i].rulings {
			if !rulings[r] {
				rulings[r] = true
				e.Rulings = append(e.Rulings, *r)
				visit(r.A)
				visit(r.B)
			}
		}
	}
	return e, nodes
}

// forget takes identifiers out of the graph. What an observation says of others beside them stays as far as it counts:
// that they belong to the person of the first of them.
func (g *evidence) forget(gone []*node) {
	out := map[marque.ID]bool{}
	for _, n := range gone {
		out[n.id] = true
	}
	for _, n := range gone {
		for _, o := range n.seen {
			key := string(g.name(o))
			if g.seen[key] != o {
				continue // two of those that go were in it
			}
			delete(g.seen, key)
			rest := identity.Observation{Key: marque.Key("erased", o.Key), Source: o.Source, At: o.At}
			var first *node
			for _, id := range o.IDs {
				other := g.nodes[id]
				if out[id] {
					if first == nil && !other.hub {
						break // the others were linked with it, if at all
					}
					continue
				}
				if first == nil && !other.hub {
					first = other
				}
				if first != nil && other.owner == first.owner {
					rest.IDs = append(rest.IDs, id)
				}
			}
			for _, id := range o.IDs {
				if other := g.nodes[id]; !out[id] {
					other.seen = slices.DeleteFunc(other.seen, func(x *identity.Observation) bool { return x == o })
				}
			}
			if len(rest.IDs) > 1 {
				g.observe(rest)
			}
		}
		for _, r := range slices.Clone(n.rulings) {
			delete(g.rules, r.Key)
			for _, id := range []marque.ID{r.A, r.B} {
				if other := g.nodes[id]; other != nil {
					other.rulings = slices.DeleteFunc(other.rulings, func(x *identity.Ruling) bool { return x == r })
				}
			}
		}
	}
	for _, n := range gone {
		delete(g.nodes, n.id)
	}
}
