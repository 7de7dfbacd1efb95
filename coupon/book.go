package coupon

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// Options of a Book. The zero value works.
type Options struct {
	// Owner fills what the batches' rules read of a person. Default nobody: such a rule is unknown, and the
	// coupon NotEligible.
	Owner rule.Owner
	// TTL is how long a lock holds where the request does not say. Default 15m.
	TTL marque.Duration
	// Honour says what happens to a payment that comes after its lock ran out, where the money budget or the
	// coupon's own time is over meanwhile: true redeems all the same, and the budget's hold records the overrun.
	// A coupon that another order has locked or used since is refused either way. Default false, refused.
	Honour bool
	// Attempts is how often a change is decided anew because somebody else changed the coupon first, before
	// the answer is ErrConflict. Default 16.
	Attempts int
	// Who gives the id that a person has now, for requests under an id that may have been merged into another. Default
	// ids are taken as they are.
	Who func(ctx context.Context, profile string) (string, error)
	// Now gives the instant of requests that have none. Default time.Now.
	Now func() time.Time
}

// A Book issues coupons and leads them through their life, over a store. It keeps no state of its own and is safe
// for concurrent use, as are several books over one store.
//
// Every change takes a request key. The same key again gets the same answer, marked Again, and changes nothing;
// with other parameters it is ErrKey. Keys of different methods are apart. A "no" is not kept: the same request may
// be granted later. Instants of requests are not part of what is compared.
type Book struct {
	store Store
	plan  *Plan
	opts  Options
}

// NewBook returns a book of the plan's batches. A nil plan has none.
func NewBook(store Store, plan *Plan, o *Options) *Book {
	b := &Book{store: store, plan: plan}
	if plan == nil {
		b.plan = &Plan{}
	}
	if o != nil {
		b.opts = *o
	}
	if b.opts.TTL <= 0 {
		b.opts.TTL = 15 * marque.Minute
	}
	if b.opts.Attempts <= 0 {
		b.opts.Attempts = 16
	}
	if b.opts.Now == nil {
		b.opts.Now = time.Now
	}
	return b
}

// A Result is the answer to a request.
type Result struct {
	Decision
	// Coupon is the coupon after the request; where not OK, as it is, with the zero Coupon for one that was not
	// issued.
	Coupon Coupon `json:"coupon"`
	// Again: the request's key was answered before.
	Again bool `json:"again,omitempty"`
	// Said is what the request made the coupon say. The store's feed has it too.
	Said []marque.Event `json:"said,omitempty"`
}

// Plan is what the book issues from.
func (b *Book) Plan() *Plan { return b.plan }

// Get returns a coupon as of now. An unknown id is marque.ErrNotFound.
func (b *Book) Get(ctx context.Context, id string, now time.Time) (Coupon, error) {
	l, err := b.store.Load(ctx, Query{Coupons: []string{id}})
	if err != nil {
		return Coupon{}, fmt.Errorf("coupon %q: %w", id, err)
	}
	if l.Coupons[0].ID == "" {
		return Coupon{}, fmt.Errorf("coupon %q: %w", id, marque.ErrNotFound)
	}
	return l.Coupons[0].At(b.at(now)), nil
}

// Wallet returns the coupons of a person that are issued or locked as of now, the ones that end first first.
func (b *Book) Wallet(ctx context.Context, profile string, now time.Time) ([]Coupon, error) {
	profile, err := derived.Who(ctx, b.opts.Who, profile)
	if err != nil {
		return nil, fmt.Errorf("coupon: wallet: %w", err)
	}
	cs, err := b.store.Wallet(ctx, profile)
	if err != nil {
		return nil, fmt.Errorf("coupon: wallet: %w", err)
	}
	live := cs[:0:0]
	for _, c := range cs {
		if c = c.At(b.at(now)); !c.Final() {
			live = append(live, c)
		}
	}
	return live, nil
}

// Quote says what a coupon would save on a cart now, or why it does not count. It reserves nothing.
func (b *Book) Quote(ctx context.Context, id string, cart Cart, now time.Time) (Quote, error) {
	c, err := b.Get(ctx, id, now)
	if err != nil {
		return Quote{}, err
	}
	facts, err := b.facts(ctx, c, b.at(now))
	if err != nil {
		return Quote{}, err
	}
	return b.plan.Price(c, cart, facts, b.at(now))
}

// Stats returns the figures of a batch.
func (b *Book) Stats(ctx context.Context, batch string) (Stats, error) {
	return b.store.Stats(ctx, batch)
}

// Expiring yields the coupons that nobody has locked and that end after from, at until at the latest, by their
// end: for reminders. It reads pages and sees changes made meanwhile.
func (b *Book) Expiring(ctx context.Context, parts marque.Parts, from, until time.Time) iter.Seq2[Coupon, error] {
	return func(yield func(Coupon, error) bool) {
		q := DueQuery{Parts: parts, From: from, Until: until, N: 500}
		for {
			page, err := b.store.Due(ctx, q)
			if err != nil {
				yield(Coupon{}, fmt.Errorf("coupon: expiring: %w", err))
				return
			}
			for _, c := range page {
				if c.State == Issued && c.Until.After(from) && !yield(c, nil) {
					return
				}
			}
			if len(page) < q.N {
				return
			}
			q.After = page[len(page)-1]
		}
	}
}

func (b *Book) at(now time.Time) time.Time {
	if now.IsZero() {
		now = b.opts.Now()
	}
	return utc(now)
}

// facts fetches what the batch's rule reads of the coupon's person.
func (b *Book) facts(ctx context.Context, c Coupon, now time.Time) (*rule.Facts, error) {
	batch := b.plan.byName[c.Batch]
	if batch == nil || batch.when == nil {
		return nil, nil
	}
	f := rule.NewFacts(b.plan.lex, c.Profile)
	if b.opts.Owner == nil {
		return f, nil
	}
	if err := b.opts.Owner.Fill(ctx, batch.when.Need(), now, []*rule.Facts{f}); err != nil {
		return nil, fmt.Errorf("coupon: facts of %q: %w", c.Profile, err)
	}
	return f, nil
}
