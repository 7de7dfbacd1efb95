package tagging

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A Tag is a tag that a person has.
type Tag struct {
	Name       string    `json:"name"`
	Source     Source    `json:"source"`               // of the strongest mark
	Confidence float64   `json:"confidence,omitempty"` // of the same mark; zero: it did not say
	Since      time.Time `json:"since"`
	Until      time.Time `json:"until,omitzero"`    // its end, where it is certain
	Cause      string    `json:"cause,omitempty"`   // the event or act that gave the mark
	Version    string    `json:"version,omitempty"` // of the definition that made the mark, empty for an act
}

// Of lists the tags that a person has at now, in order of the name.
func (b *Book) Of(ctx context.Context, profile string, now time.Time) ([]Tag, error) {
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: of %q: %w", profile, err)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return nil, fmt.Errorf("tagging: of %q: %w", profile, err)
	}
	var tags []Tag
	for _, s := range b.plan.stand(rows[0], rule.At(now)) {
		if s.on {
			tags = append(tags, s.tag(rule.At(now)))
		}
	}
	slices.SortFunc(tags, func(a, b Tag) int { return strings.Compare(a.Name, b.Name) })
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
		p.Holders = append(p.Holders, Holder{r.Profile, r.Since.Time(), r.Source})
	}
	return p, nil
}

// History lists the changes of a person's tags in the order in which they became known.
func (b *Book) History(ctx context.Context, profile string) ([]Turn, error) {
	profile, err := derived.Who(ctx, b.lead, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: history of %q: %w", profile, err)
	}
	turns, err := b.store.History(ctx, profile)
	if err != nil {
		return nil, fmt.Errorf("tagging: history of %q: %w", profile, err)
	}
	return turns, nil
}
