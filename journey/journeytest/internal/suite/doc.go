// Package suite has the cases of the conformance suites of package journeytest.
package suite
