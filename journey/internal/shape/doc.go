// Package shape knows what a definition of a journey looks like, field by field: which texts are choices, times of
// day, durations. From that and from the types it writes the JSON Schema of a definition, draws definitions at random,
// and checks values against a schema; tests and the file that package graph embeds are made of it.
//
//	types of package graph ──┐
//	comments in its source ──┼──► Schema ──► journey.schema.json
//	fields (this package) ───┴──► Draw   ──► any number of definitions that satisfy it
package shape
