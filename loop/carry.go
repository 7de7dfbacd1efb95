package loop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// append puts events into the log and the inbox, and carries out the merges that they caused.
func (l *Loop) append(ctx context.Context, events ...marque.Event) error {
	got, err := l.profile.Append(ctx, events)
	if err != nil {
		return err
	}
	for _, e := range got.Events {
		if l.opts.Lease.Parts.Has(e.Profile) {
			l.queue = append(l.queue, e)
		}
	}
	if l.opts.Ignored != nil {
		for _, x := range got.Ignored {
			l.opts.Ignored(x)
		}
	}
	if len(got.Said) > 0 {
		if err := l.absorb(ctx, []said{{l.stores.Profiles, got.Said}}); err != nil {
			return err
		}
	}
	return l.move(ctx, got.Moves...)
}

// move lets every holder take merges and splits that were decided together, derives the people anew and ticks the moves
// off. The profile store is behind all of them already, so nobody is looked at before the last.
func (l *Loop) move(ctx context.Context, moves ...marque.Move) error {
	if len(moves) == 0 {
		return nil
	}
	l.stirAll()
	now := l.now
	var people, parted []string
	for _, m := range moves {
		for _, h := range l.holders {
			if err := h.Move(ctx, m); err != nil {
				return fmt.Errorf("move of %s into %s: %w", m.From, m.Into, err)
			}
		}
		for i := range l.queue[l.head:] {
			e := &l.queue[l.head+i]
			if _, goes := m.Takes(e.Via()); goes && e.Profile == m.From {
				e.Profile = m.Into
			}
		}
		if m.At.After(now) {
			now = m.At
		}
		people = append(people, m.Into)
		if len(m.IDs) > 0 {
			people = append(people, m.From)
			parted = append(parted, m.Into, m.From)
		}
	}
	slices.Sort(people)
	for _, who := range slices.Compact(people) {
		if p, err := l.profile.Person(ctx, who); errors.Is(err, marque.ErrNotFound) || err == nil && p.ID != who {
			continue // erased, or merged by another of the moves
		} else if err != nil {
			return err
		}
		if slices.Contains(parted, who) { // what follows from events is counted anew from those that are theirs now
			if _, err := l.anew(ctx, who, now, false); err != nil {
				return err
			}
		}
		said, err := l.derive(ctx, l.courses.all(), marque.Event{Profile: who, At: now, Received: now}, now)
		if err != nil {
			return err
		}
		if err := l.absorb(ctx, said); err != nil {
			return err
		}
	}
	for _, m := range moves {
		if err := l.profile.Moved(ctx, m.Key); err != nil {
			return err
		}
	}
	return nil
}

// moves carries out the merges and splits that wait.
func (l *Loop) moves(ctx context.Context) error {
	for {
		moves, err := l.profile.Moves(ctx, batch)
		if err != nil || len(moves) == 0 {
			return err
		}
		if err := l.move(ctx, moves...); err != nil {
			return err
		}
	}
}

// said is what one store's commit said.
type said struct {
	feed   marque.Feed
	events []marque.Event
}

// absorb appends what was said to the log and the inbox first, and marks it taken after.
func (l *Loop) absorb(ctx context.Context, all []said) error {
	if len(all) == 0 {
		return nil
	}
	events := all[0].events
	for _, s := range all[1:] {
		events = append(events[:len(events):len(events)], s.events...)
	}
	if err := l.append(ctx, events...); err != nil {
		return err
	}
	for _, s := range all {
		ids := make([]string, len(s.events))
		for i, e := range s.events {
			ids[i] = e.ID
		}
		if err := s.feed.Taken(ctx, ids); err != nil {
			return err
		}
	}
	return nil
}

// drain takes what stands in the feeds, whoever committed it.
func (l *Loop) drain(ctx context.Context) error {
	for _, feed := range l.feeds {
		for {
			events, err := feed.Pending(ctx, l.opts.Lease.Parts, batch)
			if err != nil {
				return err
			}
			if len(events) == 0 {
				break
			}
			l.stirAll()
			if feed == l.stores.Profiles { // a merge or a split by the host: it waits for the other holders
				if err := l.moves(ctx); err != nil {
					return err
				}
			}
			if err := l.absorb(ctx, []said{{feed, events}}); err != nil {
				return err
			}
		}
	}
	return nil
}

