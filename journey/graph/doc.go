// Package graph is what a journey is made of: an entry, nodes and edges, goal and exits, quiet hours and caps, as
// data.
//
//	entry ──► push ──sent──► wait 2d for message.opened ──► tag
//	           │                       └─timeout──► sms ──► …
//	           └─unreachable──────────────────────► sms
//
// A Def is written in Go (by hand or with package build), JSON or YAML, and is the same value each time. Schema describes
// its JSON. A Policy is what holds for the messages of all journeys of a programme.
//
//	var d graph.Def
//	err := json.Unmarshal(data, &d)
//	err = d.Validate()       // all faults with their paths: nodes[2].next: no node "smss", did you mean "sms"?
//	fmt.Println(d.Mermaid()) // a picture, with counts where they are given; package picture draws it as SVG
//
// Validate finds what is wrong in the definition itself, also nodes that nobody reaches and cycles that take no time.
// Rules and the names of other things are for package step to compile, and what is allowed and hardly meant is for
// package lint to find; nothing here runs.
package graph
