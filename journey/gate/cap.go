package gate

import (
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/internal/civil"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/limit"
)

var units = map[string]civil.Unit{"day": civil.Day, "week": civil.Week, "month": civil.Month}

// Take is what a message at an instant takes of a cap that lets n of them through, or limit.NoLimit. Calendars are those
// of the zone.
func Take(c graph.Cap, n int64, now time.Time, loc *time.Location) limit.Take {
	t := limit.Take{Counter: c.Counter(), Own: true, N: 1, Limit: n}
	if c.Within != 0 {
		t.Until = now.Add(time.Duration(c.Within))
	} else {
		t.Until = civil.EndOf(units[c.Per], now, loc).UTC()
	}
	return t
}

// Exposures are what an event from outside takes of the caps that count it, each on its own and once. No cap refuses it.
func Exposures(caps []graph.Cap, e marque.Event, loc *time.Location) (holds []limit.Hold) {
	for _, c := range caps {
		if slices.Contains(c.Events, e.Name) {
			holds = append(holds, limit.Hold{
				Key: marque.Key("exposure", c.Counter(), e.ID), Profile: e.Profile, Via: e.Via(),
				Takes: []limit.Take{Take(c, limit.NoLimit, e.At, loc)},
			})
		}
	}
	return holds
}
