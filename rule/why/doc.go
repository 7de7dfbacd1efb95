// Package why says why a rule gives what it gives for a person.
package why
