// Package journeytest proves what a host brings to journeys: a Store (Run is the conformance suite, Fault makes any
// store fail before or after a durable write), and a run as a whole (Check looks through its log for a message in
// quiet hours, above a cap, to somebody held out, after an exit, or twice under one key). Channel is a channel
// that records what it is given.
//
//	func TestStore(t *testing.T) {
//		journeytest.Run(t, func(t *testing.T) journey.Store { return mystore.Open(t.TempDir()) })
//	}
//
// It uses plain testing and is safe to import from any module. It does not generate journeys or events.
package journeytest
