// Package journey carries people through journeys: graphs of messages, waits, branches and actions that each person
// walks alone, from an entry rule to an exit.
//
//	event ──► entries ──┐                         ┌──► outbox ──► channels, doers
//	          states  ──┼─► step (pure) ──► commit┤                     │
//	time  ──► due     ──┘    facts, now           └──► what it says     │
//	            ▲                                                       │
//	            └───────────────── outcome ─────────────────────────────┘
//
// It has its rooms. Package graph has the definitions, package plan compiles them; package step decides, purely, what
// an event, an instant or an outcome makes of a person, and package record is what goes into that and comes out. This
// package has the rest: the Store and the one in memory, the Runner that loads, steps and commits, and the interfaces of
// what acts outside (Channel, Doer). The names that a host meets stand here too.
//
//	set, err := journey.Compile(defs, lex, rules, nil)
//	r := journey.NewRunner(journey.NewMemory(), set, journey.Host{Owner: owners, Channels: channels, Doers: doers}, nil)
//
//	said, err := r.Handle(ctx, lease, []rule.Pass{{Event: e, Now: now}}) // an event arrived
//	said, n, err := r.Wake(ctx, lease, now, 100)                         // who is due goes on
//	said, n, err := r.Dispatch(ctx, lease, now, 100)                     // messages and actions go out
//	due, err := r.Due(ctx, parts, until, 1)                              // when to call Wake and Dispatch next
//	err := r.Begin(ctx, lease, now)                                      // at first: schedules and dates have rounds
//	said, why, err := r.Enter(ctx, lease, now, "welcome", person, key, vars) // by hand
//
// # Guarantees
//
//	boundary                         promise
//	state, events seen, due time,    one commit, whole or not at all
//	  holds, outbox, what is said
//	two workers, one enrollment      exactly one commit wins, by version; the other loads and decides again
//	a worker whose lease was taken   its commits fail (epoch), it can only look
//	entry rules, caps                never exceeded: they are holds of the commit itself
//	gates                            never let more through than they may: each place is a hold of the commit itself
//	another journey that is called   starts once, and returns once to who waits for it; it ends when that ends
//	the same event again             moves nobody twice (the state's last 8 events, the entry's hold)
//	a round of many people           nobody is left out and nobody is entered twice: pages in the order of ids, a hold
//	                                 for each person and occurrence
//	how many at once, how many       change nothing: a batch comes out as its people would one by one, and people who
//	  workers                        share no counter do not depend on each other (rates of channels aside)
//	a step that is taken again       the same state, commands and keys: no clock, no chance, no I/O in it
//	channel, doer                    at least once, always with the same key; effectively once where the receiver
//	                                 drops keys that it has seen
//	outcome of a command             moves the state in the commit that takes it out of the outbox
//	exit, goal                       at once, in waits too; a message that was not handed out is cancelled, one that
//	                                 was handed out with unknown outcome is not sent again
//	what is said                     in the feed until taken; the ids are derived, so that a log takes each once
//	consent, suppression, audience,  hold at the instant of the hand-over to the channel, after retries too
//	  reach, quiet hours, lateness
//	rates of channels                hold in each process; what is beyond goes back to the outbox until its turn
//
// Due times and the instant of each call are the caller's; a store has no clock.
//
// # Operations
//
//	Pause, Resume             stop a journey or a node, for all workers, and go on by a policy (package pause)
//	Exit, Enter               one person, by hand
//	Swap                      other definitions; a published one never changes, the highest version takes new people
//	Migrate, MigrateDryRun    take those who are under way to another version (package migration)
//	Preview, TestSend         a message as one person would get it
//	Dead, Revive              what was tried in vain. Each command has its own number of attempts, and an answer of the
//	                          channel ("later") begins them anew
//
// # What it does not do
//
// It has no goroutines and no timers: package loop calls it. It does not deliver messages. A person stays on the version of
// the entry while that is among the definitions, and else goes on in the newest if it has the node, or exits as
// "gone".
package journey
