package space

// A Set is a set of the cells of one subject.
type Set []uint64

func newSet(n int) Set { return make(Set, (n+63)/64) }

// Has reports whether the i-th cell is in the set.
func (s Set) Has(i int) bool { return s[i/64]>>(i%64)&1 == 1 }

func (s Set) add(i int) { s[i/64] |= 1 << (i % 64) }

// And is what is in both.
func (s Set) And(t Set) Set {
	out := make(Set, len(s))
	for i := range s {
		out[i] = s[i] & t[i]
	}
	return out
}

// Empty reports whether nothing is in it.
func (s Set) Empty() bool {
	for _, w := range s {
		if w != 0 {
			return false
		}
	}
	return true
}

func (s Set) meets(t Set) bool {
	for i := range s {
		if s[i]&t[i] != 0 {
			return true
		}
	}
	return false
}

// Without is what is in s and not in t.
func (s Set) Without(t Set) Set {
	out := make(Set, len(s))
	for i := range s {
		out[i] = s[i] &^ t[i]
	}
	return out
}