// line makes the inbox in hand anew.
func (l *Loop) line(events []marque.Event) {
	clear(l.queue)
	l.queue, l.head = append(l.queue[:0], events...), 0
}

// carryAll empties the inbox in hand, in order of arrival. It reports whether anything may follow at this instant.
func (l *Loop) carryAll(ctx context.Context) (busy bool, err error) {
	for l.head < len(l.queue) {
		e := l.queue[l.head]
		l.head++
		now := l.now
		if e.Arrived().After(now) {
			now = e.Arrived()
			l.reach(now)
		}
		did, err := l.carry(ctx, e, now)
		if err != nil {
			return true, fmt.Errorf("carry event %s (%s) of %s: %w", e.ID, e.Name, e.Profile, err)
		}
		busy = busy || did
	}
	l.line(nil)
	return busy, nil
}

// carry takes one logged event through derivers and journeys. It reports whether anybody looked at it.
func (l *Loop) carry(ctx context.Context, e marque.Event, now time.Time) (bool, error) {
	c := l.courses.event(e)
	listens := l.runner.Listens(e)
	switch {
	case e.Profile == "" && listens && e.Hops <= l.opts.MaxHops:
		return true, l.raise(ctx, e, now)
	case e.Hops > l.opts.MaxHops:
		l.dead = append(l.dead, e)
		fallthrough
	case e.Profile == "" || c == nil && !listens:
		return false, l.handled(ctx, e.ID)
	}
	all, err := l.derive(ctx, c, e, now)
	if err != nil {
		return true, err
	}
	if listens {
		if c == nil {
			l.facts.Reset(e.Profile)
		}
		l.stir(journeys)
		l.passes[0] = rule.Pass{Event: e, Facts: l.facts, Now: l.acts(now)}
		events, err := l.runner.Handle(ctx, l.opts.Lease, l.passes[:])
		if err != nil {
			return true, err
		}
		if len(events) > 0 {
			all = append(all, said{l.stores.Journeys, events})
		}
	}
	if err := l.absorb(ctx, all); err != nil {
		return true, err
	}
	return true, l.handled(ctx, e.ID)
}

// raise takes an event about nobody to the journeys that it raises or ends.
func (l *Loop) raise(ctx context.Context, e marque.Event, now time.Time) error {
	l.stir(journeys)
	if _, err := l.runner.Handle(ctx, l.opts.Lease, []rule.Pass{{Event: e, Now: l.acts(now)}}); err != nil {
		return err
	}
	return l.handled(ctx, e.ID)
}

func (l *Loop) handled(ctx context.Context, id string) error {
	l.done[0] = id
	return l.profile.Handled(ctx, l.done[:])
}

// derive runs a course for one person and leaves the facts in l.facts.
func (l *Loop) derive(ctx context.Context, c *course, e marque.Event, now time.Time) ([]said, error) {
	if c == nil {
		return nil, nil
	}
	if err := l.fill(ctx, c, e, now); err != nil {
		return nil, err
	}
	var all []said
	for _, leg := range c.legs {
		l.stir(leg.deriver)
		events, err := l.derivers[leg.deriver].Derive(ctx, leg.names, l.passes[:])
		if err != nil {
			return nil, err
		}
		if len(events) > 0 {
			all = append(all, said{l.feeds[1+leg.deriver], events})
		}
	}
	return all, nil
}

// fill makes the pass for an event: the person's facts, as far as the course needs them.
func (l *Loop) fill(ctx context.Context, c *course, e marque.Event, now time.Time) error {
	l.facts.Reset(e.Profile)
	l.people[0] = l.facts
	l.passes[0] = rule.Pass{Event: e, Facts: l.facts, Now: now}
	return l.owners.Fill(ctx, c.need, now, l.people[:])
}
