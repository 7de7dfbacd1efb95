// Package machine runs what package lang cannot make closures of: parts of rules on expr's virtual machine, within
// bounds that this machine does not have of its own.
//
//	expr's tree ──meter──► the same, in which every turn of a predicate pays, and every function is called through one
//	                       that looks at what it is given and gives ──expr's compiler──► Program: Run(values) gives a value
//
// A step of work is about one operator on short texts; looking at more takes more. Only package lang uses it.
package machine
