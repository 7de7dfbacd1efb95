// Package live keeps many segments live over a population in memory: every event, change and instant moves people in
// and out at once.
//
//	events, attributes, tags, scores ──► column.Table: what is known of each person
//	                │                            │
//	                └─► segments that read it ───┴──► in or out, and until when ──► []Change, exact to the instant
//	                                                             │
//	                      Advance(now) ◄── who is due, in order ─┘
//
// It is for a program that wants segments alone, in one process, without stores and package loop: an audience
// service, a recommender, a test of new rules over a copy of the data. It reads the same definitions, and who is in
// what is the same. The two back ends of rules check each other here: what events change is found by closures, one
// person at a time; Rebuild goes over all people by columns, and finds nothing to change.
//
//	people := column.NewTable(lex)                  // and fill it, by Put or SetAttr
//	set, err := live.New(plan, people, now, nil)    // works out who is in what
//	changes, err := set.Apply(event)                // who went in or out because of it
//	changes = set.Advance(later)                    // who went in or out because time passed
//	set.Members("lapsing")                          // a bitmap by row of the table, for audience.FromWords
//
// A Set keeps what its rules read, and nothing else: an event that no segment reads costs some nanoseconds and is
// forgotten. A rule that comes later and reads more is filled from the host's log before it goes live (Edit).
//
// It stores nothing, resolves no identifiers (an event names its profile) and starts no goroutine. A Set and its
// table are for one goroutine at a time.
package live
