// Package audience works with sets of people: whom a rule is true of, how many they are, what another rule would
// change, what they have in common, and who is like them.
//
//	column.Table ──rule──► Ask ──► Set ──And, Or, AndNot──► Set ──► Overlap    what sets have in common
//	     │                  │                                │
//	     │                  └─► Size   about how many        ├────► Portray    what is more frequent among them
//	     └────── two rules ───► Diff   who enters and leaves └────► Lookalike  who else is like them
//
// A Set holds row numbers of a population and knows nothing else, so that sets from anywhere meet as long as they count
// the same rows. All other functions read a column.Table, as of an instant; they write nothing, keep nothing, and give
// the same answer for the same table, instant and seed. They are safe for concurrent use while nobody writes to the
// table.
//
//	buyers := audience.Ask(table, rule, now).In
//	reach := buyers.And(consenting).AndNot(complained)
//	for row := range reach.All() { send(table.Profile(row)) }
//	fmt.Println(reach.Len(), audience.Overlap(audience.Named{Name: "a", Set: buyers}, audience.Named{Name: "b", Set: reach}))
//	p, err := audience.Portray(table, audience.Everybody(table), []audience.Named{{Name: "reach", Set: reach}}, now, nil)
//	r, err := audience.Lookalike(table, buyers, now, nil)   // r.Warnings, r.Check, then r.Top(1000)
//
// What comes from a sample, or may be chance, carries its interval and says how sure it is. Unknown is a "no", and is
// counted.
//
// The package keeps no membership over time, which package segment does, and asks no database: a sample that was drawn
// elsewhere goes through EstimateOf.
package audience
