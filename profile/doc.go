// Package profile keeps what is known of each person: the event log, the identifiers that lead to the person,
// attributes with their source, and consent.
//
//	                 ┌ seen before? ──► dropped
//	event ──► Append ┤ whose is it?  (what was seen together ──► people; where that changes who is who: Moves)
//	                 └ one commit ──► log · inbox · attributes · consents · evidence
//	                                    │      │
//	              Fill (facts for rules)┘      └ Inbox … Handled (what is still to be carried through the rooms)
//
// A Book is the keeper. It works over a Store; package memory has the one at hand, and package profiletest proves
// others.
//
//	lex, err := rule.Schema{
//		Attributes: []rule.Field{{Name: "city", Type: rule.String, From: []string{"signup.city"}}},
//		Events:     []rule.EventType{{Name: "signup", Props: []rule.Field{{Name: "city", Type: rule.String}}}},
//	}.Compile()
//	rules, err := identity.Policy{Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 3}}}.Compile()
//	book := profile.NewBook(memory.New(), lex, &profile.Options{Identity: rules, Normalize: clean.IDs(nil)})
//	done, err := book.Append(ctx, []marque.Event{{
//		ID: "e1", Name: "signup", At: at,
//		IDs:   []marque.ID{{Kind: "phone", Value: "13800000000"}, {Kind: "openid", Value: "o-1"}},
//		Props: map[string]any{"city": "Chongqing"},
//	}})
//	who := done.Events[0].Profile // the person that both identifiers lead to from now on
//
// Who is who follows from the evidence, whatever the order in which it came: identifiers of one event were seen
// together, and so belong to one person, as far as the policy of package identity and later rulings (Rule, Unlink)
// allow. Where an event shows that two people are one, the one seen first stays; where it shows, or a ruling says,
// that one is several, each id stays with the identifier through which it was first known. Each thing that is known
// was learnt via an identifier and follows it: events, attributes, consents. A commit that changes who is who keeps a
// marque.Move until every other holder has followed. Preview tells beforehand, Path tells why.
//
// Attributes are set by events: by those that a schema names in Field.From, and by "profile.set", whose
// properties are attributes by name ("zone", the person's IANA zone, needs no declaration). The source that the policy
// trusts most wins, then the newest event, by when it happened; what lost is kept. "consent.given" and
// "consent.withdrawn" {channel, topic, proof} say what the person agreed to; the most restrictive counts (Consents).
//
// Erase removes a person, Export shows all that is held, Retain drops events that are too old.
//
// What it does not do: it does not read a changed schema or policy into events that are in the log already (append
// them to a fresh store for that), and it decides nothing about people beside who they are: tagging, scoring and
// segment do.
package profile
