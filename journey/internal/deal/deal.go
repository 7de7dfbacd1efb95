// Package deal deals people over the arms of a split, so that weights that change move as few as possible.
package deal

import (
	"math/bits"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
)

// A Deal is a compiled Split. It is weighted rendezvous hashing (Schindelhauer and Schomaker, 2005): each arm draws an
// exponential number for the person from a hash of the salt, its name and the person, divides it by its weight, and the
// least takes the person. So an arm that grows takes people from the others, one that shrinks gives some away, and nobody
// else moves. It is integer arithmetic, the same on all machines.
type Deal []arm

type arm struct {
	hash   marque.Split
	weight uint64
}

// New compiles a split with a salt of its own.
func New(d *graph.Split, salt string) Deal {
	arms := make(Deal, len(d.Arms))
	for i, a := range d.Arms {
		arms[i] = arm{marque.NewSplit(salt + "\x1f" + a.Label()), uint64(a.Weight)}
	}
	return arms
}

// Arm is the place of the person's arm.
func (d Deal) Arm(profile string) int {
	best, least := -1, uint64(0)
	for i := range d {
		if d[i].weight == 0 {
			continue
		}
		x := exponential(d[i].hash.Hash(profile))
		if best >= 0 { // x/weight < least/weight of the best
			hi, lo := bits.Mul64(x, d[best].weight)
			hi2, lo2 := bits.Mul64(least, d[i].weight)
			if hi > hi2 || hi == hi2 && lo >= lo2 {
				continue
			}
		}
		best, least = i, x
	}
	return best
}

// exponential turns evenly spread bits into an exponentially spread number: 64 minus their binary logarithm, with 40
// binary places.
func exponential(h uint64) uint64 {
	h |= 1
	zeros := bits.LeadingZeros64(h)
	m, log := h<<zeros, uint64(63-zeros) // m is from 1 to 2, with 63 places
	for range 40 {
		hi, _ := bits.Mul64(m, m) // 62 places
		log <<= 1
		if hi>>63 != 0 {
			log, m = log|1, hi
		} else {
			m = hi << 1
		}
	}
	return 64<<40 - log
}
