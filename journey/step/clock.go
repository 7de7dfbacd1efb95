package step

import (
	"time"

	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/journey/plan"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

// takes is what a message takes of the caps that count it. Those of other journeys do not bind this one.
func takes(p *plan.Plan, n *plan.Node, channel string, f *rule.Facts, now time.Time) []limit.Take {
	if n.Send.Transactional {
		return nil
	}
	var takes []limit.Take
	for i, c := range p.Set.Caps {
		if c.Channel != "" && c.Channel != channel || c.Topic != "" && c.Topic != n.Sends.Topic {
			continue
		}
		takes = append(takes, gate.Take(c, p.Caps[i], now, p.ZoneOf(f)))
	}
	return takes
}

// still reports whether the person is in the audience, and not in the hold-out: whoever was merged into somebody who
// is held out got an enrollment that must not send.
func still(p *plan.Plan, f *rule.Facts, profile string, now time.Time) bool {
	h := p.Def().Entry.Holdout
	return plan.Test(p.Audience, f, now, nil) && (h == nil || !h.Has(profile))
}

// last is the last instant that can be written.
var last = time.Date(9999, 12, 31, 23, 59, 59, 999_999_000, time.UTC)

// wake is an instant to wake at as stores keep it: in whole microseconds, not before the instant itself, and not after the
// last that can be written.
func wake(t time.Time) time.Time {
	if t.After(last) {
		return last
	}
	if over := time.Duration(t.Nanosecond()) % time.Microsecond; over > 0 {
		return t.Add(time.Microsecond - over)
	}
	return t
}

// stamp writes an instant for keys and traces.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
