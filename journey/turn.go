package journey

import (
	"math"
	"time"

	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/internal/turn"
	"github.com/marque-go/marque/journey/step"
)

// gate is the gate before the channels: messages that are late pass it again, and those that pass take turns. It goes
// person by person, so that the size of a batch does not matter; one of a higher priority, or a transactional one, takes
// the turn of another.
func (r *Runner) gate(jobs []*job, now time.Time) {
	for _, j := range jobs {
		c := j.in.Command
		if c.Do != "send" || j.plan == nil || j.in.Hold {
			continue
		}
		if j.facts != nil {
			j.hold, j.verdict = step.Recheck(j.plan, *c, j.facts, now)
			if !j.hold.IsZero() && !c.Tried && !c.ByHand {
				j.hold, j.verdict = time.Time{}, Outcome{Result: step.Held}
			}
		}
		line := r.turns[c.Name]
		if !j.hold.IsZero() || j.verdict.Result != "" || line == nil {
			continue
		}
		at, late := line.Take(turn.Ask{Booked: c.Booked, At: c.At, Rank: rank(j)}, now, func(at time.Time) bool { return step.Late(j.plan, *c, at) })
		if late {
			j.verdict = Outcome{Result: graph.TooLate, Reason: "all turns until then are taken"}
			continue
		}
		j.hold, j.booked = at, !at.IsZero()
	}
}

// rank says whose turn comes first.
func rank(j *job) int {
	d := j.plan.Def()
	for i := range d.Nodes {
		if n := &d.Nodes[i]; n.ID == j.in.Command.Node && n.Send != nil && n.Send.Transactional {
			return math.MaxInt32
		}
	}
	return min(max(d.Priority, math.MinInt32), math.MaxInt32-1)
}
