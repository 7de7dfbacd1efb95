package coupon

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
)

// An IssueRequest asks for a coupon of a batch.
type IssueRequest struct {
	Key     string       // request key, required
	Batch   string       // required
	Profile string       // required
	Via     marque.ID    // the identifier the person was met through. Default the first of Cause
	Cause   marque.Event // what led to it, for the events that are said. Default none
	Now     time.Time    // Default Options.Now
}

// Issue gives a person a coupon, within the batch's budget: at once, once for each key. The coupon's id follows from
// batch and key, so that it is known beforehand. Reasons: NotActive, Spent, PerPerson, PerDay. A batch that is not
// defined is marque.ErrNotFound.
func (b *Book) Issue(ctx context.Context, q IssueRequest) (Result, error) {
	rs, err := b.IssueAll(ctx, []IssueRequest{q})
	if err != nil {
		return Result{}, err
	}
	return rs[0], nil
}

// IssueAll is Issue for many in one commit of the store, each by itself.
func (b *Book) IssueAll(ctx context.Context, qs []IssueRequest) ([]Result, error) {
	var f marque.Faults
	changes, results, asked := make([]Change, 0, len(qs)), make([]Result, len(qs)), make([]int, 0, len(qs))
	for i, q := range qs {
		for _, p := range [...]struct{ path, s string }{{"key", q.Key}, {"batch", q.Batch}, {"profile", q.Profile}} {
			if p.s == "" {
				f.Add(fmt.Sprintf("[%d].%s", i, p.path), "is empty")
			}
		}
		batch := b.plan.byName[q.Batch]
		if q.Batch == "" {
			continue
		}
		if batch == nil {
			f.Wrap(fmt.Sprintf("[%d].batch", i), fmt.Errorf("%q: %w", q.Batch, marque.ErrNotFound))
			continue
		}
		who, err := derived.Who(ctx, b.opts.Who, q.Profile)
		if err != nil {
			return nil, fmt.Errorf("coupon: issue: %w", err)
		}
		q.Profile = who
		via := q.Via
		if via == (marque.ID{}) {
			via = q.Cause.Via()
		}
		x := Change{Now: b.at(q.Now), cause: q.Cause}
		results[i].Decision = batch.issue(&x, CouponID(q.Batch, q.Key), q.Profile, via)
		x.Receipt = Receipt{Key: "issue/" + q.Key, Digest: marque.Key("issue", q.Batch), Profile: q.Profile, Coupon: x.Coupon}
		changes, asked = append(changes, x), append(asked, i)
	}
	if err := f.Err(); err != nil {
		return nil, fmt.Errorf("coupon: issue: %w", err)
	}
	answers, err := b.open(ctx, changes, results)
	if err != nil {
		return nil, fmt.Errorf("coupon: issue: %w", err)
	}
	for k, i := range asked {
		if results[i], err = b.result(changes[k], results[i].Decision, answers[k]); err != nil {
			return nil, fmt.Errorf("coupon: issue %q of %q: %w", qs[i].Key, qs[i].Batch, err)
		}
	}
	return results, nil
}

// CouponID is the id of the coupon that a request key gets of a batch.
func CouponID(batch, key string) string { return marque.Key("coupon", batch, key) }

// open commits the changes that were decided with yes, and looks up the receipts of the others: a batch may have
// been closed since the key was answered.
func (b *Book) open(ctx context.Context, changes []Change, results []Result) ([]Answer, error) {
	answers := make([]Answer, len(changes))
	var yes []Change
	var yesAt, noAt []int
	var keys []string
	for i, x := range changes {
		if results[i].OK {
			yes, yesAt = append(yes, x), append(yesAt, i)
		} else {
			keys, noAt = append(keys, x.Receipt.Key), append(noAt, i)
		}
	}
	if len(yes) > 0 {
		got, err := b.store.Commit(ctx, yes)
		if err != nil {
			return nil, err
		}
		for k, i := range yesAt {
			answers[i] = got[k]
		}
	}
	if len(keys) > 0 {
		l, err := b.store.Load(ctx, Query{Receipts: keys})
		if err != nil {
			return nil, err
		}
		for k, i := range noAt {
			answers[i].Receipt = l.Receipts[k]
		}
	}
	return answers, nil
}

// result turns a store's answer into a result.
func (b *Book) result(x Change, d Decision, a Answer) (Result, error) {
	switch r := a.Receipt; {
	case r.Key != "":
		return b.again(x.Receipt, r)
	case !d.OK:
		return Result{Decision: d}, nil
	case a.OK:
		return Result{Decision: d, Coupon: x.Coupon, Said: x.Emit}, nil
	case a.Conflict:
		return Result{}, marque.ErrConflict
	}
	d, err := refusal(x.Coupon.Batch, a.Refused)
	return Result{Decision: d}, err
}

// again compares a request with the one that had its key before. A person may have been merged since.
func (b *Book) again(asked, known Receipt) (Result, error) {
	if asked.Digest != known.Digest || asked.Profile != known.Profile && asked.Profile != known.Coupon.Profile {
		return Result{}, ErrKey
	}
	return Result{Decision: Decision{OK: true}, Coupon: known.Coupon, Again: true}, nil
}
