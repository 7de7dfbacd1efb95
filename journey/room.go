package journey

import (
	"context"
	"time"

	"github.com/marque-go/marque"
)

// A roomy store can give its answers in memory that the caller has at hand. What a batch loads is by far the most that it
// allocates.
type roomy interface {
	open(ctx context.Context, q Query, room []State) ([]State, error)
	claim(ctx context.Context, l marque.Lease, until time.Time, n int, room []State) ([]State, error)
	outbox(ctx context.Context, l marque.Lease, q Batch, room []Command) ([]Command, error)
	commit(ctx context.Context, l marque.Lease, now time.Time, cs []Change, room []Answer) ([]Answer, error)
}

// load gives what a query finds, in memory that is free again after done.
func (r *Runner) load(ctx context.Context, q Query) (states []State, done func(), err error) {
	m, ok := r.store.(roomy)
	if !ok {
		states, err = r.store.Open(ctx, q)
		return states, func() {}, err
	}
	room := r.rooms.Get().(*[]State)
	*room, err = m.open(ctx, q, (*room)[:0])
	return *room, func() { r.rooms.Put(room) }, err
}

// claim gives who is due, in memory that is free again after done.
func (r *Runner) claim(ctx context.Context, l marque.Lease, until time.Time, n int) (states []State, done func(), err error) {
	m, ok := r.store.(roomy)
	if !ok {
		states, err = r.store.Claim(ctx, l, until, n)
		return states, func() {}, err
	}
	room := r.rooms.Get().(*[]State)
	*room, err = m.claim(ctx, l, until, n, (*room)[:0])
	return *room, func() { r.rooms.Put(room) }, err
}

// outbox gives commands, in memory that is free again after done. A trace keeps its command for good.
func (r *Runner) outbox(ctx context.Context, l marque.Lease, q Batch) (commands []Command, done func(), err error) {
	m, ok := r.store.(roomy)
	if !ok || r.opts.Trace != nil {
		commands, err = r.store.Outbox(ctx, l, q)
		return commands, func() {}, err
	}
	room := r.pages.Get().(*[]Command)
	*room, err = m.outbox(ctx, l, q, (*room)[:0])
	return *room, func() { r.pages.Put(room) }, err
}
