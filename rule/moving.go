package rule

import (
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule/op"
)

const day = Instant(marque.Day / 1000)

// moving compiles a value that changes with every instant, for the few places where it does not stand in a
// comparison.
func (n *Node) moving() eval {
	switch n.Op {
	case op.Now:
		shift := Instant(n.Shift / 1000)
		return func(e env) (Value, Instant) { return TimeValue(e.now - shift), e.now + 1 }
	case op.Score:
		slot := n.Slot
		return func(e env) (Value, Instant) {
			c := e.curve(slot)
			if len(c) == 0 {
				return FloatValue(0), Never
			}
			return FloatValue(c.At(e.now)), e.now + 1
		}
	}
	if len(n.Args) != 1 {
		return missing
	}
	x := n.Args[0].eval()
	return func(e env) (Value, Instant) {
		v, until := x(e)
		if v.t != Time {
			return Value{}, until
		}
		return FloatValue(float64(e.now-Instant(v.n)) / float64(day)), e.now + 1
	}
}

func (e env) curve(slot int) Curve {
	if slot < len(e.f.Scores) {
		return e.f.Scores[slot]
	}
	return nil
}

// moves compiles the comparison of a value that moves with one that does not. It changes at an exact instant.
func moves(o op.Op, a, b *Node) test {
	y := b.eval()
	switch a.Op {
	case op.Now:
		shift := Instant(a.Shift / 1000)
		return func(e env) (Truth, Instant) {
			w, until := y(e)
			if w.t != Time {
				return Unknown, until
			}
			at := Instant(w.n) + shift
			t, u := passing(o, at, at+1, e.now)
			return t, min(until, u)
		}
	case op.Score:
		slot := a.Slot
		return func(e env) (Truth, Instant) {
			w, until := y(e)
			if w.t != Int && w.t != Float {
				return Unknown, until
			}
			t, u := e.curve(slot).against(o, w.Float(), e.now)
			return t, min(until, u)
		}
	}
	if len(a.Args) != 1 {
		return never
	}
	x := a.Args[0].eval()
	return func(e env) (Truth, Instant) {
		v, until := x(e)
		w, u := y(e)
		until = min(until, u)
		if v.t != Time || w.t != Int && w.t != Float {
			return Unknown, until
		}
		from, to := days(Instant(v.n), w)
		t, u := passing(o, from, to, e.now)
		return t, min(until, u)
	}
}

// passing compares a growing value with a fixed one, which it equals from the instant from until the instant to,
// and gives the instant when that comparison changes.
func passing(o op.Op, from, to, now Instant) (Truth, Instant) {
	var here bool
	switch {
	case now < from:
		here = holds(o, -1)
		if from < to && holds(o, 0) != here {
			return truth(here), from
		}
		if holds(o, 1) != here {
			return truth(here), to
		}
	case now < to:
		here = holds(o, 0)
		if holds(o, 1) != here {
			return truth(here), to
		}
	default:
		here = holds(o, 1)
	}
	return truth(here), Never
}

// days gives the instants from which on the days since an instant are at least, and more than, a number.
func days(since Instant, n Value) (from, to Instant) {
	const far = 1 << 61
	if n.t == Int {
		k := int64(n.n)
		if abs(k) > far/int64(day) || k == math.MinInt64 {
			return beyond(k > 0)
		}
		at := since + Instant(k)*day
		return at, at + 1
	}
	f := n.Float() * float64(day)
	if math.Abs(f) > far {
		return beyond(f > 0)
	}
	return since + Instant(math.Ceil(f)), since + Instant(math.Floor(f)) + 1
}

func beyond(future bool) (from, to Instant) {
	if future {
		return Never, Never
	}
	return -Never, -Never
}

// against compares the score with a level and gives the instant when that comparison may change.
func (c Curve) against(o op.Op, level float64, now Instant) (Truth, Instant) {
	if len(c) == 0 {
		return truth(holds(o, order(0, level))), Never
	}
	v := c.At(now)
	here := truth(holds(o, order(v, level)))
	above := math.Nextafter(level, math.Inf(1)) // more than level is on or above this
	switch o {
	case op.Ge, op.Lt:
		return here, c.Cross(level, now)
	case op.Gt, op.Le:
		return here, c.Cross(above, now)
	}
	return here, min(c.Cross(level, now), c.Cross(above, now))
}

// mark compiles op.HasTag and op.InSegment: what the keepers of tags and segments change at an instant of their
// own is a change, not time, and does not end the verdict before.
func (n *Node) mark() test {
	slot, tag := n.Slot, n.Op == op.HasTag
	return func(e env) (Truth, Instant) {
		marks := e.f.Segments
		if tag {
			marks = e.f.Tags
		}
		until := Never
		for i := range marks {
			m := &marks[i]
			switch {
			case m.Slot != slot || m.Until != 0 && m.Until <= e.now:
			case m.From <= e.now:
				if m.Until == 0 {
					return True, Never
				}
				return True, m.Until
			case m.Until == 0 || m.From < m.Until:
				until = min(until, m.From)
			}
		}
		return False, until
	}
}
