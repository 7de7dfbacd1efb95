package where

// A Mapping says how a database holds people. It is data; New checks it. Names of tables may have a schema before
// them ("shop.people"); no name stands for an expression. What is not mapped is not pushed down: the zero value of
// every part but People is fine.
type Mapping struct {
	People     People
	Attributes map[string]Column // by attribute
	JSON       string            // column of the people's table: an object with the attributes that Attributes does not list
	Log        Log               // the events that Logs does not list
	Logs       map[string]Log    // by event
	Tags       Marks
	Segments   Marks
	Scores     Terms
	Summary    Summary
}

// People is the table with a row for each person, over which the condition stands.
type People struct {
	Table string
	ID    string // column: the profile id, unique
	As    string // the table's name in the host's query. Default the table's own.
}

// A Column holds values of one type: bool as boolean (0 and 1 where there is none), int as any integer, float as
// any number, string as a text of valid UTF-8, time as microseconds since 1970-01-01 UTC in a 64-bit integer, strings as a
// JSON array of texts (jsonb in PostgreSQL). What is missing is NULL.
type Column struct {
	Name string
	// Key is the field of the JSON object in the column that is meant: a JSON value of the same type, a time as
	// microseconds. null and values of another type are missing. Default "", the column itself.
	Key string
	// Native says that the column has the database's own type for times: timestamptz, or DATETIME(6) in UTC.
	Native bool
	// Exact says that the column itself compares as rules do, so that its index serves: a text in a binary
	// collation that pads nothing ("C", utf8mb4_0900_bin, utf8mb4_nopad_bin), a float that is never NaN.
	Exact bool
}

// A Log is a table with a row for each event. An index on profile, name and time serves it.
type Log struct {
	Table   string
	Profile string // column
	Name    Column // the event's name; without a Name all rows are the event of Logs
	At      Column
	Props   map[string]Column // by property
	JSON    string            // column: an object with the properties that Props does not list
}

// Marks is a table of tags or of memberships, with a row for each stretch in which one holds. An index on
// profile and name serves it.
type Marks struct {
	Table   string
	Profile string // column
	Name    Column // of the tag or segment
	From    Column // since when it holds. Default from ever on.
	Until   Column // the first instant when it does not any more, or NULL. Default for good.
}

// Terms is a table with the terms of scores (rule.Term), their times in microseconds. Comparisons with scores use the
// function POWER, which SQLite has only when built with its mathematical functions: leave Scores out where it has not.
type Terms struct {
	Table    string
	Profile  string // column
	Name     Column // of the score
	From     string // column
	Until    string // column; NULL for good. Default for good.
	Points   string // column, a float: 0, or of a magnitude between 1e-50 and 1e50
	HalfLife string // column, in nanoseconds; NULL or 0 for never. Default never.
}

// Summary is a table with at most one row for each person and event: when the first and the last happened, later than now
// or not, and how many there are. Rules without a window and a filter look there first.
type Summary struct {
	Table   string
	Profile string // column
	Event   Column // the event's name
	First   Column
	Last    Column
	Count   string // column
}
