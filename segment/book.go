package segment

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// Options of a Book. The zero value works.
type Options struct {
	// Attempts is how often a derivation is tried when somebody else changes a row at the same time. Default 8.
	Attempts int
}

// A Book keeps memberships in a store. It is safe for concurrent use; one person should be derived by one hand at a
// time, or the attempts run out.
type Book struct {
	store    Store
	plan     *Plan
	attempts int
	sheets   sync.Pool
}

// NewBook makes a book of a plan over a store. It does no I/O.
func NewBook(store Store, plan *Plan, o *Options) *Book {
	b := &Book{store: store, plan: plan, attempts: 8}
	if o != nil && o.Attempts > 0 {
		b.attempts = o.Attempts
	}
	b.sheets.New = func() any { return derived.NewSheet(shape) }
	return b
}

// Plan is what the book was made with.
func (b *Book) Plan() *Plan { return b.plan }

// Derivations tells what each segment reads and changes.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the memberships of people into their facts. It does nothing where need names no segment.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	if len(need.Segments) == 0 {
		return nil
	}
	sheet := b.sheet()
	defer b.put(sheet)
	for _, f := range people {
		sheet.Profiles = append(sheet.Profiles, f.Profile)
	}
	var err error
	if sheet.Loaded, err = b.store.Load(ctx, sheet.Profiles, sheet.Loaded); err != nil {
		return fmt.Errorf("segment: fill: %w", err)
	}
	for i, f := range people {
		f.Segments = f.Segments[:0]
		for _, r := range sheet.Loaded[i] {
			if k, ok := b.plan.byName[r.Name]; ok && r.In {
				f.Segments = append(f.Segments, rule.Mark{Slot: b.plan.slots[k], From: r.Since, Holds: r.Due})
			}
		}
	}
	return nil
}

// Derive evaluates the named segments, in that order, for each pass, writes each result into the pass's facts, and
// commits all changes at once. It returns what it said. What is the same as before is not said again: after a
// crash the same call goes on where the last one stopped.
//
// A change is said at the instant of the pass. The memory of a pass's facts is written to; the store's is not.
// With a store in memory a look that changes nothing does not allocate.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	c, err := b.derive(ctx, names, ps, true)
	return c.Say, err
}

// Rebuild is Derive without a word: it fills segments that are new, or whose rule changed, with the people of the
// passes, so that no journey takes them for people who enter today. Names nil is all segments in the order of
// their definitions. It returns how many rows changed.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for _, d := range b.plan.defs {
			names = append(names, d.Name)
		}
	}
	c, err := b.derive(ctx, names, ps, false)
	return len(c.Rows), err
}

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, say bool) (Change, error) {
	var gone []string
	var few [16]int
	defs := few[:0]
	for _, name := range names {
		i, ok := b.plan.byName[name]
		if !ok && say {
			gone = append(gone, name)
			continue
		} else if !ok {
			return Change{}, fmt.Errorf("segment: derive %q: %w", name, marque.ErrNotFound)
		}
		defs = append(defs, i)
	}
	sheet := b.sheet()
	defer b.put(sheet)
	for attempt := 1; ; attempt++ {
		sheet.Open(ps)
		var err error
		if sheet.Loaded, err = b.store.Load(ctx, sheet.Profiles, sheet.Loaded); err != nil {
			return Change{}, fmt.Errorf("segment: derive: %w", err)
		}
		for i := range ps {
			for _, k := range defs {
				b.plan.look(sheet, i, &ps[i], k, say)
			}
			rest(sheet, i, gone)
		}
		if !sheet.Changed() {
			return Change{}, nil
		}
		c := Change{Rows: sheet.Change.Rows, Say: sheet.Change.Say}
		err = b.store.Commit(ctx, c)
		if err == nil {
			return c, nil
		}
		if attempt == b.attempts || !errors.Is(err, marque.ErrConflict) {
			return Change{}, fmt.Errorf("segment: derive: %w", err)
		}
	}
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

// look evaluates definition k for pass i.
func (p *Plan) look(sheet *sheet, i int, pass *rule.Pass, k int, say bool) {
	v := p.rules[k].Test(rule.Input{Now: pass.Now, Facts: pass.Facts})
	now := rule.At(pass.Now)
	in, until := v.Truth == rule.True, derived.Until(v.Until, now)
	name := p.defs[k].Name
	old := find(sheet.Rows(i), name)
	var row Row
	if old != nil {
		row = *old
	}
	if row.In == in {
		row.Due = derived.Next(row.Due, until, now)
		if old == nil && row.Due != 0 || old != nil && row.Due != old.Due {
			row.Profile, row.Name = pass.Facts.Profile, name
			next := row
			sheet.Put(i, old, &next)
		}
	} else {
		row = Row{Profile: pass.Facts.Profile, Name: name, In: in, Since: now, Turn: row.Turn, Due: until}
		if say {
			row.Turn++
			event := Left
			if in {
				event = Entered
			}
			sheet.Say(derived.Cause(pass).Turn(event, p.facts[k], row.Turn, pass.Now, map[string]any{"segment": name}))
		}
		next := row
		sheet.Put(i, old, &next)
	}
	pass.Facts.Segments = derived.Put(pass.Facts.Segments, rule.Mark{Slot: p.slots[k], From: row.Since, Holds: until}, in)
}

// find is the row of a name in rows sorted by name.
func find(rows []*Row, name string) *Row {
	if len(rows) > 16 {
		if i, ok := slices.BinarySearchFunc(rows, name, func(r *Row, n string) int {
			if r.Name == n {
				return 0
			} else if r.Name < n {
				return -1
			}
			return 1
		}); ok {
			return rows[i]
		}
		return nil
	}
	for _, r := range rows {
		if r.Name == name {
			return r
		}
	}
	return nil
}

type sheet = derived.Sheet[Row, none]

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
