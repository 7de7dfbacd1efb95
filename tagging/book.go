package tagging

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
	// Who gives the id that a person has now, for acts and questions under an id that may have been merged into another.
	// Default ids are taken as they are.
	Who func(ctx context.Context, profile string) (string, error)
}

// A Book keeps tags in a store. It is safe for concurrent use; one person should be derived by one hand at a time,
// or the attempts run out.
//
// Beside what stands here it has the methods of marque.Feed and marque.Holder, and Due, which lists whom to look at
// again because time passes; all of them are those of its store. After Move both people are to be derived anew.
type Book struct {
	keeper
	lead  func(context.Context, string) (string, error)
	store Store
	plan  *Plan
	hand  *derived.Hand[Row, Turn]
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
	commit := func(ctx context.Context, c change) ([]string, error) {
		return store.Commit(ctx, Change{Keys: c.Keys, Rows: c.Rows, Turns: c.Past, Say: c.Say})
	}
	return &Book{keeper: store, store: store, plan: plan, hand: derived.NewHand(shape, opts.Attempts, store.Load, commit), lead: opts.Who}
}

// Plan is what the book was made with.
func (b *Book) Plan() *Plan { return b.plan }

// Derivations tells what each tag reads and changes.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the tags of people into their facts. It does nothing where need names no tag.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	if len(need.Tags) == 0 {
		return nil
	}
	err := b.hand.Read(ctx, people, func(f *rule.Facts, rows []*Row) {
		f.Tags = f.Tags[:0]
		for _, r := range rows {
			if k, ok := b.plan.byName[r.Name]; ok && r.On {
				t := &b.plan.tags[k]
				f.Tags = append(f.Tags, rule.Mark{Slot: t.slot, From: r.Since, Until: t.until(r.Marks, rule.At(now)), Holds: r.Due})
			}
		}
	})
	if err != nil {
		return fmt.Errorf("tagging: fill: %w", err)
	}
	return nil
}

// Derive evaluates the named tags, in that order, for each pass, writes each result into the pass's facts, and
// commits all changes at once. It returns what it said. What is the same as before is not said again: after a
// crash the same call goes on where the last one stopped. The tags of an exclusive group are decided together. The
// facts of a pass hold what the Need of each named tag's Derivation says: for a habit the history of its event, with
// the event of the pass.
//
// A change is said at the instant of the pass. The memory of a pass's facts is written to; the store's is not.
// With a store in memory a look that changes nothing does not allocate.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	c, err := b.derive(ctx, names, ps, true)
	return c.Say, err
}

// Rebuild is Derive without a word: it fills tags that are new, or whose definition changed, with the people of the
// passes, so that no journey takes them for people who get the tag today. Names nil is all tags in the order of their
// definitions. It returns how many rows changed.
//
// The passes of a person are the events of its history that the tags name in On and Off, in any order, and behind them
// one without an event: their Now is that of the rebuild, their Facts those of then. They are gathered first, and
// what is on is decided in the last one. A time to live that is over by then leaves nothing, an event in Off what came
// after it; marks that an earlier definition made of events are forgotten. So what Rebuild leaves is what the
// definition would have left had it been there all along; only a rule that stands beside an event is asked of the
// person as it is now. For tags without On the last pass is enough.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for i := range b.plan.tags {
			names = append(names, b.plan.tags[i].Name)
		}
	}
	c, err := b.derive(ctx, names, ps, false)
	return len(c.Rows), err
}

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, say bool) (change, error) {
	var few, fewer [16]int
	defs, gone := derived.Names(b.plan.byName, names, few[:0])
	if len(gone) > 0 && !say {
		return change{}, fmt.Errorf("tagging: derive %q: %w", gone[0], marque.ErrNotFound)
	}
	units := fewer[:0]
	for _, i := range defs {
		if u := b.plan.tags[i].unit; !slices.Contains(units, u) {
			units = append(units, u)
		}
	}
	c, _, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
		if !say {
			b.plan.rebuild(sheet, ps, units)
			return
		}
		for i := range ps {
			var sc derived.Scope
			for _, u := range units {
				b.plan.pass(sheet, i, &ps[i], &b.plan.units[u], &sc, true)
			}
			sheet.Rest(i, gone)
		}
	})
	if err != nil {
		return c, fmt.Errorf("tagging: derive: %w", err)
	}
	return c, nil
}

// pass looks at the tags of a unit and decides what is on.
func (p *Plan) pass(sheet *sheet, i int, pass *rule.Pass, u *unit, sc *derived.Scope, say bool) {
	var few [4]look
	looks := few[:0]
	for _, k := range u.tags {
		looks = append(looks, p.start(k, sheet.Rows(i)))
	}
	p.derive(u, looks, pass, sc)
	p.settle(sheet, i, pass, u.exclusive, looks, say)
}

// rebuild gathers the marks of each person's passes and decides in the last one.
func (p *Plan) rebuild(sheet *sheet, ps []rule.Pass, units []int) {
	sheet.Again()
	last := map[string]int{}
	for i := range ps {
		last[ps[i].Facts.Profile] = i
	}
	for i := range ps {
		pass := &ps[i]
		var sc derived.Scope
		for _, u := range units {
			unit := &p.units[u]
			for _, k := range unit.tags {
				l := p.start(k, sheet.Rows(i))
				l.cut(ByRule, func(m *Mark) bool {
					return m.Source == Behaviour && m.Of == 0 && m.Version != "" && m.Version != l.tag.version
				})
				l.event(p.lex, pass, &sc, rule.At(pass.Now))
				l.gather(sheet, i, pass.Facts.Profile, rule.At(pass.Now))
			}
			if last[pass.Facts.Profile] == i {
				p.pass(sheet, i, pass, unit, &sc, false)
			}
		}
	}
}
