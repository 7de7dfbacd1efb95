package derived

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Keeper is the part of a store that its book hands on as it is.
type Keeper interface {
	Due(ctx context.Context, parts marque.Parts, until time.Time, n int) ([]marque.Due, error)
	marque.Feed
	marque.Holder
}

// A Hand reads and changes the rows of a store. It is safe for concurrent use.
type Hand[R, H any] struct {
	load     func(ctx context.Context, profiles []string, into [][]*R) ([][]*R, error)
	commit   func(ctx context.Context, c Change[R, H]) (known []string, err error)
	attempts int
	sheets   sync.Pool
}

// NewHand makes a hand that tries a change so many times (8 where attempts is 0) before it gives up to others.
func NewHand[R, H any](shape Shape[R, H], attempts int, load func(context.Context, []string, [][]*R) ([][]*R, error), commit func(context.Context, Change[R, H]) ([]string, error)) *Hand[R, H] {
	if attempts <= 0 {
		attempts = 8
	}
	h := &Hand[R, H]{load: load, commit: commit, attempts: attempts}
	h.sheets.New = func() any { return NewSheet(shape) }
	return h
}

// Read calls each with every person's rows, in the order of people.
func (h *Hand[R, H]) Read(ctx context.Context, people []*rule.Facts, each func(f *rule.Facts, rows []*R)) error {
	s := h.take()
	defer h.put(s)
	for _, f := range people {
		s.Profiles = append(s.Profiles, f.Profile)
	}
	var err error
	if s.Loaded, err = h.load(ctx, s.Profiles, s.Loaded); err != nil {
		return err
	}
	for i, f := range people {
		each(f, s.Loaded[i])
	}
	return nil
}

// Change loads the people of the passes, lets work change the sheet, and commits it; again, from the rows as they
// are then, where somebody else was faster. Without keys a sheet that was not changed is not committed. Keys that
// were used before are returned as known, and nothing is done.
func (h *Hand[R, H]) Change(ctx context.Context, keys []string, ps []rule.Pass, work func(*Sheet[R, H])) (c Change[R, H], known []string, err error) {
	s := h.take()
	defer h.put(s)
	for attempt := 1; ; attempt++ {
		s.Open(ps)
		if s.Loaded, err = h.load(ctx, s.Profiles, s.Loaded); err != nil {
			return Change[R, H]{}, nil, err
		}
		work(s)
		if !s.Changed() && len(keys) == 0 {
			return Change[R, H]{}, nil, nil
		}
		s.Change.Keys = keys
		known, err = h.commit(ctx, s.Change)
		if err == nil {
			return s.Change, known, nil
		}
		if attempt == h.attempts || !errors.Is(err, marque.ErrConflict) {
			return Change[R, H]{}, nil, err
		}
	}
}

func (h *Hand[R, H]) take() *Sheet[R, H] {
	s := h.sheets.Get().(*Sheet[R, H])
	s.Open(nil)
	return s
}

func (h *Hand[R, H]) put(s *Sheet[R, H]) {
	s.Close()
	h.sheets.Put(s)
}
