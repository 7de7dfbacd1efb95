package identity

import (
	"time"

	"github.com/marque-go/marque"
)

// An Observation says that identifiers were seen together, as those of one person. It is an edge of the graph, or
// several: the first identifier is linked to each of the others.
type Observation struct {
	// Key tells the observation from others: the ID of the event.
	Key string `json:"key"`
	// Source is where it was observed: the name of the event. A policy may rank sources.
	Source string `json:"source,omitempty"`
	// At is when it was observed.
	At time.Time `json:"at"`
	// IDs are the identifiers, the strongest first, as Rules.Usable puts them. One alone says that there is such
	// an identifier.
	IDs []marque.ID `json:"ids"`
}

// A Ruling says of two identifiers that they do not belong together though they were seen together, or that they
// do after all. The latest ruling on a pair decides, by At, then Key.
type Ruling struct {
	Key string `json:"key"`
	// By says who decided, and why: for people who read it.
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at"`
	A      marque.ID `json:"a"`
	B      marque.ID `json:"b"`
	Linked bool      `json:"linked"` // false: unlinked
}

// Evidence is what is known of identifiers that hang together. The order within its lists has no meaning.
type Evidence struct {
	Observations []Observation `json:"observations,omitempty"`
	Rulings      []Ruling      `json:"rulings,omitempty"`
	// Hubs are identifiers that were found to be hubs, whether or not all their observations are here.
	Hubs []marque.ID `json:"hubs,omitempty"`
}

// A Person is a set of identifiers that lead to one another.
type Person struct {
	IDs   []marque.ID `json:"ids"`             // by rank of kind, then kind, then value
	Joins []Join      `json:"joins,omitempty"` // one fewer than IDs, in the order in which they joined
}

// A Join is an observation that made one person of two: A and B are identifiers that were apart until then.
type Join struct {
	A      marque.ID `json:"a"`
	B      marque.ID `json:"b"`
	At     time.Time `json:"at"`
	Source string    `json:"source,omitempty"`
	Key    string    `json:"key"`
}
