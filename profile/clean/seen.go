package clean

import (
	"encoding/binary"
	"hash/maphash"
)

// seen counts values by 128 bits of hash, so that memory depends on how many there are and not on what they are.
type seen struct {
	seeds [2]maphash.Seed
	known map[[2]uint64]once
	most  int
	full  bool // a value was not remembered
	// groups are the values that are there more than once, rows those that hold them.
	groups, rows int
}

// once is a value: the line that had it first, and how often it was there.
type once struct{ line, n uint32 }

func newSeen(most int) *seen {
	return &seen{seeds: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, known: map[[2]uint64]once{}, most: most}
}

// add counts a value and gives the line that had it first and how often it was there, this time too; 0 where it is not
// remembered.
func (s *seen) add(value []byte, line int) (first, n int) {
	key := [2]uint64{maphash.Bytes(s.seeds[0], value), maphash.Bytes(s.seeds[1], value)}
	o, ok := s.known[key]
	if !ok {
		if len(s.known) >= s.most {
			s.full = true
			return 0, 0
		}
		o.line = uint32(line)
	}
	o.n++
	s.known[key] = o
	switch {
	case o.n == 2:
		s.groups++
		s.rows += 2
	case o.n > 2:
		s.rows++
	}
	return int(o.line), int(o.n)
}

// joined appends the cells, each led by its length.
func joined(buf []byte, cells []string) []byte {
	for _, c := range cells {
		buf = append(binary.AppendUvarint(buf, uint64(len(c))), c...)
	}
	return buf
}
