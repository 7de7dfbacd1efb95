package tagging

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
}

// A Book keeps tags in a store. It is safe for concurrent use; one person should be derived by one hand at a time,
// or the attempts run out.
type Book struct {
	store    Store
	plan     *Plan
	attempts int
	sheets   sync.Pool
}

type sheet = derived.Sheet[Row, Turn]

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

// Derivations tells what each tag reads and changes.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the tags of people into their facts. It does nothing where need names no tag.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	if len(need.Tags) == 0 {
		return nil
	}
	sheet := b.sheet()
	defer b.put(sheet)
	for _, f := range people {
		sheet.Profiles = append(sheet.Profiles, f.Profile)
	}
	var err error
	if sheet.Loaded, err = b.store.Load(ctx, sheet.Profiles, sheet.Loaded); err != nil {
		return fmt.Errorf("tagging: fill: %w", err)
	}
	for i, f := range people {
		f.Tags = f.Tags[:0]
		for _, r := range sheet.Loaded[i] {
			if k, ok := b.plan.byName[r.Name]; ok && r.On {
				t := &b.plan.tags[k]
				f.Tags = append(f.Tags, rule.Mark{Slot: t.slot, From: r.Since, Until: t.until(r.Marks), Holds: r.Due})
			}
		}
	}
	return nil
}

// Derive evaluates the named tags, in that order, for each pass, writes each result into the pass's facts, and
// commits all changes at once. It returns what it said. What is the same as before is not said again: after a
// crash the same call goes on where the last one stopped. The tags of an exclusive group are decided together.
//
// A change is said at the instant of the pass. The memory of a pass's facts is written to; the store's is not.
// With a store in memory a look that changes nothing does not allocate.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	c, err := b.derive(ctx, names, ps, true)
	return c.Say, err
}

// Rebuild is Derive without a word: it fills tags that are new, or whose rule changed, with the people of the
// passes, so that no journey takes them for people who get the tag today. For a tag with an event the passes carry
// the events. Names nil is all tags in the order of their definitions. It returns how many rows changed.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for i := range b.plan.tags {
			names = append(names, b.plan.tags[i].Name)
		}
	}
	c, err := b.derive(ctx, names, ps, false)
	return len(c.Rows), err
}

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, say bool) (Change, error) {
	var gone []string
	var few [16]int
	units := few[:0]
	for _, name := range names {
		i, ok := b.plan.byName[name]
		if !ok && say {
			gone = append(gone, name)
			continue
		} else if !ok {
			return Change{}, fmt.Errorf("tagging: derive %q: %w", name, marque.ErrNotFound)
		}
		if u := b.plan.tags[i].unit; !slices.Contains(units, u) {
			units = append(units, u)
		}
	}
	c, _, err := b.commit(ctx, "", ps, func(sheet *sheet) {
		for i := range ps {
			var sc scope
			for _, u := range units {
				b.plan.derive(sheet, i, &ps[i], &b.plan.units[u], &sc, say)
			}
			rest(sheet, i, gone)
		}
	})
	if err != nil {
		return Change{}, fmt.Errorf("tagging: derive: %w", err)
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

func (p *Plan) derive(sheet *sheet, i int, pass *rule.Pass, u *unit, sc *scope, say bool) {
	now := rule.At(pass.Now)
	var few [4]look
	looks := few[:0]
	for _, k := range u.tags {
		looks = append(looks, p.start(k, sheet.Rows(i)))
		looks[len(looks)-1].derive(p.lex, pass, sc, now)
	}
	p.settle(sheet, i, pass, u.exclusive, looks, say)
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
		c := Change{Key: key, Rows: sheet.Change.Rows, Turns: sheet.Change.Past, Say: sheet.Change.Say}
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
