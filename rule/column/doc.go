// Package column finds the people of whom a rule is true, all at once.
//
//	           Table                                      Query
//	row   age  city  vip  order_paid              and
//	 0     34   #1    ·   May 2, June 12            has_tag("vip")   64 rows in a word
//	 1      ·   #2    x   ·                         age >= 18        a loop without branches
//	 2     51   #1    x   June 3            ──►     city == "Xian"   numbers of a dictionary
//	 …                                              spent / age > 3  row by row, where still open
//	                                                     │
//	                                        out []uint64 ◄┘  bit i: row i is one of them
//
// A Table keeps what is known of many people column by column: numbers as numbers, texts as numbers of a dictionary,
// tags as bits, the events of a kind as sorted instants with the newest in a column of its own. A Query goes through
// it in blocks of 1,024 rows with two sets of rows for each part of the rule, those of which it is true and those of
// which it is unknown. Each part looks only at the rows that the parts before it left open. The answer is the same as
// that of the rule's own Test on Table.Facts, for each operator: what has no kernel goes through the rule itself, row by
// row, and Query.Plan says what that is.
//
//	t := column.NewTable(lex)
//	row := t.Add("ann")
//	t.SetAttr(row, age, rule.IntValue(34))
//	t.AddHit(row, orderPaid, rule.Hit{At: at})
//
//	q := column.Compile(lex, r)                   // once
//	out := make([]uint64, (t.Len()+63)/64)
//	q.Run(t, now, out)                            // as often as one likes
//
// A million people with 11 attributes, 8 tags and 72 events each take about 1.2 GB; a kind of event whose schema
// declares properties takes 9 bytes more for each of them and event.
//
// The package keeps no memberships and no instants at which they change, locks nothing and starts no goroutines: a
// Table may be read by many while nobody writes to it. It does not store what it holds.
package column
