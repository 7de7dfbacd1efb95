package coupon

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
)

// Due lists up to n coupons that time changes by until, earliest first: locks that run out, coupons that expire. The
// name is the batch.
func (b *Book) Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error) {
	cs, err := b.store.Due(ctx, DueQuery{Parts: parts, Until: until, N: n})
	if err != nil {
		return nil, fmt.Errorf("coupon: due: %w", err)
	}
	dues := make([]marque.Due, len(cs))
	for i, c := range cs {
		dues[i] = marque.Due{At: c.Due(), Profile: c.Profile, Name: c.Batch}
	}
	return dues, nil
}

// Wake carries out what is due by until for up to n coupons, in one commit, and returns what they said:
// coupon.released and coupon.expired, each at its own instant, in the order of those. It is the same whether one
// calls it at each instant or once a day; a coupon that is asked in between knows the time by itself. It returns
// fewer than n changes only where nothing else was due; call it until it says nothing.
func (b *Book) Wake(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Event, error) {
	until = utc(until)
	cs, err := b.store.Due(ctx, DueQuery{Parts: parts, Until: until, N: n})
	if err != nil || len(cs) == 0 {
		return nil, wakeError(err)
	}
	changes := make([]Change, len(cs))
	for i, c := range cs {
		changes[i] = Change{Now: until, Coupon: c, Was: c.Turn}
		changes[i].pass(until)
	}
	answers, err := b.store.Commit(ctx, changes)
	if err != nil {
		return nil, wakeError(err)
	}
	var said []marque.Event
	for i, a := range answers {
		if a.OK { // else somebody else was faster
			said = append(said, changes[i].Emit...)
		}
	}
	slices.SortStableFunc(said, func(a, b marque.Event) int { return a.At.Compare(b.At) })
	return said, nil
}

// Expire wakes everything that is due by now and returns how many events that said. A loop calls Wake instead.
func (b *Book) Expire(ctx context.Context, now time.Time) (int, error) {
	for n := 0; ; {
		said, err := b.Wake(ctx, marque.Parts{}, b.at(now), 1000)
		if n += len(said); err != nil || len(said) == 0 {
			return n, err
		}
	}
}

func wakeError(err error) error {
	if err != nil {
		return fmt.Errorf("coupon: wake: %w", err)
	}
	return nil
}
