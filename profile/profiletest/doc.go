// Package profiletest proves that a profile.Store keeps the contract that is written over it, and makes stores
// fail on purpose.
//
// A host with a store of its own runs, in a test of its own:
//
//	func TestStore(t *testing.T) {
//		profiletest.Run(t, func(t *testing.T) profile.Store { return mystore.Open(t.TempDir()) })
//	}
//
// Every case gets a fresh store. RunDurable does the same for stores that can be closed and opened again.
//
//	Fault(store, gate)   ── asks gate before and after each write: where a process may die
//	Dump(ctx, store)     ── all that a store holds, as text: were two runs the same?
//
// The package uses package testing only, so that it adds nothing to anybody's go.sum.
package profiletest
