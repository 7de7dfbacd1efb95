// Package lint finds what is allowed in a journey and yet hardly meant: what Validate and Compile have nothing
// against, and its author should look at.
//
//	definitions ──► Compile ──► faults ────Errors──┐
//	      └────────────────────────────────Check───┴──► findings: errors, warnings, infos, each with its place
//
//	_, err := journey.Compile(defs, lex, rules, nil)
//	for _, f := range append(lint.Errors(err), lint.Check(defs, lex, rules, nil)...) {
//		fmt.Println(f) // warning: [0].nodes[3].branch[1].when: is never reached: the case before it is true whenever this one is
//	}
//
// It knows rules that are never or always true (package rule/lint), cases and matches behind ones that take all, or
// behind the goal, audiences that contradict the entry, waits that end in quiet hours, quiet hours of nearly the whole
// day, coupons that are over before the message about them, variables that some who come have not, messages without a
// topic for which a consent could be asked, outcomes that go on as if nothing had happened, gates that hold nobody,
// loops without an end and caps that are never full. It does not find everything: what it says is so, but for the host's own templates and
// calls, which it cannot read.
//
// A warning is a defect, or nearly always one; an info is a decision that somebody should know of. Nothing here looks
// at people or reads a clock.
package lint
