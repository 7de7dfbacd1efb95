// Package limit reserves several counters at once, all or nothing: budgets, caps, quotas, loads.
//
//	Hold "order 17"                          Table
//	  take 1 of coupon/new10/count     ──►   coupon/new10/count   ███████░░░   7 of 10
//	  take 500 of coupon/new10/money   ──►   coupon/new10/money   ████░░░░░░   3500 of 10000
//	  take 1 of coupon/new10, own      ──►   coupon/new10 of ann  █           1 of 1
//	                                         every take fits: granted, all of them; one does not: none
//
// A Hold is data. It travels inside the change that it pays for (a coupon that is issued, a message that is sent,
// a task that is assigned), and the store applies both in one commit: no counter moves without its row, no row
// without its counter, and nothing is ever above a limit. A hold is known by its key: asked for again it gives
// the same answer and takes nothing more.
//
// A hold counts for good, until an instant (a rolling window, the end of a day), or, while it is only a
// reservation, until it runs out; Commit makes it last, Release gives it back. A hold without takes counts
// nothing: it is the record that a key was seen.
//
//	var t limit.Table
//	cap := limit.Take{Counter: "push", Own: true, N: 1, Limit: 2, Until: now.Add(24 * time.Hour)}
//	v := t.Reserve(now, limit.Hold{Key: "message 1", Profile: "ann", Takes: []limit.Take{cap}})
//	// v.OK, v.Left == 1
//
// Table is the table in memory that the memory stores of this library embed. The package has no lock, no clock, no
// storage of its own and no policy: who is counted, and how much, is the business of the package that makes the
// hold.
package limit
