package limit

import (
	"math"
	"time"
)

// forever is the end of what counts for good.
const forever = math.MaxInt64

// end is an instant in microseconds; the zero time is forever.
func end(t time.Time) int64 {
	if t.IsZero() {
		return forever
	}
	return t.UnixMicro()
}

func instant(at int64) time.Time {
	if at == forever {
		return time.Time{}
	}
	return time.UnixMicro(at).UTC()
}

// A cell is one counter: what counts now, and what of it stops to count when. Its time only goes forward, each
// cell's on its own.
type cell struct {
	used int64
	now  int64
	ends []ending // min-heap by at
}

// An ending takes n off at the instant at. What was given back before its end has an ending of its own with
// -n, so that nothing is ever searched for in the heap.
type ending struct{ at, n int64 }

// sweep brings the cell to now.
func (c *cell) sweep(now int64) {
	if now > c.now {
		c.now = now
	}
	for len(c.ends) > 0 && c.ends[0].at <= c.now {
		c.used -= c.ends[0].n
		c.pop()
	}
}

// idle reports whether a cell that was swept is as good as none.
func (c *cell) idle() bool { return c.used == 0 && len(c.ends) == 0 }

// counts reports whether a take with that end still counts.
func (c *cell) counts(at int64) bool { return at > c.now }

// add counts n until at.
func (c *cell) add(n, at int64) {
	if !c.counts(at) {
		return
	}
	c.used += n
	c.push(ending{at, n})
}

// drop gives back n that would have counted until at.
func (c *cell) drop(n, at int64) { c.add(-n, at) }

func (c *cell) push(e ending) {
	if e.at == forever || e.n == 0 {
		return
	}
	if k := len(c.ends) - 1; k >= 0 && c.ends[k].at == e.at { // the many takes that end with the day
		c.ends[k].n += e.n
		return
	}
	c.ends = append(c.ends, e)
	for i := len(c.ends) - 1; i > 0; {
		up := (i - 1) / 2
		if c.ends[up].at <= c.ends[i].at {
			break
		}
		c.ends[up], c.ends[i] = c.ends[i], c.ends[up]
		i = up
	}
}

func (c *cell) pop() {
	k := len(c.ends) - 1
	c.ends[0] = c.ends[k]
	c.ends = c.ends[:k]
	for i := 0; ; {
		least, left := i, 2*i+1
		for _, j := range [...]int{left, left + 1} {
			if j < k && c.ends[j].at < c.ends[least].at {
				least = j
			}
		}
		if least == i {
			return
		}
		c.ends[i], c.ends[least] = c.ends[least], c.ends[i]
		i = least
	}
}
