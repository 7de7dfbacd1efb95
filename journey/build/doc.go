// Package build writes the definition of a journey in Go so that the text reads like its picture.
//
//	Path ──► push ──► opened ──► coupon ──► done        one Path is a column: each node leads to the one below it,
//	           │         └─timeout──┐                   On names where single outcomes lead
//	Path       └─unreachable──► sms ┴──► …
//
//	def, err := build.Journey("welcome").
//		Enter(build.OnSegment("new").Once()).
//		Goal(graph.On{Event: "order_paid"}).
//		Path(
//			build.Send("push", build.By("push", "sms").Template("hello")),
//			build.WaitEvent("opened", 2*marque.Day, build.Event("message_opened").Of("push")).On(graph.Timeout, "lost"),
//			build.Tag("tag", "reached").End(),
//			build.Exit("lost", "lost"),
//		).
//		Def()
//
// What comes out is a graph.Def and nothing else: the same value, and the same bytes of JSON, as one that was written
// by hand. Def lists all faults at once, as graph.Def.Validate does. There is nothing in a definition that cannot be
// said here, and nothing is kept that the definition does not hold.
package build
