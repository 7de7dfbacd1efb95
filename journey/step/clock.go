package step

import (
	"time"

	"github.com/marque-go/marque/journey/gate"
	"github.com/marque-go/marque/limit"
	"github.com/marque-go/marque/rule"
)

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
		takes = append(takes, gate.Take(c, p.caps[i], now, p.zoneOf(f)))
	}
	return takes
}

// still reports whether the person is in the audience, and not in the hold-out: whoever was merged into somebody who
// is held out got an enrollment that must not send.
func (p *Plan) still(f *rule.Facts, profile string, now time.Time) bool {
	h := p.def.Entry.Holdout
	return test(p.audience, f, now, nil) && (h == nil || !h.Has(profile))
}

// stamp writes an instant for keys and traces.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
