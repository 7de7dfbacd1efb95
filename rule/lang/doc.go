// Package lang makes rules of text, in the language of expr (github.com/expr-lang/expr).
//
//	text ──► expr's parser ──► our walk: names, types, arguments ──► expr's checker ──► *rule.Rule
//	              │                     │         │                        │
//	              │                     │         └─ the parts that only expr's machine can run
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
// A name stands bare that is of letters, digits and _, in any script, does not begin with a digit, and is none of the
// words and, or, not, in, contains, matches, startsWith, endsWith, true, false, nil, let, if, else and now, nor event,
// it or the scope's name where those mean something. All words are in small letters. Quotes, commas, brackets and
// operators are the ASCII ones, not those of Chinese punctuation; a text stands in "…", '…' or `…`.
//
// # Facts
//
//	has(x), x != nil             true or false, never unknown; x == nil is not has(x)
//	has_tag("vip")               the tag holds now
//	in_segment("new")            the person is a member now
//	score("lead")                a float, 0 without any points; only in comparisons
//	grade("lead") >= "B"         the grade of a scale of the schema: compared, or in ["A", "B"]; made into comparisons
//	                             of the score, so that it changes when the score crosses the border
//	stage("lifecycle")           the attribute "stage/lifecycle", which the schema declares as any other; a text
//	rfm("r") >= 4                the attribute "rfm/r", likewise; a number
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
//	sequence(["view", "order_paid"], window, apart)    whether these happened, each later than the one before it
//
// The event and the property are written out. The filter is a condition over one event, it; it may name everything
// but histories. The window and the filter may both be left out; without a window everything up to now counts.
//
// Of a sequence all steps lie in the window. What happens between them does not matter, the same instant is no order,
// and two equal steps are two events. A step with a filter is did("view", it.kind == "tea"). apart("2h") is the most
// that may pass from one step to the next, inclusive. There are 2 to 16 steps.
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
// with everything, and is unknown beside what it does not fit; in a list of constants it is just not equal.
//
// What has no exact instant of change is refused: arithmetic with score, days_since and now, and comparing two of them.
//
// # On the machine
//
// All above is compiled to closures, some nanoseconds each. What else expr has is run by its virtual machine, as a
// leaf of the tree (op.Call), at some microseconds a test; rule.Rule.Plan shows which parts these are.
//
//	upper lower trim split join replace …, len, a + b of texts      texts; a slice city[0:3] counts bytes
//	any all none one count find filter map sum reduce sortBy …      lists, with predicates: any(interests, # startsWith "t")
//	[a, b], 1..9, {"a": b}, x[0], x[1:2], let x = …; …, **          lists, maps, bindings
//	abs ceil floor round min max mean median int float, fromJSON    numbers; bitand and its like
//
// A leaf is the largest part that the closures do not cover. What they do cover within it is evaluated before it:
// attributes, fields, histories, conditions; so is what stands in a predicate or behind a let and does not depend on
// what that binds. Where one of these operands is missing the leaf is missing, also where it would not have been looked
// at; so is a leaf that fails (an index that there is not, a text that is no number), or gives what no value holds (a
// list of numbers, a map, a text that is no UTF-8). Within a leaf logic has two values and arithmetic is Go's; around
// it all is as above: upper(name) ?? "none", has(upper(name)).
//
// Functions that read the clock or a zone, or do not give the same each time, are withheld: now(), duration, timezone,
// keys, values; so are methods, and patterns that are not written out. A leaf cannot run away: each turn of a
// predicate, and each text and list that it makes, counts against Options.MaxWork and MaxMemory.
//
// The compiler fetches nothing and looks at no facts. With its room machine it is the only importer of expr.
package lang
