package funnel

import "github.com/marque-go/marque/rule"

// A walk is how far one person has come. For each step it knows the chain of events that fills the steps up to it
// and began latest: a chain that began later always has at least as much time left, so no other is needed. That
// is ClickHouse's windowFunnel in its default mode.
type walk struct {
	last   rule.Instant   // of the last event taken
	mask   uint64         // the steps filled by events of that instant
	set    uint64         // the steps that have a chain
	level  int            // the furthest step of any chain, counted from 1
	chains []rule.Instant // nil until there is a first step, and after the last
	best   []rule.Instant // the chain that reached level first
	starts []string       // the breakdown value of each chain's first event
	by     string         // of the best chain's
}

// Chain k (from 0) holds k+1 instants from triangle(k) on.
func triangle(k int) int { return k * (k + 1) / 2 }

// take lets one event, not earlier than the last, fill the steps of mask. Events of one instant count in the
// order of the steps, whatever their own: all steps that the instant fills are walked again with each of its
// events, which comes to the same as walking them once in the end.
func (w *walk) take(p *Plan, at rule.Instant, mask uint64, by string) {
	steps := len(p.def.Steps)
	if at != w.last {
		w.last, w.mask = at, 0
		if w.level == steps { // through, and that instant is over
			w.chains, w.starts = nil, nil
		}
	}
	if w.level == steps && w.chains == nil {
		return
	}
	w.mask |= mask
	if w.chains == nil {
		if mask&1 == 0 {
			return
		}
		w.chains = make([]rule.Instant, triangle(steps))
		if p.def.By != "" {
			w.starts = make([]string, steps)
		}
	}
	if w.starts != nil && mask&1 != 0 && (w.set&1 == 0 || w.chains[0] != at || by < w.starts[0]) {
		w.starts[0] = by
	}
	for k := range steps {
		if w.mask&(1<<k) != 0 && w.step(k, at, p.window) {
			w.reach(k, at)
		}
	}
}

// step extends the chain of the step before k, if there is one that still has time.
func (w *walk) step(k int, at, window rule.Instant) bool {
	here := triangle(k)
	if k > 0 {
		before := triangle(k - 1)
		if w.set&(1<<(k-1)) == 0 || window != 0 && at > w.chains[before]+window {
			return false
		}
		copy(w.chains[here:here+k], w.chains[before:before+k])
		if w.starts != nil {
			w.starts[k] = w.starts[k-1]
		}
	}
	w.chains[here+k] = at
	w.set |= 1 << k
	return true
}

// reach keeps the chain of step k if no chain has come so far before this instant.
func (w *walk) reach(k int, at rule.Instant) {
	if k+1 < w.level || k+1 == w.level && w.best[k] != at {
		return
	}
	w.level = k + 1
	w.best = append(w.best[:0], w.chains[triangle(k):triangle(k+1)]...)
	if w.starts != nil {
		w.by = w.starts[k]
	}
}
