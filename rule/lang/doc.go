// Package lang makes rules of text, in the language of expr (github.com/expr-lang/expr).
//
//	text ──► expr's parser ──► our walk: names, types, arguments ──► expr's checker ──► *rule.Rule
//	              │                     │                                  │
//	              └─ at most one ───────┴──── all there are ───────────────┴── rule.Faults with line, column, hint
//
//	c := lang.New(lexicon, nil)
//	r, err := c.Compile(`age >= 18 and has_tag("vip") and times("order_paid", within("30d")) >= 2`, "")
//
// # Names
//
//	city, 城市                    an attribute of the person
//	attr("utm-source")           an attribute whose name cannot stand bare
//	event.amount                 with the scope "event/order_paid": a property of the event at hand
//	cart.total, cart["a-b"]      with the scope "cart": a field of what the caller adds
//	it.amount                    in a filter: a property of the event that is looked at
//	now, ago("30d")              the instant of the test, and so long before it
//	date("2026-01-31")           an instant: RFC 3339, or a date, which begins in UTC
//
// # Facts
//
//	has(x), x != nil             true or false, never unknown; x == nil is not has(x)
//	has_tag("vip")               the tag holds now
//	in_segment("new")            the person is a member now
//	score("lead")                a float, 0 without any points; only in comparisons
//	days_since(x)                days and their fraction since a time; only in comparisons
//
// # Histories
//
//	did("order_paid", window, filter)                  whether there is such an event
//	times("order_paid", window, filter)                how many
//	total("order_paid", "amount", window, filter)      the sum of a property, 0 without any
//	distinct("order_paid", "kind", window, filter)     how many values a property has
//	first_at("order_paid", window, filter)             when the first was, missing without any
//	last_at("order_paid", window, filter)              when the last was, missing without any
//
// The event and the property are written out. The filter is a condition over one event, it; it may name everything
// but histories. The window and the filter may both be left out; without a window everything up to now counts.
//
//	within("30d")                0 <= now - t < 30d
//	between("90d", "30d")        30d <= now - t < 90d
//	since("2026-01-31")          from then on
//	today(), this_week(), this_month()   in the person's zone, else UTC; a week begins on Monday
//
// Durations are those of marque.ParseDuration: "90s", "30m", "2d", "1d12h", "3w"; a day is 24 hours.
//
// # Operators
//
//	and or not && || !           three-valued
//	== != < <= > >=              numbers with numbers, texts byte by byte, times (also with a text that is one);
//	                             true and false have no order; 18 <= age < 65 is both
//	in [a, b], in 18..24         one of a list; of integers from to, both included
//	x in set, set contains x     one of a set of texts
//	contains startsWith endsWith texts, case and all
//	matches "^a+$"               a pattern of Go's regexp, found anywhere
//	+ - * / %                    numbers; / gives a float, % takes integers
//	c ? a : b                    b where c is false or unknown, as CASE in SQL
//	a ?? b                       b where a is missing; stands in brackets beside other operators
//
// Before any of them may stand not: not in, not contains. What is missing makes a comparison, a calculation and a
// look into a text unknown; so do division by zero and integers beyond 64 bits. An attribute of type any compares
// with everything, and is unknown beside what it does not fit; in a list it is just not equal.
//
// Other functions of expr, let, maps, slices, predicates and ** are refused, and so is what has no exact instant of
// change: arithmetic with score, days_since and now, and comparing two of them.
//
// The compiler fetches nothing and evaluates nothing. It is the only package of the library that imports expr.
package lang
