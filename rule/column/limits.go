package column

import (
	"math"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

const (
	least = math.MinInt64
	most  = math.MaxInt64
)

// limits are the integers from lo to hi, none where hi is before lo; not turns that. Where moving is set they are
// counted from the instant of the test.
type limits struct {
	lo, hi      int64
	not, moving bool
}

func nothing() limits { return limits{lo: 1, hi: 0} }

// at gives the limits at an instant.
func (l limits) at(now rule.Instant) limits {
	if !l.moving {
		return l
	}
	return limits{lo: later(l.lo, int64(now)), hi: later(l.hi, int64(now)), not: l.not}
}

// later adds without passing the ends, where it stays.
func later(n, by int64) int64 {
	switch sum := n + by; {
	case n == least || n == most:
		return n
	case by > 0 && sum < n:
		return most
	case by < 0 && sum > n:
		return least
	default:
		return sum
	}
}

// rangeOf gives the integers that compare so with k.
func rangeOf(o op.Op, k int64) limits { return between(o, k, k) }

// between gives the integers that compare so with something that the integers from lo to hi equal; there is none
// of those where hi is lo-1, and the thing lies between the two.
func between(o op.Op, lo, hi int64) limits {
	switch o {
	case op.Eq:
		return limits{lo: lo, hi: hi}
	case op.Ne:
		return limits{lo: lo, hi: hi, not: true}
	case op.Lt:
		if lo == least {
			return nothing()
		}
		return limits{lo: least, hi: lo - 1}
	case op.Le:
		return limits{lo: least, hi: hi}
	case op.Gt:
		if hi == most {
			return nothing()
		}
		return limits{lo: hi + 1, hi: most}
	}
	return limits{lo: lo, hi: most}
}

// intsOf gives the integers that compare so with a number.
func intsOf(o op.Op, k rule.Value) limits {
	if k.Type() == rule.Int {
		return rangeOf(o, k.Int())
	}
	switch f := k.Float(); {
	case f >= 1<<63: // above all of them
		l := nothing()
		l.not = o == op.Ne || o == op.Lt || o == op.Le
		return l
	case f < -1<<63:
		l := nothing()
		l.not = o == op.Ne || o == op.Gt || o == op.Ge
		return l
	default:
		return between(o, int64(math.Ceil(f)), int64(math.Floor(f)))
	}
}

// sinceNow gives the times, counted from now, with which now less shift compares so.
func sinceNow(o op.Op, shift marque.Duration) limits {
	l := rangeOf(mirror(o), -int64(shift/1000))
	l.moving = true
	return l
}

const day = int64(marque.Day / 1000)

// sinceDays gives the times, counted from now, since which the days until now compare so with a number.
func sinceDays(o op.Op, k rule.Value) limits {
	const far = 1 << 61
	from, to := int64(0), int64(0) // they are at least k that long after the time, and more than k
	if n := k.Int(); k.Type() == rule.Int {
		if n > far/day || n < -far/day {
			return always(o, n > 0)
		}
		from, to = n*day, n*day+1
	} else {
		f := k.Float() * float64(day)
		if math.Abs(f) > far {
			return always(o, f > 0)
		}
		from, to = int64(math.Ceil(f)), int64(math.Floor(f))+1
	}
	l := between(mirror(o), 1-to, -from)
	l.moving = true
	return l
}

// always is what compares so with something above all, or below.
func always(o op.Op, above bool) limits {
	l := nothing()
	l.not = o == op.Ne || above == (o == op.Lt || o == op.Le) && o != op.Eq
	return l
}

// mirror is the comparison with its operands exchanged.
func mirror(o op.Op) op.Op {
	return map[op.Op]op.Op{op.Eq: op.Eq, op.Ne: op.Ne, op.Lt: op.Gt, op.Le: op.Ge, op.Gt: op.Lt, op.Ge: op.Le}[o]
}
