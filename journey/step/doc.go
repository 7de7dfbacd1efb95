// Package step decides what a journey does with one person: purely, from the state, an input, the person's facts and
// the instant.
//
//	Enter(event)                 ┐               ┌ State    the person's place, of the next version
//	Step(state, event)           │               │ Holds    what must be free: entry rules, caps
//	Step(state, nothing: due)    ├──► Result ────┤ Commands messages and actions, each with a derived key
//	Step(state, command outcome) ┘               │ Emit     what is said: journey.entered, message.sent, …
//	                                             └ Trace    each verdict on the way
//
// A step runs to the next pause: a wait, a command whose outcome it needs, a message held over quiet hours. It reads no
// clock, draws no lots and does no I/O, so taking it again from its trace gives the same bytes.
//
//	set, err := plan.Compile(defs, lex, rules, nil)
//	r := step.Enter(set.Plan("first-order"), record.Input{Event: &e}, facts, now)
//	r = step.Step(set.Of(r.State), r.State, record.Input{}, facts, later)
//
// Caps and re-entry are not read: a step asks for holds, whoever commits it is granted them or refused, and a refused
// step is taken again with the full counters in Input.Full.
//
// # The gate
//
// Each message passes, in this order: exits and goals; consent, suppression and reach (package gate); audience; caps;
// quiet hours; lateness; and, when it is handed out, the rate of its channel. A channel without consent, on which the
// person is suppressed or out of reach, is passed over for the next; a full cap, like a person outside the audience or a
// message that is too late, goes on by its edge. When a held message wakes, all of it runs again. Nothing recorded means
// no consent, unless the definition or the policy says "assumed" or the message is transactional.
//
// A message is late from when it was meant to go out: when the wait before it was over, when the event arrived that
// brought the person here, when the action before it was meant to be done. Time in quiet hours does not count.
//
// # Waits
//
// A wait for events takes those that happened when the person was there already, by Event.At, and that arrived before the
// wait was over, by Event.Received; which of two arrives first does not matter otherwise. An event that moved the state,
// one of the last eight, does not move it again. A ranked wait lasts to its end and takes the match that stands first.
//
// A wait for a condition looks at what is true, not at what happens: on arrival, whenever an event says that something
// changed which the condition reads, and when it may change by time alone. So late and repeated events do no harm there.
//
// A wait for a time of day is reckoned from when the person came, by the clock of the zone that is theirs when it wakes, or
// when an event says that it changed: where that is ahead, they wait for the rest. Of a window it only matters whether it
// is open now. Dates, and the hours at which people are active, are looked up again in the same way.
//
// # Gates
//
// A place behind a gate is a take of a counter of its stretch of the calendar, shared by all. Who stands in line has
// booked a place in the first stretch that had one, and passes when that begins; who leaves before gives it back.
// Input.Slots is a hint where to begin to look.
//
// # Other journeys
//
// A sub node commands "start", and waits for its outcome, which comes when the other journey ends, as a command "return" of
// the same key. The state of the other one names its Parent. Where the parent ends first it commands "stop".
//
// Definitions are compiled by package plan, what goes in and out is in package record. Keeping states, sending and
// retrying are the business of package journey.
package step
