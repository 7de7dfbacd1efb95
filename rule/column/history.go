package column

import (
	"math"
	"math/bits"

	"github.com/marque-go/marque/rule"
)

const none = math.MinInt64 // the newest of no events

// A kind holds the histories of one kind of event.
type kind struct {
	blocks []*history
	props  []prop
}

func newKind(props int) kind {
	k := kind{props: make([]prop, props)}
	for i := range k.props {
		k.props[i] = prop{newTexts(), newSets()}
	}
	return k
}

// A history holds the events of a block. Those of a row stand one behind another in at, oldest first, with some
// room behind them; a row that outgrows its room moves to the end, and when the end is reached all rows are
// written anew in order.
type history struct {
	last   [blockRows]int64 // the newest, or none
	off    [blockRows]uint32
	n      [blockRows]uint32
	newest int64 // not before any
	at     []int64
	cells  []cells // by property; beside at
}

func (k *kind) at(i int) *history {
	if i < len(k.blocks) {
		return k.blocks[i]
	}
	return nil
}

func (k *kind) reach(i int) *history {
	if h := k.at(i); h != nil {
		return h
	}
	h := reach(&k.blocks, i)
	for r := range h.last {
		h.last[r] = none
	}
	h.newest = none
	h.cells = make([]cells, len(k.props))
	return h
}

// room is how many events a row of n has room for.
func room(n uint32) uint32 {
	step := uint32(1)
	switch {
	case n > 16:
		step = 1 << (bits.Len32(n-1) - 3)
	case n > 2:
		step = 2
	}
	return (n + step - 1) / step * step
}

// add puts an event into its place: behind those that are not later.
func (k *kind) add(row int, hit rule.Hit) {
	h, r := k.reach(row/blockRows), row%blockRows
	if n := h.n[r]; room(n) == n {
		h.place(r, n+1)
	}
	k.insert(h, r, hit)
}

// fill adds the events of a row that has none.
func (k *kind) fill(row int, hits []rule.Hit) {
	if len(hits) == 0 {
		return
	}
	h, r := k.reach(row/blockRows), row%blockRows
	h.place(r, uint32(len(hits)))
	for _, hit := range hits {
		k.insert(h, r, hit)
	}
}

// insert puts an event into a row that has room for it.
func (k *kind) insert(h *history, r int, hit rule.Hit) {
	at := max(int64(hit.At), none+1)
	i, to := h.off[r]+h.n[r], h.off[r]+h.n[r]
	if h.last[r] > at {
		i = h.off[r] + h.after(r, at)
		copy(h.at[i+1:to+1], h.at[i:to])
	}
	h.at[i] = at
	h.n[r]++
	h.last[r] = max(h.last[r], at)
	h.newest = max(h.newest, at)
	for p := range k.props {
		typ, v := uint8(0), uint64(0)
		if p < len(hit.Props) {
			typ, v = k.props[p].encode(hit.Props[p])
		}
		c := &h.cells[p]
		if c.typ == nil {
			if typ == 0 {
				continue
			}
			c.typ, c.v = make([]uint8, len(h.at), cap(h.at)), make([]uint64, len(h.at), cap(h.at))
		}
		copy(c.typ[i+1:to+1], c.typ[i:to])
		copy(c.v[i+1:to+1], c.v[i:to])
		c.typ[i], c.v[i] = typ, v
	}
}

// place gives a row room for n.
func (h *history) place(r int, n uint32) {
	size := int(room(n))
	if len(h.at)+size > cap(h.at) {
		h.rewrite(r, n)
		return
	}
	from, to, old := len(h.at), len(h.at)+size, h.off[r]
	h.off[r] = uint32(from)
	h.at = h.at[:to]
	copy(h.at[from:], h.at[old:old+h.n[r]])
	for p := range h.cells {
		if c := &h.cells[p]; c.typ != nil {
			c.typ, c.v = c.typ[:to], c.v[:to]
			copy(c.typ[from:], c.typ[old:old+h.n[r]])
			copy(c.v[from:], c.v[old:old+h.n[r]])
		}
	}
}

// rewrite writes all rows in order, with room for n in the row r, and a fifth to spare.
func (h *history) rewrite(r int, n uint32) {
	var off [blockRows]uint32
	size := uint32(0)
	for i := range off {
		off[i] = size
		if i == r {
			size += room(n)
		} else {
			size += room(h.n[i])
		}
	}
	spare := size/5 + 16
	h.at = relocate(h.at, h, &off, size, spare)
	for p := range h.cells {
		if c := &h.cells[p]; c.typ != nil {
			c.typ = relocate(c.typ, h, &off, size, spare)
			c.v = relocate(c.v, h, &off, size, spare)
		}
	}
	h.off = off
}

func relocate[T any](old []T, h *history, off *[blockRows]uint32, size, spare uint32) []T {
	fresh := make([]T, size, size+spare)
	for i, n := range h.n {
		copy(fresh[off[i]:], old[h.off[i]:h.off[i]+n])
	}
	return fresh
}

// after is how many events of a row are not later than at.
func (h *history) after(r int, at int64) uint32 {
	hits := h.at[h.off[r] : h.off[r]+h.n[r]]
	lo, hi := 0, len(hits)
	for lo < hi {
		if mid := int(uint(lo+hi) >> 1); hits[mid] <= at {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return uint32(lo)
}

// clear forgets a row.
func (k *kind) clear(row int) {
	h, r := k.at(row/blockRows), row%blockRows
	if h == nil || h.n[r] == 0 {
		return
	}
	from, to := h.off[r], h.off[r]+h.n[r]
	clear(h.at[from:to])
	for p := range h.cells {
		if c := &h.cells[p]; c.typ != nil {
			for i := from; i < to; i++ {
				k.props[p].drop(c.typ[i], c.v[i])
			}
			clear(c.typ[from:to])
			clear(c.v[from:to])
		}
	}
	// The room is lost until the block is written anew.
	h.n[r], h.last[r] = 0, none
}
