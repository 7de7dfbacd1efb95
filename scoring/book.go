package scoring

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
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
type Book struct {
	store    Store
	plan     *Plan
	attempts int
	remember marque.Duration
	sheets   sync.Pool
}

type sheet = derived.Sheet[Row, none]

// NewBook makes a book of a plan over a store. It does no I/O.
func NewBook(store Store, plan *Plan, o *Options) *Book {
	b := &Book{store: store, plan: plan, attempts: 8, remember: marque.Day}
	if o != nil && o.Attempts > 0 {
		b.attempts = o.Attempts
	}
	if o != nil && o.Remember > 0 {
		b.remember = o.Remember
	}
	b.sheets.New = func() any { return derived.NewSheet(shape) }
	return b
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
	sheet := b.sheet()
	defer b.put(sheet)
	for _, f := range people {
		sheet.Profiles = append(sheet.Profiles, f.Profile)
	}
	var err error
	if sheet.Loaded, err = b.store.Load(ctx, sheet.Profiles, sheet.Loaded); err != nil {
		return fmt.Errorf("scoring: fill: %w", err)
	}
	for i, f := range people {
		clear(f.Scores)
		for _, r := range sheet.Loaded[i] {
			k, ok := b.plan.byName[r.Name]
			if !ok || b.plan.scores[k].slot >= len(f.Scores) {
				continue
			}
			s := &b.plan.scores[k]
			if f.Scores[s.slot] = r.Curve; r.Curve == nil {
				f.Scores[s.slot] = s.curve(s.tidy(r.Parts))
			}
		}
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

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, anew bool) (Change, error) {
	var gone []string
	var few [16]int
	defs := few[:0]
	for _, name := range names {
		i, ok := b.plan.byName[name]
		if !ok && !anew {
			gone = append(gone, name)
			continue
		} else if !ok {
			return Change{}, fmt.Errorf("scoring: derive %q: %w", name, marque.ErrNotFound)
		}
		defs = append(defs, i)
	}
	c, _, err := b.commit(ctx, "", ps, func(sheet *sheet) {
		var begun map[string]bool
		if anew {
			begun = map[string]bool{}
		}
		for i := range ps {
			pass := &ps[i]
			var sc scope
			for _, k := range defs {
				l := b.plan.start(k, sheet.Rows(i), pass.Facts.Profile)
				if anew && !begun[pass.Facts.Profile] {
					l.forget()
				}
				l.derive(b.plan, sheet, i, pass, &sc, b.remember, !anew)
			}
			rest(sheet, i, gone)
			if anew {
				begun[pass.Facts.Profile] = true
			}
		}
	})
	if err != nil {
		return Change{}, fmt.Errorf("scoring: derive: %w", err)
	}
	return c, nil
}

// rest takes what is due off the rows of definitions that are gone. The rows stay, for the definition may come back.
func rest(sheet *sheet, i int, names []string) {
	for _, name := range names {
		if old := find(sheet.Rows(i), name); old != nil && old.Due != 0 {
			next := *old
			next.Due = 0
			sheet.Put(i, old, &next)
		}
	}
}

// commit loads the people of the passes, lets work change the sheet, and commits it, again after a conflict.
func (b *Book) commit(ctx context.Context, key string, ps []rule.Pass, work func(*sheet)) (c Change, known bool, err error) {
	sheet := b.sheet()
	defer b.put(sheet)
	for attempt := 1; ; attempt++ {
		sheet.Open(ps)
		if sheet.Loaded, err = b.store.Load(ctx, sheet.Profiles, sheet.Loaded); err != nil {
			return Change{}, false, err
		}
		work(sheet)
		if !sheet.Changed() && key == "" {
			return Change{}, false, nil
		}
		c := Change{Key: key, Rows: sheet.Change.Rows, Say: sheet.Change.Say}
		known, err = b.store.Commit(ctx, c)
		if err == nil {
			return c, known, nil
		}
		if attempt == b.attempts || !errors.Is(err, marque.ErrConflict) {
			return Change{}, false, err
		}
	}
}

// find is the row of a name in rows sorted by name.
func find(rows []*Row, name string) *Row {
	if len(rows) > 16 {
		i, ok := slices.BinarySearchFunc(rows, name, func(r *Row, n string) int { return strings.Compare(r.Name, n) })
		if !ok {
			return nil
		}
		return rows[i]
	}
	for _, r := range rows {
		if r.Name == name {
			return r
		}
	}
	return nil
}

func (b *Book) sheet() *sheet {
	s := b.sheets.Get().(*sheet)
	s.Open(nil)
	return s
}

func (b *Book) put(s *sheet) {
	s.Close()
	b.sheets.Put(s)
}

// Due lists whom to look at again by until because time passes, earliest first.
func (b *Book) Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error) {
	return b.store.Due(ctx, parts, until, n)
}

// Pending implements marque.Feed.
func (b *Book) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	return b.store.Pending(ctx, parts, n)
}

// Taken implements marque.Feed.
func (b *Book) Taken(ctx context.Context, ids []string) error { return b.store.Taken(ctx, ids) }

// Move implements marque.Holder. Both people are to be derived anew afterwards.
func (b *Book) Move(ctx context.Context, m marque.Move) error { return b.store.Move(ctx, m) }

// Erase implements marque.Holder.
func (b *Book) Erase(ctx context.Context, profile string) (int, error) {
	return b.store.Erase(ctx, profile)
}

// Export implements marque.Holder.
func (b *Book) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return b.store.Export(ctx, profile)
}
