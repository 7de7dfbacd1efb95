package segment

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
	// Attempts is how often a derivation is tried when somebody else changes a row at the same time. Default 8.
	Attempts int
}

// A Book keeps memberships in a store. It is safe for concurrent use; one person should be derived by one hand at a
// time, or the attempts run out.
//
// Beside what stands here it has the methods of marque.Feed and marque.Holder, and Due, which lists whom to look at
// again because time passes; all of them are those of its store. After Move both people are to be derived anew.
type Book struct {
	keeper
	store Store
	plan  *Plan
	hand  *derived.Hand[Row, none]
}

type (
	keeper = derived.Keeper
	sheet  = derived.Sheet[Row, none]
)

// NewBook makes a book of a plan over a store. It does no I/O.
func NewBook(store Store, plan *Plan, o *Options) *Book {
	attempts := 0
	if o != nil {
		attempts = o.Attempts
	}
	commit := func(ctx context.Context, c derived.Change[Row, none]) ([]string, error) {
		return nil, store.Commit(ctx, Change{Rows: c.Rows, Say: c.Say})
	}
	return &Book{keeper: store, store: store, plan: plan, hand: derived.NewHand(shape, attempts, store.Load, commit)}
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
	err := b.hand.Read(ctx, people, func(f *rule.Facts, rows []*Row) {
		f.Segments = f.Segments[:0]
		for _, r := range rows {
			if k, ok := b.plan.byName[r.Name]; ok && r.In {
				f.Segments = append(f.Segments, rule.Mark{Slot: b.plan.slots[k], From: r.Since, Holds: r.Due})
			}
		}
	})
	if err != nil {
		return fmt.Errorf("segment: fill: %w", err)
	}
	return nil
}

// Derive evaluates the named segments, in that order, for each pass, writes each result into the pass's facts, and
// commits all changes at once. It returns what it said. What is the same as before is not said again: after a
// crash the same call goes on where the last one stopped. The facts of a pass hold what the Need of each named
// segment's Derivation says.
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

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, say bool) (derived.Change[Row, none], error) {
	var few [16]int
	defs, gone := derived.Names(b.plan.byName, names, few[:0])
	if len(gone) > 0 && !say {
		return derived.Change[Row, none]{}, fmt.Errorf("segment: derive %q: %w", gone[0], marque.ErrNotFound)
	}
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		for i := range ps {
			for _, k := range defs {
				b.plan.look(sheet, i, &ps[i], k, say)
			}
			sheet.Rest(i, gone)
		}
	})
	if err != nil {
		return c, fmt.Errorf("segment: derive: %w", err)
	}
	return c, nil
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
