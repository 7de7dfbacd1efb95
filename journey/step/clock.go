package step

import (
	"slices"
	"time"

	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// until is when a wait that begins now is over, zero for one that only an event ends.
func (p *Plan) until(n *node, f *rule.Facts, now time.Time) time.Time {
	w := n.Wait
	var at time.Time
	switch loc := p.zoneOf(f); {
	case len(n.matches) > 0 && w.Within == 0:
		return time.Time{}
	case len(n.matches) > 0:
		at = now.Add(time.Duration(w.Within))
	case w.Days != 0 && w.At != "":
		year, month, day := now.In(loc).Date()
		if at = n.clock.On(year, month, day+w.Days, loc); !at.After(now) {
			at = civil.Next(now, n.clock, loc)
		}
	case w.Days != 0:
		at = civil.AddDays(now, w.Days, loc)
	case w.At != "" && w.For != 0:
		at = civil.NextOrAt(now.Add(time.Duration(w.For)), n.clock, loc)
	case w.At != "":
		at = civil.NextWeekday(now, n.days, n.clock, loc)
	default:
		at = now.Add(time.Duration(w.For))
	}
	return at.UTC()
}

func newQuiet(q graph.Quiet) *quietHours {
	from, _ := civil.ParseClock(q.From)
	to, _ := civil.ParseClock(q.To)
	h := &quietHours{window: civil.Window{Start: from, End: to}, do: q.Do, channels: q.Channels}
	if h.do == "" {
		h.do = "hold"
	}
	return h
}

func (q *quietHours) on(channel string, now time.Time, loc *time.Location) bool {
	return (len(q.channels) == 0 || slices.Contains(q.channels, channel)) && q.window.In(now, loc)
}

// takes is what a message takes of the caps that count it. Those of other journeys do not bind this one.
func (p *Plan) takes(n *node, channel string, f *rule.Facts, now time.Time) []limit.Take {
	if n.Send.Transactional {
		return nil
	}
	var takes []limit.Take
	for i, c := range p.set.caps {
		if c.Channel != "" && c.Channel != channel || c.Topic != "" && c.Topic != n.send.topic {
			continue
		}
		t := limit.Take{Counter: c.Counter(), Own: true, N: 1, Limit: p.caps[i]}
		if c.Within != 0 {
			t.Until = now.Add(time.Duration(c.Within))
		} else {
			t.Until = civil.EndOf(units[c.Per], now, p.zoneOf(f)).UTC()
		}
		takes = append(takes, t)
	}
	return takes
}

var units = map[string]civil.Unit{"day": civil.Day, "week": civil.Week, "month": civil.Month}

// still reports whether the person is in the audience, and not in the hold-out: whoever was merged into somebody who
// is held out got an enrollment that must not send.
func (p *Plan) still(f *rule.Facts, profile string, now time.Time) bool {
	h := p.def.Entry.Holdout
	return test(p.audience, f, now, nil) && (h == nil || !h.Has(profile))
}

// Recheck runs the gate again for a message that goes out later than it was meant to: it is held until the instant,
// or not sent at all for the reason in the outcome. Its caps were taken with the command.
func (p *Plan) Recheck(c Command, f *rule.Facts, now time.Time) (hold time.Time, o Outcome) {
	i, ok := p.byID[c.Node]
	if !ok || p.nodes[i].Send == nil {
		return
	}
	n := &p.nodes[i]
	if !p.consents(f, c.Name, n.send.topic, n.Send.Transactional) {
		return hold, Outcome{Result: graph.Suppressed, Reason: "consent was withdrawn"}
	}
	if !p.still(f, c.Profile, now) {
		return hold, Outcome{Result: graph.Outside, Reason: "no longer in the audience"}
	}
	if q, loc := p.quiet, p.zoneOf(f); q != nil && !n.Send.Transactional && q.on(c.Name, now, loc) {
		if q.do != "hold" {
			return hold, Outcome{Result: graph.Silent, Reason: "quiet hours"}
		}
		return q.window.NextOutside(now, loc).UTC(), o
	}
	return
}

// stamp writes an instant for keys and traces.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
