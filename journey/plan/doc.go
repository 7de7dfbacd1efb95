// Package plan compiles the definitions of journeys: names become slots, rules become closures, texts become templates,
// and each node knows what a step that begins there can read.
//
//	[]graph.Def ──► Compile ──► Set ──► Plan ──► package step
//	                  │          └─ who listens to what, what is counted over all journeys
//	                  └─ every fault, with its path
//
//	set, err := plan.Compile(defs, lex, rules, nil)
//	r := step.Enter(set.Plan("first-order"), record.Input{Event: &e}, facts, now)
//
// A Set and its Plans are immutable and safe for concurrent use. Their fields are for package step, which walks them; a
// host needs the methods only. It decides nothing and does no I/O.
package plan
