package coupontest

import (
	"context"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/coupon"
)

// Fault wraps a store with a gate before and after each durable write: Commit, Taken, Move, Erase. The error of
// gate(op, false) stops the write; that of gate(op, true) comes after a write that did happen, as when the
// connection breaks on the way back.
func Fault(s coupon.Store, gate func(op string, after bool) error) coupon.Store {
	return &faulty{s, gate}
}

type faulty struct {
	coupon.Store
	gate func(op string, after bool) error
}

func (f *faulty) write(op string, do func() error) error {
	if err := f.gate(op, false); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	return f.gate(op, true)
}

func (f *faulty) Commit(ctx context.Context, changes []coupon.Change) (answers []coupon.Answer, err error) {
	err = f.write("Commit", func() (err error) { answers, err = f.Store.Commit(ctx, changes); return err })
	if err != nil {
		return nil, err
	}
	return answers, nil
}

func (f *faulty) Taken(ctx context.Context, ids []string) error {
	return f.write("Taken", func() error { return f.Store.Taken(ctx, ids) })
}

func (f *faulty) Move(ctx context.Context, m marque.Move) error {
	return f.write("Move", func() error { return f.Store.Move(ctx, m) })
}

func (f *faulty) Erase(ctx context.Context, profile string) (rows int, err error) {
	err = f.write("Erase", func() (err error) { rows, err = f.Store.Erase(ctx, profile); return err })
	if err != nil {
		return 0, err
	}
	return rows, nil
}
