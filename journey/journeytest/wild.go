package journeytest

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"strings"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
	"github.com/marque-go/marque/rule"
)

var errDown = errors.New("the store is down")

// wild is what befalls the workers of a stage.
type wild struct {
	seed    uint64
	dice    *rand.Rand
	figures *Figures
	s       *Stage
	deep    bool // inside of what another worker does
	lost    []ghost
}

// A ghost is a worker that lost its lease, with what it wanted to commit.
type ghost struct {
	lease   marque.Lease
	changes []journey.Change
}

// roll takes the dice for an act. Each has its own, so that what befalls the workers there stays the same when other
// acts are left out.
func (w *wild) roll(act string) {
	h := fnv.New64a()
	h.Write([]byte(act))
	w.dice = rand.New(rand.NewPCG(w.seed, h.Sum64()))
}

// spread divides the partitions.
func spread(workers int) []marque.Parts {
	if workers == 1 {
		return []marque.Parts{{}}
	}
	parts := make([]marque.Parts, workers)
	for i := range parts {
		parts[i] = marque.Parts{From: marque.Partitions * i / workers, To: marque.Partitions * (i + 1) / workers}
	}
	return parts
}

func (w *wild) possess(s *Stage) {
	w.s = s
	w.roll("")
	s.gate, s.drive, s.insist = w.gate, w.drive, w.insist
}

// gate is asked before and after each durable write, and after each deed outside.
func (w *wild) gate(op string, after bool) error {
	h := w.s.cur
	switch p := w.dice.IntN(100); {
	case h == nil:
		return nil
	case p < 2:
		w.figures.Crashes++
		h.dead = true
		return errCrash
	case p < 4 && !strings.Contains(op, " "): // of the store
		w.figures.Errors++
		return errDown
	case p < 7 && !w.deep:
		return w.intrude(h)
	}
	return nil
}

// intrude lets another worker take the partitions over and do something with them, in the middle of what the first
// one does, which then goes on and knows nothing of it.
func (w *wild) intrude(h *hand) error {
	ctx := context.Background()
	w.deep = true
	defer func() { w.deep = false }()
	w.figures.Takeovers++
	if err := w.takeOver(ctx, h); err != nil {
		return err
	}
	for range 1 + w.dice.IntN(3) {
		if _, err := w.turn(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

func (w *wild) takeOver(ctx context.Context, h *hand) error {
	w.lost = append(w.lost, ghost{h.lease, w.s.late})
	return w.s.takeOver(ctx, h)
}

// insist does something until it is done, whatever befalls the worker.
func (w *wild) insist(h *hand, do func() error) error {
	for range 1000 {
		epoch := h.lease.Epoch
		err := do()
		switch {
		case h.dead:
			if err := w.takeOver(context.Background(), h); err != nil {
				return err
			}
		case errors.Is(err, errDown), errors.Is(err, errCrash):
		case errors.Is(err, marque.ErrConflict) && h.lease.Epoch > epoch: // it was taken over
		default:
			return err
		}
	}
	return errRestless
}

func (w *wild) turn(ctx context.Context, h *hand) (busy bool, err error) {
	err = w.insist(h, func() (err error) {
		w.s.batch = 1 + w.dice.IntN(7)
		handled := len(h.queue)
		var e marque.Event
		if handled > 0 {
			e = w.s.log[h.queue[0]]
		}
		if busy, err = w.s.turn(ctx, h); err != nil || len(h.queue) >= handled || w.dice.IntN(8) > 0 || !h.runner.Listens(e) {
			return err
		}
		w.figures.Repeated++ // the same event once more
		defer func(was *hand) { w.s.cur = was }(w.s.cur)
		w.s.cur = h
		_, err = h.runner.Handle(ctx, h.lease, []rule.Pass{{Event: e, Now: w.s.now}})
		return err
	})
	return busy, err
}

// drive lets the workers act in any order until all are done.
func (w *wild) drive(ctx context.Context) error {
	idle := make([]bool, len(w.s.hands))
	for left, turns := len(idle), 0; left > 0; turns++ {
		if turns == restless {
			return errRestless
		}
		i := w.dice.IntN(len(idle))
		if len(w.lost) > 0 && w.dice.IntN(40) == 0 {
			w.haunt(ctx)
		}
		busy, err := w.turn(ctx, w.s.hands[i])
		if err != nil {
			return err
		}
		if busy {
			clear(idle)
			left = len(idle)
		} else if !idle[i] {
			idle[i] = true
			left--
		}
	}
	return nil
}

// haunt lets a worker come back that lost its lease long ago. It must not get at anything.
func (w *wild) haunt(ctx context.Context) {
	g := w.lost[w.dice.IntN(len(w.lost))]
	l := g.lease
	w.figures.Stale++
	gate := w.s.gate
	w.s.gate = nil
	defer func() { w.s.gate = gate }()
	for _, h := range w.s.hands {
		if h.lease.Parts != l.Parts {
			continue
		}
		defer func(was *hand) { w.s.cur = was }(w.s.cur)
		w.s.cur = h
		_, n, err := h.runner.Wake(ctx, l, w.s.now, 3)
		_, m, err2 := h.runner.Dispatch(ctx, l, w.s.now, 3)
		if (n > 0 || m > 0) && !errors.Is(errors.Join(err, err2), marque.ErrConflict) {
			w.s.fail("a worker without a lease (epoch %d, now %d) moved %d people and sent %d commands", l.Epoch, h.lease.Epoch, n, m)
		}
		if len(g.changes) == 0 {
			continue
		}
		if _, err := w.s.store.Commit(ctx, l, w.s.now, g.changes); !errors.Is(err, marque.ErrConflict) {
			w.s.fail("a worker without a lease (epoch %d, now %d) committed what it had long ago: error %v", l.Epoch, h.lease.Epoch, err)
		}
	}
}
