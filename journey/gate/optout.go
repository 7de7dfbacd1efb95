package gate

import (
	"slices"
	"strings"
	"unicode"

	"github.com/marque-go/marque"
)

// Withdrawal is the event consent.withdrawn that a message from a person stands for, where it is nothing but one of the
// policy's words for its channel: in whatever case and width of letters, with or without space and punctuation around.
// from is the event of the message: its person, its identifiers, its instant. The id follows from that event's, so that
// the message withdraws once, however often it comes.
func (r *Rules) Withdrawal(channel, text string, from marque.Event) (e marque.Event, ok bool) {
	if len(text) > 200 {
		return marque.Event{}, false
	}
	said := word(text)
	for _, x := range r.def.OptOut {
		if !among(x.Channels, channel) || said == "" || !slices.ContainsFunc(x.Words, func(w string) bool { return word(w) == said }) {
			continue
		}
		props := map[string]any{"channel": channel, "proof": "reply/" + from.ID}
		if x.Topic != "" {
			props["topic"] = x.Topic
		}
		return marque.Event{
			ID: marque.Key(from.ID, "consent.withdrawn"), Name: "consent.withdrawn", At: from.At, Received: from.Received,
			Profile: from.Profile, IDs: from.IDs, Props: props, Hops: from.Hops,
		}, true
	}
	return marque.Event{}, false
}

// word is a text without what surrounds it, in capitals and narrow letters.
func word(text string) string {
	half := func(r rune) rune {
		if r >= '！' && r <= '～' {
			return r - '！' + '!'
		}
		return r
	}
	return strings.ToUpper(strings.TrimFunc(strings.Map(half, text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) }))
}
