package scoring

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Row is what is kept of a person and a score.
type Row struct {
	Profile string       `json:"profile"`
	Name    string       `json:"name"`
	Parts   []Part       `json:"parts,omitempty"` // by rule and identifier
	Seen    []Seen       `json:"seen,omitempty"`  // events that were counted, the latest last
	Up      []string     `json:"up,omitempty"`    // the thresholds that are up
	Curve   rule.Curve   `json:"curve,omitempty"` // the parts as a function of time; nil: to be computed
	Turn    int          `json:"turn"`            // how many changes were said
	Due     rule.Instant `json:"due,omitempty"`   // when to look again though nothing happens; zero: never
	Version int64        `json:"version"`         // 1 when new, one more with each change
}

// Seen is an event that was counted, and when.
type Seen struct {
	ID string       `json:"id"`
	At rule.Instant `json:"at"`
}

// A Change is one commit.
type Change struct {
	Key  string // of points given by hand: a change whose key is known does nothing; empty: no key
	Rows []*Row // new and changed rows, each once, with a version one above that of the row it replaces
	Say  []marque.Event
}

// A Query asks for rows of one score.
type Query struct {
	Name  string
	After string // people with an id behind this one
	N     int    // at most so many
}

// A Store keeps rows, and the events that its commits said until they are taken. Who writes one proves it with
// scoringtest.Run.
//
// A row that was given to or came from a store is never changed, by either side: a change is a new row. A commit
// is all or nothing, also when the process dies in it. Reads see whole commits.
type Store interface {
	// Load appends, for each profile in order, the person's rows sorted by name to into, and nil where there are
	// none. Callers do not change the lists.
	Load(ctx context.Context, profiles []string, into [][]*Row) ([][]*Row, error)
	// Commit applies a change, unless its key is known. Where the stored version of a row is not one below that of
	// the change (0: there is no row), nothing is applied and the error is marque.ErrConflict.
	Commit(ctx context.Context, c Change) (known bool, err error)
	// Due lists up to n rows of people in parts with Due set and not after until, in the order of marque.Due. They
	// stay due.
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
	// List returns rows with Parts, ordered by profile.
	List(ctx context.Context, q Query) ([]*Row, error)

	marque.Feed
	// Move applies Moved to all rows of From and Into in one commit, once per Key.
	marque.Holder
}

// Moved is what a merge or an unmerge does to rows: left are the changed rows of From, got those of Into. Points go,
// in an unmerge those learnt via its identifiers; events that were counted stay counted for both. Thresholds are
// not decided here: the rows are due at once, and the next Derive says what changes. A merge leaves From with the
// count of turns only, so that no turn is taken for an old one if the two are parted again.
func Moved(m marque.Move, from, into []*Row) (left, got []*Row) {
	for _, f := range from {
		var goes, stays []Part
		for _, p := range f.Parts {
			if len(m.IDs) == 0 || slices.Contains(m.IDs, p.Via) {
				goes = append(goes, p)
			} else {
				stays = append(stays, p)
			}
		}
		if len(m.IDs) == 0 {
			left = append(left, &Row{Profile: f.Profile, Name: f.Name, Turn: f.Turn, Seen: f.Seen, Version: f.Version + 1})
		}
		if len(goes) == 0 {
			continue
		}
		next := Row{Profile: m.Into, Name: f.Name}
		if old := find(into, f.Name); old != nil {
			next = *old
		}
		next.Parts = slices.Concat(next.Parts, goes)
		slices.SortStableFunc(next.Parts, placePart)
		next.Seen = slices.Clone(next.Seen)
		for _, s := range f.Seen {
			if !seen(next.Seen, s.ID) {
				next.Seen = append(next.Seen, s)
			}
		}
		slices.SortStableFunc(next.Seen, func(a, b Seen) int { return cmp.Compare(a.At, b.At) })
		next.Curve, next.Due, next.Version = nil, rule.At(m.At), next.Version+1
		got = append(got, &next)
		if len(m.IDs) > 0 {
			row := *f
			row.Parts, row.Curve, row.Due, row.Version = stays, nil, rule.At(m.At), f.Version+1
			left = append(left, &row)
		}
	}
	return left, got
}

func seen(list []Seen, id string) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].ID == id {
			return true
		}
	}
	return false
}
