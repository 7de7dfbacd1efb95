// Package loop is the closed loop in one value: events come in, people are recognised, described, chosen, reached,
// converted, and what comes of it is an event again.
//
//	Track ──► log and inbox ──► tags, scores, points, stages, segments ──► journeys ──► channels and doers
//	              ▲              in the order of who reads whom                        │
//	              └──────────────────── what each commit said ◄────────────────────────┘
//	Advance ──► the earliest instant due, everything due then, all that follows, then the next instant
//
// A [Program] is data: the definitions of all packages, which [Load] reads from a folder. [Compile] checks all of it
// against all of it and gives an immutable [Plan]; [New] puts a plan over [Stores]. [Lint] also tells what compiles and
// is hardly meant, and [Program.YAML] writes what Load reads.
//
//	program, err := loop.Load(os.DirFS("program"))
//	plan, err := loop.Compile(program, loop.Host{Channels: channels})
//	l := loop.New(plan, loop.Memory(), nil)
//	go l.Run(ctx)
//	err = l.Track(ctx, marque.Event{Name: "order_paid", IDs: ids, Props: props})
//
// # What it keeps
//
//   - An event whose ID is known is taken once.
//   - What is due at T is done before an event at T. What follows from an event at the same instant is done before
//     the next event. At one instant people go by their ids.
//   - Definitions that read definitions are derived after them, tags, scores and segments together, so that nothing
//     flickers within an instant. Definitions that read themselves are refused by name.
//   - What a commit says stands in its store until it is in the log; then it takes the same road as any event. A
//     process may be killed between any two writes: [Loop.Recover], with which Run begins, takes up what was left,
//     and the effects and their keys are those of a run that was not killed.
//   - Who is who may change: by an event that links identifiers, and by [Loop.Unlink]. Every store follows, and
//     [Loop.Preview] tells beforehand what goes where. [Loop.Import] takes in what happened before, without a word.
//   - One hand carries a person at a time. A Loop is one hand; loops with leases over disjoint partitions of the same
//     stores are several.
//   - Time is told, but in Run (and for a first event that names none): Advance in one step or in many gives the same.
//
// It knows no marketing: what a tag, a segment or a journey is, their packages know. It has no queue of its own, no
// server, and no goroutine but the one in which Run was called.
package loop
