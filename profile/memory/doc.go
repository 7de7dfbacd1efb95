// Package memory is a profile.Store in the memory of the process: the one at hand.
//
//	store := memory.New()
//	book := profile.NewBook(store, lex, nil)
//
// It keeps people, their log and the evidence of who they are as long as the process lives, and passes
// profiletest.Run as any other store. It writes nothing to a disk.
package memory
