package journeytest

import (
	"context"
	"errors"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

// A hand is a worker with a lease on some partitions, and what arrived for the people there.
type hand struct {
	lease  marque.Lease
	runner *journey.Runner
	begun  bool  // its rounds are planned
	queue  []int // of Stage.log
	dead   bool
}

// restart gives each hand a new runner over the same store: nothing of the old one is left.
func (s *Stage) restart() {
	for _, h := range s.hands {
		s.start(h)
	}
}

func (s *Stage) start(h *hand) {
	h.dead, h.begun = false, false
	h.runner = journey.NewRunner(s.store, s.Set(), s.host(), s.cast.world.Runner)
}

// Advance goes on from instant to instant until there is nothing due at to or before.
func (s *Stage) Advance(ctx context.Context, to time.Time) error {
	to = to.UTC().Truncate(time.Microsecond)
	if s.now.IsZero() {
		s.now = to
	}
	for still := 0; ; still++ {
		if still == restless {
			return errRestless
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
		due, err := s.hands[0].runner.Due(ctx, marque.Parts{}, to, 1)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			break
		}
		if due[0].At.After(s.now) {
			s.now, still = due[0].At, 0
		}
	}
	if to.After(s.now) {
		s.now = to
	}
	return nil
}

// restless is how often something may be done at one instant before it will never end.
const restless = 10_000

var errRestless = errors.New("journeytest: something is due again and again")

// settle does all that is to be done at the instant.
func (s *Stage) settle(ctx context.Context) error {
	if s.drive != nil {
		return s.drive(ctx)
	}
	for range restless {
		busy := false
		for _, h := range s.hands {
			did, err := s.turn(ctx, h)
			if err != nil {
				return err
			}
			busy = busy || did
		}
		if !busy {
			return nil
		}
	}
	return errRestless
}

// turn does one thing of what a hand has to do, always the first of: what was said enters the log; an event is handled;
// who is due goes on; messages and actions go out. So a person's things are done in the same order by whoever does them.
func (s *Stage) turn(ctx context.Context, h *hand) (busy bool, err error) {
	defer func(was *hand) { s.cur = was }(s.cur)
	s.cur = h
	if !h.begun {
		if err := h.runner.Begin(ctx, h.lease, s.now); err != nil {
			return false, err
		}
		h.begun = true
	}
	es, err := s.store.Pending(ctx, h.lease.Parts, 16)
	if err != nil {
		return false, err
	}
	if len(es) > 0 {
		s.Append(es...)
		ids := make([]string, len(es))
		for i, e := range es {
			ids[i] = e.ID
		}
		return true, s.store.Taken(ctx, ids)
	}
	if len(h.queue) > 0 {
		at := h.queue[0]
		if e := s.log[at]; h.runner.Listens(e) {
			if _, err := h.runner.Handle(ctx, h.lease, []rule.Pass{{Event: e, Now: s.now}}); err != nil {
				return false, err
			}
		}
		if len(h.queue) > 0 && h.queue[0] == at { // else another worker did it meanwhile
			h.queue = h.queue[1:]
		}
		return true, nil
	}
	_, n, err := h.runner.Wake(ctx, h.lease, s.now, s.batch)
	if err != nil || n > 0 {
		return true, err
	}
	_, n, err = h.runner.Dispatch(ctx, h.lease, s.now, s.batch)
	return n > 0, err
}
