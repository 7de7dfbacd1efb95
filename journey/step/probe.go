package step

import (
	"math"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// Call is what a Command does that lets somebody in by hand.
const Call = "enter"

// never is a counter that has no room: who asks for it beside others learns whether those have.
const never = "journey/preview"

// Probe is a change that a store refuses for sure: for the holds of an entry, if those are refused, else for a counter
// that no journey has. So it tells which, and leaves no trace. Counters that people share it does not ask for.
func Probe(s record.State, holds []limit.Hold) (c record.Change) {
	for _, h := range holds {
		var own []limit.Take
		for _, t := range h.Takes {
			if t.Own {
				own = append(own, t)
			}
		}
		h.Takes = own
		c.Holds = append(c.Holds, h)
	}
	c.Holds = append(c.Holds, limit.Hold{Key: marque.Key(s.ID, never), Profile: s.Profile, Takes: []limit.Take{{Counter: never, Own: true, N: 1}}})
	return c
}

// Ask is a change that a store refuses for sure: for a limit of the journey, if fewer than n may enter at the instant, else
// for a counter that no journey has.
func Ask(p *plan.Plan, n int, at time.Time) (c record.Change) {
	w := walk{p: p, now: at}
	takes := w.quota()
	for i := range takes {
		takes[i].N = int64(n)
	}
	c.Holds = []limit.Hold{{Key: marque.Key(p.Def().Name, never), Takes: append(takes, limit.Take{Counter: never, N: 1})}}
	return c
}

// Most is the lowest of the journey's limits.
func Most(p *plan.Plan) int {
	most := int64(math.MaxInt32)
	for _, q := range p.Def().Entry.Limit {
		most = min(most, q.N)
	}
	return int(most)
}

// first is the first node that sends, nil where there is none.
func first(p *plan.Plan) *plan.Node {
	for i := range p.Nodes {
		if p.Nodes[i].Send != nil {
			return &p.Nodes[i]
		}
	}
	return nil
}

// FirstNeed is what Enter and FirstChannel read.
func FirstNeed(p *plan.Plan) rule.Need {
	if n := first(p); n != nil {
		return p.Entry.Need.Union(n.Arrive)
	}
	return p.Entry.Need
}

// FirstChannel is the channel on which the first send of the definition would be tried first, "" where none is open.
func FirstChannel(p *plan.Plan, f *rule.Facts, now time.Time) string {
	w := walk{p: p, f: f, now: now}
	if n := first(p); n != nil {
		for _, i := range w.channels(n) {
			if p.Gate.Open(on(&n.Sends, n.Send.Channels[i]), f, now).Result == "" {
				return n.Send.Channels[i]
			}
		}
	}
	return ""
}

// Rehearsed is an instant at which nobody's own of the round is ahead.
func Rehearsed(p *plan.Plan, s record.State) time.Time { return p.Entry.Occasion.Over(s.Round.At) }
