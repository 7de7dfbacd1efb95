package points

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

// A Book keeps points and tiers in a store. It is safe for concurrent use. Where many hands change one person at the
// same time and the attempts run out, the error is marque.ErrConflict and nothing has happened: ask again.
//
// Beside what stands here it has the methods of marque.Feed and marque.Holder, and Due, which lists whom to look at
// again because time passes; all of them are those of its store. After Move both people are to be derived anew.
type Book struct {
	keeper
	lead  func(context.Context, string) (string, error)
	store Store
	plan  *Plan
	hand  *derived.Hand[Row, Entry]
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
	commit := func(ctx context.Context, c change) ([]string, error) {
		var keys []string
		for i := range c.Past {
			if key := c.Past[i].Key; key != "" {
				keys = append(keys, key)
			}
		}
		return store.Commit(ctx, Change{Keys: keys, Rows: c.Rows, Entries: c.Past, Say: c.Say})
	}
	return &Book{keeper: store, store: store, plan: plan, hand: derived.NewHand(shape, opts.Attempts, store.Load, commit), lead: opts.Who}
}

// Plan is what the book was made with.
func (b *Book) Plan() *Plan { return b.plan }

// Derivations tells what each program reads and changes.
func (b *Book) Derivations() []rule.Derivation { return b.plan.Derivations() }

// Fill puts the balances of people into the scores of their facts and their tiers into the attributes, where the
// schema declares them and need names one. Points that can be spent now or later are a term each expiry, so that a
// rule over the score turns at the instant at which they can be spent, or expire.
func (b *Book) Fill(ctx context.Context, need rule.Need, now time.Time, people []*rule.Facts) error {
	if !b.plan.serves(need) {
		return nil
	}
	err := b.hand.Read(ctx, people, func(f *rule.Facts, rows []*Row) {
		for k := range b.plan.programs {
			p := &b.plan.programs[k]
			p.show(f, find(rows, p.Name))
		}
	})
	if err != nil {
		return fmt.Errorf("points: fill: %w", err)
	}
	return nil
}

func (p *Plan) serves(need rule.Need) bool {
	return slices.ContainsFunc(p.programs, func(x program) bool {
		return slices.Contains(need.Scores, x.score) || slices.Contains(need.Attrs, x.attr)
	})
}

// show puts a row (nil: none) into facts.
func (p *program) show(f *rule.Facts, r *Row) {
	if r == nil {
		r = &Row{}
	}
	if p.score >= 0 && p.score < len(f.Scores) {
		f.Scores[p.score] = r.curve()
	}
	if p.attr >= 0 && p.attr < len(f.Attrs) {
		f.Attrs[p.attr] = rule.Value{}
		if r.Tier != "" {
			f.Attrs[p.attr] = rule.StringValue(r.Tier)
		}
	}
}

// curve is the balance as a function of time.
func (r *Row) curve() (c rule.Curve) {
	for i := range r.Lots {
		lot := &r.Lots[i]
		if lot.Left == 0 {
			continue
		}
		t := rule.Term{From: lot.From, Until: lot.Expires, Points: float64(lot.Left)}
		if k := len(c) - 1; k >= 0 && c[k].Until == t.Until && (c[k].From == t.From || c[k].From <= r.At && t.From <= r.At) {
			c[k].From, c[k].Points = max(c[k].From, t.From), c[k].Points+t.Points
			continue
		}
		c = append(c, t)
	}
	return c
}

// Derive brings the accounts of the named programs to the instant of each pass, in that order, counts the event of the
// pass, writes the balance and the tier into the pass's facts, and commits all changes at once. It returns what it said.
// The name of a program stands for its points and its tier; "stage/<name>" alone lets time pass for both, and counts no
// event. An event that was counted does not count again, and nothing is said again: after a crash the same call goes on
// where the last one stopped.
//
// What time does (points that expire, a review of the tier) is said at its own instant, in order, also where the pass
// is later.
//
// A name that the plan does not have is of a definition that is gone: it is not derived any more, and not due.
func (b *Book) Derive(ctx context.Context, names []string, ps []rule.Pass) ([]marque.Event, error) {
	c, err := b.derive(ctx, names, ps, false)
	return c.Say, err
}

// Rebuild is Derive without a word, for definitions that are new or changed: tiers and grants become what the definitions
// say now. It never takes points away or counts an event again: events of the passes that were not counted are. Names
// nil is all programs. It returns how many rows changed.
func (b *Book) Rebuild(ctx context.Context, names []string, ps []rule.Pass) (int, error) {
	if names == nil {
		for i := range b.plan.programs {
			names = append(names, b.plan.programs[i].Name)
		}
	}
	c, err := b.derive(ctx, names, ps, true)
	return len(c.Rows), err
}

// A task is a program to derive.
type task struct {
	program int
	count   bool // the event too
}

// tasks are the programs of names of derivations, each once.
func (p *Plan) tasks(names []string) (tasks []task, gone []string) {
	var few [16]int
	list, gone := derived.Names(p.index, names, few[:0])
next:
	for _, i := range list {
		t := task{i / 2, i%2 == 0}
		for j := range tasks {
			if tasks[j].program == t.program {
				tasks[j].count = tasks[j].count || t.count
				continue next
			}
		}
		tasks = append(tasks, t)
	}
	return tasks, gone
}

func (b *Book) derive(ctx context.Context, names []string, ps []rule.Pass, anew bool) (change, error) {
	tasks, gone := b.plan.tasks(names)
	if len(gone) > 0 && anew {
		return change{}, fmt.Errorf("points: derive %q: %w", gone[0], marque.ErrNotFound)
	}
	var counted map[string]bool // keys of events that counted before, found out by the store
	for {
		c, known, err := b.hand.Change(ctx, nil, ps, func(sheet *sheet) {
			for i := range ps {
				var sc derived.Scope
				for _, t := range tasks {
					b.plan.pass(sheet, i, &ps[i], t, &sc, counted, anew)
				}
				sheet.Rest(i, gone)
			}
		})
		if err != nil {
			return c, fmt.Errorf("points: derive: %w", err)
		}
		if len(known) == 0 {
			return c, nil
		}
		if counted == nil {
			counted = map[string]bool{}
		}
		for _, key := range known {
			counted[key] = true
		}
	}
}

// pass brings one account to the instant of a pass.
func (plan *Plan) pass(sheet *sheet, i int, pass *rule.Pass, t task, sc *derived.Scope, counted map[string]bool, anew bool) {
	p, now := &plan.programs[t.program], rule.At(pass.Now)
	old := find(sheet.Rows(i), p.Name)
	scope := func() []rule.Value { return sc.Of(plan.lex, &pass.Event) }
	var hits []int
	if t.count {
		for _, k := range p.matches(pass, scope) {
			if !counted[p.key(&p.earn[k], pass.Event.ID)] {
				hits = append(hits, k)
			}
		}
	}
	quiet := old == nil || !anew && !old.Stirred && (old.Due == 0 || old.Due > now)
	if len(hits) == 0 && quiet {
		p.show(pass.Facts, old)
		return
	}
	l := p.open(old, derived.Cause(pass), pass.Now, anew)
	for _, k := range hits {
		l.count(&p.earn[k], &pass.Event, scope())
	}
	if old != nil || l.changed {
		l.settle()
		l.put(sheet, i)
	}
	p.show(pass.Facts, &l.row)
}
