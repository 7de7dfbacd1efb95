package scoring

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// Options of a Book. The zero value works.
type Options struct {
	// Attempts is how often a change is tried when somebody else changes a row at the same time. Default 8.
	Attempts int
	// Remember is how long the id of a counted event is kept, so that it does not count again when the process died
	// before the event was ticked off. It may be short: nothing is forgotten before a later event counts.
	// Default 1d.
	Remember marque.Duration
}

// A Book keeps scores in a store. It is safe for concurrent use; one person should be derived by one hand at a time,
// or the attempts run out.
//
// Beside what stands here it has the methods of marque.Feed and marque.Holder, and Due, which lists whom to look at
// again because time passes; all of them are those of its store. After Move both people are to be derived anew.
type Book struct {
	keeper
	store    Store
	plan     *Plan
	hand     *derived.Hand[Row, none]
	remember marque.Duration
}

type (
	keeper = derived.Keeper
	sheet  = derived.Sheet[Row, none]
)

// NewBook makes a book of a plan over a store. It does no I/O.
func NewBook(store Store, plan *Plan, o *Options) *Book {
	var opts Options
	if o != nil {
		opts = *o
	}
	if opts.Remember <= 0 {
		opts.Remember = marque.Day
	}
	commit := func(ctx context.Context, c derived.Change[Row, none]) ([]string, error) {
		change := Change{Rows: c.Rows, Say: c.Say}
		if len(c.Keys) > 0 {
			change.Key = c.Keys[0]
		}
		if known, err := store.Commit(ctx, change); err != nil || !known {
			return nil, err
		}
		return c.Keys, nil
	}
	hand := derived.NewHand(shape, opts.Attempts, store.Load, commit)
	return &Book{keeper: store, store: store, plan: plan, hand: hand, remember: opts.Remember}
}

// Plan is what the book was made with.
func (b *Book) Plan() *Plan { return b.plan }

// Derivations tells what each score reads and changes.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the scores of people into their facts. It does nothing where need names no score.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	if len(need.Scores) == 0 {
		return nil
	}
	err := b.hand.Read(ctx, people, func(f *rule.Facts, rows []*Row) {
		clear(f.Scores)
		for _, r := range rows {
			k, ok := b.plan.byName[r.Name]
			if !ok || b.plan.scores[k].slot >= len(f.Scores) {
				continue
			}
			s := &b.plan.scores[k]
			if f.Scores[s.slot] = r.Curve; r.Curve == nil {
				f.Scores[s.slot] = s.curve(s.tidy(r.Parts))
			}
		}
	})
	if err != nil {
		return fmt.Errorf("scoring: fill: %w", err)
	}
	return nil
}

// Derive counts the event of each pass for the named scores, in that order, writes each result into the pass's
// facts, and commits all changes at once. It returns what it said. An event that was counted does not count again,
// and a crossing is not said again: after a crash the same call goes on where the last one stopped.
//
// A crossing is said at the instant of the pass. With a store in memory a look that changes nothing does not
// allocate.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	c, err := b.derive(ctx, names, ps, false)
	return c.Say, err
}

// Rebuild counts scores from nothing and without a word: for each person of the passes it forgets what the named
// scores hold except points given by hand, and counts the events of the passes, which are those of the person's
// history in order, all of it. A last pass without an event brings the score to its instant. Names nil is all
// scores in the order of their definitions. It returns how many rows changed.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for i := range b.plan.scores {
			names = append(names, b.plan.scores[i].Name)
		}
	}
	c, err := b.derive(ctx, names, ps, true)
	return len(c.Rows), err
}

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, anew bool) (derived.Change[Row, none], error) {
	var few [16]int
	defs, gone := derived.Names(b.plan.byName, names, few[:0])
	if len(gone) > 0 && anew {
		return derived.Change[Row, none]{}, fmt.Errorf("scoring: derive %q: %w", gone[0], marque.ErrNotFound)
	}
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		var begun map[string]bool
		if anew {
			begun = map[string]bool{}
		}
		for i := range ps {
			pass := &ps[i]
			var sc derived.Scope
			for _, k := range defs {
				l := b.plan.start(k, sheet.Rows(i), pass.Facts.Profile)
				if anew && !begun[pass.Facts.Profile] {
					l.forget()
				}
				l.derive(b.plan, sheet, i, pass, &sc, b.remember, !anew)
			}
			sheet.Rest(i, gone)
			if anew {
				begun[pass.Facts.Profile] = true
			}
		}
	})
	if err != nil {
		return c, fmt.Errorf("scoring: derive: %w", err)
	}
	return c, nil
}
