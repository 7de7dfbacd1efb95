package points

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// An Account is what a person has in a program at an instant, if nothing happens until then.
type Account struct {
	Balance  int64     `json:"balance"`           // what can be spent
	Pending  int64     `json:"pending,omitempty"` // what can be spent later
	Debt     int64     `json:"debt,omitempty"`    // what the next points pay for
	Expiring int64     `json:"expiring,omitempty"`
	Expires  time.Time `json:"expires,omitzero"` // when the first points expire, which are Expiring

	Tier       string    `json:"tier,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	Review     time.Time `json:"review,omitzero"` // until when the tier is kept for certain; zero: for good
	Qualifying int64     `json:"qualifying"`      // points that count for tiers now
	Next       string    `json:"next,omitempty"`  // the tier above
	ToNext     int64     `json:"to_next,omitempty"`
	Multiplier int64     `json:"multiplier"` // of what is earned now, in percent
	Priority   int       `json:"priority,omitempty"`
	Benefits   []Benefit `json:"benefits,omitempty"`
}

// A Benefit is what a person was granted, and may still use.
type Benefit struct {
	Grant string    `json:"grant"`
	Quota int64     `json:"quota"`
	Left  int64     `json:"left"`
	Until time.Time `json:"until,omitzero"` // the end of the period; zero: for good
}

// Account tells what a person has in a program. Who has none has the zero Account, with what the first tier takes.
func (b *Book) Account(ctx context.Context, profile, name string, now time.Time) (Account, error) {
	l, err := b.look(ctx, profile, name, now)
	if err != nil {
		return Account{}, fmt.Errorf("points: account of %q in %q: %w", profile, name, err)
	}
	a := Account{
		Tier: l.row.Tier, Since: l.row.Since.Time(), Review: l.row.Review.Time(),
		Qualifying: l.qualifying(l.at), Multiplier: l.multiplier(l.at),
	}
	a.Balance, a.Pending, a.Debt = l.sums()
	for i := range l.row.Lots {
		lot := &l.row.Lots[i]
		if at := lot.Expires.Time(); lot.Left > 0 && lot.Expires != 0 && (a.Expires.IsZero() || at.Equal(a.Expires)) {
			a.Expires, a.Expiring = at, a.Expiring+lot.Left
		}
	}
	level := l.level()
	if level > 0 {
		a.Priority = l.p.Tiers[level-1].Benefits.Priority
	}
	if level < len(l.p.Tiers) {
		a.Next, a.ToNext = l.p.Tiers[level].Name, max(0, l.p.Tiers[level].At-a.Qualifying)
	}
	for i := range l.row.Quotas {
		q := &l.row.Quotas[i]
		a.Benefits = append(a.Benefits, Benefit{q.Grant, q.N, q.left(), q.Until.Time()})
	}
	return a, nil
}

// Multiplier is what points are multiplied with that the person earns at now, in percent.
func (b *Book) Multiplier(ctx context.Context, profile, name string, now time.Time) (int64, error) {
	l, err := b.look(ctx, profile, name, now)
	if err != nil {
		return 0, fmt.Errorf("points: multiplier of %q in %q: %w", profile, name, err)
	}
	return l.multiplier(l.at), nil
}

// look opens an account without changing it.
func (b *Book) look(ctx context.Context, profile, name string, now time.Time) (*ledger, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return nil, marque.ErrNotFound
	}
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return nil, err
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return nil, err
	}
	row := find(rows[0], name)
	l := b.plan.programs[k].open(row, marque.Event{Profile: profile}, now, true)
	if row != nil {
		l.settle()
	}
	return l, nil
}

// Statement yields the history of a person in a program, in the order in which it became known. It ends with its first
// error.
func (b *Book) Statement(ctx context.Context, profile, name string) iter.Seq2[Entry, error] {
	const page = 100
	return func(yield func(Entry, error) bool) {
		profile, err := derived.Who(ctx, b.lead, profile)
		if err != nil {
			yield(Entry{}, fmt.Errorf("points: statement of %q in %q: %w", profile, name, err))
			return
		}
		for skip := 0; ; skip += page {
			list, err := b.store.Entries(ctx, Lookup{Profile: profile, Program: name, Skip: skip, N: page})
			if err != nil {
				yield(Entry{}, fmt.Errorf("points: statement of %q in %q: %w", profile, name, err))
				return
			}
			for _, e := range list {
				if !yield(e, nil) {
					return
				}
			}
			if len(list) < page {
				return
			}
		}
	}
}

// A Member is somebody who has an account.
type Member struct {
	Profile string `json:"profile"`
	Tier    string `json:"tier,omitempty"`
	Balance int64  `json:"balance"`
}

// A Page is part of a list. Next, where it is not empty, is the cursor of the page behind it.
type Page struct {
	Members []Member `json:"members"`
	Next    string   `json:"next,omitempty"`
}

// Members lists up to n people who have an account in a program, with their balance at now and the tier that they were
// last seen with, in order of their profile, from behind the cursor, which is empty for the first page.
func (b *Book) Members(ctx context.Context, name, cursor string, n int, now time.Time) (Page, error) {
	if _, ok := b.plan.byName[name]; !ok {
		return Page{}, fmt.Errorf("points: members of %q: %w", name, marque.ErrNotFound)
	}
	n = max(n, 1)
	rows, err := b.store.List(ctx, Query{Name: name, After: cursor, N: n + 1})
	if err != nil {
		return Page{}, fmt.Errorf("points: members of %q: %w", name, err)
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		p.Next = rows[n-1].Profile
	}
	for _, r := range rows {
		p.Members = append(p.Members, Member{r.Profile, r.Tier, int64(r.curve().At(rule.At(now)))})
	}
	return p, nil
}
