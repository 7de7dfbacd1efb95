// Package scoringtest proves stores of package scoring, and makes them fail on purpose.
package scoringtest
