// Package marque holds the few words that the rooms of the library hand each other: an event, an
// identifier, money, a duration, a fault with its place, a stable hash, a partition and what is due in it.
//
//	event ──► profile ──► tagging, scoring, segment ──► journey ──► channels, coupons, desks
//	             │                                          │
//	             └───────────── the event log ◄─────────────┘  (what happens is said as events again)
//
// Import the package you need: profile (what is known of a person), tagging, scoring and segment (what
// follows from it), journey (what happens next), coupon, abtest, funnel (what came of it), and loop, which
// carries events through all of them in one value. Package rule is the language they share.
//
// This package imports the standard library only, does no I/O and keeps no state.
package marque
