package scoring

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/rule"
)

// A Part is what one rule gave a person: for events learnt through one identifier, or because it holds.
type Part struct {
	Rule string    `json:"rule"` // its name, or ByHand
	Via  marque.ID `json:"via,omitzero"`
	// At is the latest of the events that are not in Hits, Points the sum of them as of then, Given the sum as they
	// were given, Count their number. Where the rule holds, At is since when, and Points what it gives.
	At     rule.Instant `json:"at,omitempty"`
	Points float64      `json:"points,omitempty"`
	Given  float64      `json:"given,omitempty"`
	Count  int          `json:"count,omitempty"`
	// Hits are the events that are kept one by one, the earliest first: of a rule with a cap as many as count, of one
	// whose points vanish those that have not.
	Hits []Hit `json:"hits,omitempty"`
	// Shut is the latest period, by its beginning, of which no more events count.
	Shut  rule.Instant `json:"shut,omitempty"`
	Holds bool         `json:"holds,omitempty"` // of a rule over the person
}

// A Hit is one event that gave points.
type Hit struct {
	At     rule.Instant `json:"at"`
	Points float64      `json:"points"`
	Period rule.Instant `json:"period,omitempty"` // the beginning of its period, where the cap is by period
}

func (h Hit) compare(o Hit) int {
	return cmp.Or(cmp.Compare(h.At, o.At), cmp.Compare(h.Points, o.Points))
}

func placePart(a, b Part) int {
	return cmp.Or(cmp.Compare(a.Rule, b.Rule), cmp.Compare(a.Via.Kind, b.Via.Kind), cmp.Compare(a.Via.Value, b.Via.Value))
}

// fade is the weight after a time. A closed form: 2^(-t/half).
func fade(t rule.Instant, half marque.Duration) float64 {
	if half == 0 || t == 0 {
		return 1
	}
	return math.Exp2(-float64(t) * 1000 / float64(half))
}

// sum is the points of two sums, as of the later instant.
func sum(a, b Hit, half marque.Duration) Hit {
	if a.At < b.At {
		a, b = b, a
	}
	return Hit{At: a.At, Points: a.Points + b.Points*fade(a.At-b.At, half)}
}

// add puts points into the sum of a part.
func (p *Part) add(h Hit, half marque.Duration) {
	t := sum(Hit{At: p.At, Points: p.Points}, h, half)
	p.At, p.Points, p.Given, p.Count = t.At, t.Points, p.Given+h.Points, p.Count+1
}

// single reports whether the events of a rule are kept one by one.
func (r *points) single() bool { return r != nil && (r.Cap > 0 || r.For > 0) }

// period is the beginning of the period of an instant, zero where the cap is for good.
func (r *points) period(at rule.Instant) rule.Instant {
	t := at.Time()
	switch r.Per {
	case Day:
		return rule.At(civil.StartOf(civil.Day, t, r.loc))
	case Week:
		return rule.At(civil.StartOf(civil.Week, t, r.loc))
	case Month:
		return rule.At(civil.StartOf(civil.Month, t, r.loc))
	case Year:
		y := civil.StartOf(civil.Month, t, r.loc).In(r.loc).Year()
		return rule.At(civil.StartOf(civil.Month, civil.Resolve(y, time.January, 2, 0, 0, 0, 0, r.loc), r.loc))
	}
	return 0
}

// longest is no less than the length of a period.
func (r *points) longest() rule.Instant {
	const day = 86_400e6
	switch r.Per {
	case Day:
		return 2 * day
	case Week:
		return 8 * day
	case Month:
		return 32 * day
	case Year:
		return 367 * day
	}
	return 0
}

func micros(d marque.Duration) rule.Instant { return rule.Instant(time.Duration(d).Microseconds()) }

