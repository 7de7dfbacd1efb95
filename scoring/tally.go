package scoring

import (
	"iter"
	"math"
	"slices"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// within moves the hits that the cap lets count, each as far as the periods go, to the front, and returns how many they
// are. The last of a period may count in part.
func (r *points) within(hits []Hit) int {
	n, used, period := 0, 0.0, rule.Instant(0)
	for _, h := range hits {
		if h.Period != period {
			used, period = 0, h.Period
		}
		if used < r.Cap {
			hits[n] = h
			n++
		}
		used += math.Abs(h.Points)
	}
	return n
}

// counting yields the hits, which are in order, with the points that the cap lets count.
func (r *points) counting(hits []Hit) iter.Seq[Hit] {
	return func(yield func(Hit) bool) {
		left, period := r.Cap, rule.Instant(0)
		for _, h := range hits {
			if h.Period != period {
				left, period = r.Cap, h.Period
			}
			if r.Cap > 0 {
				if left <= 0 {
					continue
				}
				h.Points = max(-left, min(h.Points, left))
				left -= math.Abs(h.Points)
			}
			if !yield(h) {
				return
			}
		}
	}
}

// A tally is what counts of one rule.
type tally struct {
	rule  *points // nil: by hand
	name  string
	sum   Hit     // of the points that stay or fade, as of the latest
	ends  []Hit   // those that vanish
	given float64 // of those in sum
	n     int     // of those in sum
	last  rule.Instant

	period rule.Instant // with a cap: the latest period
	used   float64      // what counts in it
}

// tallies appends what counts of each rule over events, and by hand, in order of the names.
func (s *score) tallies(parts []Part, into []tally) []tally {
	for i := 0; i < len(parts); {
		j := i + 1
		for j < len(parts) && parts[j].Rule == parts[i].Rule {
			j++
		}
		same := parts[i:j]
		i = j
		r := s.rule(same[0].Rule)
		if same[0].Holds || r == nil && same[0].Rule != ByHand {
			continue
		}
		into = append(into, s.tally(r, same))
	}
	return into
}

// tally is what counts of the parts of one rule.
func (s *score) tally(r *points, parts []Part) tally {
	t := tally{rule: r, name: parts[0].Rule}
	half := t.half(s)
	hits, mixed := parts[0].Hits, false
	for k := range parts {
		p := &parts[k]
		if p.Count > 0 {
			t.sum, t.last = sum(t.sum, Hit{At: p.At, Points: p.Points}, half), max(t.last, p.At)
			t.given, t.n = t.given+p.Given, t.n+p.Count
		}
		if k > 0 && len(p.Hits) > 0 {
			hits, mixed = slices.Concat(hits, p.Hits), true
		}
	}
	if !r.single() || len(hits) == 0 {
		return t
	}
	if mixed {
		slices.SortFunc(hits, Hit.compare)
	}
	for h := range r.counting(hits) {
		t.last = max(t.last, h.At)
		if h.Period != t.period {
			t.period, t.used = h.Period, 0
		}
		t.used += math.Abs(h.Points)
		if r.For > 0 {
			t.ends = append(t.ends, h)
		} else {
			t.sum, t.given, t.n = sum(t.sum, h, half), t.given+h.Points, t.n+1
		}
	}
	return t
}

func (t *tally) half(s *score) marque.Duration {
	if t.rule == nil {
		return s.HalfLife
	}
	return t.rule.half
}

// held is the points of what holds.
func (s *score) held(parts []Part) float64 {
	total := s.Base
	for i := range parts {
		if parts[i].Holds {
			total += parts[i].Points
		}
	}
	return total
}

// full reports whether the cap is reached, for good or in the period of an instant.
func (t *tally) full(at rule.Instant) bool {
	return t.rule.Cap > 0 && t.period == t.rule.period(at) && t.used >= t.rule.Cap
}
