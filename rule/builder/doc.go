// Package builder reads and writes rules as the JSON of a query builder on a screen: the format of react-querybuilder,
// which other builders read too.
//
//	{"combinator": "and", "rules": [                               age >= 18 and
//	  {"field": "age", "operator": ">=", "value": "18"},    ◄──►   times("order_paid", within("30d")) >= 2
//	  {"field": "event:order_paid", "operator": ">=",
//	   "value": {"value": 2, "within": "30d"}}]}
//
//	source, err := builder.Import(data, lexicon, nil)  // every fault at once, with path, line and column
//	r, err := lang.New(lexicon, nil).Compile(source, "")
//	data, err = builder.Export(r)
//
// # Groups
//
// A group has rules, and a combinator ("and", "or") or combinators between its rules, of which "and" binds tighter;
// "not": true negates it. What is muted is left out; disabled is only a lock. An empty group is a fault, since it would
// choose everybody; so are the placeholder "~" and an operator or key that changes the meaning and is not known.
// Other keys (id, path, …) are not looked at.
//
// # Fields
//
//	age, attr:tag                 an attribute; with attr: also one whose name means something else here
//	stage/lifecycle, rfm/r        the attributes that rules call stage("lifecycle") and rfm("r")
//	cart.total, event.amount      with Options.Scope: a field of the scope
//	it.amount                     within "where": a property of the event that is looked at
//	tag, segment                  "=", "!=", "in", "notIn" and names
//	score:lead                    the score
//	now                           the instant of the test
//	event:order_paid              how often it happened; "notNull" and "null": whether it did
//	total:order_paid.amount       the sum of a property; distinct:order_paid.kind the number of its values
//	first:order_paid, last:…      when it happened first, last
//	days_since:last_order         days since a time: of an attribute, days_since:last:order_paid, …
//
// Options.Fields maps other names to these.
//
// # Operators and values
//
// "=", "!=", "<", "<=", ">", ">=", "in", "notIn", "between", "notBetween" (both ends included), "null", "notNull",
// "contains", "beginsWith", "endsWith", "doesNotContain", "doesNotBeginWith", "doesNotEndWith", and beside the
// builder's own "matches" and "doesNotMatch". A list is an array, or a text with commas. A text becomes what the
// field is, if it can: "18", "true", "2026-01-31", "2026-01-31T09:00". With "valueSource": "field" the value names a
// field. A time may be {"ago": "30d"}, which is so long before the test.
//
// The value of a field that looks at events may be an object: {"value": 2, "within": "30d"}, where instead of within
// there may be "between": ["90d", "30d"], "since": "2026-01-31" or "during": "today", "this_week", "this_month", and
// beside it "where": a group over the properties of the event.
//
// The package compiles nothing and draws nothing. What rules can say and this format cannot (arithmetic, c ? a : b,
// sequences) Export refuses, each part by name. A grade is written as the score it stands for.
package builder
