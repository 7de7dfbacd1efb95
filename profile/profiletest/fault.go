package profiletest

import (
	"context"
	"iter"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/profile"
	"github.com/marque-go/marque/rule"
)

// Fault returns a store that asks gate before (after == false) and after (after == true) each durable write. An
// error of gate is the error of the operation: one from before means that nothing was written, one from after
// that all was. The operations are "Commit", "Taken", "Move" and "Erase"; reads are not asked for. Gate is called
// on the goroutine of the operation. A write that fails by itself is not asked for again.
func Fault(s profile.Store, gate func(op string, after bool) error) profile.Store {
	return &faulty{s, gate}
}

type faulty struct {
	store profile.Store
	gate  func(op string, after bool) error
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

func (f *faulty) Commit(ctx context.Context, c profile.Change) error {
	return f.write("Commit", func() error { return f.store.Commit(ctx, c) })
}

func (f *faulty) Taken(ctx context.Context, ids []string) error {
	return f.write("Taken", func() error { return f.store.Taken(ctx, ids) })
}

func (f *faulty) Move(ctx context.Context, m marque.Move) error {
	return f.write("Move", func() error { return f.store.Move(ctx, m) })
}

func (f *faulty) Erase(ctx context.Context, id string) (rows int, err error) {
	err = f.write("Erase", func() (err error) { rows, err = f.store.Erase(ctx, id); return err })
	return rows, err
}

func (f *faulty) Look(ctx context.Context, q profile.Query) (profile.Known, error) {
	return f.store.Look(ctx, q)
}

func (f *faulty) Events(ctx context.Context, s profile.Scan, n int) ([]profile.Entry, error) {
	return f.store.Events(ctx, s, n)
}

func (f *faulty) People(ctx context.Context, parts marque.Parts, after string, n int) ([]string, error) {
	return f.store.People(ctx, parts, after, n)
}

func (f *faulty) Fill(ctx context.Context, lex *rule.Lexicon, need rule.Need, now time.Time, people []*rule.Facts) error {
	return f.store.Fill(ctx, lex, need, now, people)
}

func (f *faulty) Pending(ctx context.Context, parts marque.Parts, n int) ([]marque.Event, error) {
	return f.store.Pending(ctx, parts, n)
}

func (f *faulty) Export(ctx context.Context, id string) iter.Seq2[marque.Item, error] {
	return f.store.Export(ctx, id)
}
