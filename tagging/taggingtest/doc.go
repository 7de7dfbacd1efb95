// Package taggingtest proves stores of package tagging, and makes them fail on purpose.
package taggingtest
