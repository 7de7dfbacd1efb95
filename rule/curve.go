package rule

import (
	"math"

	"github.com/marque-go/marque"
)

// A Curve is a score as a function of time: the sum of its terms.
type Curve []Term

// A Term adds Points from the instant From until Until (zero: for good), halved every HalfLife (zero: never).
type Term struct {
	From     Instant
	Until    Instant
	Points   float64
	HalfLife marque.Duration
}

func (t *Term) at(now Instant) float64 {
	if now < t.From || t.Until != 0 && now >= t.Until {
		return 0
	}
	if t.HalfLife == 0 {
		return t.Points
	}
	return t.Points * math.Exp2(-float64(now-t.From)*1000/float64(t.HalfLife))
}

// At is the score at an instant.
func (c Curve) At(now Instant) float64 {
	sum := 0.0
	for i := range c {
		sum += c[i].at(now)
	}
	return sum
}

// Cross returns the first instant after now at which the score is on the other side of level than at now, if
// nothing is added ("on or above" is one side, "below" the other). It is Never where that does not happen. The
// answer is exact to the microsecond while all terms that decay have one sign; where points and minus points
// decay together it may come early, never late. It allocates nothing.
func (c Curve) Cross(level float64, now Instant) Instant {
	above := c.At(now) >= level
	for lo := now; ; {
		cut, decays := Never, false // the next instant at which a term starts or ends
		for i := range c {
			t := &c[i]
			if t.From > lo {
				cut = min(cut, t.From)
			} else if t.Until == 0 || t.Until > lo {
				decays = decays || t.HalfLife != 0
			}
			if t.Until > lo {
				cut = min(cut, t.Until)
			}
		}
		if decays {
			if at := c.between(level, lo, cut, above); at < cut {
				return at
			}
		}
		if cut == Never || (c.At(cut) >= level) != above {
			return cut
		}
		lo = cut
	}
}

// between looks for the first instant on the other side in the open interval (lo, hi), in which no term starts
// or ends; hi where there is none. The falling part (points that decay) and the rising part (minus points that
// decay) are monotone each: what the one can do at most until t, while the other stands still, bounds the score.
// So it goes in steps that cannot jump over a crossing; with one part alone the first step finds it.
func (c Curve) between(level float64, lo, hi Instant, above bool) Instant {
	const steps = 64
	from := lo
	for n := range steps {
		at := c.reach(level, from, hi, above)
		if at >= hi {
			return hi
		}
		if (c.At(at) >= level) != above || at <= from+1 && n > 0 {
			return at
		}
		from = at
	}
	return from
}

// reach finds the first instant in (from, hi) at which the score may be on the other side; hi where there is none.
func (c Curve) reach(level float64, from, hi Instant, above bool) Instant {
	last := hi - 1
	if hi == Never {
		const ever = 1 << 58 // some nine thousand years
		last = from + ever
	}
	if !c.may(level, from, last, above) {
		return hi
	}
	near, far := from, last // not possible yet, and possible
	if at := c.guess(level, from, above); near < at && at < far {
		possible := c.may(level, from, at, above)
		if possible {
			far = at
		} else {
			near = at
		}
		for step := Instant(1); ; step *= 2 { // away from the guess, until it is between near and far
			if at = near + step; possible {
				at = far - step
			}
			if at <= near || at >= far {
				break
			}
			turned := c.may(level, from, at, above) != possible
			if turned != possible {
				far = at
			} else {
				near = at
			}
			if turned {
				break
			}
		}
	}
	for near+1 < far {
		if mid := near + (far-near)/2; c.may(level, from, mid, above) {
			far = mid
		} else {
			near = mid
		}
	}
	return far
}

// guess solves for the instant at which what moves towards the level reaches it, as if it had one half-life; it is
// from where that does not happen.
func (c Curve) guess(level float64, from Instant, above bool) Instant {
	moving, still, half := 0.0, 0.0, 0.0
	for i := range c {
		t := &c[i]
		if p := t.at(from); t.HalfLife == 0 || above != (t.Points > 0) {
			still += p
		} else {
			moving += p
			half = max(half, float64(t.HalfLife))
		}
	}
	ratio := (level - still) / moving
	if !(ratio > 0 && ratio < 1) {
		return from
	}
	return from - Instant(half*math.Log2(ratio)/1000)
}

// may reports whether the score may be on the other side somewhere in (from, at].
func (c Curve) may(level float64, from, at Instant, above bool) bool {
	sum := 0.0
	for i := range c {
		t := &c[i]
		then := at
		if above != (t.Points > 0) { // what moves away from the level stands still
			then = from
		}
		sum += t.at(then)
	}
	return (sum >= level) != above
}
