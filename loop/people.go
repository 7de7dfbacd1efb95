package loop

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/scoring"
)

// Erase removes a person from every store, under all ids that they ever had, and returns how many rows it touched.
// Amounts that were spent stay spent. A call that failed is repeated until it succeeds.
func (l *Loop) Erase(ctx context.Context, profile string) (rows int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	err = l.do(ctx, func() error {
		l.stirAll()
		ids, err := l.ids(ctx, profile)
		if err != nil {
			return fmt.Errorf("loop: erase: %w", err)
		}
		for _, h := range append(l.holders[:len(l.holders):len(l.holders)], l.stores.Profiles) { // who they are goes last
			for _, id := range ids {
				n, err := h.Erase(ctx, id)
				if err != nil {
					return fmt.Errorf("loop: erase: %w", err)
				}
				rows += n
			}
		}
		return nil
	})
	return rows, err
}

// Export yields everything that is held of a person, store by store.
func (l *Loop) Export(ctx context.Context, profile string) iter.Seq2[marque.Item, error] {
	return func(yield func(marque.Item, error) bool) {
		ids, err := l.ids(ctx, profile)
		if err != nil {
			yield(marque.Item{}, fmt.Errorf("loop: export: %w", err))
			return
		}
		for item, err := range l.stores.Profiles.Export(ctx, ids[0]) {
			if !yield(item, err) || err != nil {
				return
			}
		}
		for _, h := range l.holders {
			for _, id := range ids {
				for item, err := range h.Export(ctx, id) {
					if !yield(item, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// ids are the id by which a person is known now, and those that were merged into it.
func (l *Loop) ids(ctx context.Context, profile string) ([]string, error) {
	p, err := l.profile.Person(ctx, profile)
	if errors.Is(err, marque.ErrNotFound) {
		return []string{profile}, nil
	}
	return append([]string{p.ID}, p.Former...), err
}

// Rebuild derives the tags and segments that follow a rule over the person anew, for everybody in the loop's partitions
// as of the instant reached, and says nothing, so that no journey takes them for people who enter today. It is for
// definitions that are new or changed over stores that have people already; it returns how many rows changed. Tags and
// scores that count events count from now on.
func (l *Loop) Rebuild(ctx context.Context) (rows int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &course{}
	for _, d := range l.plan.graph.defs {
		if _, scores := l.derivers[d.deriver].(*scoring.Book); !scores && len(d.On) == 0 {
			c.add(d)
		}
	}
	err = l.do(ctx, func() error {
		l.stirAll()
		for profile, err := range l.profile.People(ctx, l.opts.Lease.Parts, "") {
			if err != nil {
				return err
			}
			if err := l.fill(ctx, c, marque.Event{Profile: profile, At: l.now, Received: l.now}, l.now); err != nil {
				return err
			}
			for _, leg := range c.legs {
				n, err := l.derivers[leg.deriver].Rebuild(ctx, leg.names, l.passes[:])
				if err != nil {
					return fmt.Errorf("loop: rebuild: %w", err)
				}
				rows += n
			}
		}
		return nil
	})
	return rows, err
}
