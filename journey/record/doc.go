// Package record is what steps are made of, as data: where a person stands, what comes in, what goes out.
//
//	State, Input ──► package step ──► Result: Change (State, Commands, holds, what is said) and notes
//	                                    │
//	                                    └─► Trace: all of it, enough to take the step again
//
// All of it survives JSON. The types have the names of package journey too, where a host meets them. Nothing here
// decides anything.
package record
