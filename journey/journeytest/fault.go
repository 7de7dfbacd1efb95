package journeytest

import (
	"context"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey"
)

// Fault wraps a store. Before every durable write it calls gate with the operation and false, after it with true;
// an error from gate is the error of the operation. After: the write has happened, and its outcome is lost.
func Fault(s journey.Store, gate func(op string, after bool) error) journey.Store {
	return faulty{s, gate}
}

type faulty struct {
	journey.Store
	gate func(op string, after bool) error
}

func (f faulty) write(op string, do func() error) error {
	if err := f.gate(op, false); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return f.gate(op, true)
}

func (f faulty) Commit(ctx context.Context, l marque.Lease, now time.Time, cs []journey.Change) (as []journey.Answer, err error) {
	err = f.write("Commit", func() (err error) { as, err = f.Store.Commit(ctx, l, now, cs); return err })
	if err != nil {
		return nil, err
	}
	return as, nil
}

func (f faulty) Taken(ctx context.Context, ids []string) error {
	return f.write("Taken", func() error { return f.Store.Taken(ctx, ids) })
}

func (f faulty) Move(ctx context.Context, m marque.Move) error {
	return f.write("Move", func() error { return f.Store.Move(ctx, m) })
}

func (f faulty) Erase(ctx context.Context, profile string) (n int, err error) {
	err = f.write("Erase", func() (err error) { n, err = f.Store.Erase(ctx, profile); return err })
	return n, err
}
