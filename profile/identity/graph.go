package identity

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/marque-go/marque"
)

// A Graph keeps evidence in memory, and who the people are at any moment: what Rules.Resolve would say of all that
// it was told. It is safe for concurrent use.
//
// An observation that comes last in canonical order, as most do, costs what it joins. One that is known already
// costs a look-up for each identifier and does not allocate. Any other observation, and a ruling, costs what hangs
// together with its identifiers: everything that observations connect, whether or not the links count, but not
// through hubs.
//
// It takes about 235 bytes for an identifier, beside the strings, where people have five of them and each was seen
// once with another (BenchmarkMemory). It forgets nothing: to forget, import what is left into a new one.
type Graph struct {
	mu  sync.RWMutex
	web *web
}

// NewGraph makes an empty graph.
func NewGraph(r *Rules) *Graph { return &Graph{web: newWeb(r)} }

// Observe takes observations in, one after the other, and returns a change for each that changed who is who. An
// identifier that was not known is a change.
func (g *Graph) Observe(obs ...Observation) (changes []Change) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range obs {
		if c, ok := g.web.observe(&obs[i]); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// Rule takes rulings in, as Observe does observations.
func (g *Graph) Rule(rulings ...Ruling) (changes []Change) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i := range rulings {
		if c, ok := g.web.decide(&rulings[i]); ok {
			changes = append(changes, c)
		}
	}
	return changes
}

// Unlink rules that a and b do not belong together. Only what was observed of the two with one of them first is
// undone: Path names the links.
func (g *Graph) Unlink(a, b marque.ID, by string, at time.Time) []Change {
	return g.Rule(ruleOn(a, b, by, at, false))
}

// Relink rules that a and b belong together, whether or not they were ever seen so.
func (g *Graph) Relink(a, b marque.ID, by string, at time.Time) []Change {
	return g.Rule(ruleOn(a, b, by, at, true))
}

// ruleOn is a ruling whose key follows from what it says.
func ruleOn(a, b marque.ID, by string, at time.Time, linked bool) Ruling {
	if byText(a, b) > 0 {
		a, b = b, a
	}
	word := "unlink"
	if linked {
		word = "link"
	}
	key := marque.Key(word, a.Kind, a.Value, b.Kind, b.Value, by, at.UTC().Format(time.RFC3339Nano))
	return Ruling{Key: key, By: by, At: at, A: a, B: b, Linked: linked}
}

// Person is the one that an identifier leads to. Not ok: it is not known.
func (g *Graph) Person(id marque.ID) (Person, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	n := g.web.find(id)
	if n < 0 {
		return Person{}, false
	}
	return g.web.person(g.web.nodes[n].person), true
}

// Resolve are the people that identifiers lead to, each once, in the order of the identifiers. Those that are not
// known lead to nobody.
func (g *Graph) Resolve(ids ...marque.ID) (people []Person) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	var found []int32
	for _, id := range ids {
		n := g.web.find(id)
		if n < 0 {
			continue
		}
		if p := g.web.nodes[n].person; !slices.Contains(found, p) {
			found = append(found, p)
			people = append(people, g.web.person(p))
		}
	}
	return people
}

// People are all people, sorted by their first identifier. Changes made meanwhile are seen, or not: a person may
// then come twice, or not at all.
func (g *Graph) People() iter.Seq[Person] {
	return func(yield func(Person) bool) {
		for _, n := range g.firsts() {
			p, ok := g.first(n)
			if ok && !yield(p) {
				return
			}
		}
	}
}

// firsts are the first nodes of all people, in order.
func (g *Graph) firsts() (nodes []int32) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	for n := range g.web.nodes {
		if g.web.people[g.web.nodes[n].person].nodes[0] == int32(n) {
			nodes = append(nodes, int32(n))
		}
	}
	slices.SortFunc(nodes, g.web.order)
	return nodes
}

// first is the person whose first node n is, if there still is one.
func (g *Graph) first(n int32) (Person, bool) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	p := g.web.nodes[n].person
	if g.web.people[p].nodes[0] != n {
		return Person{}, false
	}
	return g.web.person(p), true
}

// Hubs are the identifiers that link nobody because too many people share them, in the order of Person.IDs.
func (g *Graph) Hubs() []marque.ID {
	g.mu.RLock()
	defer g.mu.RUnlock()
	hubs := slices.Clone(g.web.hubs)
	slices.SortFunc(hubs, g.web.order)
	return g.web.idsOf(hubs)
}

// Len is how many identifiers the graph knows.
func (g *Graph) Len() int {
	g.mu.RLock()
	defer g.mu.RUnlock()
	return len(g.web.nodes)
}
