package limit

import "hash/maphash"

// An index finds the number of a thing by its name. It has no pointers, so that a million of them cost the collector of
// garbage nothing, and it grows part by part, so that no call waits long. The zero value is ready.
type index struct {
	seed  maphash.Seed
	parts *[parts]part
}

const parts = 64

// A part is a table with linear probing.
type part struct {
	slots []slot // a power of two of them, at most three quarters in use
	n     int
}

// A slot names thing i; number 0 is none.
type slot struct{ hash, i uint32 }

// place is the part that a name belongs to, and the rest of its hash.
func (x *index) place(name string) (*part, uint32) {
	if x.parts == nil {
		x.seed, x.parts = maphash.MakeSeed(), new([parts]part)
	}
	h := maphash.String(x.seed, name)
	return &x.parts[h>>32%parts], uint32(h)
}

// find gives the number of a name, 0 if there is none; called gives the name of a number.
func (x *index) find(name string, called func(i uint32) string) uint32 {
	if x.parts == nil {
		return 0
	}
	p, h := x.place(name)
	return p.get(h, name, called)
}

func (p *part) get(h uint32, name string, called func(i uint32) string) uint32 {
	if p.n == 0 {
		return 0
	}
	mask := uint32(len(p.slots) - 1)
	for k := h & mask; ; k = (k + 1) & mask {
		s := p.slots[k]
		if s.i == 0 || s.hash == h && called(s.i) == name {
			return s.i
		}
	}
}

// add adds a name that is not there.
func (x *index) add(name string, i uint32) {
	p, h := x.place(name)
	if p.n++; 4*p.n > 3*len(p.slots) {
		old := p.slots
		p.slots = make([]slot, max(8, 2*len(old)))
		for _, s := range old {
			if s.i != 0 {
				p.put(s)
			}
		}
	}
	p.put(slot{h, i})
}

func (p *part) put(s slot) {
	mask := uint32(len(p.slots) - 1)
	k := s.hash & mask
	for p.slots[k].i != 0 {
		k = (k + 1) & mask
	}
	p.slots[k] = s
}

// drop removes the name of number i, which is there.
func (x *index) drop(name string, i uint32) {
	p, h := x.place(name)
	p.cut(h, i)
}

func (p *part) cut(h, i uint32) {
	mask := uint32(len(p.slots) - 1)
	hole := h & mask
	for p.slots[hole].i != i {
		hole = (hole + 1) & mask
	}
	p.n--
	for k := (hole + 1) & mask; p.slots[k].i != 0; k = (k + 1) & mask {
		if home := p.slots[k].hash & mask; (k-home)&mask >= (k-hole)&mask { // it would not be found beyond the hole
			p.slots[hole], hole = p.slots[k], k
		}
	}
	p.slots[hole] = slot{}
}

// A slab keeps things by number, from 1, in chunks that never move. The zero value is ready.
type slab[T any] struct {
	chunks []*[chunk]T
	free   []uint32
	n      uint32 // numbers ever given
}

const chunk = 64

func (s *slab[T]) at(i uint32) *T { return &s.chunks[i/chunk][i%chunk] }

// take gives a number that is not in use. What is there is the zero value.
func (s *slab[T]) take() (uint32, *T) {
	if k := len(s.free) - 1; k >= 0 {
		i := s.free[k]
		s.free = s.free[:k]
		return i, s.at(i)
	}
	s.n++
	for int(s.n/chunk) >= len(s.chunks) {
		s.chunks = append(s.chunks, new([chunk]T))
	}
	return s.n, s.at(s.n)
}

func (s *slab[T]) give(i uint32) {
	*s.at(i) = *new(T)
	s.free = append(s.free, i)
}
