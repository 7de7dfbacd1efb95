package loop

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// batch is how much is asked of a store at once.
const batch = 512

// Advance moves time to now: everything due until then is done, instant by instant, each with all that follows
// from it before the next. Advancing in one call or in many gives the same. An instant before the one reached does
// nothing.
func (l *Loop) Advance(ctx context.Context, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.do(ctx, func() error {
		l.stirAll() // the host may have changed what is due through the books
		if err := l.pickUp(ctx); err != nil {
			return err
		}
		return l.advance(ctx, now)
	})
}

// Next returns the earliest instant at which something is due, and false where nothing is. What the host did through
// the books and nobody carried on yet is due at once.
func (l *Loop) Next(ctx context.Context) (time.Time, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, feed := range l.feeds {
		if said, err := feed.Pending(ctx, l.opts.Lease.Parts, 1); err != nil || len(said) > 0 {
			return l.now, err == nil, err
		}
	}
	return l.next(ctx, farAway)
}

func (l *Loop) advance(ctx context.Context, now time.Time) error {
	if err := l.begin(ctx, now); err != nil {
		return err
	}
	for {
		at, ok, err := l.next(ctx, now)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		l.reach(at)
		if err := l.settle(ctx, at); err != nil {
			return fmt.Errorf("loop: at %s: %w", at.UTC().Format(time.RFC3339Nano), err)
		}
		for k := range l.upcoming { // what was due and did not stir: a host may have moved it
			if u := &l.upcoming[k]; u.ok && !u.at.After(at) {
				u.known = false
			}
		}
	}
	l.reach(now)
	return nil
}

// next is the earliest instant due at or before until, over all packages.
func (l *Loop) next(ctx context.Context, until time.Time) (at time.Time, ok bool, err error) {
	for k, due := range l.dues {
		u := &l.upcoming[k]
		if !u.known {
			if u.at, u.ok, err = earliest(ctx, l.opts.Lease.Parts, farAway, due); err != nil {
				return at, false, err
			}
			u.known = true
		}
		if u.ok && !u.at.After(until) && (!ok || u.at.Before(at)) {
			at, ok = u.at, true
		}
	}
	return at, ok, nil
}

// The sources of what is due: the derivers by their number, then these.
const (
	coupons = 5 + iota
	journeys
	sources
)

// upcoming is the earliest instant due in one source, remembered until something stirs there.
type upcoming struct {
	known, ok bool
	at        time.Time
}

var farAway = time.Unix(1<<40, 0)

// idle reports whether a source is known to have nothing to do up to an instant.
func (l *Loop) idle(source int, until time.Time) bool {
	u := &l.upcoming[source]
	return u.known && (!u.ok || u.at.After(until))
}

func (l *Loop) stir(source int) { l.upcoming[source].known = false }

func (l *Loop) stirAll() { l.upcoming = [sources]upcoming{} }

type dueFunc func(context.Context, marque.Parts, time.Time, int) ([]marque.Due, error)

func earliest(ctx context.Context, parts marque.Parts, until time.Time, sources ...dueFunc) (at time.Time, ok bool, err error) {
	for _, due := range sources {
		ds, err := due(ctx, parts, until, 1)
		if err != nil {
			return at, false, err
		}
		if len(ds) > 0 && (!ok || ds[0].At.Before(at)) {
			at, ok = ds[0].At, true
		}
	}
	return at, ok, nil
}

// settle does everything that is due at the instant at and all that follows from it at the same instant, until
// nothing is left: facts first, then what they said, then journeys, then what journeys send.
func (l *Loop) settle(ctx context.Context, at time.Time) error {
	for round := 0; ; round++ {
		if round == 1000 {
			return fmt.Errorf("does not come to rest: something is due again and again")
		}
		busy := false
		for _, step := range []func(context.Context, time.Time) (bool, error){l.wakeFacts, l.inbox, l.wakeCoupons, l.wakeJourneys, l.dispatch} {
			did, err := step(ctx, at)
			if err != nil {
				return err
			}
			busy = busy || did
		}
		if !busy {
			return nil
		}
	}
}

