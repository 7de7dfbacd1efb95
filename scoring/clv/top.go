package clv

import (
	"cmp"
	"container/heap"
	"fmt"
	"iter"
	"slices"

	"github.com/marque-go/marque"
)

// Top is the n best of the customers: by value, then by purchases, then by P(alive), then by ID. It keeps n of them at
// a time, so that the sequence may be of any length. All faults of customers are reported at "customers[i]", beside
// the best of the others.
func (v *Valuation) Top(customers iter.Seq[Customer], n int) ([]Score, error) {
	var best worstFirst
	var f marque.Faults
	i := 0
	for s, err := range v.Scores(customers) {
		switch {
		case err != nil:
			f.Wrap(fmt.Sprintf("customers[%d]", i), err)
		case len(best) < n:
			heap.Push(&best, s)
		case n > 0 && order(s, best[0]) < 0:
			best[0] = s
			heap.Fix(&best, 0)
		}
		i++
	}
	slices.SortFunc(best, order)
	return best, f.Err()
}

// order puts the better first.
func order(a, b Score) int {
	return cmp.Or(cmp.Compare(b.Value, a.Value), cmp.Compare(b.Purchases, a.Purchases), cmp.Compare(b.PAlive, a.PAlive), cmp.Compare(a.ID, b.ID))
}

// worstFirst is a heap whose first is the one to go.
type worstFirst []Score

func (w worstFirst) Len() int           { return len(w) }
func (w worstFirst) Less(i, j int) bool { return order(w[i], w[j]) > 0 }
func (w worstFirst) Swap(i, j int)      { w[i], w[j] = w[j], w[i] }
func (w *worstFirst) Push(x any)        { *w = append(*w, x.(Score)) }
func (w *worstFirst) Pop() any          { panic("clv: nothing is taken from it") }
