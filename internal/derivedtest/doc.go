// Package derivedtest proves stores of tagging, scoring and segment: what they have in common, seen through one
// interface. The exported suites (taggingtest, scoringtest, segmenttest) adapt their stores to it and add what is
// their own.
package derivedtest
