package loop

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/marque-go/marque"
)

// Import takes a history into the log without carrying it: who is who, attributes and consents follow from it, then
// tags, scores, points, stages and segments are derived anew for the people whom it is about, as of the instant reached
// (of Options.Now where nothing has happened yet), without a word. So no journey takes somebody for a person who did today what the history says, and time does not move.
// It is for what happened before the library was there; an event whose ID is known is passed over. Events may come in
// any order; each needs At, and its Received is At unless it is set. It returns how many were taken.
//
// What failed half way is repeated as it was. Import holds everything else up while it runs.
func (l *Loop) Import(ctx context.Context, events iter.Seq2[marque.Event, error]) (taken int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err = l.do(ctx, func() error {
		if err := l.pickUp(ctx); err != nil {
			return err
		}
		people, now := map[string]bool{}, l.now
		if now.IsZero() {
			now = l.opts.Now()
		}
		page := make([]marque.Event, 0, batch)
		take := func() error {
			n, err := l.shelve(ctx, page, people)
			taken, page = taken+n, page[:0]
			return err
		}
		for e, err := range events {
			if err != nil {
				return err
			}
			if page = append(page, e); len(page) == batch {
				if err := take(); err != nil {
					return err
				}
			}
		}
		if err := take(); err != nil {
			return err
		}
		for _, who := range slices.Sorted(maps.Keys(people)) {
			if who, err = l.who(ctx, who); err != nil {
				return err
			}
			if who != "" && l.opts.Lease.Parts.Has(who) {
				if _, err := l.anew(ctx, who, now, true); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return taken, fmt.Errorf("loop: import: %w", err)
	}
	return taken, nil
}

// shelve puts events into the log only, and notes whom they are about.
func (l *Loop) shelve(ctx context.Context, events []marque.Event, people map[string]bool) (int, error) {
	got, err := l.profile.Shelve(ctx, slices.Clone(events))
	if err != nil {
		return 0, err
	}
	if l.opts.Ignored != nil {
		for _, x := range got.Ignored {
			l.opts.Ignored(x)
		}
	}
	for _, e := range got.Events {
		people[e.Profile] = true
	}
	for i := range events { // of a call that is repeated
		if e := &events[i]; slices.Contains(got.Known, e.ID) {
			who, _, err := l.profile.Resolve(ctx, e.IDs)
			if err != nil {
				return 0, err
			}
			people[cmp.Or(who, e.Profile)] = true
		}
	}
	for _, m := range got.Moves {
		for _, h := range l.holders {
			if err := h.Move(ctx, m); err != nil {
				return 0, err
			}
		}
		people[m.From], people[m.Into] = true, true
		if err := l.profile.Moved(ctx, m.Key); err != nil {
			return 0, err
		}
	}
	return len(got.Events), nil
}
