package scoring

import (
	"context"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Row is what is kept of a person and a score.
type Row struct {
	Profile string     `json:"profile"`
	Name    string     `json:"name"`
	Parts   []Part     `json:"parts,omitempty"` // by rule and identifier
	Seen    []Seen     `json:"seen,omitempty"`  // events that were counted, the latest last
	Up      []string   `json:"up,omitempty"`    // the thresholds that are up
	Grade   string     `json:"grade,omitempty"`
	Curve   rule.Curve `json:"curve,omitempty"` // the parts as a function of time
	Fit     int        `json:"fit,omitempty"`   // how many terms of the curve, the first ones, are of the fit
	Bound   rule.Curve `json:"bound,omitempty"` // the curve cut off, where the definition has bounds
	// Made is the version of the definition that the curve was made with. Empty: what it is made of was moved.
	Made  string       `json:"made,omitempty"`
	Last  rule.Instant `json:"last,omitempty"`  // the latest instant at which points came or went
	Cross rule.Instant `json:"cross,omitempty"` // of the next crossing if nothing happens; zero: never
	Sure  rule.Instant `json:"sure,omitempty"`  // until when it is certain what holds; zero: for good
	Turn  int          `json:"turn"`            // how many changes were said
	// Due is when to look again though nothing happens, zero: never.
	Due     rule.Instant `json:"due,omitempty"`
	Version int64        `json:"version"` // 1 when new, one more with each change
}

// Seen is an event that was counted, and when it arrived.
type Seen struct {
	ID string       `json:"id"`
	At rule.Instant `json:"at"`
}

// An Entry is one line of the history of a person and a score: an event or an act that gave points, or a rule over the
// person that began or ceased to hold. What is there is changed only by an unmerge; later lines may take
// it back.
type Entry struct {
	Profile string       `json:"profile"`
	Score   string       `json:"score"`
	Rule    string       `json:"rule,omitempty"`   // its name, or ByHand
	Points  float64      `json:"points,omitempty"` // as given: before a cap, and before they fade
	Event   string       `json:"event,omitempty"`  // the id of the event, or the key of the act; empty: time
	At      rule.Instant `json:"at"`               // from when on it counts
	// Recorded is when it was known: when the event arrived. Joined is when it came to this person by a merge.
	Recorded rule.Instant `json:"recorded"`
	Joined   rule.Instant `json:"joined,omitempty"`
	Via      marque.ID    `json:"via,omitzero"`
	// Holds says that the rule is one over the person: from At on it gives Points, where they are 0 no more.
	Holds bool `json:"holds,omitempty"`
	// Anew takes back all events before it in the history: they were counted anew, and stand behind it.
	Anew bool `json:"anew,omitempty"`
	// Left is when it went to another person by an unmerge: it stood until then. The line there says whose it is; this
	// one has neither Event nor Via any more.
	Left rule.Instant `json:"left,omitempty"`
}

// A Change is one commit.
type Change struct {
	Key     string // of points given by hand: a change whose key is known does nothing; empty: no key
	Rows    []*Row // new and changed rows, each once, with a version one above that of the row it replaces
	Entries []Entry
	Say     []marque.Event
}

// A Query asks for rows of one score.
type Query struct {
	Name  string
	After string // people with an id behind this one
	N     int    // at most so many
}

// A Store keeps rows, their history, and the events that its commits said until they are taken. Who writes one proves
// it with scoringtest.Run.
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
	// History yields the entries of a person and a score in the order of their commits.
	History(ctx context.Context, profile, name string) iter.Seq2[Entry, error]

	marque.Feed
	// Move applies Moved to all rows of From and Into, and MovedEntries to the history of From: what goes is appended
	// to that of Into. It is one commit, once per Key.
	marque.Holder
}
