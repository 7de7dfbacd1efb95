// Package journeytest proves what a host brings to journeys, and the host's own journeys.
//
//	Run, RunChannel   a Store, a Channel: conformance suites
//	World, Script     journeys without their application: people, events, answers of channels, a virtual clock
//	Stage             plays a script, and records all that happens
//	Check             a log: nothing in quiet hours, above a cap, to somebody held out, after an exit, or twice
//	Crash             a script comes to the same end wherever a worker dies, once or twice
//	Simulate          so do scripts that are drawn, with workers that overlap, fail and come back
//	Fault             any store, failing before or after a durable write
//
// A proof of one's own journey takes a few lines. Compilers of rules are in rule/lang.
//
//	func TestWelcome(t *testing.T) {
//		world := journeytest.World{
//			Defs: defs, Schema: schema, Anybody: journeytest.Willing,
//			Rules: func(lex *rule.Lexicon) rule.Compiler { return lang.New(lex, nil) },
//		}
//		journeytest.Crash(t, world, journeytest.Script{Until: monthsEnd, Acts: []journeytest.Act{
//			{At: noon, Profile: "ann", Event: "signup"},
//			{At: evening, Profile: "ann", Event: "message.opened", Of: "hello"},
//		}}, nil)
//		journeytest.Simulate(t, world, nil)
//	}
//
// What Crash proves it proves of the journey, the runner and the store together: Options.Open takes a store of one's own.
// What stands outside of them (the event log, facts, channels and doers that drop keys they have seen) it takes
// for granted; a Channel of one's own has RunChannel.
//
// It uses plain testing and is safe to import from any module.
package journeytest
