package gate

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/rule"
)

// A Gate is what the messages of one journey pass. It is immutable.
type Gate struct {
	rules   *Rules
	assumed bool // consent is
	quiet   *graph.Quiet
	window  civil.Window
	late    *graph.Late
}

// Gate puts together the policy and what a journey says itself. The definition must be valid.
func (r *Rules) Gate(d *graph.Def) *Gate {
	g := &Gate{rules: r, quiet: d.Quiet, late: d.Late}
	consent := d.Consent
	if consent == "" {
		consent = r.def.Consent
	}
	g.assumed = consent == "assumed"
	if g.quiet == nil {
		g.quiet = r.def.Quiet
	}
	if g.late == nil {
		g.late = r.def.Late
	}
	if g.quiet != nil {
		g.window.Start, _ = civil.ParseClock(g.quiet.From)
		g.window.End, _ = civil.ParseClock(g.quiet.To)
	}
	return g
}

// A Message is what the gate is asked about.
type Message struct {
	Channel, Topic string
	Transactional  bool
	// Late is the node's own bound.
	Late *graph.Late
}

// A Verdict is what one part of the gate says.
type Verdict struct {
	// Result is the outcome, empty where the message passes: graph.Suppressed, graph.Unreachable.
	Result string
	// Part is which part of the gate said it: "consent", "suppress", "reach".
	Part string
	// Detail says more: the name of the suppression.
	Detail string
}

// Where names the channel of the message and the detail.
func (v Verdict) Where(m Message) string {
	if v.Detail == "" {
		return m.Channel
	}
	return m.Channel + ": " + v.Detail
}

// Open tells whether the channel is open for the message: the person consents to it, is on no suppression list, and can
// be reached there.
func (g *Gate) Open(m Message, f *rule.Facts, now time.Time) Verdict {
	if !g.consents(m, f) {
		return Verdict{graph.Suppressed, "consent", ""}
	}
	for i, x := range g.rules.def.Suppress {
		if m.Transactional && !x.Transactional || !among(x.Channels, m.Channel) || !among(x.Topics, m.Topic) {
			continue
		}
		if g.rules.suppress[i].Holds(rule.At(now), f, nil) {
			return Verdict{graph.Suppressed, "suppress", x.Name}
		}
	}
	if until, bound := g.reach(m.Channel, f, now); bound && until <= rule.At(now) {
		return Verdict{graph.Unreachable, "reach", ""}
	}
	return Verdict{}
}

// consents reports whether the person may get the message. The most restrictive of what was said for the channel and
// the topic, or for all of them, counts: a withdrawal stands until a consent that is later is given for just what was
// withdrawn, or for a part of it.
func (g *Gate) consents(m Message, f *rule.Facts) bool {
	about := func(c rule.Consent) bool {
		return (c.Channel == "" || c.Channel == m.Channel) && (c.Topic == "" || c.Topic == m.Topic)
	}
	said := false
	for _, yes := range f.Consents {
		if !about(yes) {
			continue
		}
		said = true
		if yes.OK && !slices.ContainsFunc(f.Consents, func(no rule.Consent) bool { return !no.OK && about(no) && !lifts(yes, no) }) {
			return true
		}
	}
	return !said && (g.assumed || m.Transactional && !g.rules.def.Strict)
}

// lifts reports whether a consent lifts a withdrawal.
func lifts(yes, no rule.Consent) bool {
	return yes.At > no.At && (no.Channel == "" || no.Channel == yes.Channel) && (no.Topic == "" || no.Topic == yes.Topic)
}

// reach is until when the person can be reached on a channel; bound is false where that has no end.
func (g *Gate) reach(channel string, f *rule.Facts, now time.Time) (until rule.Instant, bound bool) {
	for i, x := range g.rules.def.Reach {
		if x.Channel != channel {
			continue
		}
		bound = true
		hits := f.Events[g.rules.reach[i]]
		for j := len(hits) - 1; j >= 0; j-- {
			if hits[j].At <= rule.At(now) {
				until = max(until, hits[j].At+rule.Instant(time.Duration(x.Within)/time.Microsecond))
				break
			}
		}
	}
	return until, bound
}

// What is to be done with a message in quiet hours. Reach is a hold that would end when the person cannot be reached
// any more: the next channel is tried.
const (
	Hold  = "hold"
	Drop  = "drop"
	Next  = "next"
	Reach = "reach"
)

// Quiet tells what to do with the message because of quiet hours in the zone, empty where there are none now; until is
// when they are over.
func (g *Gate) Quiet(m Message, f *rule.Facts, now time.Time, loc *time.Location) (do string, until time.Time) {
	if !g.Quiets(m) || !g.window.In(now, loc) {
		return "", until
	}
	until = g.window.NextOutside(now, loc).UTC()
	switch g.quiet.Do {
	case Drop, Next:
		return g.quiet.Do, until
	}
	if end, bound := g.reach(m.Channel, f, now); bound && end <= rule.At(until) {
		return Reach, until
	}
	return Hold, until
}

// Quiets reports whether quiet hours are for the message at all.
func (g *Gate) Quiets(m Message) bool {
	return g.quiet != nil && !m.Transactional && among(g.quiet.Channels, m.Channel)
}

// Nexts reports whether a message in quiet hours goes to the next channel.
func (g *Gate) Nexts() bool { return g.quiet != nil && g.quiet.Do == Next }

// Late tells whether the message is too late, and by how much it is late. planned is when it was meant to go out; the
// time in quiet hours between then and now does not count. Exactly After is not too late.
func (g *Gate) Late(m Message, planned, now time.Time, loc *time.Location) (by marque.Duration, late bool) {
	l := g.bound(m)
	if l == nil || l.Do == "send" || !now.After(planned.Add(time.Duration(l.After))) {
		return 0, false
	}
	by = marque.Duration(now.Sub(planned))
	if g.Quiets(m) {
		by -= g.silent(planned, now, loc)
	}
	return by, by > l.After
}

// Ends reports whether a message that is too late ends the journey.
func (g *Gate) Ends(m Message) bool {
	l := g.bound(m)
	return l != nil && l.Do == "exit"
}

func (g *Gate) bound(m Message) *graph.Late {
	if m.Late != nil {
		return m.Late
	}
	return g.late
}

// silent is how much of the time from one instant to another is in quiet hours. It costs a step per day.
func (g *Gate) silent(from, to time.Time, loc *time.Location) (sum marque.Duration) {
	for {
		start := g.window.NextInside(from, loc)
		if !start.Before(to) {
			return sum
		}
		if from = g.window.NextOutside(start, loc); from.After(to) {
			from = to
		}
		sum += marque.Duration(from.Sub(start))
	}
}
