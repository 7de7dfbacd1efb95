package eval

import (
	"github.com/marque-go/marque/rule"
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule/op"
)

const day = rule.Instant(marque.Day / 1000)

// moving compiles a value that changes with every instant, for the few places where it does not stand in a
// comparison.
func moving(n *rule.Node) eval {
	switch n.Op {
	case op.Now:
		shift := rule.Instant(n.Shift / 1000)
		return func(e env) (rule.Value, rule.Instant) { return rule.TimeValue(e.now - shift), e.now + 1 }
	case op.Score:
		slot := n.Slot
		return func(e env) (rule.Value, rule.Instant) {
			c := e.curve(slot)
			if len(c) == 0 {
				return rule.FloatValue(0), rule.Never
			}
			return rule.FloatValue(c.At(e.now)), e.now + 1
		}
	}
	if len(n.Args) != 1 {
		return missing
	}
	x := evalOf(&n.Args[0])
	return func(e env) (rule.Value, rule.Instant) {
		v, until := x(e)
		if v.Type() != rule.Time {
			return rule.Value{}, until
		}
		return rule.FloatValue(float64(e.now-rule.Instant(v.Bits())) / float64(day)), e.now + 1
	}
}

func (e env) curve(slot int) rule.Curve {
	if slot < len(e.f.Scores) {
		return e.f.Scores[slot]
	}
	return nil
}

// moves compiles the comparison of a value that moves with one that does not. It changes at an exact instant.
func moves(o op.Op, a, b *rule.Node) test {
	y := evalOf(b)
	switch a.Op {
	case op.Now:
		shift := rule.Instant(a.Shift / 1000)
		return func(e env) (rule.Truth, rule.Instant) {
			w, until := y(e)
			if w.Type() != rule.Time {
				return rule.Unknown, until
			}
			at := rule.Instant(w.Bits()) + shift
			t, u := passing(o, at, at+1, e.now)
			return t, min(until, u)
		}
	case op.Score:
		slot := a.Slot
		return func(e env) (rule.Truth, rule.Instant) {
			w, until := y(e)
			if w.Type() != rule.Int && w.Type() != rule.Float {
				return rule.Unknown, until
			}
			t, u := against(e.curve(slot), o, w.Float(), e.now)
			return t, min(until, u)
		}
	}
	if len(a.Args) != 1 {
		return never
	}
	x := evalOf(&a.Args[0])
	return func(e env) (rule.Truth, rule.Instant) {
		v, until := x(e)
		w, u := y(e)
		until = min(until, u)
		if v.Type() != rule.Time || w.Type() != rule.Int && w.Type() != rule.Float {
			return rule.Unknown, until
		}
		from, to := days(rule.Instant(v.Bits()), w)
		t, u := passing(o, from, to, e.now)
		return t, min(until, u)
	}
}

// passing compares a growing value with a fixed one, which it equals from the instant from until the instant to,
// and gives the instant when that comparison changes.
func passing(o op.Op, from, to, now rule.Instant) (rule.Truth, rule.Instant) {
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
	return truth(here), rule.Never
}

// days gives the instants from which on the days since an instant are at least, and more than, a number.
func days(since rule.Instant, n rule.Value) (from, to rule.Instant) {
	const far = 1 << 61
	if n.Type() == rule.Int {
		k := int64(n.Bits())
		if abs(k) > far/int64(day) || k == math.MinInt64 {
			return beyond(k > 0)
		}
		at := since + rule.Instant(k)*day
		return at, at + 1
	}
	f := n.Float() * float64(day)
	if math.Abs(f) > far {
		return beyond(f > 0)
	}
	return since + rule.Instant(math.Ceil(f)), since + rule.Instant(math.Floor(f)) + 1
}

func beyond(future bool) (from, to rule.Instant) {
	if future {
		return rule.Never, rule.Never
	}
	return -rule.Never, -rule.Never
}

// against compares the score with a level and gives the instant when that comparison may change.
func against(c rule.Curve, o op.Op, level float64, now rule.Instant) (rule.Truth, rule.Instant) {
	if len(c) == 0 {
		return truth(holds(o, order(0, level))), rule.Never
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
func markOf(n *rule.Node) test {
	slot, tag := n.Slot, n.Op == op.HasTag
	return func(e env) (rule.Truth, rule.Instant) {
		marks := e.f.Segments
		if tag {
			marks = e.f.Tags
		}
		until := rule.Never
		for i := range marks {
			m := &marks[i]
			switch {
			case m.Slot != slot || m.Until != 0 && m.Until <= e.now:
			case m.From <= e.now:
				if m.Until == 0 {
					return rule.True, rule.Never
				}
				return rule.True, m.Until
			case m.Until == 0 || m.From < m.Until:
				until = min(until, m.From)
			}
		}
		return rule.False, until
	}
}
