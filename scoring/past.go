package scoring

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// standing is what of a history stands, as it was known at an instant (rule.Never: all that is known). What was counted
// before it was counted anew stands for nothing at any instant.
func standing(past []Entry, known rule.Instant) []Entry {
	out := make([]Entry, 0, len(past))
	for _, e := range past {
		switch {
		case e.Anew:
			out = slices.DeleteFunc(out, func(o Entry) bool { return o.Score == e.Score && !o.Holds && o.Rule != ByHand })
		case max(e.Recorded, e.Joined) <= known && (e.Left == 0 || known < e.Left):
			out = append(out, e)
		}
	}
	return out
}

// replay is the look at somebody at an instant who went the way of a history: each entry at its own instant, in order
// of the instants, and each crossing in between.
func (s *score) replay(entries []Entry, at rule.Instant) look {
	slices.SortStableFunc(entries, func(a, b Entry) int { return cmp.Compare(a.At, b.At) })
	l := look{score: s, row: s.none}
	for i := 0; i < len(entries) && entries[i].At <= at; {
		t := entries[i].At
		l.due(t)
		for ; i < len(entries) && entries[i].At == t; i++ {
			l.earn(&entries[i], t)
		}
		if l.dirty {
			l.remake(t)
			l.cross(t, l.row.Up)
			l.dirty = false
		}
	}
	l.due(at)
	return l
}

// History yields the entries of a person and a score in the order in which they became known.
func (b *Book) History(ctx context.Context, profile, name string) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		profile, err := derived.Who(ctx, b.lead, profile)
		if err != nil {
			yield(Entry{}, fmt.Errorf("scoring: history of %q of %q: %w", name, profile, err))
			return
		}
		for e, err := range b.store.History(ctx, profile, name) {
			if err != nil {
				err = fmt.Errorf("scoring: history of %q of %q: %w", name, profile, err)
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// past is the whole history of a person and a score.
func (b *Book) past(ctx context.Context, profile, name string) (past []Entry, err error) {
	for e, err := range b.store.History(ctx, profile, name) {
		if err != nil {
			return nil, err
		}
		past = append(past, e)
	}
	return past, nil
}

// AsOf is the score as it stood at an instant, by all that is known today: an event that arrived later counts from
// when it happened. Caps, fading and thresholds are those of the definition as it is; points are as they were given;
// what holds of the person counts from when it was found to hold. After a merge it is that of both together; of whom
// nothing is held, as after Erase, it is that of somebody unknown.
func (b *Book) AsOf(ctx context.Context, profile, name string, at time.Time) (Score, error) {
	return b.asOf(ctx, profile, name, at, rule.Never)
}

// Known is AsOf by what was known then: events that had not arrived, and people who were merged later, do not
// count. A training set of scores as they were known does not leak what came after.
func (b *Book) Known(ctx context.Context, profile, name string, at time.Time) (Score, error) {
	return b.asOf(ctx, profile, name, at, rule.At(at))
}

func (b *Book) asOf(ctx context.Context, profile, name string, at time.Time, known rule.Instant) (Score, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return Score{}, fmt.Errorf("scoring: %q of %q as of %s: %w", name, profile, at, marque.ErrNotFound)
	}
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return Score{}, fmt.Errorf("scoring: %q of %q as of %s: %w", name, profile, at, err)
	}
	past, err := b.past(ctx, profile, name)
	if err != nil {
		return Score{}, fmt.Errorf("scoring: %q of %q as of %s: %w", name, profile, at, err)
	}
	l := b.plan.scores[k].replay(standing(past, known), rule.At(at))
	return l.view(rule.At(at)), nil
}
