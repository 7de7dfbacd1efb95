// Package benchmarks holds this library against its peers, and against code written by hand, in one run.
//
//	people ──► rows, maps, columns ──► two sides, round by round in turn ──► the median of their ratios
//
// Machines differ and are busy, so no promise is a time: each is a ratio of two sides that run in turn, in the same
// process, over the same people. A BenchmarkPromise reports it as the metric "ratio", and says in its comment what
// the ratio has to be; the other benchmarks give the figures behind it.
//
//	go test -run '^$' -bench Promise -benchtime 1x
//	go test -run '^$' -bench .
//
// The tests show that all sides answer alike. The package exports nothing.
package benchmarks
