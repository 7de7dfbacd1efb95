// Package segmenttest proves stores of package segment, and makes them fail on purpose.
package segmenttest
