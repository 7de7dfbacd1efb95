// Package source reads definitions from JSON and YAML text and knows the line and column of every field.
//
//	first-order.yaml ──► Parse ──► Document ──► Decode ──► structs ──► Validate, Compile
//	                                  ▲                                      │ faults with paths
//	first-order.yaml:31:14: … ◄───────┴──────────── Locate ◄─────────────────┘
//
// YAML is read as JSON written with less ink: both give the same tree, and Decode fills structs from it by their
// json tags as encoding/json would, with these differences: names are matched exactly and unknown ones are refused
// with a hint; a key given twice is refused; all faults are reported at once, each with its place.
//
//   - Plain on, off, yes and no are texts, as key and as value. Only true and false are booleans.
//   - A plain scalar is a number where JSON would read the same: 007, 0x1F, 1_000 and +1 are refused, as one reader
//     takes them for one number, another for another or for a text. Dates are texts.
//   - Anchors, aliases and merge keys (<<) work; tags other than !!str, !!map and !!seq do not.
//   - One file holds one document, up to 4 MiB, nested up to 200 deep, with up to a million values after its aliases;
//     at most 500 faults are reported.
//
// Lines and columns count from 1, columns in runes. Errors are *Error, joined in the order of their places.
package source
