package pipeline

import (
	"math/bits"

	"github.com/marque-go/marque/rule"
)

// A trip is one person's way through the stages, from outside until lost.
type trip struct {
	stage  int8         // -1 outside
	last   rule.Instant // of the last event taken
	since  rule.Instant // of the stage
	seen   uint32       // stages entered on this trip
	onward uint32       // those of them that were followed by a later stage
	final  uint32       // those of them that were followed by the last stage
}

const outside = -1

// next is the stage that an event with the mask leads to, lost where the event is a loss, or ok false where it is
// nothing: the nearest stage after the person's, else nothing where it enters the same, else the furthest one
// before it that may be come back to.
func (p *Plan) next(stage int, mask uint64) (to int, ok bool) {
	n := len(p.def.Stages)
	enter := mask & (1<<n - 1)
	if after := enter >> (stage + 1); after != 0 {
		return stage + 1 + bits.TrailingZeros64(after), true
	}
	if stage == outside || enter&(1<<stage) != 0 {
		return 0, false
	}
	for before := enter; before != 0; {
		s := bits.Len64(before) - 1
		if p.def.Stages[s].Back {
			return s, true
		}
		before &^= 1 << s
	}
	if mask&(1<<(n+stage)|1<<(2*n)) != 0 {
		return outside, true
	}
	return 0, false
}

// overdue is the instant at which the person is lost by the limit of the stage, if not later than now.
func (p *Plan) overdue(t *trip, now rule.Instant) (rule.Instant, bool) {
	if t.stage == outside || p.limit[t.stage] == 0 {
		return 0, false
	}
	at := t.since + p.limit[t.stage]
	return at, at <= now
}

// move books the way from where t is to a stage, or outside.
func (b *book) move(t *trip, to int, at rule.Instant) {
	from := int(t.stage)
	if from != outside {
		c := b.cell(at, from)
		switch {
		case to == outside:
			c.lost++
		case to > from:
			c.forward++
		default:
			c.back++
		}
		c.dwell = append(c.dwell, at-t.since)
		b.stay(from, t.since, at)
	}
	if to == outside {
		*t = trip{stage: outside, last: t.last}
		return
	}
	c := b.cell(at, to)
	c.in++
	if from == outside {
		c.fresh++
	}
	last := len(b.totals) - 1
	earlier := uint32(1)<<to - 1
	b.count(t.seen&earlier&^t.onward, func(s *total) { s.onward++ })
	t.onward |= t.seen & earlier
	if t.seen&(1<<to) == 0 {
		b.totals[to].trips++
		t.seen |= 1 << to
	}
	if to == last {
		b.count(t.seen&^t.final, func(s *total) { s.final++ })
		t.final |= t.seen
	}
	t.stage, t.since = int8(to), at
}

func (b *book) count(stages uint32, add func(*total)) {
	for ; stages != 0; stages &= stages - 1 {
		add(&b.totals[bits.TrailingZeros32(stages)])
	}
}
