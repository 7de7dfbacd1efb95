package coupon

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// A Store keeps coupons, the answers to request keys, the holds of budgets, the figures of batches, and what was
// said until it is taken. Package coupontest proves one.
//
// A Commit is applied change by change, in order; each change whole or not at all, with its row, its receipt, its
// holds, its figures and what it says becoming visible and durable together. A change is refused, in this order:
//
//   - its receipt's Key is known: Answer.Receipt is the one that is kept, and nothing is done;
//   - the row has another Turn than Was (0: the coupon must not exist): Answer.Conflict;
//   - a hold or a commit of a hold is refused as package limit says: Answer.Refused.
//
// A change has holds, or a commit of one, or releases, never two of these; they are as of Change.Now. An error means
// that it is not known what was done: the caller tries again, and the receipts and turns make that safe.
//
// Times are kept to the microsecond. A store is safe for concurrent use.
type Store interface {
	// Load returns coupons by id and receipts by key, in the order asked; the zero value stands for what is
	// not there.
	Load(ctx context.Context, q Query) (Loaded, error)
	// Commit applies changes and answers one by one.
	Commit(ctx context.Context, changes []Change) ([]Answer, error)
	// Wallet returns the coupons of a person that are not Final, by Until (those without last), then ID.
	Wallet(ctx context.Context, profile string) ([]Coupon, error)
	// Due returns up to N coupons whose Due instant lies in [From, Until], by that instant, profile, id,
	// behind the coupon After if that is set.
	Due(ctx context.Context, q DueQuery) ([]Coupon, error)
	// Stats returns the figures of a batch, zero where nothing was issued.
	Stats(ctx context.Context, batch string) (Stats, error)
	marque.Feed
	marque.Holder
}

// A Query asks for coupons and receipts.
type Query struct{ Coupons, Receipts []string }

// Loaded answers a Query, each list as long as what was asked.
type Loaded struct {
	Coupons  []Coupon
	Receipts []Receipt
}

// A DueQuery asks for what time will change.
type DueQuery struct {
	Parts marque.Parts
	From  time.Time // inclusive; zero: from the beginning
	Until time.Time // inclusive
	N     int
	After Coupon // the last one of the page before; its Due instant, Profile and ID count
}

// A Receipt is the answer that a request got, kept under the request's key.
type Receipt struct {
	Key     string `json:"key"`               // method and request key: "lock/order-17"
	Digest  string `json:"digest"`            // of the request's other parameters
	Profile string `json:"profile,omitempty"` // who asked, where the request says so
	Coupon  Coupon `json:"coupon"`            // as the request left it
}

// A Change is one thing that happens to one coupon.
type Change struct {
	Now     time.Time      `json:"now"`
	Receipt Receipt        `json:"receipt,omitzero"` // none where time did it
	Coupon  Coupon         `json:"coupon"`           // the new row
	Was     int            `json:"was"`              // the row's Turn before, 0 for a new coupon
	Release []string       `json:"release,omitempty"`
	Commit  limit.Commit   `json:"commit,omitzero"` // none where its Key is empty
	Holds   []limit.Hold   `json:"holds,omitempty"`
	Stats   Stats          `json:"stats"` // what it adds to the batch's figures
	Emit    []marque.Event `json:"emit,omitempty"`

	cause marque.Event
}

// An Answer says what became of a change.
type Answer struct {
	OK       bool
	Conflict bool          // somebody else changed the coupon first
	Receipt  Receipt       // of the request that had the same key, if any
	Refused  limit.Verdict // the hold that was refused, if any
}
