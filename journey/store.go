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
// Authority: a call with a lease of epoch above zero raises the epoch that the store knows for the lease's
// partitions; one below what the store knows fails whole with marque.ErrConflict. Claim and Outbox with epoch 0
// only look. So a worker whose lease was taken over can read, but changes nothing.
type Store interface {
	// Open returns states by q, in the order of Profile, Entered, ID. What is unknown or has ended is not there.
	Open(ctx context.Context, q Query) ([]State, error)
	// Claim returns up to n states of the lease's partitions that are due at until or before, in the order of
	// Due, Profile, ID. It marks nothing: what is not committed is claimed again.
	Claim(ctx context.Context, l marque.Lease, until time.Time, n int) ([]State, error)
	// Outbox returns up to q.N commands of the lease's partitions that are due at q.Until or before, in the
	// order of At, Profile, Key; or dead letters. It marks nothing.
	Outbox(ctx context.Context, l marque.Lease, q Batch) ([]Command, error)
	// Commit applies changes, in their order, each seeing those before it, and answers them one by one. A
	// refused change leaves no trace, and the others stand. now is the instant of the holds.
	Commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change) ([]Answer, error)
	// Counts returns the tally of all changes, and how many stand at each node (What "waiting"), in the order of
	// Journey, Node, What.
	Counts(ctx context.Context) ([]Count, error)
	marque.Feed
	marque.Holder
}

// A Query asks for states: those with IDs, or those of Profiles that listen to Event.
type Query struct {
	IDs      []string
	Profiles []string
	Event    string
}

// A Batch asks for commands.
type Batch struct {
	Until time.Time
	N     int
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
	// Refused is the counter that is full.
	Refused string
}
