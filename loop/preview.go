package loop

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/profile/identity"
)

// A Preview is what a merge or an unmerge would do to people, in every room. Nothing is done.
type Preview struct {
	profile.Preview
	Changes []Change `json:"changes,omitempty"` // what would differ, by person, room, kind and name
}

// A Change is something that is held of a person, as it is and as it would be.
//
//	room       kind        name       Before and After
//	tagging    mark        tag        string: the strongest source that is no rule and no habit
//	scoring    score       score      float64
//	points     balance     program    int64: what can be spent
//	points     pending     program    int64: what can be spent later
//	points     debt        program    int64: what the next points pay for
//	points     tier        program    string
//	lifecycle  hand        lifecycle  string: the stage that somebody set last
//	coupon     coupon      batch      int64: how many are in the wallet
//	journey    enrollment  journey    int64: how many are open
//	coupon     limit       counter    int64: what the person took of it, and Limit
//	journey    limit       counter    the same
//
// Who is not there yet, or no more, has 0 or "" of everything.
type Change struct {
	Profile string `json:"profile"`
	Room    string `json:"room"`
	Kind    string `json:"kind"`
	Name    string `json:"name"`
	Before  any    `json:"before"`
	After   any    `json:"after"`
	// Limit is how much of a counter a person may have. Where After is above it nothing is taken back, but the next is
	// refused.
	Limit int64 `json:"limit,omitempty"`
}

// Preview tells what Track would do to people because of the identifiers in events, and does nothing. It shows what
// would become of what is held of them, as of the instant reached, or that of the events if it is later. It does not
// show what the events themselves would set or earn, nor what is derived anew from the people as they would be: tags,
// points of a score and stages by rules over the person, which tag of an exclusive group is on, segments, and what
// journeys make of all that.
//
// A person who would begin has the id that Options.NewID gives; where that is random, Track mints another.
func (l *Loop) Preview(ctx context.Context, events ...marque.Event) (Preview, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	events = slices.Clone(events)
	for i := range events {
		e := &events[i]
		e.Received = l.arrival(*e)
		if e.At.IsZero() || e.At.After(e.Received) {
			e.At = e.Received
		}
	}
	p, err := l.profile.Preview(ctx, events...)
	return l.preview(ctx, p, err)
}

// PreviewRule tells what Rule would do to people, and does nothing. What it shows is as in Preview.
func (l *Loop) PreviewRule(ctx context.Context, rulings ...identity.Ruling) (Preview, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p, err := l.profile.PreviewRule(ctx, rulings...)
	return l.preview(ctx, p, err)
}

func (l *Loop) preview(ctx context.Context, people profile.Preview, err error) (Preview, error) {
	p := Preview{Preview: people}
	if err == nil {
		p.Changes, err = l.changes(ctx, people)
	}
	if err != nil {
		return Preview{}, fmt.Errorf("loop: preview: %w", err)
	}
	return p, nil
}

// changes carries the moves out on copies of what is held of their people, and compares.
func (l *Loop) changes(ctx context.Context, p profile.Preview) ([]Change, error) {
	if len(p.Moves) == 0 {
		return nil, nil
	}
	var ids []string
	now := l.clock()
	for _, m := range p.Moves {
		ids = append(ids, m.From, m.Into)
		if m.At.After(now) {
			now = m.At
		}
	}
	slices.Sort(ids)
	r, err := l.rehearse(ctx, slices.Compact(ids), now)
	if err != nil {
		return nil, err
	}
	before, err := r.held(ctx, p.Before)
	if err != nil {
		return nil, err
	}
	for _, m := range p.Moves {
		for _, h := range []marque.Holder{r.Tags, r.Scores, r.Points, r.Stages, r.Coupons, r.Journeys} {
			if err := h.Move(ctx, m); err != nil {
				return nil, err
			}
		}
	}
	after, err := r.held(ctx, p.After)
	if err != nil {
		return nil, err
	}
	for at, x := range before {
		if _, still := after[at]; !still {
			after[at] = none(x)
		}
	}
	var changes []Change
	for _, at := range slices.SortedFunc(maps.Keys(after), thing.compare) {
		x, y := before[at], after[at]
		if x == nil {
			x = none(y)
		}
		if x != y {
			c := Change{Profile: at.profile, Room: at.room, Kind: at.kind, Name: at.name, Before: x, After: y}
			if at.kind == "limit" {
				c.Limit = r.limits[at.name]
			}
			changes = append(changes, c)
		}
	}
	return changes, nil
}

// A thing is what a Change is about.
type thing struct{ profile, room, kind, name string }

func (a thing) compare(b thing) int {
	return cmp.Or(cmp.Compare(a.profile, b.profile), cmp.Compare(a.room, b.room), cmp.Compare(a.kind, b.kind), cmp.Compare(a.name, b.name))
}

// none is what somebody has who is not there.
func none(x any) any {
	switch x.(type) {
	case int64:
		return int64(0)
	case float64:
		return 0.0
	}
	return ""
}
