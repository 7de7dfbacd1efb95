package tagging

import (
	"sort"
	"time"

	"github.com/marque-go/marque/internal/derived"
	"github.com/marque-go/marque/rule"
)

// A tally is what was counted for one habit.
type tally struct {
	count, of int
	last      rule.Instant // of the latest event that counts for it
}

// A contest counts the habits of a unit for one person.
type contest struct {
	tags   []tag
	in     []int // the tags of the unit that are habits
	hits   []rule.Hit
	window rule.Instant
	facts  *rule.Facts
	zone   *time.Location
	now    time.Time
	until  rule.Instant // until when the rules over single events are certain
}

// ahead is how many departures are looked at to find the next change. Where none of them changes anything the person
// is looked at again at the last of them.
const ahead = 64

// contest gives the tag of the unit whose habit is the strongest and strong enough, -1 for none, what was counted for
// it, and until when that is certain if nothing happens, zero for good.
func (p *Plan) contest(u *unit, pass *rule.Pass, now rule.Instant) (winner int, won tally, until rule.Instant) {
	var few [8]tally
	tallies := few[:]
	if len(u.habits) > len(few) {
		tallies = make([]tally, len(u.habits))
	}
	tallies = tallies[:len(u.habits)]
	c := p.count(u, pass.Facts, pass.Now)
	lo, hi := c.enter(tallies, now)
	winner = c.winner(tallies)
	if winner >= 0 {
		for j, k := range c.in {
			if k == winner {
				won = tallies[j]
			}
		}
	}
	until = c.until
	if hi < len(c.hits) {
		until = derived.Sooner(until, c.hits[hi].At)
	}
	if c.window > 0 {
		until = derived.Sooner(until, c.leave(tallies, lo, hi, winner))
	}
	return winner, won, until
}

// count prepares a contest. All habits of a unit count the same events.
func (p *Plan) count(u *unit, f *rule.Facts, now time.Time) contest {
	zone, err := p.zones.Load(f.Zone)
	if err != nil {
		zone = time.UTC
	}
	lead := p.tags[u.habits[0]].habit
	c := contest{tags: p.tags, in: u.habits, window: lead.window, facts: f, zone: zone, now: now}
	if lead.event < len(f.Events) {
		c.hits = f.Events[lead.event]
	}
	return c
}

// enter counts the events in the window that ends at now, which are those from lo to hi.
func (c *contest) enter(tallies []tally, now rule.Instant) (lo, hi int) {
	hi = sort.Search(len(c.hits), func(i int) bool { return c.hits[i].At > now })
	if c.window > 0 {
		lo = sort.Search(hi, func(i int) bool { return now-c.hits[i].At < c.window })
	}
	for i := lo; i < hi; i++ {
		c.add(tallies, i, 1)
	}
	return lo, hi
}

// add counts an event in, or out where by is -1.
func (c *contest) add(tallies []tally, i, by int) {
	hit := &c.hits[i]
	for j, k := range c.in {
		h := c.tags[k].habit
		var v rule.Value
		if h.prop >= 0 {
			if h.prop >= len(hit.Props) || !hit.Props[h.prop].Known() {
				continue
			}
			v = hit.Props[h.prop]
		}
		if h.when != nil {
			verdict := h.when.Test(rule.Input{Now: c.now, Facts: c.facts, Scope: hit.Props})
			c.until = derived.Sooner(c.until, derived.Until(verdict.Until, rule.At(c.now)))
			if verdict.Truth != rule.True {
				continue
			}
		}
		t := &tallies[j]
		t.of += by
		if h.prop >= 0 && !h.is(v) || h.hours != nil && !h.hours.In(hit.At.Time(), c.zone) {
			continue
		}
		t.count += by
		t.last = max(t.last, hit.At)
	}
}

// winner is the tag whose habit is the strongest, -1 where that one is not strong enough.
func (c *contest) winner(tallies []tally) int {
	best := -1
	for j := range tallies {
		t := &tallies[j]
		if t.count == 0 {
			continue
		}
		if best < 0 || t.count > tallies[best].count || t.count == tallies[best].count && t.last > tallies[best].last {
			best = j
		}
	}
	if best < 0 {
		return -1
	}
	t, h := &tallies[best], c.tags[c.in[best]].habit
	if t.count < h.least || float64(t.count)/float64(t.of) < h.share {
		return -1
	}
	return c.in[best]
}

// leave lets the events leave the window one after the other and gives the first instant at which somebody else wins,
// or an earlier one; zero where that is never.
func (c *contest) leave(tallies []tally, lo, hi, winner int) rule.Instant {
	for i := lo; i < hi; {
		at := c.hits[i].At
		for ; i < hi && c.hits[i].At == at; i++ {
			c.add(tallies, i, -1)
		}
		if c.winner(tallies) != winner || i-lo >= ahead && i < hi {
			return at + c.window
		}
	}
	return 0
}