// give returns parts with points of one event added, and whether that changed them. The rule nil is by hand. The memory
// of parts is left alone.
func (s *score) give(parts []Part, r *points, via marque.ID, h Hit) ([]Part, bool) {
	one := Part{Rule: ByHand, Via: via}
	half := s.HalfLife
	if r != nil {
		one.Rule, half = r.Name, r.half
	}
	i, found := slices.BinarySearchFunc(parts, one, placePart)
	if found {
		one = parts[i]
	}
	if r.single() {
		before := one.Hits
		h.Period = r.period(h.At)
		if r.Per != "" && one.Shut != 0 && h.Period <= one.Shut {
			return parts, false
		}
		at, _ := slices.BinarySearchFunc(before, h, Hit.compare)
		hits := make([]Hit, 0, len(before)+1)
		one.Hits = append(append(append(hits, before[:at]...), h), before[at:]...)
		r.keep(&one)
		if slices.Equal(one.Hits, before) {
			return parts, false
		}
	} else {
		one.add(h, half)
	}
	next := make([]Part, 0, len(parts)+1)
	next = append(append(next, parts[:i]...), one)
	if found {
		i++
	}
	return append(next, parts[i:]...), true
}

// kept is how many events of closed periods are kept one by one at most.
const kept = 256

// keep drops the hits of a part, which are in order, that do not count and never will.
func (r *points) keep(p *Part) {
	if r.Cap > 0 {
		p.Hits = p.Hits[:r.within(p.Hits)]
	}
	n := len(p.Hits)
	if n == 0 {
		return
	}
	switch latest := p.Hits[n-1].At; {
	case r.For > 0 && r.Cap > 0 && r.Per == "": // what vanished used up the cap
	case r.For > 0:
		i := max(n-maxHits, 0)
		for p.Hits[i].At+micros(r.For)+r.longest() <= latest {
			i++
		}
		p.Hits = p.Hits[i:]
	case n > kept:
		r.shut(p)
	}
}

// shut puts the events of the earliest periods together until few enough are left.
func (r *points) shut(p *Part) {
	last := p.Hits[len(p.Hits)-1].Period
	n := 0
	for h := range r.counting(p.Hits) {
		if h.Period == last || len(p.Hits)-n <= kept && h.Period != p.Shut {
			break
		}
		p.add(h, r.half)
		p.Shut = h.Period
		n++
	}
	p.Hits = p.Hits[n:]
}

// join is the two parts of one rule and identifier as one.
func (s *score) join(a, b Part) Part {
	r, half := s.rule(a.Rule), s.HalfLife
	if r != nil {
		half = r.half
	}
	if b.Count > 0 {
		t := sum(Hit{At: a.At, Points: a.Points}, Hit{At: b.At, Points: b.Points}, half)
		a.At, a.Points = t.At, t.Points
		a.Given, a.Count = a.Given+b.Given, a.Count+b.Count
	}
	a.Shut = max(a.Shut, b.Shut)
	if len(b.Hits) > 0 {
		a.Hits = slices.Concat(a.Hits, b.Hits)
		slices.SortFunc(a.Hits, Hit.compare)
		if r != nil {
			r.keep(&a)
		}
	}
	return a
}

// tidy joins parts of the same rule and identifier, as a merge may leave them.
func (s *score) tidy(parts []Part) []Part {
	clean := true
	for i := 1; i < len(parts); i++ {
		clean = clean && placePart(parts[i-1], parts[i]) < 0
	}
	if clean {
		return parts
	}
	parts = slices.Clone(parts)
	slices.SortStableFunc(parts, placePart)
	out := parts[:0]
	for _, p := range parts {
		if k := len(out) - 1; k >= 0 && placePart(out[k], p) == 0 {
			out[k] = s.join(out[k], p)
			continue
		}
		out = append(out, p)
	}
	return out
}

// adapt brings parts that another version of the definition made into the form of this one.
func (s *score) adapt(parts []Part) []Part {
	out := make([]Part, 0, len(parts))
	for _, p := range parts {
		r := s.rule(p.Rule)
		switch {
		case p.Holds && (r == nil || r.While == ""), !p.Holds && r != nil && r.While != "":
			continue
		case r.single():
			p.Hits = slices.Clone(p.Hits)
			for i := range p.Hits {
				p.Hits[i].Period = r.period(p.Hits[i].At)
			}
			r.keep(&p)
		case r != nil && len(p.Hits) > 0:
			for _, h := range p.Hits {
				p.add(h, r.half)
			}
			p.Hits = nil
		}
		out = append(out, p)
	}
	return out
}
