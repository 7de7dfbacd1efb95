// Package segment keeps who is in which segment: live membership by rule, entered and left at the exact instant.
//
//	          event, or an instant that is due
//	                       │
//	facts of a person ──► rule ──► true, until 3 May 10:00 ──► row: in, since, due 3 May 10:00
//	                                                            └─ said: segment.entered, segment.left
//
// A segment is a rule. A person is a member while the rule is true; unknown is a "no". The rule also tells until
// when its answer is certain if nothing happens, and the row keeps that instant: membership that changes only
// because time passes ("no order within 30 days") changes then, not at the next nightly run. Entering and leaving
// are events, which journeys can start from.
//
//	plan, err := segment.Compile([]segment.Def{
//		{Name: "active", When: `did("order_paid", within("30d"))`},
//	}, lex, lang.New(lex, nil))
//	book := segment.NewBook(segment.NewMemory(), plan, nil)
//	said, err := book.Derive(ctx, []string{"active"}, []rule.Pass{{Event: e, Facts: facts, Now: e.At}})
//	// said[0].Name == "segment.entered"
//	due, err := book.Due(ctx, marque.Parts{}, later, 100)
//	// due[0].At == 30 days after the order
//
// For segments over people in memory, without stores, there is segment/live; for whom a rule is true of now, once,
// segment/audience. Segments may read tags, scores and other segments. Package loop fetches the facts, orders the
// definitions, finds cycles and calls Derive; by itself this package fetches nothing, keeps no copy of anybody's
// history and starts no goroutine.
package segment
