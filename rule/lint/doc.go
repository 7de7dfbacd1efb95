// Package lint finds what is wrong with a rule, or with a set of them, before anybody is tested.
//
//	rule ──Check──► findings: never true, part says nothing, people without city are left out, costly, …
//	rules ─Compare─► "gold is within spenders", "new and lapsed have nobody in common", …
//
//	for _, f := range lint.Check(r, nil) {
//		fmt.Println(f) // 1:1: never: age < 18 and age > 65 cannot both be true
//	}
//
// It reasons about what a rule reads: ranges of numbers and times, lists of texts, tags, segments, scores, and numbers
// of events in windows, where what happened within 7 days happened within 30 days. Missing values are part of it. What
// it says holds for all facts of the types that the lexicon declares; it does not find everything, and says nothing
// where it gives up (behind 4,096 combinations of parts).
//
// It needs no facts, reads no clock, and judges no taste. Rules that are compared are over one lexicon and one scope.
package lint
