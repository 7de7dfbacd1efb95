package audience

import (
	"math/bits"
	"math/rand/v2"
)

// Sample draws n members at random, each as likely as the others, or takes all where there are no more. The same set,
// n and seed give the same sample.
func (s Set) Sample(n int, seed uint64) Set {
	if n >= s.n {
		return s
	}
	ranks := draw(n, s.n, seed)
	rows := make([]int, 0, max(n, 0))
	if s.sparse != nil {
		rank := 0
		for row := range s.All() {
			if ranks[rank>>6]>>(rank&63)&1 != 0 {
				rows = append(rows, row)
			}
			rank++
		}
		return Of(rows...)
	}
	first := 0 // the rank of the first member of a word
	for i, w := range s.words {
		in := bits.OnesCount64(w)
		for picked := slice(ranks, first, in); picked != 0; picked &= picked - 1 {
			rest := w
			for range bits.TrailingZeros64(picked) {
				rest &= rest - 1
			}
			rows = append(rows, i<<6|bits.TrailingZeros64(rest))
		}
		first += in
	}
	return Of(rows...)
}

// draw picks n of the numbers below of without putting any back, as bits (Floyd's algorithm, in Bentley, Programming
// Pearls, Communications of the ACM 30(9), 1987).
func draw(n, of int, seed uint64) []uint64 {
	r := rand.New(rand.NewPCG(seed, 0x6d617271756521))
	picked := make([]uint64, of/64+2) // slice looks one word further
	for last := of - n; last < of && n > 0; last++ {
		i := r.IntN(last + 1)
		if picked[i>>6]>>(i&63)&1 != 0 {
			i = last
		}
		picked[i>>6] |= 1 << (i & 63)
	}
	return picked
}

// slice is the n bits from the bit at on; n is at most 64.
func slice(words []uint64, at, n int) uint64 {
	w := words[at>>6]>>(at&63) | words[at>>6+1]<<1<<(63-at&63)
	return w & (1<<n - 1)
}
