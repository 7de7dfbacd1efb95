package channel

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/rule"
)

// A Delivery is what a provider says about a message, or a person through it, in a form that is nobody's own. Its JSON
// is what Neutral reads.
type Delivery struct {
	// ID is the provider's, the same when it says the same again.
	ID   string `json:"id"`
	Kind Kind   `json:"kind"`
	// Message is the key of the message that it is about.
	Message string `json:"message,omitempty"`
	Channel string `json:"channel,omitempty"`
	Topic   string `json:"topic,omitempty"`
	// Profile or IDs say who.
	Profile string      `json:"profile,omitempty"`
	IDs     []marque.ID `json:"ids,omitempty"`
	// At is when it happened. Zero: when it arrives.
	At time.Time `json:"at,omitzero"`
	// Text is what the person wrote, URL what was clicked, Reason why it bounced, for good where Permanent.
	Text      string `json:"text,omitempty"`
	URL       string `json:"url,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Permanent bool   `json:"permanent,omitempty"`
	// Ref is the provider's own number of the message.
	Ref string `json:"ref,omitempty"`
}

// A Kind says what happened.
type Kind string

// The kinds.
const (
	Delivered    Kind = "delivered"
	Opened       Kind = "opened"
	Clicked      Kind = "clicked"
	Bounced      Kind = "bounced"      // was not delivered in the end
	Complained   Kind = "complained"   // the person called it spam: no more on this channel
	Unsubscribed Kind = "unsubscribed" // the person wants no more of this topic on this channel
	Subscribed   Kind = "subscribed"   // the person wants messages on this channel, of this topic
	Replied      Kind = "replied"      // the person answered
	Received     Kind = "received"     // the person wrote of his own accord
)

var kinds = []Kind{Delivered, Opened, Clicked, Bounced, Complained, Unsubscribed, Subscribed, Replied, Received}

// Says lists the events that deliveries become, beside consent.given and consent.withdrawn of package profile, for the
// schema of rules. "message" is the key of the message: what a wait's "of" looks at.
func Says() []rule.EventType {
	docs := []string{"a message reached its person", "a person opened a message", "a person clicked in a message",
		"a message was not delivered in the end", "a person called a message spam", "a person wants no more messages",
		"a person wants messages", "a person answered a message", "a person wrote"}
	more := [][]rule.Field{2: {{Name: "url", Type: rule.String}},
		3: {{Name: "permanent", Type: rule.Bool}, {Name: "reason", Type: rule.String}},
		7: {{Name: "text", Type: rule.String}}, 8: {{Name: "text", Type: rule.String}}}
	types := make([]rule.EventType, len(kinds))
	for i, k := range kinds {
		types[i] = rule.EventType{Name: k.event(), Doc: docs[i]}
		for _, name := range []string{"message", "channel", "topic", "ref"} {
			types[i].Props = append(types[i].Props, rule.Field{Name: name, Type: rule.String})
		}
		types[i].Props = append(types[i].Props, more[i]...)
	}
	return types
}

func (k Kind) event() string { return "message." + string(k) }

// check adds what is wrong with it.
func (d *Delivery) check(path string, faults *marque.Faults) bool {
	ok := true
	add := func(field, format string, args ...any) {
		ok = false
		faults.Add(path+"."+field, format, args...)
	}
	if d.ID == "" {
		add("id", "is empty")
	}
	if !slices.Contains(kinds, d.Kind) {
		names := make([]string, len(kinds))
		for i, k := range kinds {
			names[i] = string(k)
		}
		add("kind", "%.40q is none of %s", string(d.Kind), strings.Join(names, ", "))
	}
	if d.Profile == "" && len(d.IDs) == 0 {
		add("ids", "say nobody, and neither does profile: give one of them")
	}
	for i, id := range d.IDs {
		if id.Kind == "" || id.Value == "" {
			add("ids["+strconv.Itoa(i)+"]", "has no kind or no value")
		}
	}
	if d.Kind == Subscribed && d.Channel == "" {
		add("channel", "is empty: consent is given for a channel")
	}
	return ok
}

// events are what a delivery becomes. Their ids are derived from the source and the provider's id.
func (d *Delivery) events(source string, out bool) []marque.Event {
	props := map[string]any{}
	for name, text := range map[string]string{"message": d.Message, "channel": d.Channel, "topic": d.Topic, "ref": d.Ref,
		"text": d.Text, "url": d.URL, "reason": d.Reason} {
		if text != "" {
			props[name] = text
		}
	}
	if d.Kind == Bounced {
		props["permanent"] = d.Permanent
	}
	event := func(name string, props map[string]any) marque.Event {
		return marque.Event{ID: marque.Key("delivery", source, name, d.ID), Name: name, At: d.At, Profile: d.Profile,
			IDs: slices.Clone(d.IDs), Props: props}
	}
	events := []marque.Event{event(d.Kind.event(), props)}
	scope := map[string]any{"proof": source + "/" + d.ID}
	if d.Channel != "" {
		scope["channel"] = d.Channel
	}
	if d.Topic != "" && d.Kind != Complained && !out {
		scope["topic"] = d.Topic
	}
	switch {
	case out:
		unsubscribed := map[string]any{}
		for _, name := range []string{"message", "channel", "topic", "ref"} {
			if x, ok := props[name]; ok {
				unsubscribed[name] = x
			}
		}
		events = append(events, event(Unsubscribed.event(), unsubscribed), event("consent.withdrawn", scope))
	case d.Kind == Complained || d.Kind == Unsubscribed:
		events = append(events, event("consent.withdrawn", scope))
	case d.Kind == Subscribed:
		events = append(events, event("consent.given", scope))
	}
	return events
}
