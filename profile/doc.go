// Package profile keeps what is known of each person: the event log, the identifiers that lead to the person,
// attributes with their source, and consent.
//
//	                 ┌ seen before? ──► dropped
//	event ──► Append ┤ whose is it?  (identifiers ──► person; two people in one event ──► one, and a Move)
//	                 └ one commit ──► log · inbox · attributes · consent
//	                                    │      │
//	              Fill (facts for rules)┘      └ Inbox … Handled (what is still to be carried through the rooms)
//
// A Book is the keeper. It works over a Store; NewMemory makes the one at hand, and package profiletest proves
// others.
//
//	lex, err := rule.Schema{
//		Attributes: []rule.Field{{Name: "city", Type: rule.String, From: []string{"signup.city"}}},
//		Events:     []rule.EventType{{Name: "signup", Props: []rule.Field{{Name: "city", Type: rule.String}}}},
//	}.Compile()
//	book := profile.NewBook(profile.NewMemory(), lex, nil)
//	done, err := book.Append(ctx, []marque.Event{{
//		ID: "e1", Name: "signup", At: at,
//		IDs:   []marque.ID{{Kind: "phone", Value: "13800000000"}, {Kind: "openid", Value: "o-1"}},
//		Props: map[string]any{"city": "Chongqing"},
//	}})
//	who := done.Events[0].Profile // the person that both identifiers lead to from now on
//
// Identity is: the identifiers of one event belong to one person, and events that share an identifier belong to
// one person. Where an event shows that two people are one, the one seen first stays. Its commit moves
// identifiers, log, attributes and consent, and keeps a marque.Move until every other holder has followed. The
// old id keeps leading to the person.
//
// Attributes are set by events: by those that a schema names in Field.From, and by "profile.set", whose
// properties are attributes by name ("zone", the person's IANA zone, needs no declaration). The newest event
// wins, by when it happened. "consent.given" and "consent.withdrawn" {channel, topic} say what the person
// agreed to.
//
// What it does not do: it does not normalise identifiers (give them in one form), it takes no merge back, it does
// not read a changed schema into events that are in the log already (append them to a fresh store for that), and
// it decides nothing about people: tagging, scoring and segment do.
package profile
