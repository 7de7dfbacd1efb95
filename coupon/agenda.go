package coupon

import (
	"cmp"
	"container/heap"
	"slices"
	"strings"
	"time"
)

// An agenda is a heap of rows by the instant at which time will change them. Each row knows its place in it.
type agenda []*row

// order is by due instant, profile, id.
func order(a, b *Coupon) int {
	if c := a.due().Compare(b.due()); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Profile, b.Profile), strings.Compare(a.ID, b.ID))
}

func (g agenda) Len() int           { return len(g) }
func (g agenda) Less(i, j int) bool { return order(&g[i].coupon, &g[j].coupon) < 0 }
func (g agenda) Swap(i, j int) {
	g[i], g[j] = g[j], g[i]
	g[i].place, g[j].place = i, j
}
func (g *agenda) Push(x any) { r := x.(*row); r.place = len(*g); *g = append(*g, r) }
func (g *agenda) Pop() any {
	last := len(*g) - 1
	r := (*g)[last]
	(*g)[last] = nil
	*g = (*g)[:last]
	r.place = -1
	return r
}

// set puts a row where its coupon belongs now.
func (g *agenda) set(r *row) {
	switch due := !r.coupon.due().IsZero(); {
	case due && r.place < 0:
		heap.Push(g, r)
	case due:
		heap.Fix(g, r.place)
	case r.place >= 0:
		heap.Remove(g, r.place)
	}
}

// list answers a query. From the beginning it costs what it returns (and skips); from a later instant it looks
// at all that is due by the end.
func (g *agenda) list(q DueQuery) []Coupon {
	if q.N <= 0 || len(*g) == 0 || (*g)[0].coupon.due().After(q.Until) {
		return nil
	}
	var out []Coupon
	fits := func(c *Coupon) bool {
		return q.Parts.Has(c.Profile) && !c.due().Before(q.From) && (q.After.ID == "" || order(&q.After, c) < 0)
	}
	if first := &(*g)[0].coupon; q.N == 1 && fits(first) { // the question of every loop: what comes next
		return []Coupon{*first}
	}
	if q.From.IsZero() && q.After.ID == "" {
		var popped []*row
		for len(*g) > 0 && len(out) < q.N && !(*g)[0].coupon.due().After(q.Until) {
			r := heap.Pop(g).(*row)
			popped = append(popped, r)
			if fits(&r.coupon) {
				out = append(out, r.coupon)
			}
		}
		for _, r := range popped {
			heap.Push(g, r)
		}
		return out
	}
	for _, i := range g.upTo(nil, 0, q.Until) {
		if c := &(*g)[i].coupon; fits(c) {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b Coupon) int { return order(&a, &b) })
	return slices.Clip(out[:min(len(out), q.N)])
}

// upTo collects the places below i that are due by an instant.
func (g agenda) upTo(found []int, i int, until time.Time) []int {
	if i >= len(g) || g[i].coupon.due().After(until) {
		return found
	}
	return g.upTo(g.upTo(append(found, i), 2*i+1, until), 2*i+2, until)
}
