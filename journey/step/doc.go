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
//	set, err := step.Compile(defs, lex, rules, nil)
//	r := set.Plan("first-order").Enter(step.Input{Event: &e}, facts, now)
//	r = set.Of(r.State).Step(r.State, step.Input{}, facts, later)
//
// Caps and re-entry are not read: a step asks for holds, whoever commits it is granted them or refused, and a refused
// step is taken again with the full counters in Input.Full.
//
// # The gate
//
// Each message passes, in this order: exits and goals, consent, audience, caps, quiet hours. A channel without
// consent is passed over for the next; a full cap, like a person outside the audience, goes on by its edge. When a
// held message wakes, all of it runs again. Nothing recorded means no consent, unless the definition says
// "assumed" or the message is transactional.
//
// Keeping states, sending and retrying are the business of package journey.
package step
