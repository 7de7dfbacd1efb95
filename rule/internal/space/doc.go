// Package space divides what a rule reads into finitely many cells.
//
//	age >= 18 and age < 65    ──►  age:  missing | below 18 | 18 | between | 65 | above 65
//	has_tag("vip")            ──►  tag:  false | true
//	did("paid", within("7d")) ──►  times("paid", within("7d")):  0 | 1 | above 1
//
// Within a cell every condition of the rule has one truth. So what a rule says of all people there may be can be found
// by trying cells: package lint does so to compare rules, package rule/why to say what would have to change.
//
// Whatever is not understood is a subject of its own that may be anything: what the package says is impossible is
// impossible for facts of the declared types, what it says is possible may not be. It tests no one and prints nothing.
package space
