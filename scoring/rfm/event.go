package rfm

import (
	"cmp"
	"slices"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// The attributes that hold the scores of a person. A rule reads them as rfm("r"), rfm("f") and rfm("m").
const (
	Recency   = "rfm/r"
	Frequency = "rfm/f"
	Money     = "rfm/m"
)

// Attributes declares the attributes for a schema: whole numbers.
func Attributes() []rule.Field {
	return []rule.Field{
		{Name: Recency, Type: rule.Int, Doc: "how recently, 1 the worst"},
		{Name: Frequency, Type: rule.Int, Doc: "how often, 1 the worst"},
		{Name: Money, Type: rule.Int, Doc: "for how much, 1 the worst"},
	}
}

// Event sets the scores of a person, as the event "profile.set" of a host. Its ID depends on the profile, the scores
// and the day of at in UTC: scores that are tracked twice on a day are taken once. So scores that change and change
// back within one day need another ID of the caller's.
func Event(profile string, s Scores, at time.Time) marque.Event {
	return marque.Event{
		ID:   marque.Key("rfm", profile, s.String(), at.UTC().Format(time.DateOnly)),
		Name: "profile.set", At: at, Profile: profile,
		Props: map[string]any{Recency: int64(s.R), Frequency: int64(s.F), Money: int64(s.M)},
	}
}

// Changes gives the events of those customers whose scores are not those before, by id, in order of the id. The id of a
// customer is that of the profile. Who is no longer there keeps the old scores.
func Changes(before map[string]Scores, after []Scored, at time.Time) []marque.Event {
	var events []marque.Event
	for i := range after {
		c := &after[i]
		if old, ok := before[c.ID]; !ok || old != c.Scores {
			events = append(events, Event(c.ID, c.Scores, at))
		}
	}
	slices.SortFunc(events, func(a, b marque.Event) int { return cmp.Compare(a.Profile, b.Profile) })
	return events
}
