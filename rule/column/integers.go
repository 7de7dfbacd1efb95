package column

import "slices"

// integers is a column of integers or times within limits.
type integers struct {
	slot int
	limits
}

// meet joins two conditions on one column.
func (p integers) meet(q integers) (integers, bool) {
	if p.slot != q.slot || p.not || q.not || p.moving != q.moving {
		return p, false
	}
	p.lo, p.hi = max(p.lo, q.lo), min(p.hi, q.hi)
	return p, true
}

func (integers) prepare(*run) {}
func (integers) price() int   { return 10 }

func (p integers) eval(r *run, want, yes, unknown *words, _ bool) {
	b := r.t.attrs[p.slot].ints.at(r.block)
	if b == nil {
		*yes, *unknown = words{}, *want
		return
	}
	l := p.at(r.now)
	for w, m := range want {
		known := m & b.known[w]
		unknown[w] = m &^ known
		yes[w] = l.in(b.part(w), known)
	}
}

// in gives those rows of a word in want whose value is within the limits.
func (l *limits) in(v *[64]int64, want uint64) (yes uint64) {
	turn := -bit(l.not)
	if l.lo > l.hi {
		return turn & want
	}
	lo, width := l.lo, uint64(l.hi)-uint64(l.lo)
	if few(want) {
		for m := want; m != 0; {
			i := first(&m)
			yes |= bit(uint64(v[i])-uint64(lo) <= width) << i
		}
		return (yes ^ turn) & want
	}
	for i := 0; i < 64; i += 8 {
		x := (*[8]int64)(v[i:])
		b := bit(uint64(x[0]-lo) <= width) | bit(uint64(x[1]-lo) <= width)<<1 |
			bit(uint64(x[2]-lo) <= width)<<2 | bit(uint64(x[3]-lo) <= width)<<3 |
			bit(uint64(x[4]-lo) <= width)<<4 | bit(uint64(x[5]-lo) <= width)<<5 |
			bit(uint64(x[6]-lo) <= width)<<6 | bit(uint64(x[7]-lo) <= width)<<7
		yes |= b << i
	}
	return (yes ^ turn) & want
}

// oneOf makes the part that looks for integers in a list.
func oneOf(slot int, list []int64) part {
	slices.Sort(list)
	list = slices.Compact(list)
	switch n := len(list); {
	case n == 0:
		return integers{slot, nothing()}
	case uint64(list[n-1])-uint64(list[0]) == uint64(n-1):
		return integers{slot, limits{lo: list[0], hi: list[n-1]}}
	}
	return listed{slot, list}
}

// listed is a column of integers that are in a sorted list.
type listed struct {
	slot int
	list []int64
}

func (listed) prepare(*run) {}
func (listed) price() int   { return 15 }

func (p listed) eval(r *run, want, yes, unknown *words, _ bool) {
	b := r.t.attrs[p.slot].ints.at(r.block)
	if b == nil {
		*yes, *unknown = words{}, *want
		return
	}
	for w, m := range want {
		known := m & b.known[w]
		yes[w], unknown[w] = 0, m&^known
		for v := b.part(w); known != 0; {
			i := first(&known)
			_, ok := slices.BinarySearch(p.list, v[i])
			yes[w] |= bit(ok) << i
		}
	}
}
