package profile

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile/identity"
	"github.com/marque-go/marque/rule"
)

// A Store keeps people, their log, and the evidence of who they are. It decides nothing: a Book looks, decides and
// commits, and begins anew where the store answers marque.ErrConflict.
//
// A store is safe for concurrent use. What a call reads is of one instant, and includes every commit that
// returned before the call began. An error of a context or a connection leaves the outcome of a write unknown;
// every write may be repeated, and then changes nothing that it changed before. Times are kept to the
// microsecond and come back in UTC. Slices and maps that were handed in or out are shared: neither side changes
// them afterwards.
//
// An id of a person either stands for itself, or leads to the person that took it over; a call that takes an id of
// the latter kind means that person. What is kept of a person was learnt via an identifier, the first of its event,
// or under the person's id alone: marque.Move.Takes tells for each thing whether a move takes it. The partition of
// an event is that of its person at the time of the call; an event about nobody is in the partition of the empty id.
type Store interface {
	// Look answers what is known of events, identifiers and people, each in the order of the question.
	Look(ctx context.Context, q Query) (Known, error)

	// Commit writes a change as a whole, or not at all. It is answered by marque.ErrConflict (wrapped) where
	// what the change assumes is no longer so:
	//	- an event's ID is known;
	//	- the Profile of an event or a link is neither empty, nor a person that stands for itself after the moves;
	//	- an identifier in Links leads to another person than the link's, after the moves;
	//	- an id in People is known (an erased one may come back);
	//	- a move's From does not stand for itself when its turn comes; its Into does not either, unless the move has
	//	  IDs and Into leads to From: then Into stands for itself from there on;
	//	- a person in Read has another version;
	//	- the Key of a move or of a ruling was committed before.
	Commit(ctx context.Context, c Change) error

	// Events returns up to n events of the log, in order of arrival. Fewer than n means that there are no more
	// at present. Numbers rise: a reader who saw a number never misses an event of the same partition that is
	// committed later.
	Events(ctx context.Context, s Scan, n int) ([]Entry, error)

	// People returns up to n ids of people, those after the id given, in the order of their bytes. Only those that
	// stand for themselves are listed.
	People(ctx context.Context, parts marque.Parts, after string, n int) ([]string, error)

	// Fill sets, in each record, what need names of attributes, events, identifiers and consents, and the zone,
	// in the slots of lex; also to missing and empty where nothing is known. Identifiers come in the order in
	// which they were learnt, consents as they were said, by channel, topic and identifier. Values are converted by
	// rule.Value.As; what does not fit is missing. A history may be longer than its window, never shorter. The
	// slices may be the store's own, and do not change under the reader when the store goes on.
	Fill(ctx context.Context, lex *rule.Lexicon, need rule.Need, now time.Time, people []*rule.Facts) error

	// Feed hands on what commits said (Change.Emit), under the person who is responsible at the time of asking.
	marque.Feed

	// Holder: Move carries out a move that somebody else decided, as a commit with that one move does, without
	// evidence; people it does not know come into being, and a Move whose Key was committed does nothing. Erase
	// removes the person, the ids that lead to it, and all that carries them: identifiers with their evidence,
	// attributes, consents, log, inbox, feed. Of an observation that names others beside, it stays that these belong to
	// the person of the first of them, if that was counted; the erased identifiers are taken out of events of others.
	// Only digests of the ids of events and people stay, so that what comes
	// late is recognised. Export yields the Person, then each Identifier, Attribute and Consent, then each event in
	// order of arrival.
	marque.Holder
}

// A Query asks a store what it knows.
type Query struct {
	Events   []string    // IDs of events
	IDs      []marque.ID // identifiers
	Profiles []string    // ids of people
	// Seen asks whether observations of the same source with the same IDs are kept that are not later.
	Seen []identity.Observation
	// Around asks for the evidence of all that hangs together with these identifiers, over any number of
	// observations and rulings, though not through hubs.
	Around []marque.ID
	Keys   []string // Keys of moves and rulings
	Moves  int      // so many of the moves that wait, oldest first
}

// Known answers a Query, slice by slice in its order.
type Known struct {
	Events   []bool // the event is in the log, or was before it was erased or forgotten
	IDs      []Owner
	Profiles []Owner
	Seen     []bool
	Evidence identity.Evidence // what hangs together with Query.Around, in no order
	Nodes    []Node            // the identifiers in Evidence, and those in Around that are known
	Keys     []bool            // the move or ruling was committed
	Moves    []marque.Move
}

// An Owner is the person that an identifier or an id leads to. Where it leads to nobody, Profile is empty.
type Owner struct {
	Profile string
	First   time.Time // the earliest At among the person's events
	Last    time.Time // the latest At among them, forgotten ones too
	Version int64     // how often identifiers came to the person, or went, or evidence about them
	Home    marque.ID // of an id that was asked for: the identifier through which that id was first known
	Erased  bool      // there was such a person, and it was erased
}

// A Node is an identifier in Known.Evidence.
type Node struct {
	ID    marque.ID
	Owner Owner  // without Home
	Of    string // the id of a person that was first known through the identifier; empty: none
}

// A Change is what one commit writes, in this order: people, moves, and then the rest for the people as they
// stand after the moves.
type Change struct {
	Read    []Read                 // people as they were when the change was decided
	People  []Birth                // new people
	Moves   []marque.Move          // merges and splits; kept until Moved. Without IDs all goes, and From leads to Into then
	Events  []marque.Event         // new in the log and in the inbox, in order of arrival; IDs differ, At and Received are set
	Links   []Link                 // identifiers that were learnt
	Sets    []Set                  // attributes
	Says    []Say                  // consents
	Seen    []identity.Observation // kept unless one of the same source with the same IDs is kept that is not later
	Rulings []identity.Ruling      // kept with the rest of the evidence
	Hubs    []marque.ID            // identifiers that are hubs from now on
	Emit    []marque.Event         // what the change says, for the Feed
	Handled []string               // IDs of events that leave the inbox; unknown ones are no error
	Moved   []string               // Keys of moves that every holder carried out; unknown ones are no error
	Forget  []string               // IDs of events that leave the log; what they set stays. Unknown ones are no error
}

// A Read is a person as the decider of a change knew it.
type Read struct {
	Profile string
	Version int64
}

// A Birth is a new person.
type Birth struct {
	Profile string
	Home    marque.ID // the identifier through which it is first known; of kind marque.ProfileKind where a host gave the id
}

// A Link says that an identifier leads to a person. The event of the change by which it was learnt is remembered,
// the first one where several did.
type Link struct {
	Event   int // in Change.Events
	ID      marque.ID
	Profile string
}

// A Set gives an attribute of the event's person a value. Each value is kept with the event's name, the identifier it
// was learnt via and its rank; of those of one name and identifier the newer event's, by At, then by arrival. What the
// person has is the value with the lowest rank, of equals the newest, by At, then by arrival. A missing value counts
// as a value: it clears the attribute.
type Set struct {
	Event int // in Change.Events
	Name  string
	Value rule.Value
	Rank  int // how much its source is trusted: 0 most
}

// A Say is a consent that was given or withdrawn. Of those for one channel and topic learnt via one identifier the
// newer event's stays, by At, then by arrival.
type Say struct {
	Event   int    // in Change.Events
	Channel string // empty for all
	Topic   string // empty for all
	OK      bool
	Proof   string // what shows that it was said
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
	Open   bool // in the inbox
	marque.Event
}
