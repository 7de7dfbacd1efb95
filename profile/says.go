package profile

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// The names of events that the package understands or says.
const (
	SetEvent       = "profile.set"       // from a host: each property is an attribute
	GivenEvent     = "consent.given"     // from a host: {channel, topic, proof}, channel and topic empty or absent for all
	WithdrawnEvent = "consent.withdrawn" // from a host: {channel, topic, proof}, likewise
	MergedEvent    = "profile.merged"    // said of the person that stays: {from}
	SplitEvent     = "profile.split"     // said of the person that gets what was another's: {from}
	HubEvent       = "identifier.hub"    // said of the hub's own person: {kind, value}
)

// Says lists the events that commits of the package say, with their properties.
func Says() []rule.EventType {
	from := rule.Field{Name: "from", Type: rule.String, Doc: "the id of the other profile"}
	return []rule.EventType{
		{Name: MergedEvent, Doc: "another profile turned out to be the same person", Props: []rule.Field{from}},
		{Name: SplitEvent, Doc: "some of what was another profile's turned out to be this person's", Props: []rule.Field{from}},
		{Name: HubEvent, Doc: "an identifier was seen with so many others that it says nothing of who somebody is", Props: []rule.Field{
			{Name: "kind", Type: rule.String}, {Name: "value", Type: rule.String},
		}},
	}
}

// Hears lists the events from a host that the package understands, for a schema that wants to name them in rules.
func Hears() []rule.EventType {
	scope := []rule.Field{
		{Name: "channel", Type: rule.String, Doc: "empty or absent for all"},
		{Name: "topic", Type: rule.String, Doc: "empty or absent for all"},
		{Name: "proof", Type: rule.String, Doc: "what shows that it was said"},
	}
	return []rule.EventType{
		{Name: SetEvent, Doc: "each property is an attribute"},
		{Name: GivenEvent, Doc: "the person agreed to messages", Props: scope},
		{Name: WithdrawnEvent, Doc: "the person no longer wants messages", Props: scope},
	}
}

// Said is the event that says that a merge or a split took place. Its ID depends on the move's Key only.
func Said(m marque.Move) marque.Event {
	name := MergedEvent
	if len(m.IDs) > 0 {
		name = SplitEvent
	}
	return marque.Event{
		ID: marque.Key(m.Key, name), Name: name, At: m.At, Received: m.At, Profile: m.Into,
		Props: map[string]any{"from": m.From}, Hops: 1,
	}
}

// quarantined is the event that says that an identifier became a hub.
func quarantined(id marque.ID, at time.Time) marque.Event {
	return marque.Event{
		ID: marque.Key(HubEvent, id.Kind, id.Value), Name: HubEvent, At: at, Received: at,
		Props: map[string]any{"kind": id.Kind, "value": id.Value}, Hops: 1,
	}
}
