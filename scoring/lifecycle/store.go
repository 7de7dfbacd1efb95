package lifecycle

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Row is what is kept of a person and a lifecycle.
type Row struct {
	Profile string       `json:"profile"`
	Name    string       `json:"name"`            // of the lifecycle
	Stage   string       `json:"stage,omitempty"` // empty: the person was merged into another one, or parted from it, and not looked at since
	Since   rule.Instant `json:"since,omitempty"`
	Seen    []Seen       `json:"seen,omitempty"` // events that made a move, the latest last
	Hands   []Hand       `json:"hands,omitempty"`
	Cut     Cut          `json:"cut,omitzero"`
	Trail   string       `json:"trail,omitempty"` // a digest of the turns since it began: a Rebuild that finds the same ones tells nothing
	Turn    int          `json:"turn"`            // how many changes were said
	Due     rule.Instant `json:"due,omitempty"`   // when to look again though nothing happens; zero: never
	Version int64        `json:"version"`         // 1 when new, one more with each change
}

// Seen is an event that made a move, and when.
type Seen struct {
	ID string       `json:"id"`
	At rule.Instant `json:"at"`
}

// A Hand is the latest act learnt through one identifier: a Rebuild, which goes through the past anew, sets it again
// at its instant.
type Hand struct {
	Stage string       `json:"stage"`
	At    rule.Instant `json:"at"`
	Via   marque.ID    `json:"via,omitzero"`
	Cause string       `json:"cause,omitempty"`
}

// A Cut is where moves would have gone round in a circle at one instant: the last move was not made.
type Cut struct {
	At     rule.Instant `json:"at,omitempty"`
	Circle string       `json:"circle,omitempty"` // "active -> at risk -> active"
}

// A Reason says why a move was made.
type Reason string

// The reasons.
const (
	Began    Reason = "began"    // the first look at the person: no move, but the beginning of the history
	ByEvent  Reason = "event"    // the event that the move names in On
	ByRule   Reason = "rule"     // an event made its rule true
	ByTime   Reason = "time"     // time passed, or a fact that is no event changed
	ByHand   Reason = "hand"     // Book.Set
	Replaced Reason = "replaced" // the definition no longer has the stage
)

// A Turn is one change of stage in the history of a person. What is there is never changed.
type Turn struct {
	Profile   string       `json:"profile"`
	Lifecycle string       `json:"lifecycle"`
	From      string       `json:"from,omitempty"` // empty: it began
	To        string       `json:"to"`
	At        rule.Instant `json:"at"`
	Since     rule.Instant `json:"since,omitempty"` // when the stay in From began
	By        Reason       `json:"by"`
	Move      string       `json:"move,omitempty"`    // the name of the move
	Cause     string       `json:"cause,omitempty"`   // the id of the event, or the key of the act
	Via       marque.ID    `json:"via,omitzero"`      // the identifier of the event or the act
	Version   string       `json:"version,omitempty"` // of the definition that decided, empty where an act did
	// Known is when a Rebuild found out, zero where it was known at once. A Rebuild tells the whole history anew, from
	// the turn with the reason Began on.
	Known  rule.Instant `json:"known,omitempty"`
	Origin string       `json:"origin,omitempty"` // the profile it happened to, where that was merged into this one
}

// A Change is one commit.
type Change struct {
	Key   string // of an act: a change whose key is known does nothing; empty: no key
	Rows  []*Row // new and changed rows, each once, with a version one above that of the row it replaces
	Turns []Turn // appended to the history
	Say   []marque.Event
}

// A Query asks for rows of one lifecycle.
type Query struct {
	Name  string
	Stage string // empty: every stage
	After string // people with an id behind this one
	N     int    // at most so many
}

// A Store keeps rows, their history, and the events that its commits said until they are taken. Who writes one
// proves it with lifecycletest.Run.
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
	// List returns rows with a Stage, ordered by profile.
	List(ctx context.Context, q Query) ([]*Row, error)
	// History returns the turns of a person in the order of their commits.
	History(ctx context.Context, profile string) ([]Turn, error)

	marque.Feed
	// Move applies Moved to all rows of From and Into, and MovedTurns to the history of From, in one commit, once per
	// Key.
	marque.Holder
}

// Moved is what a merge or an unmerge does to rows: left are the changed rows of From, got those of Into. In a merge
// Into keeps its stage, or takes over that of From where it has none. A stage cannot be parted: in an unmerge From
// keeps its own, and Into begins anew. Acts go by their identifiers. Both people are due at once; only a Rebuild over
// their histories, as they are then, gives the stages that follow from them. A merge leaves From with the count of
// turns only, so that no turn is taken for an old one if the two are parted again.
func Moved(m marque.Move, from, into []*Row) (left, got []*Row) {
	merge := len(m.IDs) == 0
	for _, f := range from {
		next := Row{Profile: m.Into, Name: f.Name}
		old := find(into, f.Name)
		if old != nil {
			next = *old
		}
		next.Hands = slices.Clone(next.Hands)
		var stay []Hand
		for _, h := range f.Hands {
			via, goes := m.Takes(h.Via)
			if !goes {
				stay = append(stay, h)
				continue
			}
			h.Via = via
			next.Hands = withHand(next.Hands, h)
		}
		if merge {
			left = append(left, &Row{Profile: f.Profile, Name: f.Name, Turn: f.Turn, Version: f.Version + 1})
		} else {
			row := *f
			row.Hands, row.Due, row.Version = stay, rule.At(m.At), f.Version+1
			left = append(left, &row)
		}
		if merge && f.Stage == "" && len(f.Hands) == 0 {
			continue
		}
		if merge {
			if next.Stage == "" {
				next.Stage, next.Since, next.Trail = f.Stage, f.Since, f.Trail
			}
			next.Seen = withSeen(next.Seen, f.Seen)
		}
		next.Due, next.Version = rule.At(m.At), next.Version+1
		got = append(got, &next)
	}
	return left, got
}

// MovedTurns parts a person's history. In a merge all of it goes, with its origin; in an unmerge what came from Into
// goes back, and what stays names none of the identifiers that went.
func MovedTurns(m marque.Move, _ []*Row, from []Turn) (stays, goes []Turn) {
	for _, t := range from {
		switch {
		case len(m.IDs) > 0 && t.Origin != m.Into:
			if _, gone := m.Takes(t.Via); gone {
				t.Via, t.Cause = marque.ID{}, ""
			}
			stays = append(stays, t)
			continue
		case len(m.IDs) > 0:
			t.Origin = ""
		case t.Origin == "":
			t.Origin = m.From
		}
		t.Profile = m.Into
		goes = append(goes, t)
	}
	return stays, goes
}

// withHand is hands, which are the caller's own, with one more act; the latest of each identifier counts.
func withHand(hands []Hand, h Hand) []Hand {
	i := slices.IndexFunc(hands, func(o Hand) bool { return o.Via == h.Via })
	switch {
	case i < 0:
		hands = append(hands, h)
	case hands[i].At <= h.At:
		hands[i] = h
	}
	slices.SortStableFunc(hands, func(a, b Hand) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value))
	})
	return hands
}

// withSeen joins two lists of events.
func withSeen(a, b []Seen) []Seen {
	out := slices.Clone(a)
	for _, s := range b {
		if !seen(out, s.ID) {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b Seen) int { return cmp.Compare(a.At, b.At) })
	return out
}

func seen(list []Seen, id string) bool {
	return slices.ContainsFunc(list, func(s Seen) bool { return s.ID == id })
}
