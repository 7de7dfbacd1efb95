package loop

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Recover takes up what an earlier loop on the same stores left half done, as of now: merges, what was said and not
// logged, the inbox in order of arrival. Facts that fell due in between are then derived at their own instants by
// Advance; journeys act at now, not in the past. Run begins with it. Recovering twice does nothing more.
func (l *Loop) Recover(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken = true
	if err := l.recover(ctx, now); err != nil {
		return fmt.Errorf("loop: recover: %w", err)
	}
	l.broken = false
	return nil
}

func (l *Loop) recover(ctx context.Context, now time.Time) error {
	l.line(nil)
	l.stirAll()
	l.reach(now)
	if err := l.begin(ctx, now); err != nil {
		return err
	}
	if err := l.moves(ctx); err != nil {
		return err
	}
	if err := l.drain(ctx); err != nil {
		return err
	}
	for {
		events, err := l.profile.Inbox(ctx, l.opts.Lease.Parts, batch)
		if err != nil {
			return err
		}
		if len(events) == 0 {
			return l.settle(ctx, l.now)
		}
		if err := l.factsUntil(ctx, events[0].Arrived()); err != nil {
			return err
		}
		l.line(events)
		if _, err := l.carryAll(ctx); err != nil {
			return err
		}
	}
}

// factsUntil derives what is due up to t, each instant by itself, without the journeys.
func (l *Loop) factsUntil(ctx context.Context, t time.Time) error {
	for {
		at, ok, err := earliest(ctx, l.opts.Lease.Parts, t, l.dues[:coupons]...)
		if err != nil || !ok {
			return err
		}
		if _, err := l.wakeFacts(ctx, at); err != nil {
			return err
		}
	}
}

// pickUp takes what the host did through the books, and what others appended for the people of this loop.
func (l *Loop) pickUp(ctx context.Context) error {
	if err := l.drain(ctx); err != nil {
		return err
	}
	events, err := l.profile.Inbox(ctx, l.opts.Lease.Parts, batch)
	for ; err == nil && len(events) > 0; events, err = l.profile.Inbox(ctx, l.opts.Lease.Parts, batch) {
		for i := range events {
			if err := l.advance(ctx, events[i].Arrived()); err != nil { // what was due before it arrived
				return err
			}
			l.line(events[i : i+1])
			if err := l.settle(ctx, l.now); err != nil {
				return err
			}
		}
	}
	return err
}

// Run recovers and then does what is due, when it is due, until ctx ends; it returns the cause. Events come in
// through Track meanwhile. A second Run of the same loop is an error.
func (l *Loop) Run(ctx context.Context) error {
	if !l.running.CompareAndSwap(false, true) {
		return errors.New("loop: Run runs already")
	}
	defer l.running.Store(false)
	if err := l.Recover(ctx, l.opts.Now()); err != nil {
		return err
	}
	for {
		now := l.opts.Now()
		if err := l.Advance(ctx, now); err != nil {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return err
		}
		sleep := time.Duration(l.opts.Poll)
		at, ok, err := l.Next(ctx)
		if err != nil {
			return err
		}
		if ok {
			sleep = min(sleep, at.Sub(l.opts.Now()))
		}
		timer := time.NewTimer(max(sleep, 0))
		select {
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		case <-l.wake:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// signal tells Run that something may be due earlier than it thought.
func (l *Loop) signal() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}
