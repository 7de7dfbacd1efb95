package pointstest

import (
	"context"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/derivedtest"
	"github.com/marque-go/marque/scoring/points"
)

// Fault wraps a store so that gate is asked before and after each durable write: Commit, Taken, Move and Erase. An
// error of gate is the error of the operation; where after is true, the write has happened.
func Fault(s points.Store, gate func(op string, after bool) error) points.Store {
	return fault{s, gate}
}

type fault struct {
	points.Store
	gate derivedtest.Gate
}

func (f fault) Commit(ctx context.Context, c points.Change) (known []string, err error) {
	err = f.gate.Do("Commit", func() error {
		known, err = f.Store.Commit(ctx, c)
		return err
	})
	return known, err
}

func (f fault) Taken(ctx context.Context, ids []string) error {
	return f.gate.Do("Taken", func() error { return f.Store.Taken(ctx, ids) })
}

func (f fault) Move(ctx context.Context, m marque.Move) error {
	return f.gate.Do("Move", func() error { return f.Store.Move(ctx, m) })
}

func (f fault) Erase(ctx context.Context, profile string) (rows int, err error) {
	err = f.gate.Do("Erase", func() error {
		rows, err = f.Store.Erase(ctx, profile)
		return err
	})
	return rows, err
}
