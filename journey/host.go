package journey

import (
	"context"
	"maps"
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/graph"
	"github.com/marque-go/marque/journey/record"
	"github.com/marque-go/marque/rule"
)

// A Channel hands messages to the world. It must drop, or pass on for dropping, a Key that it has seen: the same
// message comes again when its outcome was lost. An error, and a panic, mean that the outcome is unknown.
type Channel interface {
	Send(ctx context.Context, m Message) (Receipt, error)
}

// A Receipt is a channel's answer.
type Receipt struct {
	Status Status `json:"status"`
	// After is when to try again, with Later.
	After  marque.Duration `json:"after,omitzero"`
	Reason string          `json:"reason,omitempty"`
}

// Status is what became of a message.
type Status string

// The statuses.
const (
	Sent        Status = graph.Sent
	Unreachable Status = graph.Unreachable // not on this channel: the next one is tried
	Invalid     Status = record.Invalid    // this message can never go there: the next one is tried
	Later       Status = "later"           // the same again after Receipt.After; attempts are counted from zero again
	Unknown     Status = "unknown"         // the same again, with the same key
)

// A Doer does a command that is not a message. It must take a Key that it has seen as done and answer the same. An
// error, and a panic, mean that it is tried again.
type Doer interface {
	Do(ctx context.Context, c Command) (Outcome, error)
}

// DoerFunc is a function as a Doer.
type DoerFunc func(ctx context.Context, c Command) (Outcome, error)

// Do calls f.
func (f DoerFunc) Do(ctx context.Context, c Command) (Outcome, error) { return f(ctx, c) }

// A Splitter deals people over the arms of experiments. It is pure: the same person gets the same arm.
type Splitter interface {
	// Need is what it reads of a person.
	Need() rule.Need
	// Arm is the person's arm, empty for one who is not in the experiment.
	Arm(experiment string, f *rule.Facts, now time.Time) string
}

// Host is what journeys need from outside. A panic in any of it is an error of the call in which it happened (in a Channel
// or a Doer a failed attempt). What it is given it may keep and change.
type Host struct {
	// Owner fills the facts that steps read.
	Owner rule.Owner
	// Channels by name.
	Channels map[string]Channel
	// Doers do "tag", "untag", "score", "set", "coupon", "assign", and calls by their names. Package journey/actions has
	// them for the other packages of this library.
	Doers map[string]Doer
	// Splitter deals experiments. Default nobody is in any.
	Splitter Splitter
	// Judge says who won experiments. Default nobody does.
	Judge Judge
	// People lists people. Required where a journey has a schedule, a date or a signal.
	People Lister
}

// send asks a channel; a panic is a failed attempt.
func (h *Host) send(ctx context.Context, c Command) (r Receipt, err error) {
	ch, ok := h.Channels[c.Name]
	if !ok {
		return Receipt{Status: Invalid, Reason: "there is no channel " + c.Name}, nil
	}
	defer caught("channel "+c.Name, &err)
	return ch.Send(ctx, *c.Message)
}

func (h *Host) do(ctx context.Context, c Command) (o Outcome, err error) {
	d, ok := h.Doers[c.Do]
	if !ok {
		return Outcome{Result: graph.Failed, Reason: "there is no doer " + c.Do}, nil
	}
	defer caught(c.Do, &err)
	c.Args = maps.Clone(c.Args) // the store has the same
	return d.Do(ctx, c)
}
