// Package arch keeps the arrows of the house: which package may import which, what may stand in a package's name, how
// large it may grow, and that no clock is read where time is an argument.
//
//	root ◄── rule, limit, stat ◄── internal ◄── profile, tagging, scoring, segment, coupon, routing, abtest,
//	             ▲                              funnel, journey (never each other)
//	          rule/lang (expr)                       ▲
//	             ▲                                   │
//	             └────────── journey/actions, journey/lab, loop, stores, examples, benchmarks
//
// It consists of tests: they read the imports of every file of the module that is not a test, so they hold for
// packages that do not exist yet. Nested modules are not looked at.
package arch
