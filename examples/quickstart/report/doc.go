// Package report writes what came of a run: as text for a terminal and as one HTML page that needs no server,
// no script and nothing from elsewhere.
//
//	Report ──► sections ──┬──► Text: tables, bars and sparklines of characters
//	                      └──► HTML: pictures for wide and narrow screens, each with its table
//
// A Report is filled by whoever knows the numbers; this package computes only shares and words from them, and
// leaves out sections that are empty. The same Report gives the same bytes.
package report
