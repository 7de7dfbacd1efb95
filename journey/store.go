package journey

import (
	"context"
	"time"

	"github.com/marque-go/marque"
)

// A Store keeps the people who are under way, what is to be done for them, their holds, and what was said.
//
// What must change together is one Change, and a Change is applied whole or not at all, seen by everybody or by
// nobody. Times are the caller's, UTC, kept to the microsecond; a store has no clock. What it returns is a copy, or
// is never changed by it. An error means that the outcome is unknown: the caller loads again and decides again.
// Methods are safe for concurrent use, and read what was committed before.
//
// A State without a Profile is nobody's: no Move, Erase, Export or count of who waits concerns it.
//
// Authority: a call with a lease of epoch above zero raises the epoch that the store knows for the lease's
// partitions; one below what the store knows fails whole with marque.ErrConflict. Claim and Outbox with epoch 0
// only look. So a worker whose lease was taken over can read, but changes nothing.
type Store interface {
	// Open returns states by q, in the order of Profile, Entered, ID. What is unknown or has ended is not there.
	Open(ctx context.Context, q Query) ([]State, error)
	// Claim returns up to n states of the lease's partitions that are due at until or before, in the order of
	// Due, Profile, Priority (the highest first), ID. It marks nothing: what is not committed is claimed again.
	Claim(ctx context.Context, l marque.Lease, until time.Time, n int) ([]State, error)
	// Outbox returns up to q.N commands of the lease's partitions that are due at q.Until or before, in the
	// order of At, Profile, Key; or person by person; or dead letters. It marks nothing.
	Outbox(ctx context.Context, l marque.Lease, q Batch) ([]Command, error)
	// Commit applies changes, in their order, each seeing those before it, and answers them one by one. A
	// refused change leaves no trace. Behind one that was refused, whatever for, those are put off that must not
	// overtake it: changes of its person, and of people put off; changes that take of a counter that people share (a
	// Take with Own false), or release or cancel a hold that did. They are answered Skipped and leave no trace. All
	// others stand: they would have come out the same after it. So whoever commits again what was refused, decided
	// anew, and what was skipped, in their order, gets the same from a batch as from one commit for each.
	// A change of a command (Of) is refused where the outbox has none of that key for that person, so that nothing is
	// handed out that was cancelled, and nobody comes back who was erased or merged into somebody else meanwhile. What is
	// Tried, Done or to be cancelled and is not there is passed over, and so is what is to be revived and is no dead letter.
	// now is the instant of the holds, and of what is revived. The changes, and the lists in them, are the caller's again afterwards.
	Commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change) ([]Answer, error)
	// Counts returns the tally of all changes, and how many stand at each node (What "waiting"), in the order of
	// Journey, Node, What.
	Counts(ctx context.Context) ([]Count, error)
	marque.Feed
	marque.Holder
}

// A Query asks for states: those with IDs, those of Profiles that listen to Event or to one of Facts ("=attr/city", as
// State.Listens has them), those of Profiles that are in Journey, or, without Profiles, all that are in Journey, which
// come in the order of ID: up to N with an ID after After. Who enters between two such pages may be in none of them.
type Query struct {
	IDs      []string
	Profiles []string
	Event    string
	Facts    []string
	Journey  string
	After    string
	N        int
}

// A Batch asks for commands.
type Batch struct {
	Until time.Time
	N     int
	// Whole asks person by person, in the order of Profile, At, Key: those behind the person After, and of the last
	// one all, so that they may be more than N. With After empty it begins a wave: all that is due now. Then, with
	// the last person of the page before as After, it goes on until there are no more; what comes into the outbox
	// meanwhile is for the next wave, or for this one if its person is still to come.
	Whole bool
	After string
	// Dead asks for dead letters instead, in the order in which they died, whenever they are due.
	Dead bool
}

// An Answer is what became of a change.
type Answer struct {
	// OK: it was applied.
	OK bool
	// Conflict: the stored version is another.
	Conflict bool
	// Again: a hold's key was granted before.
	Again bool
	// Skipped: it is behind one that was refused, and was not looked at.
	Skipped bool
	// Gone: what it is of (Change.Of) is not in the outbox, or is another person's. This is looked at before all else.
	Gone bool
	// Refused is the counter that is full.
	Refused string
}
