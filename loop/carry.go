package loop

import (
	"context"
	"fmt"
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
		if e.Profile == "" || l.opts.Lease.Parts.Has(e.Profile) {
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
	for _, m := range got.Moves {
		if err := l.move(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// move lets every holder take a merge, derives the person anew and ticks the merge off.
func (l *Loop) move(ctx context.Context, m marque.Move) error {
	l.stirAll()
	for _, h := range l.holders {
		if err := h.Move(ctx, m); err != nil {
			return fmt.Errorf("merge %s into %s: %w", m.From, m.Into, err)
		}
	}
	for i := range l.queue[l.head:] {
		if e := &l.queue[l.head+i]; e.Profile == m.From {
			e.Profile = m.Into
		}
	}
	now := l.now
	if m.At.After(now) {
		now = m.At
	}
	said, err := l.derive(ctx, l.courses.all(), marque.Event{Profile: m.Into, At: now, Received: now}, now)
	if err != nil {
		return err
	}
	if err := l.absorb(ctx, said); err != nil {
		return err
	}
	return l.profile.Moved(ctx, m.Key)
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
