// Package rule tests rules on what is known of one person, and says until when the answer stays.
//
//	Schema ──Compile──► Lexicon: every name has a slot ─────────────┐
//	                       │                                        │
//	text ──lang.New(lexicon).Compile──► Rule ──Need──► Owners fill Facts, slot by slot
//	                                     │                          │
//	                                     └──────── Test(Facts, now) ┴──► Verdict{Truth, Until}
//
// Logic has three values, as in SQL's WHERE: what is missing makes a comparison unknown, unknown is contagious
// unless the other side decides, and only True is a yes. A history counts in half-open windows: an event counts
// in a window W iff 0 <= now - t < W, so an event later than now does not, and Until knows when it will.
//
// A rule that changes because time passes changes at an exact instant, and Until is that instant or an earlier
// one: keep it as a timer, and test again then or when something that the rule needs has changed.
//
//	lex, _ := rule.Schema{Attributes: []rule.Field{{Name: "city", Type: rule.String}}, Events: []rule.EventType{{Name: "order_paid"}}}.Compile()
//	r, err := lang.New(lex, nil).Compile(`city == "Chengdu" and times("order_paid", within("30d")) >= 2`, "")
//	f := rule.NewFacts(lex, "ann")            // and fill what r.Need() says, as type Facts tells
//	v := r.Test(rule.Input{Now: now, Facts: f})
//	v.Truth == rule.True                      // she is one of them
//	v.Until                                   // and stays so until then, if nothing happens
//
// Around it are
//
//	rule/lang      rules of text
//	rule/builder   rules of the JSON of a query builder on a screen, and back
//	rule/lint      what is wrong with a rule, and how rules lie to one another, before anybody is tested
//	rule/why       why a person is in or out, and what would change it
//	rule/column    many people at once, in memory; package segment/audience makes sets of them
//	rule/where     many people at once, in a database
//	rule/eval      closures of a rule's tree, for who writes a front end
//
// The tree of a rule (Node) is open, so that other back ends and other front ends can work on it. This package
// knows no text, fetches nothing and decides nothing: it does not keep memberships, and it does not write facts.
package rule