func (l *Loop) inbox(ctx context.Context, _ time.Time) (bool, error) { return l.carryAll(ctx) }

// wakeFacts derives anew all people who have facts due.
func (l *Loop) wakeFacts(ctx context.Context, at time.Time) (busy bool, err error) {
	for {
		did, err := l.wakeSome(ctx, at)
		if err != nil || !did {
			return busy, err
		}
		busy = true
	}
}

func (l *Loop) wakeSome(ctx context.Context, at time.Time) (bool, error) {
	type due struct {
		profile string
		def     int
	}
	var dues []due
	busy := false
	for k, d := range l.derivers {
		if l.idle(k, at) {
			continue
		}
		ds, err := d.Due(ctx, l.opts.Lease.Parts, at, batch)
		if err != nil {
			return false, err
		}
		for _, x := range ds {
			if i, ok := l.plan.byName[defName{k, x.Name}]; ok {
				dues = append(dues, due{x.Profile, i})
			} else if err := l.rest(ctx, k, x, at); err != nil {
				return false, err
			}
			busy = true
		}
	}
	if len(dues) == 0 {
		return busy, nil
	}
	slices.SortStableFunc(dues, func(a, b due) int {
		if a.profile < b.profile {
			return -1
		} else if a.profile > b.profile {
			return 1
		}
		return a.def - b.def
	})
	var all []said
	for i := 0; i < len(dues); {
		j := i
		var defs []int
		for ; j < len(dues) && dues[j].profile == dues[i].profile; j++ {
			defs = append(defs, dues[j].def)
		}
		e := marque.Event{Profile: dues[i].profile, At: at, Received: at}
		got, err := l.derive(ctx, l.courses.due(defs), e, at)
		if err != nil {
			return true, err
		}
		all = append(all, got...)
		i = j
	}
	return true, l.absorb(ctx, all)
}

// rest lets a deriver drop what is due of a definition that the plan does not have any more.
func (l *Loop) rest(ctx context.Context, deriver int, due marque.Due, at time.Time) error {
	l.stir(deriver)
	l.facts.Reset(due.Profile)
	l.passes[0] = rule.Pass{Event: marque.Event{Profile: due.Profile, At: at}, Facts: l.facts, Now: at}
	_, err := l.derivers[deriver].Derive(ctx, []string{due.Name}, l.passes[:])
	return err
}

func (l *Loop) wakeCoupons(ctx context.Context, at time.Time) (bool, error) {
	if l.idle(coupons, at) {
		return false, nil
	}
	events, err := l.coupons.Wake(ctx, l.opts.Lease.Parts, at, batch)
	if err != nil || len(events) == 0 {
		return false, err
	}
	l.stir(coupons)
	return true, l.absorb(ctx, []said{{l.stores.Coupons, events}})
}

// wakeJourneys lets everybody go on who is due, whatever the size of a batch, before anything follows from it.
func (l *Loop) wakeJourneys(ctx context.Context, at time.Time) (busy bool, err error) {
	if l.idle(journeys, at) {
		return false, nil
	}
	var all []said
	for {
		events, n, err := l.runner.Wake(ctx, l.opts.Lease, l.acts(at), batch)
		if err != nil {
			return false, err
		}
		if n == 0 {
			break
		}
		busy = true
		l.stir(journeys)
		if len(events) > 0 {
			all = append(all, said{l.stores.Journeys, events})
		}
	}
	for _, page := range all {
		if err := l.absorb(ctx, []said{page}); err != nil {
			return true, err
		}
	}
	return busy, nil
}

// dispatch carries out one wave.
func (l *Loop) dispatch(ctx context.Context, at time.Time) (bool, error) {
	if l.idle(journeys, at) {
		return false, nil
	}
	events, n, err := l.runner.Dispatch(ctx, l.opts.Lease, l.acts(at), batch)
	if err != nil || n == 0 {
		return false, err
	}
	l.stirAll() // doers may have done anything
	for page := range slices.Chunk(events, batch) {
		if err := l.absorb(ctx, []said{{l.stores.Journeys, page}}); err != nil {
			return true, err
		}
	}
	return true, l.drain(ctx)
}
