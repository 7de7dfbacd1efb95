package lifecycle

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// Options of a Book. The zero value works.
type Options struct {
	// Attempts is how often a change is tried when somebody else changes a row at the same time. Default 8.
	Attempts int
	// Remember is how long the id of an event that made a move is kept, so that it does not make another one when the
	// process died before the event was ticked off. It may be short: nothing is forgotten before a later event makes
	// a move. Default 1d.
	Remember marque.Duration
	// Who gives the id that a person has now, for acts and questions under an id that may have been merged into another.
	// Default ids are taken as they are.
	Who func(ctx context.Context, profile string) (string, error)
}

// A Book keeps the stages of people in a store. It is safe for concurrent use; one person should be derived by one
// hand at a time, or the attempts run out.
//
// Beside what stands here it has the methods of marque.Feed and marque.Holder, and Due, which lists whom to look at
// again because time passes; all of them are those of its store. After Move both people are to be rebuilt.
type Book struct {
	keeper
	lead     func(context.Context, string) (string, error)
	store    Store
	plan     *Plan
	hand     *derived.Hand[Row, Turn]
	remember rule.Instant
}

type (
	keeper = derived.Keeper
	sheet  = derived.Sheet[Row, Turn]
	change = derived.Change[Row, Turn]
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
		out := Change{Rows: c.Rows, Turns: c.Past, Say: c.Say}
		if len(c.Keys) > 0 {
			out.Key = c.Keys[0]
		}
		if known, err := store.Commit(ctx, out); err != nil || !known {
			return nil, err
		}
		return c.Keys, nil
	}
	hand := derived.NewHand(shape, opts.Attempts, store.Load, commit)
	return &Book{keeper: store, store: store, plan: plan, hand: hand, remember: rule.Instant(opts.Remember / 1000), lead: opts.Who}
}

// Plan is what the book was made with.
func (b *Book) Plan() *Plan { return b.plan }

// Derivations tells what each lifecycle reads and changes.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the stages of people into their facts, as the attributes "stage/<name>": of somebody who was never looked
// at, the start. It does nothing where need names no such attribute. Whoever fills attributes as well comes before it.
func (b *Book) Fill(ctx context.Context, need rule.Need, _ time.Time, people []*rule.Facts) error {
	asked := func(c *cycle) bool { return slices.Contains(need.Attrs, c.slot) }
	if len(need.Attrs) == 0 || !slices.ContainsFunc(b.plan.cycles, func(c cycle) bool { return asked(&c) }) {
		return nil
	}
	err := b.hand.Read(ctx, people, func(f *rule.Facts, rows []*Row) {
		for k := range b.plan.cycles {
			if c := &b.plan.cycles[k]; asked(c) {
				stage := c.start
				if r := find(rows, c.Name); r != nil {
					stage = c.stage(r.Stage)
				}
				c.show(f, stage)
			}
		}
	})
	if err != nil {
		return fmt.Errorf("lifecycle: fill: %w", err)
	}
	return nil
}

// stage is the number of a stage, that of the start where the definition does not have it.
func (c *cycle) stage(name string) int {
	if s, ok := c.byStage[name]; ok {
		return s
	}
	return c.start
}

// show writes a stage into facts.
func (c *cycle) show(f *rule.Facts, stage int) {
	if c.slot < len(f.Attrs) {
		f.Attrs[c.slot] = c.values[stage]
	}
}

// Derive makes the moves of the named lifecycles, in that order, for each pass, writes each stage into the pass's facts
// and commits all changes at once. It returns what it said. An event that made a move does not make another one, and
// a change is not said again: after a crash the same call goes on where the last one stopped. The facts of a pass
// hold what the Need of each named lifecycle's Derivation says.
//
// Moves are made at the instant of the pass: what is due before it is to be derived first, instant by instant, as
// package loop does. With a store in memory a look that changes nothing does not allocate.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	var few [16]int
	defs, gone := derived.Names(b.plan.byName, names, few[:0])
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		for i := range ps {
			m := moment{pass: &ps[i], facts: ps[i].Facts, event: &ps[i].Event, at: rule.At(ps[i].Now), lex: b.plan.lex}
			for _, k := range defs {
				l := b.plan.start(k, sheet.Rows(i), ps[i].Facts.Profile)
				l.look(&m, b.remember)
				l.put(sheet, i, true)
			}
			sheet.Rest(i, gone)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("lifecycle: derive: %w", err)
	}
	return c.Say, nil
}
