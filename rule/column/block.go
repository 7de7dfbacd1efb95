package column

import "math/bits"

// Columns are kept and evaluated in blocks of rows: what is between two operators of a rule stays in the nearest
// cache, a block that has no values takes no memory, and growing copies nothing.
const (
	blockRows  = 1024
	blockWords = blockRows / 64
)

// words is a set of rows of a block.
type words [blockWords]uint64

func (w *words) has(i int) bool { return w[i/64]>>(i%64)&1 == 1 }
func (w *words) add(i int)      { w[i/64] |= 1 << (i % 64) }
func (w *words) drop(i int)     { w[i/64] &^= 1 << (i % 64) }

func (w *words) set(i int, on bool) {
	if on {
		w.add(i)
	} else {
		w.drop(i)
	}
}

func (w *words) empty() bool {
	all := uint64(0)
	for _, x := range w {
		all |= x
	}
	return all == 0
}

// A block holds the values of the rows in known.
type block[T any] struct {
	known words
	v     [blockRows]T
}

// part gives the values of the i-th word of a block.
func (b *block[T]) part(i int) *[64]T { return (*[64]T)(b.v[i*64:]) }

// blocks is a column; a block that is nil has no values.
type blocks[T any] []*block[T]

func (bs blocks[T]) at(i int) *block[T] {
	if i < len(bs) {
		return bs[i]
	}
	return nil
}

func (bs blocks[T]) get(row int) (v T, ok bool) {
	b := bs.at(row / blockRows)
	if b == nil || !b.known.has(row%blockRows) {
		return v, false
	}
	return b.v[row%blockRows], true
}

func (bs *blocks[T]) put(row int, v T) {
	b := reach((*[]*block[T])(bs), row/blockRows)
	b.known.add(row % blockRows)
	b.v[row%blockRows] = v
}

func (bs blocks[T]) drop(row int) {
	if b := bs.at(row / blockRows); b != nil {
		var none T
		b.known.drop(row % blockRows)
		b.v[row%blockRows] = none
	}
}

// reach gives the i-th block and makes it where there is none.
func reach[B any](bs *[]*B, i int) *B {
	for len(*bs) <= i {
		*bs = append(*bs, nil)
	}
	if (*bs)[i] == nil {
		(*bs)[i] = new(B)
	}
	return (*bs)[i]
}

// bit is 1 where b holds, without a branch.
func bit(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// few reports whether going from row to row is faster than looking at all 64.
func few(m uint64) bool { return bits.OnesCount64(m) <= 20 }

// first takes the first row out of a word.
func first(m *uint64) int {
	i := bits.TrailingZeros64(*m)
	*m &= *m - 1
	return i
}
