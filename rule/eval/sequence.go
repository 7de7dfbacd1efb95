package eval

import (
	"github.com/marque-go/marque/rule"
	"github.com/marque-go/marque/rule/op"
)

// maxSteps is how many steps a sequence may have.
const maxSteps = 16

// A sequence looks for one event of each step, each later than the one before it by at most apart.
type sequence struct {
	steps []*history
	apart rule.Instant
}

// sequenceOf compiles op.Sequence.
func sequenceOf(n *rule.Node) test {
	if len(n.Args) < 2 || len(n.Args) > maxSteps {
		return never
	}
	s := &sequence{apart: rule.Instant(n.Shift / 1000)}
	if s.apart == 0 {
		s.apart = rule.Never
	}
	for _, step := range n.Args {
		if step.Op != op.Did {
			return never
		}
		step.Window = n.Window
		s.steps = append(s.steps, newHistory(&step))
	}
	return s.test
}

// A tail is the rest of a sequence, from a step on, that begins earliest of those looked at: going back in time,
// that is the one nearest to what comes before.
type tail struct {
	from rule.Instant
	keep rule.Instant // until when its filters pass
	ok   bool
}

// test goes back in time over the events of all steps, each once, so that the first sequence it completes is the one
// that begins last, and leaves the window last.
func (s *sequence) test(e env) (rule.Truth, rule.Instant) {
	var views [maxSteps]view
	var tails [maxSteps + 1]tail
	last := len(s.steps) - 1
	for i, h := range s.steps {
		views[i] = h.view(e)
	}
	turn := s.steps[last].enters(&views[last], 0) // only an event of the last step completes what is not complete
	tails[last+1] = tail{from: rule.Never, keep: rule.Never, ok: true}
	for {
		at, any := -rule.Never, false
		for i := range s.steps {
			if v := &views[i]; v.lo < v.hi && (!any || v.hits[v.hi-1].At > at) {
				at, any = v.hits[v.hi-1].At, true
			}
		}
		if !any {
			return rule.False, turn
		}
		// A step reads the tail behind it before an event of the same instant changes that one.
		for i, h := range s.steps {
			for v := &views[i]; v.lo < v.hi && v.hits[v.hi-1].At == at; v.hi-- {
				rest := &tails[i+1]
				if !rest.ok || i < last && rest.from-at > s.apart || tails[i].ok && tails[i].from == at {
					continue
				}
				ok, until := h.passes(e, &v.hits[v.hi-1])
				if !ok {
					turn = min(turn, until)
					continue
				}
				tails[i] = tail{at, min(until, rest.keep), true}
				if i == 0 {
					return rule.True, min(tails[0].keep, h.leaves(v, v.hi-1))
				}
			}
		}
	}
}
