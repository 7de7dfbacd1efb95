package audience

import (
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// And is the set of those in both.
func (s Set) And(o Set) Set {
	switch {
	case s.n == 0 || o.n == 0:
		return Set{}
	case s.sparse != nil && o.sparse != nil:
		return ofSparse(roaring.And(s.sparse, o.sparse))
	case s.sparse != nil:
		return s.filter(o, true)
	case o.sparse != nil:
		return o.filter(s, true)
	}
	out := make([]uint64, min(len(s.words), len(o.words)))
	a, b, n := s.words[:len(out)], o.words[:len(out)], 0
	for i := range out {
		w := a[i] & b[i]
		out[i] = w
		n += bits.OnesCount64(w)
	}
	return ofWords(out, n)
}

// Or is the set of those in either.
func (s Set) Or(o Set) Set {
	switch {
	case s.n == 0:
		return o
	case o.n == 0:
		return s
	case s.sparse != nil && o.sparse != nil:
		return ofSparse(roaring.Or(s.sparse, o.sparse))
	case s.sparse != nil:
		return o.Or(s)
	case o.sparse != nil && !isDense(s.n+o.n, int(o.sparse.Maximum())+1):
		return ofSparse(roaring.Or(roaring.FromDense(s.words, true), o.sparse))
	case o.sparse != nil:
		out := make([]uint64, max(len(s.words), int(o.sparse.Maximum())/64+1))
		copy(out, s.words)
		n := s.n
		for row := range o.All() {
			n += int(^out[row>>6] >> (row & 63) & 1)
			out[row>>6] |= 1 << (row & 63)
		}
		return ofWords(out, n)
	case len(s.words) < len(o.words):
		s, o = o, s
	}
	out := make([]uint64, len(s.words))
	n, a := 0, s.words[:len(o.words)]
	for i, w := range o.words {
		w |= a[i]
		out[i] = w
		n += bits.OnesCount64(w)
	}
	for i, w := range s.words[len(o.words):] {
		out[len(o.words)+i] = w
		n += bits.OnesCount64(w)
	}
	return ofWords(out, n)
}

// AndNot is the set of those in s and not in o.
func (s Set) AndNot(o Set) Set {
	switch {
	case s.n == 0 || o.n == 0:
		return s
	case s.sparse != nil && o.sparse != nil:
		return ofSparse(roaring.AndNot(s.sparse, o.sparse))
	case s.sparse != nil:
		return s.filter(o, false)
	}
	out := slices.Clone(s.words)
	if o.sparse != nil {
		n := s.n
		for row := range o.All() {
			if row>>6 >= len(out) {
				break
			}
			n -= int(out[row>>6] >> (row & 63) & 1)
			out[row>>6] &^= 1 << (row & 63)
		}
		return ofWords(out, n)
	}
	common := min(len(out), len(o.words))
	n := 0
	for i, w := range o.words[:common] {
		w = out[i] &^ w
		out[i] = w
		n += bits.OnesCount64(w)
	}
	for _, w := range out[common:] {
		n += bits.OnesCount64(w)
	}
	return ofWords(out, n)
}

// Not is the set of those of all that are not in s. Where all is everybody, a "not" means the same wherever it stands
// among conditions.
func (s Set) Not(all Set) Set { return all.AndNot(s) }

// Common is how many are in both, without making their set.
func (s Set) Common(o Set) int {
	n := 0
	switch {
	case s.sparse != nil && o.sparse != nil:
		return int(s.sparse.AndCardinality(o.sparse))
	case s.sparse == nil && o.sparse == nil:
		common := min(len(s.words), len(o.words))
		b := o.words[:common]
		for i, w := range s.words[:common] {
			n += bits.OnesCount64(w & b[i])
		}
		return n
	case s.sparse == nil:
		s, o = o, s
	}
	for row := range s.All() {
		if o.Has(row) {
			n++
		}
	}
	return n
}

// filter keeps the members of a sparse set that are in a dense one, or that are not.
func (s Set) filter(dense Set, in bool) Set {
	kept, n := make([]uint32, s.n), 0
	flip := uint64(1)
	if in {
		flip = 0
	}
	for row := range s.All() {
		w := uint64(0)
		if row>>6 < len(dense.words) {
			w = dense.words[row>>6]
		}
		kept[n] = uint32(row)
		n += int(w>>(row&63)&1 ^ flip) // no branch: which rows stay cannot be foretold
	}
	b := roaring.New()
	b.AddMany(kept[:n])
	return ofSparse(b)
}
