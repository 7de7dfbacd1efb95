// Package tagging keeps tags of people: from rules, events and habits, set by hand, by models, imports and third
// parties, with a beginning, an end, a confidence and a history.
//
//	rule    spent >= 1000            ─┐   marks of one tag              the tag
//	event   message_opened by wechat  │   each with a source, from and
//	habit   most product_viewed shoes ├─► until, confidence and cause ──► on, since, until ──► said: tag.added, tag.removed
//	hand    Book.Set, Book.Unset      │   manual > rule > behaviour >    ├─ history, turn by turn: AsOf
//	file    Book.ImportCSV           ─┘   model > import > third party   └─ the marks and what made them: Why
//
// Each reason to hold a tag is a mark with a source, its instant and, where it has them, a beginning and an end. A tag
// is on while a mark counts: one that has begun, has not ended and is as sure as the definition demands. A rule without
// an event holds its mark while it is true; a rule over an event makes a mark that lasts for the time to live, or for
// good, and each further event renews it; a habit holds its mark while enough events of the window are of it. What
// starts or ends because time passes does so at the exact instant.
//
// Of an exclusive group one tag is on: the one with the mark of the strongest source, then the surest, then the
// latest. The others wait, and are on again when it ends and they still have a mark. What is set by hand takes the
// place of what the same source had set in the group, for good. Of the habits of a group the most frequent one has a
// mark: the preferred channel, the active hours, the favourite category, the creative that is opened most.
//
//	plan, err := tagging.Compile([]tagging.Def{
//		{Name: "big_spender", When: `total("order_paid", "amount", within("90d")) >= 100000`},
//		{Name: "reads_wechat", On: "message_opened", When: `event.channel == "wechat"`, TTL: 90 * marque.Day},
//		{Name: "likes_shoes", Habit: &tagging.Habit{Event: "product_viewed", Prop: "category", Values: []string{"shoes"}, Window: 90 * marque.Day}},
//		{Name: "vip"},
//	}, lex, lang.New(lex, nil))
//	book := tagging.NewBook(tagging.NewMemory(), plan, nil)
//	answer, err := book.Set(ctx, tagging.Act{Key: "ticket 7", Profile: "ann", Tag: "vip", Until: newYear}, now)
//	// answer.Said[0].Name == "tag.added"
//	held, err := book.AsOf(ctx, "ann", lastYear)
//	why, err := book.Why(ctx, "ann", "big_spender", now)
//	report, err := book.ImportCSV(ctx, "crm-2026-05.csv", file, now, nil)
//
// Package loop fetches the facts, orders the definitions and calls Derive. By itself this package fetches nothing,
// invents no tags that are not defined, and starts no goroutine. It does not know people by their phones (an import
// may ask the host), does not read compressed files, and does not keep the texts of earlier definitions: marks and
// history carry Def.Version, and the texts are in the host's repository.
package tagging
