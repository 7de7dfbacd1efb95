// Package line keeps what is known of the lines at gates: a hint where the next place may be, so that who comes to the end
// of a long one need not try each stretch.
package line

import (
	"maps"
	"slices"
)

// A Line is full before its first stretch but for holes, places that were given back. Stretches are numbers that ascend.
type Line struct {
	first  int64
	sure   int64           // what comes before was found full, and not just counted so
	places int64           // that a stretch had last
	used   map[int64]int64 // of first and what comes after
	holes  map[int64]int64
}

// New is a line of which nothing is known but that it begins there or later.
func New(first int64) *Line {
	return &Line{first: first, sure: first, used: map[int64]int64{}, holes: map[int64]int64{}}
}

// Take books a place, of so many that a stretch has.
func (l *Line) Take(n, places int64) {
	if l.holes[n] > 0 {
		if l.holes[n]--; l.holes[n] == 0 {
			delete(l.holes, n)
		}
		return
	}
	if n < l.first {
		return
	}
	l.places = places
	for l.used[n]++; l.used[l.first] >= places; l.first++ {
		delete(l.used, l.first)
	}
}

// Undo takes a booking back that came to nothing. A stretch that was only counted full has room again.
func (l *Line) Undo(n int64) {
	switch {
	case n < l.sure:
		return
	case n < l.first:
		for k := n; k < l.first; k++ {
			l.used[k] = l.places
		}
		l.first = n
	}
	l.Give(n)
}

// Give notes that somebody gave a place back.
func (l *Line) Give(n int64) {
	if n < l.first {
		l.holes[n]++
	} else if l.used[n]--; l.used[n] <= 0 {
		delete(l.used, n)
	}
}

// Fill notes that a stretch is full, and with it, as nobody leaves one out, what comes before.
func (l *Line) Fill(n int64) {
	delete(l.holes, n)
	l.sure = max(l.sure, n+1)
	l.first = max(l.first, l.sure)
	maps.DeleteFunc(l.used, func(k, _ int64) bool { return k < l.first })
}

// Full reports whether a stretch was found full.
func (l *Line) Full(n int64) bool { return n < l.sure && l.holes[n] == 0 }

// Next is the first stretch from now's on that may have a place.
func (l *Line) Next(now int64) int64 {
	maps.DeleteFunc(l.holes, func(k, _ int64) bool { return k < now })
	if len(l.holes) > 0 {
		return slices.Min(slices.Collect(maps.Keys(l.holes)))
	}
	return l.first
}

// End finds the first stretch behind a full one that has a place, in steps that double and then by halves: room is asked
// about as often as the length of the line has binary digits, twice. It looks past holes.
func End(full int64, room func(n int64) (bool, error)) (int64, error) {
	free := full + 1
	for stride := int64(1); stride < 1<<40; stride *= 2 {
		ok, err := room(free)
		if err != nil {
			return 0, err
		} else if ok {
			break
		}
		full, free = free, free+stride
	}
	for full+1 < free {
		mid := full + (free-full)/2
		ok, err := room(mid)
		if err != nil {
			return 0, err
		} else if ok {
			free = mid
		} else {
			full = mid
		}
	}
	return free, nil
}
