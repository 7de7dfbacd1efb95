package profile

import (
	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// The names of events that the package understands or says.
const (
	SetEvent       = "profile.set"       // from a host: each property is an attribute
	GivenEvent     = "consent.given"     // from a host: {channel, topic}, empty or absent for all
	WithdrawnEvent = "consent.withdrawn" // from a host: {channel, topic}, empty or absent for all
	MergedEvent    = "profile.merged"    // said of the person that stays: {from}
)

// Says lists the events that commits of the package say, with their properties.
func Says() []rule.EventType {
	return []rule.EventType{{
		Name: MergedEvent, Doc: "another profile turned out to be the same person",
		Props: []rule.Field{{Name: "from", Type: rule.String, Doc: "the id of the profile that was taken over"}},
	}}
}

// Hears lists the events from a host that the package understands, for a schema that wants to name them in rules.
func Hears() []rule.EventType {
	scope := []rule.Field{
		{Name: "channel", Type: rule.String, Doc: "empty or absent for all"},
		{Name: "topic", Type: rule.String, Doc: "empty or absent for all"},
	}
	return []rule.EventType{
		{Name: SetEvent, Doc: "each property is an attribute"},
		{Name: GivenEvent, Doc: "the person agreed to messages", Props: scope},
		{Name: WithdrawnEvent, Doc: "the person no longer wants messages", Props: scope},
	}
}

// Merged is the event that says that a merge took place. Its ID depends on the move's Key only.
func Merged(m marque.Move) marque.Event {
	return marque.Event{
		ID: marque.Key(m.Key, MergedEvent), Name: MergedEvent, At: m.At, Received: m.At, Profile: m.Into,
		Props: map[string]any{"from": m.From}, Hops: 1,
	}
}
