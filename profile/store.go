package profile

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Store keeps people and their log. It decides nothing: a Book looks, decides and commits, and begins anew
// where the store answers marque.ErrConflict.
//
// A store is safe for concurrent use. What a call reads is of one instant, and includes every commit that
// returned before the call began. An error of a context or a connection leaves the outcome of a write unknown;
// every write may be repeated, and then changes nothing that it changed before. Times are kept to the
// microsecond and come back in UTC. Slices and maps that were handed in or out are shared: neither side changes
// them afterwards.
//
// Every call that takes the id of a person that was merged away means the person that took it over. The
// partition of an event is that of its person at the time of the call; an event about nobody is in the partition
// of the empty id.
type Store interface {
	// Look answers what is known of events, identifiers and people, each in the order of the question.
	Look(ctx context.Context, q Query) (Known, error)

	// Commit writes a change as a whole, or not at all. It is answered by marque.ErrConflict (wrapped) where
	// what the change assumes is no longer so:
	//	- an event's ID is known;
	//	- an event's Profile is neither empty, nor a person that stands for itself, nor in People;
	//	- an identifier in Links leads to a person that is neither the event's nor moved away by the change;
	//	- an id in People is known (an erased one may come back);
	//	- a move's From or Into is neither a person that stands for itself nor in People.
	Commit(ctx context.Context, c Change) error

	// Events returns up to n events of the log, in order of arrival. Fewer than n means that there are no more
	// at present. Numbers rise: a reader who saw a number never misses an event of the same partition that is
	// committed later.
	Events(ctx context.Context, s Scan, n int) ([]Entry, error)

	// People returns up to n ids of people, those after the id given, in the order of their bytes. People that
	// were merged away are not listed.
	People(ctx context.Context, parts marque.Parts, after string, n int) ([]string, error)

	// Fill sets, in each record, what need names of attributes, events, identifiers and consents, and the zone,
	// in the slots of lex; also to missing and empty where nothing is known. Identifiers come in the order in
	// which they were learnt, consents by channel and topic. Values are converted by rule.Value.As; what does
	// not fit is missing. A history may be longer than its window, never shorter. The slices may be the store's
	// own, and do not change under the reader when the store goes on.
	Fill(ctx context.Context, lex *rule.Lexicon, need rule.Need, now time.Time, people []*rule.Facts) error

	// Feed hands on what commits said (Change.Emit), under the person who is responsible at the time of asking.
	marque.Feed

	// Holder: Move carries out a merge that somebody else decided, as a commit with that one move and Merged of
	// it in Emit does; people it does not know come into being. A Move whose Key was committed does nothing, one
	// with IDs (an unmerge) answers errors.ErrUnsupported. Erase removes the person, the ids that were merged
	// into it, and all that carries them: identifiers, attributes, consents, log, inbox, feed. Only digests of
	// the ids of events and people stay, so that what comes late is recognised. Export yields the Person, then
	// each Identifier, Attribute and rule.Consent, then each event in order of arrival.
	marque.Holder
}

// A Query asks a store what it knows.
type Query struct {
	Events   []string    // IDs of events
	IDs      []marque.ID // identifiers
	Profiles []string    // ids of people
	Moves    int         // so many of the moves that wait, oldest first
}

// Known answers a Query, slice by slice in its order.
type Known struct {
	Events   []bool // the event is in the log, or was before it was erased
	IDs      []Owner
	Profiles []Owner
	Moves    []marque.Move
}

// An Owner is the person that an identifier or an id leads to. Where it leads to nobody, Profile is empty.
type Owner struct {
	Profile string
	First   time.Time // the earliest At among the person's events
	Erased  bool      // there was such a person, and it was erased
}

// A Change is what one commit writes, in this order: people, moves, and then the rest for the people as they
// stand after the moves.
type Change struct {
	People   []string       // ids of new people
	Moves    []marque.Move  // merges; kept until Moved. What From has goes to Into, and its id leads there
	Events   []marque.Event // new in the log and in the inbox, in order of arrival; IDs differ, At and Received are set
	Links    []Link         // identifiers that were learnt
	Sets     []Set          // attributes; one is written unless what it would replace is newer (see Set)
	Consents []Say          // consents; likewise
	Emit     []marque.Event // what the change says, for the Feed
	Handled  []string       // IDs of events that leave the inbox; unknown ones are no error
	Moved    []string       // Keys of moves that every holder carried out; unknown ones are no error
}

// A Link says that an identifier belongs to the person of an event of the change. The event by which it was
// learnt first is remembered.
type Link struct {
	Event int // in Change.Events
	ID    marque.ID
}

// A Set gives an attribute of the event's person a value. Of two values of one attribute that of the newer event
// stays, by At, then by arrival; at a merge too. A missing value counts as a value: it clears the attribute.
type Set struct {
	Event int // in Change.Events
	Name  string
	Value rule.Value
}

// A Say is a consent that was given or withdrawn. Of two for one channel and topic the newer event's stays, by
// At, then by arrival. At a merge it is MergeConsents that decides.
type Say struct {
	Event   int    // in Change.Events
	Channel string // empty for all
	Topic   string // empty for all
	OK      bool
}

// A Scan says which events of the log to read, and how far the reader is. Its zero value reads all of them.
type Scan struct {
	Parts marque.Parts `json:"parts"`
	After int64        `json:"after"`          // the number of the last event read, 0 before the first
	Open  bool         `json:"open,omitempty"` // only those in the inbox: not handled yet
}

// An Entry is an event of the log with its number in the order of arrival, from 1 upwards. Numbers may have gaps.
type Entry struct {
	Number int64
	marque.Event
}
