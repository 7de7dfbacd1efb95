// Package identity makes people of identifiers: what was seen together is the evidence, and who the people are
// follows from it.
//
//	observed together                    links                    people
//	[member:1 phone:138 device:d] ──► member:1 ─┬─ phone:138      {member:1 phone:138 device:d}
//	                                            └─ device:d
//	[member:2 device:d]           ──► member:2 ─/─ device:d       {member:2}            one member a person: refused
//	[member:3 … 900 phone:400]    ──►        ─/─ phone:400 ─/─    {phone:400}           a hub: it links nobody
//	[anonymous:null]              ──►                                                   blocked: it says nothing
//	Unlink(member:1, phone:138)   ──► member:1 ─/─ phone:138      {member:1 device:d} {phone:138}
//
// An Observation says that identifiers were seen together: its first identifier is linked to each other one. A Policy
// says how strong each kind is, how many identifiers of a kind a person may have, whom to trust first, and what is
// not worth a look. A Ruling is somebody's word on two identifiers, which holds against whatever is observed later,
// until another ruling. Rules, a compiled policy, say who the people are:
//
//	rules, err := identity.Policy{
//		Kinds: []identity.Kind{{Name: "member", Limit: 1}, {Name: "phone", Limit: 3}, {Name: "device"}},
//	}.Compile()
//	result := rules.Resolve(identity.Evidence{Observations: observations, Rulings: rulings})
//	for _, p := range result.People { … }    // who there is
//	for _, r := range result.Refused { … }   // which links do not count, and why
//	steps := rules.Path(evidence, a, b)      // why a and b are one person
//
// People are a function of the set of evidence. Neither the order in which it arrives nor what arrives twice makes a
// difference, so that two hosts who have seen the same know the same people, and an unlink leaves nothing behind of
// what it undoes. Evidence falls into parts that hang together, and each can be resolved by itself: whoever stores
// evidence loads what hangs together with an event's identifiers, not through hubs, and names the hubs.
//
// A Graph keeps all of it in memory for a host that needs no store. It does only what is new:
//
//	g := identity.NewGraph(rules)
//	changes := g.Observe(observation)             // who was, who is instead
//	change := g.PreviewRuling(ruling)             // what would be
//	changes = g.Unlink(a, b, "ann: recycled number", now)
//	p, ok := g.Person(a)
//
// What it does not do: it gives people no names that last (package profile does, and keeps what is known of them),
// it does not normalise identifiers (give each in one form), it guesses no links from names or addresses that look
// alike, and it stores nothing.
package identity
