// Package derived is what tagging, scoring and segment have in common: rows by person and definition that say what
// was derived, when to look again, and what was said about it.
//
//	Book.Derive ──Load──► Sheet (rows of a batch, changes on top) ──Commit──► Table
//	                                                                           ├─ rows by person
//	                                                                           ├─ agenda: what is due, earliest first
//	                                                                           └─ feed: what was said and not taken
//
// A row is never changed once it is in a table: a change is a new row in its place, with the next version. So what
// was loaded may be read without a lock for as long as anybody likes.
//
// The package knows nothing of tags, scores or segments, and does no I/O.
package derived
