package loop

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/scoring"
	"github.com/marque-go/marque/tagging"
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

// Rebuild derives tags and segments anew, for everybody in the loop's partitions as of the instant reached, and says
// nothing, so that no journey takes them for people who enter today. It is for definitions that are new or changed over
// stores that have people already; it returns how many rows changed. Tags that follow events are filled from the
// people's histories, as tagging.Book.Rebuild says; scores count from now on.
func (l *Loop) Rebuild(ctx context.Context) (rows int, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	c := &course{}
	var heard []string
	for _, d := range l.plan.graph.defs {
		if _, scores := l.derivers[d.deriver].(*scoring.Book); !scores {
			c.add(d)
			heard = append(heard, d.On...)
		}
	}
	slices.Sort(heard)
	heard = slices.Compact(heard)
	for _, name := range heard {
		if slot, ok := l.plan.lex.Event(name); ok {
			c.need = c.need.Union(rule.Need{Events: []rule.EventNeed{{Slot: slot}}})
		}
	}
	err = l.do(ctx, func() error {
		l.stirAll()
		var passes []rule.Pass
		for profile, err := range l.profile.People(ctx, l.opts.Lease.Parts, "") {
			if err != nil {
				return err
			}
			if err := l.fill(ctx, c, marque.Event{Profile: profile, At: l.now, Received: l.now}, l.now); err != nil {
				return err
			}
			passes = append(l.past(passes[:0], heard), l.passes[0])
			for _, leg := range c.legs {
				n, err := l.derivers[leg.deriver].Rebuild(ctx, leg.names, passesFor(l.derivers[leg.deriver], passes))
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

// passesFor is what a deriver looks at: only tags look at events that are past, the others at the person as it is.
func passesFor(d Deriver, passes []rule.Pass) []rule.Pass {
	if _, tags := d.(*tagging.Book); tags {
		return passes
	}
	return passes[len(passes)-1:]
}

// past appends a pass for each event of the names in the history that the facts hold.
func (l *Loop) past(passes []rule.Pass, names []string) []rule.Pass {
	for _, name := range names {
		slot, ok := l.plan.lex.Event(name)
		if !ok {
			continue
		}
		fields := l.plan.lex.Schema().Events[slot].Props
		for _, hit := range l.facts.Events[slot] {
			e := marque.Event{Name: name, Profile: l.facts.Profile, At: hit.At.Time(), Received: l.now, Props: map[string]any{}}
			for i, v := range hit.Props {
				if v.Known() {
					e.Props[fields[i].Name] = v.Any()
				}
			}
			passes = append(passes, rule.Pass{Event: e, Facts: l.facts, Now: l.now})
		}
	}
	return passes
}
