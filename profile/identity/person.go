package identity

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// A Result is what evidence comes to.
type Result struct {
	// People are sorted by their first identifier. Every identifier of the evidence, but for blocked ones, is in
	// exactly one of them.
	People []Person `json:"people"`
	// Hubs are the identifiers that link nobody because too many people share them: those that the evidence names
	// and those that its observations make hubs. Each is a person of its own.
	Hubs []marque.ID `json:"hubs,omitempty"`
	// Refused are the links that were observed and do not count, in the order in which they were decided.
	Refused []Refusal `json:"refused,omitempty"`
}

// A Refusal is a link that was observed and does not count.
type Refusal struct {
	Key  string    `json:"key"` // of the observation or ruling
	A    marque.ID `json:"a"`   // the first identifier of the observation that is no hub
	B    marque.ID `json:"b"`
	Why  string    `json:"why"`            // Limit, Hub or Unlinked
	Kind string    `json:"kind,omitempty"` // the kind whose limit it is
}

// Why a link does not count.
const (
	Limit    = "limit"    // a person would have had too many identifiers of a kind
	Hub      = "hub"      // one of the two is a hub
	Unlinked = "unlinked" // the latest ruling on the two says so
)

// Joined tells since when a and b are known to be one person: the latest instant on the way that the joins make
// between them. It is the zero time for an identifier and itself. Not ok: the person does not have both.
func (p Person) Joined(a, b marque.ID) (at time.Time, ok bool) {
	if !slices.Contains(p.IDs, a) || !slices.Contains(p.IDs, b) {
		return time.Time{}, false
	}
	if a == b {
		return time.Time{}, true
	}
	// The joins are a tree. Taken by time, the one that brings a and b together is the latest on their way.
	joins := slices.Clone(p.Joins)
	slices.SortStableFunc(joins, func(x, y Join) int { return x.At.Compare(y.At) })
	up := make(map[marque.ID]marque.ID, len(p.IDs))
	root := func(id marque.ID) marque.ID {
		for next, ok := up[id]; ok; next, ok = up[id] {
			id = next
		}
		return id
	}
	for _, j := range joins {
		if x, y := root(j.A), root(j.B); x != y {
			up[x] = y
		}
		if root(a) == root(b) {
			return j.At, true
		}
	}
	return time.Time{}, false
}

// A Change is what an observation or a ruling does to people: those who were and are no more, and those who are
// instead. People are given by their identifiers, in the order of Person.IDs, and sorted by the first.
type Change struct {
	Key    string        `json:"key"` // of the observation or ruling
	Before [][]marque.ID `json:"before,omitempty"`
	After  [][]marque.ID `json:"after"`
}
