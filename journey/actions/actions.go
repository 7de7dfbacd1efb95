package actions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/abtest"
	"github.com/marque-go/marque/coupon"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/tagging"
)

// Tag sets tags, with source tagging.Manual. A tag that an exclusive group keeps off is "refused".
func Tag(book *tagging.Book) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		ttl, err := duration(c.Args["ttl"])
		if err != nil {
			return failed(err), nil
		}
		a, err := book.Set(ctx, tagging.Act{Key: c.Key, Profile: c.Profile, Tag: c.Name, TTL: ttl, Via: c.Via, Hops: c.Hops}, c.At)
		return tagged(a, err)
	})
}

// Untag takes tags away that were set by hand or from journeys. A tag that something stronger holds is "refused".
func Untag(book *tagging.Book) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		a, err := book.Unset(ctx, tagging.Act{Key: c.Key, Profile: c.Profile, Tag: c.Name, Via: c.Via, Hops: c.Hops}, c.At)
		return tagged(a, err)
	})
}

func tagged(a tagging.Answer, err error) (journey.Outcome, error) {
	switch {
	case err != nil:
		return wrong(err)
	case !a.OK:
		return journey.Outcome{Result: "refused", Reason: string(a.Reason)}, nil
	}
	return journey.Outcome{Result: "done"}, nil
}

// Score adds points.
func Score(book *scoring.Book) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		v, _ := rule.Of(c.Args["points"])
		_, err := book.Add(ctx, scoring.Act{Key: c.Key, Profile: c.Profile, Score: c.Name, Points: v.Float(), Via: c.Via, Hops: c.Hops}, c.At)
		if err != nil {
			return wrong(err)
		}
		return journey.Outcome{Result: "done"}, nil
	})
}

// Coupon issues coupons: "issued", with the coupon's id and amount (the most it can save), or "refused" with the
// reason.
func Coupon(book *coupon.Book) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		cause := marque.Event{ID: c.Key, Profile: c.Profile, Hops: c.Hops}
		if c.Via != (marque.ID{}) {
			cause.IDs = []marque.ID{c.Via}
		}
		r, err := book.Issue(ctx, coupon.IssueRequest{Key: c.Key, Batch: c.Name, Profile: c.Profile, Via: c.Via, Cause: cause, Now: c.At})
		switch {
		case err != nil:
			return wrong(err)
		case !r.OK:
			return journey.Outcome{Result: "refused", Reason: string(r.Reason), Vars: map[string]any{"reason": string(r.Reason)}}, nil
		}
		return journey.Outcome{Result: "issued", Vars: map[string]any{"id": r.Coupon.ID, "amount": int64(r.Coupon.Terms.Face())}}, nil
	})
}

// Set sets attributes by tracking a profile.set event, of which the id is the command's key.
func Set(track func(ctx context.Context, events ...marque.Event) error) journey.Doer {
	return journey.DoerFunc(func(ctx context.Context, c journey.Command) (journey.Outcome, error) {
		e := marque.Event{ID: c.Key, Name: "profile.set", At: c.At, Received: c.At, Profile: c.Profile, Props: c.Args, Hops: c.Hops + 1}
		if c.Via != (marque.ID{}) {
			e.IDs = []marque.ID{c.Via}
		}
		if err := track(ctx, e); err != nil {
			return journey.Outcome{}, err
		}
		return journey.Outcome{Result: "done"}, nil
	})
}

// Experiments deals people over the arms of a set's experiments.
func Experiments(set *abtest.Set) journey.Splitter { return splitter{set} }

type splitter struct{ set *abtest.Set }

func (s splitter) Need() rule.Need { return s.set.Need() }

func (s splitter) Arm(experiment string, f *rule.Facts, now time.Time) string {
	return s.set.Assign(experiment, f.Profile, f, now).Arm
}

// duration reads an argument that may have been through JSON.
func duration(x any) (marque.Duration, error) {
	switch x := x.(type) {
	case nil:
		return 0, nil
	case marque.Duration:
		return x, nil
	case string:
		return marque.ParseDuration(x)
	}
	return 0, fmt.Errorf("actions: %v is no duration", x)
}

// wrong tells what will not get better from what may.
func wrong(err error) (journey.Outcome, error) {
	if fe := (*marque.FieldError)(nil); errors.Is(err, marque.ErrNotFound) || errors.As(err, &fe) {
		return failed(err), nil
	}
	return journey.Outcome{}, err
}

func failed(err error) journey.Outcome {
	return journey.Outcome{Result: "failed", Reason: err.Error()}
}
