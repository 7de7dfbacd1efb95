package scoring

import (
	"cmp"
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
	// Who gives the id that a person has now, for acts and questions under an id that may have been merged into another.
	// Default ids are taken as they are.
	Who func(ctx context.Context, profile string) (string, error)
}

// A Book keeps scores in a store. It is safe for concurrent use; one person should be derived by one hand at a time,
// or the attempts run out.
//
// Beside what stands here it has the methods of marque.Feed and marque.Holder, and Due, which lists whom to look at
// again because time passes; all of them are those of its store. After Move both people are to be derived anew.
type Book struct {
	keeper
	lead     func(context.Context, string) (string, error)
	store    Store
	plan     *Plan
	hand     *derived.Hand[Row, Entry]
	remember marque.Duration
}

type (
	keeper = derived.Keeper
	sheet  = derived.Sheet[Row, Entry]
	change = derived.Change[Row, Entry]
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
	commit := func(ctx context.Context, c change) ([]string, error) {
		change := Change{Rows: c.Rows, Entries: c.Past, Say: c.Say}
		if len(c.Keys) > 0 {
			change.Key = c.Keys[0]
		}
		if known, err := store.Commit(ctx, change); err != nil || !known {
			return nil, err
		}
		return c.Keys, nil
	}
	hand := derived.NewHand(shape, opts.Attempts, store.Load, commit)
	return &Book{keeper: store, store: store, plan: plan, hand: hand, remember: opts.Remember, lead: opts.Who}
}

// Plan is what the book was made with.
func (b *Book) Plan() *Plan { return b.plan }

// Derivations tells what each score reads and changes, as Plan.Derivations does.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the scores of people into their facts. It does nothing where need names no score.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	if len(need.Scores) == 0 {
		return nil
	}
	err := b.hand.Read(ctx, people, func(f *rule.Facts, rows []*Row) {
		clear(f.Scores)
		for k := range b.plan.scores {
			s := &b.plan.scores[k]
			if r := find(rows, s.Name); r == nil {
				s.show(&s.none, f)
			} else if r.Made == s.made {
				s.show(r, f)
			} else {
				l := s.start(rows, f.Profile)
				l.remake(rule.At(now))
				if s.bounded() {
					l.row.Bound, _ = s.bound(l.row.Curve, rule.At(now))
				}
				s.show(&l.row, f)
			}
		}
	})
	if err != nil {
		return fmt.Errorf("scoring: fill: %w", err)
	}
	return nil
}

// Derive counts the event of each pass for the named scores, in that order, looks at what holds of the person, writes
// each result into the pass's facts, and commits all changes at once. It returns what it said. An event that was counted
// does not count again, and a crossing is not said again: after a crash the same call goes on where the last one
// stopped. The facts of a pass hold what the Need of each named score's Derivation says.
//
// A crossing is said at the instant of the pass. With a store in memory a look that changes nothing does not allocate.
// An event that comes late, to a score that stands between the two levels of a threshold, reads the person's history.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due. That of
// a part of a score is written with the score.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	var few [16]int
	defs, gone := derived.Names(b.plan.byName, names, few[:0])
	var failed error
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		failed = nil
		for i := range ps {
			var sc derived.Scope
			for _, k := range defs {
				if err := b.look(ctx, k, sheet, i, &ps[i], &sc); err != nil {
					failed = err
				}
			}
			sheet.Rest(i, gone)
		}
		if failed != nil {
			sheet.Change = change{} // nothing to commit
		}
	})
	if err = cmp.Or(err, failed); err != nil {
		return nil, fmt.Errorf("scoring: derive: %w", err)
	}
	return c.Say, nil
}

// look brings a score up to the instant of a pass: what fell due before, then the event and what holds, then what
// follows.
func (b *Book) look(ctx context.Context, k int, sheet *sheet, i int, pass *rule.Pass, sc *derived.Scope) error {
	now := rule.At(pass.Now)
	l := b.plan.scores[k].start(sheet.Rows(i), pass.Facts.Profile)
	l.sheet, l.place, l.pass = sheet, i, pass
	l.due(now)
	l.count(b.plan.lex, sc, now, b.remember)
	l.fit(now)
	if l.dirty {
		if err := b.settle(ctx, &l, now); err != nil {
			return err
		}
	}
	l.put()
	l.show()
	return nil
}

// settle makes the curve of the parts and looks at the thresholds.
func (b *Book) settle(ctx context.Context, l *look, now rule.Instant) error {
	l.remake(now)
	was := l.row.Up
	if l.late && l.score.wavers(l.score.value(&l.row, now)) {
		past, err := b.past(ctx, l.row.Profile, l.row.Name)
		if err != nil {
			return err
		}
		for _, e := range l.sheet.Change.Past {
			if e.Profile == l.row.Profile && e.Score == l.row.Name {
				past = append(past, e)
			}
		}
		way := l.score.replay(standing(past, rule.Never), now)
		was = way.row.Up
	}
	l.cross(now, was)
	return nil
}

// value is the score of a row at an instant.
func (s *score) value(r *Row, now rule.Instant) float64 {
	v := r.Curve.At(now)
	if s.Min != nil {
		v = max(v, *s.Min)
	}
	if s.Max != nil {
		v = min(v, *s.Max)
	}
	return v
}
