package marque

import "time"

// An ID is an identifier by which a person is known somewhere: a phone number, an openid, a device.
type ID struct {
	Kind  string `json:"kind"` // "phone", "openid", "device", …
	Value string `json:"value"`
}

// String returns "kind:value".
func (id ID) String() string { return id.Kind + ":" + id.Value }

// An Event is something that happened. What the library derives (a tag added, a segment entered, a message
// sent) is an event too and takes the same road as what a host tracks.
type Event struct {
	// ID identifies the event for good: an event whose ID is known is not taken twice.
	// Empty: one is minted when the event is tracked.
	ID string `json:"id,omitempty"`
	// Name says what happened: "order_paid". Names of derived events contain a dot: "segment.entered".
	Name string `json:"name"`
	// At is when it happened. It orders facts and windows. Zero: a loop takes the arrival.
	At time.Time `json:"at"`
	// Received is when it arrived, not before At. It moves journeys. Zero: At.
	Received time.Time `json:"received,omitzero"`
	// Profile is the person it belongs to, empty for an event about nobody (an alert).
	// A host may leave it empty and name IDs instead.
	Profile string `json:"profile,omitempty"`
	// IDs are the identifiers the event came with. Identifiers in one event belong to one person.
	// The first is the one that what follows was learnt via; in the log that is one of the strongest kind.
	IDs []ID `json:"ids,omitempty"`
	// Props are the properties: bool, float64, int64 (or int), string, time.Time, []string.
	Props map[string]any `json:"props,omitempty"`
	// Fact names the fact that this event changed: "tag/vip", "attr/city". Empty where it changed none.
	Fact string `json:"fact,omitempty"`
	// Cause is the ID of the event that this one was derived from.
	Cause string `json:"cause,omitempty"`
	// Hops counts how many derivations lie between this event and one from outside.
	Hops int `json:"hops,omitempty"`
}

// Arrived is Received, or At where Received is zero.
func (e Event) Arrived() time.Time {
	if e.Received.IsZero() {
		return e.At
	}
	return e.Received
}

// Via is the identifier the event was learnt through, the first of IDs.
func (e Event) Via() ID {
	if len(e.IDs) == 0 {
		return ID{}
	}
	return e.IDs[0]
}

// Turn returns the event called name that says that fact took its n-th turn for e's person at the instant at.
// Its ID depends on the person, the name, the fact and n only, not on e: whichever cause finds the same turn
// first, the event is the same, and is taken once.
func (e Event) Turn(name, fact string, n int, at time.Time, props map[string]any) Event {
	return Event{
		ID: TurnID(e.Profile, name, fact, n), Name: name, At: at, Received: at, Profile: e.Profile, IDs: e.IDs,
		Props: props, Fact: fact, Cause: e.ID, Hops: e.Hops + 1,
	}
}

// TurnID is the ID of the event that says that fact took its n-th turn.
func TurnID(profile, name, fact string, n int) string {
	return Key(profile, name, fact, itoa(n))
}
