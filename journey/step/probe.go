package step

import (
	"math"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// Call is what a Command does that lets somebody in by hand.
const Call = "enter"

// never is a counter that has no room: who asks for it beside others learns whether those have.
const never = "journey/preview"

// Probe is a change that a store refuses for sure: for the holds of an entry, if those are refused, else for a counter
// that no journey has. So it tells which, and leaves no trace. Counters that people share it does not ask for.
func Probe(s State, holds []limit.Hold) (c Change) {
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
func (p *Plan) Ask(n int, at time.Time) (c Change) {
	w := walk{p: p, now: at}
	takes := w.quota()
	for i := range takes {
		takes[i].N = int64(n)
	}
	c.Holds = []limit.Hold{{Key: marque.Key(p.def.Name, never), Takes: append(takes, limit.Take{Counter: never, N: 1})}}
	return c
}

// Most is the lowest of the journey's limits.
func (p *Plan) Most() int {
	most := int64(math.MaxInt32)
	for _, q := range p.def.Entry.Limit {
		most = min(most, q.N)
	}
	return int(most)
}

// first is the first node that sends, nil where there is none.
func (p *Plan) first() *node {
	for i := range p.nodes {
		if p.nodes[i].Send != nil {
			return &p.nodes[i]
		}
	}
	return nil
}

// FirstNeed is what Enter and FirstChannel read.
func (p *Plan) FirstNeed() rule.Need {
	if n := p.first(); n != nil {
		return p.entry.need.Union(n.arrive)
	}
	return p.entry.need
}

// FirstChannel is the channel on which the first send of the definition would be tried first, "" where none is open.
func (p *Plan) FirstChannel(f *rule.Facts, now time.Time) string {
	w := walk{p: p, f: f, now: now}
	if n := p.first(); n != nil {
		for _, i := range w.channels(n) {
			if p.gate.Open(n.send.on(n.Send.Channels[i]), f, now).Result == "" {
				return n.Send.Channels[i]
			}
		}
	}
	return ""
}

// Rehearsed is an instant at which nobody's own of the round is ahead.
func (p *Plan) Rehearsed(s State) time.Time { return p.entry.occasion.Over(s.Round.At) }
