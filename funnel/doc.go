// Package funnel counts how many people walk a row of events within a window, where they stop, and how long they
// take.
//
//	visit ──► view ──► cart ──► order         window 7d, counted from the visit
//	 1000      640      210      150   people
//	      64%      33%      71%        of the step before, with Wilson intervals
//
// A Def is data; Compile checks it and gives an immutable Plan. A Counter walks events one by one and keeps a few
// instants per person; Run does the same for a whole log. Both give the same Result for the same events.
//
//	plan, err := funnel.Compile(funnel.Def{
//		Name:   "purchase",
//		Steps:  []funnel.Step{{Event: "visit"}, {Event: "cart"}, {Event: "order_paid", When: "event.amount >= 10000"}},
//		Window: 7 * marque.Day,
//	}, lex, rules)
//	done, err := plan.Run(log, nil)
//	r := done.Result()             // r.Steps[2].People, r.Steps[2].Rate.Interval, r.Time.Median
//	for p := range done.Stopped(1) {} // who came as far as the cart, and no further
//
// What a funnel counts differs between systems, so every result names its semantics. There is one for now,
// ClickHouse: the furthest step of any chain of events in order whose first and last lie at most the window
// apart; one event may fill several steps, events of one instant count in the order of the steps, other events in
// between do not matter.
//
// The package does not sessionise, does not exclude on events in between, and does not know yet whether a young
// cohort still has time to convert: let the log end one window before now, or read the rates as "so far". Package
// pipeline, below this one, counts stages rather than events: flows and stocks per period.
package funnel
