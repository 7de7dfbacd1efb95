package tagging

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Row is what is kept of a person and a tag.
type Row struct {
	Profile    string       `json:"profile"`
	Name       string       `json:"name"`
	On         bool         `json:"on"`
	Since      rule.Instant `json:"since"`                // of the latest change of On
	At         rule.Instant `json:"at,omitempty"`         // of the latest change of anything that counts for On
	Source     Source       `json:"source,omitempty"`     // of the strongest mark, where it is on
	Confidence float64      `json:"confidence,omitempty"` // of the same mark
	Marks      []Mark       `json:"marks,omitempty"`      // the strongest source first
	Off        rule.Instant `json:"off,omitempty"`        // events up to then no longer add the tag: it was taken away since
	Turn       int          `json:"turn"`                 // how many changes were said
	Due        rule.Instant `json:"due,omitempty"`        // when to look again though nothing happens; zero: never
	Version    int64        `json:"version"`              // 1 when new, one more with each change
}

// A Turn is one change of a tag, in the history of a person: that it came on, that it went, or that it is on by
// another source or confidence than before. What is there is never changed.
type Turn struct {
	Profile    string       `json:"profile"`
	Tag        string       `json:"tag"`
	On         bool         `json:"on"`
	At         rule.Instant `json:"at"`
	Source     Source       `json:"source,omitempty"` // of the strongest mark, where it is on
	Confidence float64      `json:"confidence,omitempty"`
	Reason     Reason       `json:"reason,omitempty"`  // where it went
	Cause      string       `json:"cause,omitempty"`   // the id of the event, or the key of the act; empty: time
	Version    string       `json:"version,omitempty"` // of the definition that decided, empty where an act did
	Origin     string       `json:"origin,omitempty"`  // the profile it happened to, where that was merged into this one
}

// A Change is one commit.
type Change struct {
	Keys  []string // of acts from outside: a change of which a key is known does nothing
	Rows  []*Row   // new and changed rows, each once, with a version one above that of the row it replaces
	Turns []Turn   // appended to the history
	Say   []marque.Event
}

// A Query asks for rows of one tag.
type Query struct {
	Name  string
	After string // people with an id behind this one
	N     int    // at most so many
}

// A Store keeps rows, their history, and the events that its commits said until they are taken. Who writes one
// proves it with taggingtest.Run.
//
// A row that was given to or came from a store is never changed, by either side: a change is a new row. A commit
// is all or nothing, also when the process dies in it. Reads see whole commits.
type Store interface {
	// Load appends, for each profile in order, the person's rows sorted by name to into, and nil where there are
	// none. Callers do not change the lists.
	Load(ctx context.Context, profiles []string, into [][]*Row) ([][]*Row, error)
	// Commit applies a change and keeps its keys, unless some of them were used before: those are returned, and
	// nothing is applied. Where the stored version of a row is not one below that of the change (0: there is no
	// row), nothing is applied and the error is marque.ErrConflict.
	Commit(ctx context.Context, c Change) (known []string, err error)
	// Due lists up to n rows of people in parts with Due set and not after until, in the order of marque.Due. They
	// stay due.
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
	// List returns rows with On, ordered by profile.
	List(ctx context.Context, q Query) ([]*Row, error)
	// History returns the turns of a person in the order of their commits.
	History(ctx context.Context, profile string) ([]Turn, error)

	marque.Feed
	// Move applies Moved to all rows of From and Into, and MovedTurns to the history of From, in one
	// commit, once per Key.
	marque.Holder
}

// Moved is what a merge or an unmerge does to rows: left are the changed rows of From, got those of Into. Marks of
// rules and habits are derived anew; the others go, in an unmerge those learnt via its identifiers. What is on is not decided
// here: the rows are due at once, and the next Derive says what changes. A merge leaves From with the count of turns
// only, so that no turn is taken for an old one if the two are parted again.
func Moved(m marque.Move, from, into []*Row) (left, got []*Row) {
	for _, f := range from {
		goes := func(k *Mark) bool {
			_, takes := m.Takes(k.Via)
			return takes && k.Source != Rule && k.Of == 0
		}
		stay, some := without(f.Marks, goes)
		next := Row{Profile: m.Into, Name: f.Name}
		if some || len(m.IDs) == 0 && f.Off != 0 {
			if old := find(into, f.Name); old != nil {
				next = *old
			}
			off := max(f.Off, next.Off)
			for i := range f.Marks {
				if mark := f.Marks[i]; goes(&mark) {
					mark.Via, _ = m.Takes(mark.Via)
					next.Marks, _ = with(next.Marks, mark)
				}
			}
			next.Marks, _ = without(next.Marks, func(k *Mark) bool { return off != 0 && k.At <= off && k.Source.rank() > Rule.rank() })
			next.Off, next.At, next.Due, next.Version = off, max(next.At, rule.At(m.At)), rule.At(m.At), next.Version+1
			got = append(got, &next)
		}
		if len(m.IDs) == 0 {
			left = append(left, &Row{Profile: f.Profile, Name: f.Name, Turn: f.Turn, Version: f.Version + 1})
		} else if some {
			row := *f
			row.Marks, row.At, row.Due, row.Version = stay, max(f.At, rule.At(m.At)), rule.At(m.At), f.Version+1
			left = append(left, &row)
		}
	}
	return left, got
}

// MovedTurns parts a person's history. In a merge all of it goes, with its origin, and the end of what was on. In an
// unmerge what came from Into goes back, and a turn that shows how the two were one stays.
func MovedTurns(m marque.Move, rows []*Row, from []Turn) (stays, goes []Turn) {
	for _, t := range from {
		switch {
		case len(m.IDs) > 0 && (t.Origin != m.Into || t.Reason == ByMove):
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
	if len(m.IDs) > 0 {
		return stays, goes
	}
	for _, r := range rows {
		if r.On {
			goes = append(goes, Turn{Profile: m.Into, Tag: r.Name, At: rule.At(m.At), Reason: ByMove, Cause: m.Key, Origin: m.From})
		}
	}
	return nil, goes
}
