// Package eval makes closures of a rule's tree: the back end that looks at one person at a time.
//
//	tree (rule.Node) ──New──► *rule.Rule: Test gives the truth and until when it stays,
//	                                      Holds only whether it is true, in a fraction of the time
//
// Front ends call New. Who has a text uses package rule/lang, and who has a Rule needs nothing from here.
package eval
