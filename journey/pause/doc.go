// Package pause has the orders by which journeys stop and go on, and keeps what is stopped.
//
//	order ──► halt in force ──► resumed, by a policy ──► everybody seen to
//
// It is data and pure rules; the Runner of package journey keeps a Control in its store, and package step does what a
// Halt means for one person.
package pause
