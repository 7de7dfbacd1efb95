// Package gate says of one message to one person, on one channel and at one instant, whether it may go out.
//
//	           ┌─ no consent, suppressed ──► suppressed       ┌─ hold until its end
//	message ──►├─ out of reach ────────────► unreachable ──►──┼─ drop, next channel ──►──┬─ too late ──► late
//	           └─ pass                        (quiet hours)   └─ not now quiet           └─ pass
//
// It is the part of the send gate that needs no more than the person's facts and the time. Exits, the audience and caps
// are asked in between by package step, which owns the order; rates by the dispatcher of package journey.
//
//	rules, err := gate.Compile(policy, lex, compiler) // a graph.Policy, for all journeys
//	g := rules.Gate(&def)                             // with what the journey says itself
//	v := g.Open(gate.Message{Channel: "push", Topic: "news"}, facts, now)
//
// It is pure: no clock, no I/O, no state. Everything is safe for concurrent use.
package gate
