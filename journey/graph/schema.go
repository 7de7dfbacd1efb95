package graph

import (
	_ "embed" // for the schema
	"slices"
)

//go:embed journey.schema.json
var schema []byte

// Schema is the JSON Schema (draft 2020-12) of a Def, for editors and checks outside of Go. It holds for the
// JSON of what Validate finds no fault in, and knows less: names, rules and what depends on several fields are not in it.
func Schema() []byte { return slices.Clone(schema) }
