// Package wide adds integers without overflow.
package wide

import "math/bits"

// A Sum of 64-bit integers has 128 bits, so that the order in which they are added does not matter.
type Sum struct {
	hi int64
	lo uint64
}

// Add adds n.
func (s *Sum) Add(n int64) {
	lo, carry := bits.Add64(s.lo, uint64(n), 0)
	s.lo, s.hi = lo, s.hi+n>>63+int64(carry)
}

// Int64 is the sum, and whether 64 bits hold it.
func (s *Sum) Int64() (n int64, fits bool) { return int64(s.lo), s.hi == int64(s.lo)>>63 }

// Float64 is the sum as a float.
func (s *Sum) Float64() float64 {
	if n, fits := s.Int64(); fits {
		return float64(n)
	}
	return float64(s.hi)*0x1p64 + float64(s.lo)
}
