// Package why says why a rule gives what it gives for a person, and what would change it.
//
//	Explain ──► the tree of the rule: what each part gave, and until when
//	Enter   ──► the smallest sets of changes that would bring the person in, and when time alone does
//	Leave   ──► the same for getting out
//
//	fmt.Print(why.Enter(r, rule.Input{Now: now, Facts: f}, nil))
//	// 1. city would have to be Beijing or Xian (it is Wuhan)
//	// 2. 1 more order_paid within 7d (there are 2)
//	// or wait until 2026-06-25 12:00 UTC: time alone does it
//
// Everything prints for people and marshals to JSON for a screen. The package changes no facts, proposes nothing to
// anybody, and does not know which changes are cheap or likely: it counts them.
package why
