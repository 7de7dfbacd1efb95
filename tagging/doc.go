// Package tagging keeps tags of people: from rules and events, set by hand, by models and imports, with an end and a
// history.
//
//	rule    spent >= 1000            ─┐   marks of one tag          the tag
//	event   message_opened by wechat ─┼─► manual > rule > behaviour ─► on, since, until ──► said: tag.added, tag.removed
//	hand    Book.Set, Book.Unset     ─┘   > model > import               └─ history: turn by turn
//
// Each reason to hold a tag is a mark with a source, its instant and, where it has a time to live, its end. A tag is
// on while it has a mark. A rule without an event holds its mark while it is true; a rule over an event makes a mark
// that lasts for the time to live, or for good, and each further event renews it. What starts or ends because time
// passes does so at the exact instant.
//
// Of an exclusive group one tag is on: the one with the mark of the strongest source, then the latest. The others
// wait, and are on again when it ends and they still have a mark. What is set by hand takes the place of what the
// same source had set in the group, for good.
//
//	plan, err := tagging.Compile([]tagging.Def{
//		{Name: "big_spender", When: `total("order_paid", "amount", within("90d")) >= 100000`},
//		{Name: "reads_wechat", Group: "channel", Exclusive: true, On: "message_opened", When: `event.channel == "wechat"`, TTL: 90 * marque.Day},
//		{Name: "vip"},
//	}, lex, lang.New(lex, nil))
//	book := tagging.NewBook(tagging.NewMemory(), plan, nil)
//	answer, err := book.Set(ctx, tagging.Act{Key: "ticket 7", Profile: "ann", Tag: "vip"}, now)
//	// answer.Said[0].Name == "tag.added"
//	held, err := book.AsOf(ctx, "ann", lastYear)
//
// Package loop fetches the facts, orders the definitions and calls Derive. By itself this package fetches nothing,
// invents no tags that are not defined, and starts no goroutine.
package tagging
