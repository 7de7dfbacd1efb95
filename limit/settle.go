package limit

import (
	"math"
	"slices"
	"time"
)

// Commit makes a reservation last, from then on until each take's own Until. What has run out meanwhile is taken
// again where there is room; where there is none the commit is refused whole, or with Honour counted all the
// same: Left is then negative by the overrun, and Status.Over keeps it. A hold that is committed already
// answers Again, if the amounts are the same, else Mismatch.
func (t *Table) Commit(now time.Time, c Commit) Verdict {
	r := t.hold(c.Key)
	switch {
	case r == nil || r.state == Released:
		return Verdict{Refused: Unknown}
	case !r.allows(c.N):
		return Verdict{Refused: Mismatch}
	case r.state == Committed:
		if !r.holds(c.N) {
			return Verdict{Refused: Mismatch}
		}
		return Verdict{OK: true, Again: true, Left: r.left}
	}
	cells, deltas := make([]*cell, r.takes), make([]int64, r.takes)
	for i, take := range r.all() {
		x := t.cell(r, i)
		x.sweep(now.UnixMicro())
		n, until, at := r.swap(i, c.N)
		delta, lim, ranOut := int64(0), take.limit, !x.counts(at)
		if x.counts(until) {
			delta = n
		}
		if !ranOut {
			delta -= take.n
		}
		if delta > 0 && (x.used > math.MaxInt64-delta || !c.Honour && !Fits(x.used, delta, lim)) {
			for j := range i { // as it was before
				cells[j].used -= deltas[j]
			}
			return Verdict{Refused: take.counter, Left: room(x.used, lim)}
		}
		x.used += delta
		cells[i], deltas[i] = x, delta
	}
	left, over := int64(NoLimit), int64(0)
	for i, x := range cells {
		n, until, at := r.swap(i, c.N)
		if x.counts(at) {
			x.push(ending{at, -r.take(i).n})
		}
		if !x.counts(until) {
			continue
		}
		x.push(ending{until, n})
		if lim := r.take(i).limit; lim >= 0 {
			if left == NoLimit || lim-x.used < left {
				left = lim - x.used
			}
			if !x.counts(at) {
				over = max(over, min(n, x.used-lim))
			}
		}
	}
	var actual []int64
	if c.N != nil && !r.holds(c.N) {
		actual = slices.Clone(c.N)
	}
	if actual != nil || over != 0 {
		r.late = &late{actual, over}
	}
	r.state, r.left, r.at = Committed, left, now.UnixMicro()
	return Verdict{OK: true, Left: left}
}

// allows reports whether the amounts are none above what was reserved.
func (r *record) allows(ns []int64) bool {
	if ns == nil {
		return true
	}
	if len(ns) != int(r.takes) {
		return false
	}
	for i, n := range ns {
		if n < 0 || n > r.take(i).n {
			return false
		}
	}
	return true
}

// holds reports whether the amounts are the ones that the record counts.
func (r *record) holds(ns []int64) bool {
	for i, x := range r.all() {
		want := x.n
		if ns != nil {
			want = ns[i]
		}
		if n, _ := r.n(i); n != want {
			return false
		}
	}
	return true
}

// swap is what a commit of take i counts and until when, and when the reservation of it runs out.
func (r *record) swap(i int, ns []int64) (n, until, at int64) {
	n, at = r.n(i)
	if ns != nil {
		n = ns[i]
	}
	return n, r.until(i), at
}

// Release gives a hold back, reserved or committed; what has stopped to count stays as it is. Its key stays
// known. It reports whether there was something to release: an unknown key, or a second time, is false.
func (t *Table) Release(key string) bool {
	r := t.hold(key)
	if r == nil || r.state == Released {
		return false
	}
	t.giveBack(r)
	r.state = Released
	return true
}

// Prune forgets what ended before an instant, and returns how many holds that were: those that were released,
// those that ran out, and those of which no take counts any longer. Their keys are no longer known, so before
// should lie further back than any retry. Holds that count for good, and holds without takes, are kept. Its cost
// is that of looking at every hold and every counter.
func (t *Table) Prune(before time.Time) int {
	limit, n := before.UnixMicro(), 0
	if t.pruned {
		limit = max(limit, t.floor)
	}
	for i := uint32(1); i <= t.records.n; i++ {
		r := t.records.at(i)
		if r.key == "" || !r.ended(limit) {
			continue
		}
		n++
		if p := t.known(r.profile); p != nil {
			t.unlist(p, func(k uint32, _ *record) bool { return k == i })
		}
		t.forget(i)
	}
	t.floor, t.pruned = limit, true
	for counter, c := range t.shared {
		if c.sweep(limit); c.idle() {
			delete(t.shared, counter)
		}
	}
	for i := uint32(1); i <= t.persons.n; i++ {
		if p := t.persons.at(i); p.profile != "" {
			t.uncell(p, func(c *own) bool {
				c.sweep(limit)
				return c.idle()
			})
			t.tidy(p)
		}
	}
	return n
}

func (r *record) ended(before int64) bool {
	if r.at >= before || r.takes == 0 {
		return false
	}
	if r.state == Released {
		return true
	}
	for i := range r.all() {
		if _, at := r.n(i); at >= before {
			return false
		}
	}
	return true
}
