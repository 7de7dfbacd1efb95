package scoring

import (
	"cmp"
	"math"
	"slices"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// curve is the parts as a function of time from an instant on: first a term for the fit, where there is one, then one
// for each half-life, and one for each instant at which points vanish. fit is how many terms are of the fit.
func (s *score) curve(parts []Part, at rule.Instant) (c rule.Curve, fit int) {
	if len(parts) == 0 && s.Base == 0 {
		return nil, 0
	}
	var few [8]tally
	tallies := s.tallies(parts, few[:0])
	n := 1
	for i := range tallies {
		n += 1 + len(tallies[i].ends)
	}
	c = make(rule.Curve, 0, n)
	if held := s.held(parts); held != 0 {
		c, fit = append(c, rule.Term{Points: held}), 1
	}
	for i := range tallies {
		t := &tallies[i]
		if t.n > 0 {
			c = gather(c, fit, rule.Term{From: t.sum.At, Points: t.sum.Points, HalfLife: t.half(s)})
		}
	}
	lasting := len(c)
	for i := range tallies {
		t := &tallies[i]
		for _, h := range t.ends {
			if until := h.At + micros(t.rule.For); until > at {
				c = gather(c, lasting, rule.Term{From: h.At, Until: until, Points: h.Points})
			}
		}
	}
	return c, fit
}

// gather adds a term to a curve, whose terms from place on may take it in.
func gather(c rule.Curve, place int, t rule.Term) rule.Curve {
	for i := len(c) - 1; i >= place; i-- {
		if o := &c[i]; o.HalfLife == t.HalfLife && o.Until == t.Until {
			h := sum(Hit{At: o.From, Points: o.Points}, Hit{At: t.From, Points: t.Points}, t.HalfLife)
			o.From, o.Points = h.At, h.Points
			return c
		}
		if t.Until != 0 { // in order of their ends, or nearly: looking at the last one is enough
			break
		}
	}
	return append(c, t)
}

// flip is the first instant after at at which a curve is on the other side of a level, zero where it never is. Where
// the curve runs along the level for long, it may be too early, but never late.
func flip(c rule.Curve, level float64, at rule.Instant) rule.Instant {
	if len(c) > 8 && stepped(c) {
		return step(c, level, at)
	}
	above := c.At(at) >= level
	for range 64 {
		at = c.Cross(level, at)
		if at == rule.Never {
			return 0
		}
		if (c.At(at) >= level) != above {
			break
		}
	}
	return at
}

// stepped reports whether nothing of a curve fades.
func stepped(c rule.Curve) bool {
	return !slices.ContainsFunc(c, func(t rule.Term) bool { return t.HalfLife != 0 })
}

// step is flip for points that only vanish, of which there may be many: it goes from end to end with a running sum, and
// asks the curve itself where that is near the level.
func step(c rule.Curve, level float64, at rule.Instant) rule.Instant {
	ends := make([]rule.Term, 0, len(c))
	sum, scale := 0.0, math.Abs(level)
	for _, t := range c {
		if t.Until == 0 || t.Until > at {
			sum, scale = sum+t.Points, scale+math.Abs(t.Points)
			if t.Until != 0 {
				ends = append(ends, t)
			}
		}
	}
	slices.SortStableFunc(ends, func(a, b rule.Term) int { return cmp.Compare(a.Until, b.Until) })
	above := c.At(at) >= level
	for i, t := range ends {
		sum -= t.Points
		if i+1 < len(ends) && ends[i+1].Until == t.Until {
			continue
		}
		if near := math.Abs(sum-level) <= 1e-9*scale; (near || sum >= level != above) && (c.At(t.Until) >= level) != above {
			return t.Until
		}
	}
	return 0
}

// pieces is how many stretches of a bounded curve are laid out ahead.
const pieces = 8

// bound is a curve from an instant on, cut off at Min and Max. It is that until end, where end is not zero.
func (s *score) bound(c rule.Curve, at rule.Instant) (out rule.Curve, end rule.Instant) {
	lo, hi := math.Inf(-1), math.Inf(1)
	if s.Min != nil {
		lo = *s.Min
	}
	if s.Max != nil {
		hi = *s.Max
	}
	for n := range pieces {
		var until rule.Instant
		switch v := c.At(at); {
		case v >= hi:
			until = flip(c, hi, at)
			out = append(out, rule.Term{From: at, Until: until, Points: hi})
		case v < lo:
			until = flip(c, lo, at)
			out = append(out, rule.Term{From: at, Until: until, Points: lo})
		default:
			until = derived.Sooner(flip(c, hi, at), flip(c, lo, at))
			if n == 0 && until == 0 {
				return c, 0
			}
			for _, t := range c {
				if t.Until != 0 && t.Until <= at {
					continue
				}
				if from := max(t.From, at); from > t.From {
					t.From, t.Points = from, t.Points*fade(from-t.From, t.HalfLife)
				}
				if t.Until = derived.Sooner(t.Until, until); t.Points != 0 {
					out = append(out, t)
				}
			}
		}
		if at = until; at == 0 {
			return out, 0
		}
	}
	return out, at
}
