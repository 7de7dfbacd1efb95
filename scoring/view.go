package scoring

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Score is a person's score at an instant, and why it is what it is.
type Score struct {
	Value  float64   `json:"value"`
	Up     []string  `json:"up,omitempty"`     // the thresholds that are up
	Next   time.Time `json:"next,omitzero"`    // the instant of the next crossing if nothing happens
	Shares []Share   `json:"shares,omitempty"` // by rule; their points add up to the value
}

// A Share is what one rule gives to a score.
type Share struct {
	Rule   string    `json:"rule"`
	Points float64   `json:"points"` // what is left of them
	Events int       `json:"events"` // how many count
	Last   time.Time `json:"last"`
}

// Score tells a person's score at now, and not before the last event that counts: a score does not know its past. Who has
// none has the zero Score.
func (b *Book) Score(ctx context.Context, profile, name string, now time.Time) (Score, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return Score{}, fmt.Errorf("scoring: score %q of %q: %w", name, profile, marque.ErrNotFound)
	}
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return Score{}, fmt.Errorf("scoring: score %q of %q: %w", name, profile, err)
	}
	r := find(rows[0], name)
	if r == nil {
		return Score{}, nil
	}
	s, at := &b.plan.scores[k], rule.At(now)
	parts := s.tidy(r.Parts)
	s.each(parts, func(_ string, total Hit, _ int) { at = max(at, total.At) })
	score := Score{Value: s.curve(parts).At(at), Up: slices.Clone(r.Up), Next: r.Due.Time()}
	s.each(parts, func(name string, total Hit, n int) {
		score.Shares = append(score.Shares, Share{name, total.Points * fade(at-total.At, s.HalfLife), n, total.At.Time()})
	})
	return score, nil
}

// A Scored is somebody with a score.
type Scored struct {
	Profile string  `json:"profile"`
	Value   float64 `json:"value"`
}

// A Page is part of a list. Next, where it is not empty, is the cursor of the page behind it.
type Page struct {
	People []Scored `json:"people"`
	Next   string   `json:"next,omitempty"`
}

// People lists up to n people who have points of a score, with its value at now, in order of their profile, from
// behind the cursor, which is empty for the first page.
func (b *Book) People(ctx context.Context, name, cursor string, n int, now time.Time) (Page, error) {
	k, ok := b.plan.byName[name]
	if !ok {
		return Page{}, fmt.Errorf("scoring: people with %q: %w", name, marque.ErrNotFound)
	}
	n = max(n, 1)
	rows, err := b.store.List(ctx, Query{Name: name, After: cursor, N: n + 1})
	if err != nil {
		return Page{}, fmt.Errorf("scoring: people with %q: %w", name, err)
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		p.Next = rows[n-1].Profile
	}
	s := &b.plan.scores[k]
	for _, r := range rows {
		p.People = append(p.People, Scored{r.Profile, s.curve(s.tidy(r.Parts)).At(rule.At(now))})
	}
	return p, nil
}
