package marque

import (
	"context"
	"iter"
	"slices"
	"time"
)

// A Feed hands on what the commits of a store said: derived events that wait until they are in the event log.
// Every store embeds it.
type Feed interface {
	// Pending returns up to n events that were said and not yet taken, in the order of their commits.
	Pending(ctx context.Context, parts Parts, n int) ([]Event, error)
	// Taken marks them as taken. Unknown ids are no error.
	Taken(ctx context.Context, ids []string) error
}

// A Holder keeps things that belong to people, and can move, erase and export them. Every store embeds it.
type Holder interface {
	// Move carries out a merge or an unmerge, once: a Move whose Key is known does nothing.
	Move(ctx context.Context, m Move) error
	// Erase removes the person and returns how many rows it touched. Amounts that were spent stay spent.
	Erase(ctx context.Context, profile string) (rows int, err error)
	// Export yields everything that is held of the person.
	Export(ctx context.Context, profile string) iter.Seq2[Item, error]
}

// A Move gives what belongs to the profile From to the profile Into. Without IDs all of it goes (a merge); with
// IDs only what was learnt via them (an unmerge).
type Move struct {
	Key  string    `json:"key"`
	From string    `json:"from"`
	Into string    `json:"into"`
	IDs  []ID      `json:"ids,omitempty"`
	At   time.Time `json:"at"`
}

// ProfileKind is the kind of the identifiers that stand for profile ids: what came under a profile id alone was
// learnt via the identifier {ProfileKind, id}.
const ProfileKind = "profile"

// Takes tells whether the move takes what was learnt via an identifier, and what to keep as that identifier then.
// What was learnt via none, under the profile id itself, is marked with that id when it goes to another person, and
// is unmarked when it comes back: so that an unmerge finds it. Every Holder asks Takes for each thing it holds.
func (m Move) Takes(via ID) (kept ID, goes bool) {
	switch {
	case len(m.IDs) > 0 && (via == ID{} || !slices.Contains(m.IDs, via)):
		return via, false
	case via == ID{}:
		return ID{Kind: ProfileKind, Value: m.From}, true
	case via == ID{Kind: ProfileKind, Value: m.Into}:
		return ID{}, true
	}
	return via, true
}

// An Item is one thing in an export.
type Item struct {
	Room string `json:"room"` // the package: "profile", "tagging"
	Kind string `json:"kind"` // what it is there: "attribute", "event"
	Key  string `json:"key"`
	Data any    `json:"data"` // marshals to JSON
}

// A Ref is a definition's use of another, checked when a whole programme is compiled.
type Ref struct {
	Kind string `json:"kind"` // "tag", "segment", "coupon", "channel", "journey", "event", "experiment", …
	Name string `json:"name"`
	Path string `json:"path"` // where it is used: "nodes[2].coupon"
}
