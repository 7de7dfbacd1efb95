package loop

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

// Track takes events in, one after the other: what is due before an event's arrival is done first, then the event
// is logged and carried through every definition that reads it, with all that follows at that instant. An event
// whose ID is known is not taken twice, so a call that failed, or whose outcome is unknown, is repeated as it was.
//
// An event without Received arrives at its At, or at the instant that the loop has reached if that is later or there is
// no At; while Run runs, it arrives now. Outside Run, arrivals are what moves the loop's time. An At that is later than the arrival comes of a clock that is ahead, and is set to the
// arrival. Track returns when everything that follows at the same instant is committed and the
// channels have answered. A channel or doer must not call the loop that called it: it would wait for itself for ever.
func (l *Loop) Track(ctx context.Context, events ...marque.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.signal()
	for i, e := range events {
		if e.Name == "" {
			return fmt.Errorf("loop: track event %d of %d: %w", i+1, len(events), &marque.FieldError{Path: "name", Err: errors.New("is empty")})
		}
		if err := l.do(ctx, func() error { return l.track(ctx, e) }); err != nil {
			return fmt.Errorf("loop: track event %d of %d (%s): %w", i+1, len(events), e.Name, err)
		}
	}
	return nil
}

// do runs f, after taking up what an earlier call left half done by its error.
func (l *Loop) do(ctx context.Context, f func() error) error {
	if l.broken {
		if err := l.recover(ctx, l.now); err != nil {
			return err
		}
		l.broken = false
	}
	l.broken = true // also where f panics: a host may recover
	err := f()
	l.broken = err != nil
	return err
}

// Replay tracks the events of a sequence, in its order, and stops at the first error.
func (l *Loop) Replay(ctx context.Context, events iter.Seq2[marque.Event, error]) error {
	for e, err := range events {
		if err != nil {
			return err
		}
		if err := l.Track(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

func (l *Loop) track(ctx context.Context, e marque.Event) error {
	e.Received = l.arrival(e)
	if e.At.IsZero() || e.At.After(e.Received) { // a clock that is ahead moves nobody's time
		e.At = e.Received
	}
	if err := l.pickUp(ctx); err != nil {
		return err
	}
	if err := l.advance(ctx, e.Received); err != nil {
		return err
	}
	if l.opts.Ignored != nil {
		l.strange(e)
	}
	l.one = append(l.one[:0], e)
	if err := l.append(ctx, l.one...); err != nil {
		return err
	}
	if busy, err := l.carryAll(ctx); err != nil || !busy {
		return err
	}
	return l.settle(ctx, l.now)
}

func (l *Loop) arrival(e marque.Event) time.Time {
	at := e.Arrived()
	if e.Received.IsZero() && (l.running.Load() || at.IsZero()) {
		at = l.clock()
	}
	if at.Before(l.now) {
		at = l.now
	}
	return at.Round(0).UTC().Truncate(time.Microsecond)
}

// strange tells what of a host's event no rule can see.
func (l *Loop) strange(e marque.Event) {
	slot, ok := l.plan.lex.Event(e.Name)
	if !ok {
		l.opts.Ignored(&marque.FieldError{Path: "name", Err: fmt.Errorf("no event %q is declared%s", e.Name, rule.Hint(e.Name, l.plan.lex.EventNames()))})
		return
	}
	if e.Name == profile.SetEvent || e.Name == profile.GivenEvent || e.Name == profile.WithdrawnEvent {
		return // package profile looks at those itself
	}
	for _, name := range slices.Sorted(maps.Keys(e.Props)) {
		_, want, ok := l.plan.lex.Prop(slot, name)
		v, known := rule.Of(e.Props[name])
		if _, fits := v.As(want); ok && known && fits {
			continue
		}
		err := fmt.Errorf("%s declares no such property", e.Name)
		if ok {
			err = fmt.Errorf("%T does not fit, want %v", e.Props[name], want)
		}
		l.opts.Ignored(&marque.FieldError{Path: "props." + name, Err: err})
	}
}
