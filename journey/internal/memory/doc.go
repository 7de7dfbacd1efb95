// Package memory is the journeys' store in memory.
//
//	Commit ──► rows ──► due      a heap of entries of 16 bytes: who goes on when
//	       ├─► letters ► queue   another: what goes out when, and in waves person by person
//	       ├─► holds             limit.Table
//	       └─► feed, tally
//
// Package journey says what a store promises, and shows this one under its own types.
package memory

import (
	"slices"
	"time"

	"github.com/marque-go/marque/journey/record"
)

type (
	// State is a step.State.
	State = record.State
	// Change is a step.Change.
	Change = record.Change
	// Command is a step.Command.
	Command = record.Command
	// Count is a step.Count.
	Count = record.Count
)

// A Query is a journey.Query.
type Query struct {
	IDs      []string
	Profiles []string
	Event    string
	Facts    []string
	Journey  string
	After    string
	N        int
}

func (q *Query) hears(listens []string) bool {
	return q.Event != "" && slices.Contains(listens, q.Event) || slices.ContainsFunc(q.Facts, func(f string) bool { return slices.Contains(listens, f) })
}

// A Batch is a journey.Batch.
type Batch struct {
	Until time.Time
	N     int
	Whole bool
	After string
	Dead  bool
}

// An Answer is a journey.Answer.
type Answer struct {
	OK       bool
	Conflict bool
	Again    bool
	Skipped  bool
	Gone     bool
	Refused  string
}

// cut is the instant as journeys keep it: UTC, in microseconds.
func cut(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }
