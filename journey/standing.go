package journey

import (
	"context"
	"iter"
)

// Standing yields the enrollments that are at a node of a journey now, or with an empty node all that are in the journey
// and those who are only pending, in the order of their ids, whatever version they are on. It reads pages: who comes or
// goes meanwhile is among them or not. It ends with an error of the store, and with marque.ErrNotFound where there is
// nobody and no such journey or node.
func (r *Runner) Standing(ctx context.Context, journey, node string) iter.Seq2[State, error] {
	return func(yield func(State, error) bool) {
		r := r.now()
		some := false
		for q := (Query{Journey: journey, N: page}); ; {
			states, err := r.store.Open(ctx, q)
			if err != nil {
				yield(State{}, err)
				return
			}
			for _, s := range states {
				if s.Profile == "" || node != "" && s.Node != node {
					continue
				}
				some = true
				if !yield(s, nil) {
					return
				}
			}
			if len(states) < page {
				break
			}
			q.After = states[len(states)-1].ID
		}
		if !some && !r.set.Has(journey, node) {
			yield(State{}, r.unknown(journey, node))
		}
	}
}
