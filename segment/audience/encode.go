package audience

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// ErrFormat says that bytes are not those of a set.
var ErrFormat = errors.New("audience: not a set")

// The first byte of an encoded set is its version, which also says how the rows follow. There is one encoding of a set.
const (
	formatWords = 0x11 // its words, little-endian
	formatSteps = 0x12 // the steps from each row to the next as varints less one; the first from -1
)

// MarshalBinary writes the set as bytes that UnmarshalBinary of this and later versions reads. Equal sets give equal
// bytes.
func (s Set) MarshalBinary() ([]byte, error) { return s.AppendBinary(nil) }

// AppendBinary is MarshalBinary behind b.
func (s Set) AppendBinary(b []byte) ([]byte, error) {
	if s.sparse == nil {
		b = append(slices.Grow(b, 1+8*len(s.words)), formatWords)
		for _, w := range s.words {
			b = binary.LittleEndian.AppendUint64(b, w)
		}
		return b, nil
	}
	b = append(b, formatSteps)
	last := -1
	for row := range s.All() {
		b = binary.AppendUvarint(b, uint64(row-last-1))
		last = row
	}
	return b, nil
}

// UnmarshalBinary replaces the set by what MarshalBinary wrote. Anything else is ErrFormat and leaves it as it was.
// It takes memory in proportion to the bytes.
func (s *Set) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return fmt.Errorf("%w: no bytes", ErrFormat)
	}
	var read Set
	var err error
	switch b[0] {
	case formatWords:
		read, err = readWords(b[1:])
	case formatSteps:
		read, err = readSteps(b[1:])
	default:
		err = fmt.Errorf("%w: unknown version %#x", ErrFormat, b[0])
	}
	if err != nil {
		return err
	}
	*s = read
	return nil
}

func readWords(b []byte) (Set, error) {
	if len(b)%8 != 0 || len(b)/8 > MaxRows/64 {
		return Set{}, fmt.Errorf("%w: %d bytes of words", ErrFormat, len(b))
	}
	words, n := make([]uint64, len(b)/8), 0
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(b[8*i:])
		n += bits.OnesCount64(words[i])
	}
	if len(trim(words)) != len(words) || !isDense(n, span(words)) {
		return Set{}, fmt.Errorf("%w: too few rows for words", ErrFormat)
	}
	return ofWords(words, n), nil
}

func readSteps(b []byte) (Set, error) {
	var rows []uint32
	last := -1
	for len(b) > 0 {
		step, n := binary.Uvarint(b)
		if n <= 0 || n > 1 && b[n-1] == 0 || step >= uint64(MaxRows-1-last) {
			return Set{}, fmt.Errorf("%w: bad step behind row %d", ErrFormat, last)
		}
		last += int(step) + 1
		rows = append(rows, uint32(last))
		b = b[n:]
	}
	if isDense(len(rows), last+1) {
		return Set{}, fmt.Errorf("%w: too many rows for steps", ErrFormat)
	}
	sparse := roaring.New()
	sparse.AddMany(rows)
	return Set{sparse: sparse, n: len(rows)}, nil
}

// MarshalText is MarshalBinary in base 64, for JSON.
func (s Set) MarshalText() ([]byte, error) {
	b, err := s.MarshalBinary()
	return []byte(base64.StdEncoding.EncodeToString(b)), err
}

// UnmarshalText reads what MarshalText wrote.
func (s *Set) UnmarshalText(text []byte) error {
	b, err := base64.StdEncoding.DecodeString(string(text))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return s.UnmarshalBinary(b)
}
