// Package where turns rules into SQL conditions over the tables in which a host keeps people.
//
//	*rule.Rule ──► Tables.Query(rule, now) ──► Where, Args   the database selects
//	                     ▲                └──► Rest          memory tests those it selected
//	Dialect, Lexicon, Mapping
//
// A Mapping says which table, column or JSON field holds which name of the lexicon; New checks it. A rule is a chain
// of conditions joined with and: those that SQL can say become Where, the others Rest. Without a Rest the condition
// is true, false and NULL just where the rule is true, false and unknown in memory, so that "not in the segment" may be
// asked of the database too. A Rest comes with a condition that lets at least everybody pass for whom the rule is true.
//
//	tables, err := where.New(where.Postgres, lexicon, mapping)
//	q := tables.Query(rule, now)
//	rows, err := db.QueryContext(ctx, "SELECT id FROM people WHERE "+q.Where, q.Args...)
//	// and of those, where q.Rest is not nil, the ones for whom q.Rest.Test(…).Truth == rule.True
//
// The host reads the facts for a Rest from its tables, as far as q.Rest.Need() says, into rule.Facts. The query calls
// the table of people by its own name, or by People.As where that is given: "FROM people AS p WHERE ".
//
// # What is pushed down
//
// Comparisons, lists, contains, startsWith, endsWith, has, and, or, not, ?:, ??, arithmetic with integers, tags,
// segments, the functions of histories with windows and filters. Texts compare byte by byte, whatever the collation
// of the column; integers and floats without rounding; what does not fit 64 bits is missing, as is a division by
// zero. No function stands around the time of an event, or around an attribute in days_since(x) <= 30: the instants are
// computed here, so that an index serves. did is EXISTS, times(…) >= n looks for the n-th newest, and rules over the
// whole history look into a summary where there is one.
//
// # What is narrowed
//
// A condition that SQL can say only loosely is in Where so, and in Rest exactly: a calendar window as the longest
// stretch it may be, a filter without the part that cannot be said, a sequence as the events that are in it. So are
// scores: the database computes the sum of the decayed points, each a billionth larger, and memory decides among
// those who reach the level; a stored instant of the next crossing would need one for each level that some rule
// asks for.
//
// # What is left to memory
//
// matches (Go's patterns are not a database's), functions of expr, values whose type is known only when tested, what is
// not mapped, what a caller adds as a scope, sums of floats (which depend on the order) and arithmetic with float
// columns (at which databases fail where it overflows).
//
// # What may differ
//
// The tables must hold what the facts hold: a column another type than its name, or a text that is no UTF-8, is beyond
// this package.
//
// The package opens no database, and knows no driver; stores/sqlstore has tables and a mapping of its own.
package where
