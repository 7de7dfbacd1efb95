package audience

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// MaxRows is how many rows a population can have: row numbers are below it.
const MaxRows = 1<<31 - 64

// A Set is a set of people, by their row numbers in a population. The zero Set is empty. A Set is immutable, safe
// for concurrent use, and cheap to pass by value.
//
// A set with at least one row in 64, up to its highest, is kept as words with a bit for each row; one with fewer as a
// roaring bitmap, which takes two bytes for each member or less. Which of them follows from the members alone.
// Operations take some tens of microseconds for a million rows of the first kind, and some nanoseconds for each member
// of the second.
type Set struct {
	words  []uint64        // the last is not zero
	sparse *roaring.Bitmap // never changed once it is here
	n      int
}

// perWord is the number of rows among which one member makes a set dense. With fewer members roaring bitmaps are at
// most a quarter as large as words, and soon faster: at one in a thousand some five to fifteen times.
const perWord = 64

// Of makes a set of row numbers, in any order. Numbers below 0, and from MaxRows on, are no rows and are left out.
func Of(rows ...int) Set { return Collect(slices.Values(rows)) }

// Collect makes a set of the row numbers that seq yields, as Of does.
func Collect(seq iter.Seq[int]) Set {
	b := roaring.New()
	var buf []uint32
	for row := range seq {
		if row < 0 || row >= MaxRows {
			continue
		}
		buf = append(buf, uint32(row))
		if len(buf) == 4096 {
			b.AddMany(buf)
			buf = buf[:0]
		}
	}
	b.AddMany(buf)
	return ofSparse(b)
}

// First is the set of the rows from 0 to n-1.
func First(n int) Set {
	n = max(0, min(n, MaxRows))
	words := make([]uint64, (n+63)/64)
	for i := range words {
		words[i] = ^uint64(0)
	}
	if n%64 != 0 {
		words[n/64] = 1<<(n%64) - 1
	}
	return ofWords(words, n)
}

// FromWords makes a set of words in which bit i%64 of word i/64 stands for row i, as rules over columns give them.
// It copies what it keeps. Bits from MaxRows on are left out.
func FromWords(words []uint64) Set {
	words = trim(words[:min(len(words), MaxRows/64)])
	n := 0
	for _, w := range words {
		n += bits.OnesCount64(w)
	}
	if isDense(n, span(words)) {
		words = slices.Clone(words)
	}
	return ofWords(words, n)
}

// ofWords takes over words with n bits set.
func ofWords(words []uint64, n int) Set {
	words = trim(words)
	switch {
	case n == 0:
		return Set{}
	case isDense(n, span(words)):
		return Set{words: words, n: n}
	}
	return Set{sparse: roaring.FromDense(words, true), n: n}
}

// ofSparse takes over a bitmap.
func ofSparse(b *roaring.Bitmap) Set {
	n := int(b.GetCardinality())
	switch {
	case n == 0:
		return Set{}
	case isDense(n, int(b.Maximum())+1):
		return Set{words: b.ToDense(), n: n}
	}
	return Set{sparse: b, n: n}
}

func isDense(n, span int) bool { return int64(n)*perWord >= int64(span) }

// trim drops empty words at the end.
func trim(words []uint64) []uint64 {
	for len(words) > 0 && words[len(words)-1] == 0 {
		words = words[:len(words)-1]
	}
	return words
}

// span is one more than the highest row of trimmed words.
func span(words []uint64) int {
	if len(words) == 0 {
		return 0
	}
	return len(words)*64 - bits.LeadingZeros64(words[len(words)-1])
}

// Len is the number of members.
func (s Set) Len() int { return s.n }

// Has reports whether a row is a member.
func (s Set) Has(row int) bool {
	switch {
	case row < 0 || row >= MaxRows:
		return false
	case s.sparse != nil:
		return s.sparse.Contains(uint32(row))
	}
	return row>>6 < len(s.words) && s.words[row>>6]>>(row&63)&1 != 0
}

// All yields the members in ascending order.
func (s Set) All() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, w := range s.words {
			for ; w != 0; w &= w - 1 {
				if !yield(i<<6 | bits.TrailingZeros64(w)) {
					return
				}
			}
		}
		if s.sparse != nil {
			s.sparse.Iterate(func(row uint32) bool { return yield(int(row)) })
		}
	}
}

// Words writes the members among the rows below 64·len(into) as bits, and zeroes the others. It returns into.
func (s Set) Words(into []uint64) []uint64 {
	clear(into[copy(into, s.words):])
	if s.sparse == nil {
		return into
	}
	for row := range s.All() {
		if row>>6 >= len(into) {
			break
		}
		into[row>>6] |= 1 << (row & 63)
	}
	return into
}

// Equal reports whether both have the same members.
func (s Set) Equal(o Set) bool {
	if s.n != o.n || (s.sparse == nil) != (o.sparse == nil) {
		return false
	}
	if s.sparse != nil {
		return s.sparse.Equals(o.sparse)
	}
	return slices.Equal(s.words, o.words)
}
