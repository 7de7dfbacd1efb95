package segment

import (
	"context"
	"fmt"
	"time"

	"github.com/marque-go/marque"
)

// A Member is somebody who is in a segment.
type Member struct {
	Profile string    `json:"profile"`
	Since   time.Time `json:"since"`
}

// A Page is part of a list. Next, where it is not empty, is the cursor of the page behind it.
type Page struct {
	Members []Member `json:"members"`
	Next    string   `json:"next,omitempty"`
}

// Members lists up to n members of a segment in order of their profile, from behind the cursor, which is empty for
// the first page. People who enter or leave meanwhile are in the list or not; everybody else is in it once.
func (b *Book) Members(ctx context.Context, name, cursor string, n int) (Page, error) {
	if _, ok := b.plan.byName[name]; !ok {
		return Page{}, fmt.Errorf("segment: members of %q: %w", name, marque.ErrNotFound)
	}
	n = max(n, 1)
	rows, err := b.store.List(ctx, Query{Name: name, After: cursor, N: n + 1})
	if err != nil {
		return Page{}, fmt.Errorf("segment: members of %q: %w", name, err)
	}
	var p Page
	if len(rows) > n {
		rows = rows[:n]
		p.Next = rows[n-1].Profile
	}
	for _, r := range rows {
		p.Members = append(p.Members, Member{r.Profile, r.Since.Time()})
	}
	return p, nil
}

// Count is the number of members of a segment.
func (b *Book) Count(ctx context.Context, name string) (int, error) {
	if _, ok := b.plan.byName[name]; !ok {
		return 0, fmt.Errorf("segment: count of %q: %w", name, marque.ErrNotFound)
	}
	return b.store.Count(ctx, name)
}

// A Membership is a person's place in a segment.
type Membership struct {
	Segment string    `json:"segment"`
	In      bool      `json:"in"`
	Since   time.Time `json:"since"`         // of being in, or out
	Look    time.Time `json:"look,omitzero"` // when it may change though nothing happens
}

// Of lists the segments a person is or was in, in order of the name.
func (b *Book) Of(ctx context.Context, profile string) ([]Membership, error) {
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return nil, fmt.Errorf("segment: of %q: %w", profile, err)
	}
	var ms []Membership
	for _, r := range rows[0] {
		if r.Since != 0 {
			ms = append(ms, Membership{r.Name, r.In, r.Since.Time(), r.Due.Time()})
		}
	}
	return ms, nil
}

// Has reports whether a person is in a segment.
func (b *Book) Has(ctx context.Context, profile, name string) (bool, error) {
	rows, err := b.store.Load(ctx, []string{profile}, nil)
	if err != nil {
		return false, fmt.Errorf("segment: membership of %q in %q: %w", profile, name, err)
	}
	r := find(rows[0], name)
	return r != nil && r.In, nil
}
