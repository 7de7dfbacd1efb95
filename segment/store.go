package segment

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Row is what is kept of a person and a segment. There is none for somebody who never was in it and whom time
// alone will not bring in.
type Row struct {
	Profile string       `json:"profile"`
	Name    string       `json:"name"`
	In      bool         `json:"in"`
	Since   rule.Instant `json:"since"`         // of the latest change of In
	Turn    int          `json:"turn"`          // how many changes were said
	Due     rule.Instant `json:"due,omitempty"` // when to look again though nothing happens; zero: never
	Version int64        `json:"version"`       // 1 when new, one more with each change
}

// A Change is one commit.
type Change struct {
	Rows []*Row // new and changed rows, each once, with a version one above that of the row it replaces
	Say  []marque.Event
}

// A Query asks for rows of one segment.
type Query struct {
	Name  string
	After string // people with an id behind this one
	N     int    // at most so many
}

// A Store keeps rows, and the events that their commits said until they are taken. Who writes one proves it with
// segmenttest.Run.
//
// A row that was given to or came from a store is never changed, by either side: a change is a new row. A commit
// is all or nothing, also when the process dies in it. Reads see whole commits.
type Store interface {
	// Load appends, for each profile in order, the person's rows sorted by name to into, and nil where there are
	// none. Callers do not change the lists.
	Load(ctx context.Context, profiles []string, into [][]*Row) ([][]*Row, error)
	// Commit applies a change. Where the stored version of a row is not one below that of the change (0: there is
	// no row), nothing is applied and the error is marque.ErrConflict.
	Commit(ctx context.Context, c Change) error
	// Due lists up to n rows of people in parts with Due set and not after until, in the order of marque.Due. They
	// stay due.
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
	// List returns rows with In, ordered by profile.
	List(ctx context.Context, q Query) ([]*Row, error)
	// Count is the number of rows of a segment with In.
	Count(ctx context.Context, name string) (int, error)

	marque.Feed
	// Move applies Moved to all rows of From and Into in one commit, once per Key.
	marque.Holder
}

// Moved is what a merge or an unmerge does to rows: left are the changed rows of From, got those of Into. Membership
// follows from facts and is derived anew. A merge leaves From in no segment, with the count of turns only, so that
// no turn is taken for an old one if the two are parted again; an unmerge changes nothing.
func Moved(m marque.Move, from, into []*Row) (left, got []*Row) {
	if len(m.IDs) > 0 {
		return nil, nil
	}
	for _, f := range from {
		left = append(left, &Row{Profile: f.Profile, Name: f.Name, Turn: f.Turn, Version: f.Version + 1})
	}
	return left, nil
}
