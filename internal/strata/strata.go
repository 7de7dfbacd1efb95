// Package strata orders definitions that read one another.
package strata

import "slices"

// Sort orders the numbers below len(reads) so that each comes after all that it reads; what does not depend on one
// another keeps its order. A cycle is a list of numbers each of which reads the next, and the first again at the
// end; it names one way round for each group that reads itself, and the order then leaves the group out.
func Sort(reads [][]int) (order []int, cycles [][]int) {
	const (
		fresh = iota
		open
		done
	)
	state := make([]int, len(reads))
	var trail []int
	var visit func(i int) bool
	visit = func(i int) bool {
		switch state[i] {
		case done:
			return true
		case open:
			cycles = append(cycles, append(slices.Clone(trail[slices.Index(trail, i):]), i))
			return false
		}
		state[i] = open
		trail = append(trail, i)
		for _, j := range reads[i] {
			if !visit(j) {
				return false
			}
		}
		trail = trail[:len(trail)-1]
		state[i] = done
		order = append(order, i)
		return true
	}
	for i := range reads {
		if state[i] == fresh && !visit(i) {
			for _, j := range trail {
				state[j] = done
			}
			trail = trail[:0]
		}
	}
	return order, cycles
}
