// Package rows reads files row by row and loses none: a row that cannot be read is told with its place, and the next
// one is read as if it were the first.
//
//	bytes ──► lines, none kept longer than MaxLine ──► rows: a text for each column that is asked for, or faults
//
// Text is UTF-8, with or without a byte order mark. The package knows nothing of what the columns mean.
package rows
