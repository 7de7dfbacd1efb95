// Package picture draws a journey as a picture for people, with what happened on it.
//
//	graph.Def ──────────────┐
//	Runner.Counts, live ────┴──► SVG ──► one <svg> element: boxes in layers, edges as wide as what went along them
//
//	counts, err := runner.Counts(ctx)
//	page := picture.SVG(&def, counts, nil)
//
// Each box says how many came there, which share of those who entered that is, and how many stand there now; each edge
// how many took it. Edges that lead back are dashed, and so are those that nobody took. The same in text is
// graph.Def.Mermaid. A picture is a function of its input, byte for byte.
package picture
