package derived

import (
	"slices"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Shape tells what is to be known of rows R and entries of history H.
type Shape[R, H any] struct {
	Room, Kind string // of the rows in an export
	Key        func(*R) (profile, name string)
	Due        func(*R) *rule.Instant // zero: not due
	Version    func(*R) *int64
	Holds      func(*R) bool // whether the row counts in Count and Scan
	// Moved gives the changed rows of From and of Into, with their versions, for a merge or an unmerge.
	Moved func(m marque.Move, from, into []*R) (left, got []*R)

	// What follows is nil where there is no history.

	Owner func(*H) string             // the person of an entry
	Entry func(*H) (kind, key string) // of an entry in an export
	// MovedPast parts From's history at a merge or an unmerge: what stays with From, and what goes to Into. rows are
	// those of From before the move.
	MovedPast func(m marque.Move, rows []*R, from []H) (stays, goes []H)
}

// A Change is one commit: all of it or nothing.
type Change[R, H any] struct {
	Keys []string // a change of which a key is known does nothing
	Rows []*R     // new or changed rows, each once; the version is one above that of the row it replaces
	Past []H      // appended to the history of its person
	Say  []marque.Event
}

// Find is the row of a name in rows sorted by name, or nil.
func Find[R any](rows []*R, name string, of func(*R) string) *R {
	if len(rows) > 16 {
		i, ok := slices.BinarySearchFunc(rows, name, func(r *R, name string) int { return strings.Compare(of(r), name) })
		if !ok {
			return nil
		}
		return rows[i]
	}
	for _, r := range rows {
		if of(r) == name {
			return r
		}
	}
	return nil
}

func (s *Shape[R, H]) place(rows []*R, name string) (int, bool) {
	return slices.BinarySearchFunc(rows, name, func(r *R, name string) int {
		_, n := s.Key(r)
		return strings.Compare(n, name)
	})
}
