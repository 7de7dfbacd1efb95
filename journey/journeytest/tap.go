package journeytest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

var errCrash = errors.New("the worker died")

// tap looks at what a runner wants to commit: which key a command has.
type tap struct {
	journey.Store
	s *Stage
}

func (t tap) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
	for i := range cs {
		c := &cs[i]
		for _, x := range c.Commands {
			if c.State.ID == "" {
				continue
			}
			if _, known := t.s.slots[x.Key]; known {
				continue
			}
			t.s.slots[x.Key] = fmt.Sprintf("%s, node %s of %s, visit %d, %s %s", x.Profile, x.Node, c.State.ID, c.State.Visit, x.Do, x.Name)
		}
	}
	defer func(was marque.Lease) { t.s.using = was }(t.s.using)
	t.s.using = l
	as, err := t.Store.Commit(ctx, l, now, cs)
	if errors.Is(err, errCrash) {
		t.s.late = slices.Clone(cs)
	}
	return as, err
}

// ground looks at what the store itself lets happen.
type ground struct {
	journey.Store
	s *Stage
}

func (g ground) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) ([]journey.Answer, error) {
	as, err := g.Store.Commit(ctx, l, now, cs)
	if h, used := g.s.cur, g.s.using.Epoch; err == nil && h != nil && used < h.lease.Epoch && len(cs) > 0 {
		g.s.fail("a worker that had lost its lease (epoch %d, now %d) committed %d changes", used, h.lease.Epoch, len(cs))
	}
	for i, a := range as {
		if !a.OK {
			continue
		}
		for _, c := range cs[i].Commands {
			x, known := g.s.decided[c.Key]
			if !known {
				x = sending{at: now, place: len(g.s.decided)}
			}
			if x.planned = c.Planned; x.planned.IsZero() {
				x.planned = c.Made
			}
			g.s.decided[c.Key] = x
		}
	}
	return as, err
}

// over puts the stage over a store of which each durable write may fail.
func (s *Stage) over(base journey.Store, around func(*Stage, journey.Store) journey.Store) {
	s.store = Fault(ground{base, s}, s.pass)
	if around != nil {
		s.store = around(s, s.store)
	}
	s.store = tap{s.store, s}
	s.restart()
}

// fail notes what must not be.
func (s *Stage) fail(format string, args ...any) {
	s.faults = append(s.faults, fmt.Errorf(format, args...))
}

// takeOver puts another worker in the place of a hand, as after a crash: it has a higher epoch and knows nothing. What
// the old one wanted to commit is tried again with the old lease, and must be refused.
func (s *Stage) takeOver(ctx context.Context, h *hand) error {
	old := h.lease
	h.lease.Epoch++
	h.lease.Worker = fmt.Sprint("worker ", h.lease.Epoch)
	s.start(h)
	if _, err := s.store.Claim(ctx, h.lease, s.now, 1); err != nil {
		return err
	}
	late := s.late
	if s.late = nil; len(late) == 0 || old.Epoch == 0 {
		return nil
	}
	gate := s.gate
	s.gate = nil
	_, err := s.store.Commit(ctx, old, s.now, late)
	s.gate = gate
	if !errors.Is(err, marque.ErrConflict) {
		s.fail("a worker that had lost its lease (epoch %d, now %d) committed %d changes: error %v", old.Epoch, h.lease.Epoch, len(late), err)
	}
	return nil
}
