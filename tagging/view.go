package tagging

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Tag is a tag that a person has.
type Tag struct {
	Name   string    `json:"name"`
	Source Source    `json:"source"` // of the strongest mark
	Since  time.Time `json:"since"`
	Until  time.Time `json:"until,omitzero"` // its end, where it is certain
}

// Of lists the tags that a person has at now, in order of the name.
func (b *Book) Of(ctx context.Context, profile string, now time.Time) ([]Tag, error) {
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return nil, fmt.Errorf("tagging: of %q: %w", profile, err)
	}
	var tags []Tag
	for _, r := range rows[0] {
		if r.On && r.lasts(rule.At(now)) {
			t := Tag{Name: r.Name, Source: best(r.Marks).Source, Since: r.Since.Time()}
			if k, ok := b.plan.byName[r.Name]; ok {
				t.Until = b.plan.tags[k].until(r.Marks).Time()
			}
			tags = append(tags, t)
		}
	}
	return tags, nil
}

// lasts reports whether some mark of the row has not ended at now.
func (r *Row) lasts(now rule.Instant) bool {
	for _, m := range r.Marks {
		if m.Until == 0 || now < m.Until {
			return true
		}
	}
	return false
}

// AsOf lists the tags that a person had at t, as far as it was known then, in order of the name. After a merge the
// person had at t what either of the two had. An instant later than now gives what will be left if nothing
// happens to the rules.
func (b *Book) AsOf(ctx context.Context, profile string, t time.Time) ([]Tag, error) {
	turns, err := b.store.History(ctx, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: as of %s of %q: %w", t, profile, err)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return nil, fmt.Errorf("tagging: as of %s of %q: %w", t, profile, err)
	}
	at := rule.At(t)
	var tags []Tag
	for name, last := range lastTurns(turns, at) {
		since := last.At
		if last.Origin == "" {
			if r := find(rows[0], name); r != nil && r.On && r.Since == since && !r.lasts(at) {
				continue
			}
		}
		tags = append(tags, Tag{Name: name, Source: last.Source, Since: since.Time()})
	}
	return tags, nil
}

// A Holder is somebody who has a tag.
type Holder struct {
	Profile string    `json:"profile"`
	Since   time.Time `json:"since"`
	Source  Source    `json:"source"`
}

// A Page is part of a list. Next, where it is not empty, is the cursor of the page behind it.
type Page struct {
	Holders []Holder `json:"holders"`
	Next    string   `json:"next,omitempty"`
}

// Holders lists up to n people who have a tag in order of their profile, from behind the cursor, which is empty for
// the first page.
func (b *Book) Holders(ctx context.Context, tag, cursor string, n int) (Page, error) {
	if _, ok := b.plan.byName[tag]; !ok {
		return Page{}, fmt.Errorf("tagging: holders of %q: %w", tag, marque.ErrNotFound)
	}
	n = max(n, 1)
	rows, err := b.store.List(ctx, Query{Name: tag, After: cursor, N: n + 1})
	if err != nil {
		return Page{}, fmt.Errorf("tagging: holders of %q: %w", tag, err)
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		p.Next = rows[n-1].Profile
	}
	for _, r := range rows {
		p.Holders = append(p.Holders, Holder{r.Profile, r.Since.Time(), best(r.Marks).Source})
	}
	return p, nil
}

// History lists the changes of a person's tags in the order in which they became known.
func (b *Book) History(ctx context.Context, profile string) ([]Turn, error) {
	turns, err := b.store.History(ctx, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: history of %q: %w", profile, err)
	}
	return turns, nil
}
