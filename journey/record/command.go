package record

import (
	"time"

	"github.com/marque-go/marque/journey/graph"
)

// planned is when the command was meant to be carried out.
func (c *Command) Meant() time.Time {
	if c.Planned.IsZero() {
		return c.Made
	}
	return c.Planned
}

// Wakes is when the enrollment goes on by itself, or would if it were not paused. Zero: never.
func (s *State) Wakes() time.Time {
	if s.Due.IsZero() && s.Pause != nil {
		return s.Pause.Due
	}
	return s.Due
}

// Expected is the outcome of a command that does what it is told.
func (c Command) Expected() string {
	switch c.Do {
	case "send":
		return graph.Sent
	case "coupon":
		return "issued"
	case "assign":
		return "assigned"
	}
	return "done"
}

// Return is the outcome of a start on its way back to who waits for it.
func (c Command) Return(o Outcome) Command {
	c.Do, c.Args = "return", map[string]any{"result": o.Result, "reason": o.Reason, "vars": o.Vars}
	c.Tried, c.Attempts, c.Fault = false, 0, ""
	return c
}

// Revived is a dead letter on its way out again, at now: by hand, and with all attempts before it.
func (c Command) Revived(now time.Time) Command {
	c.Attempts, c.Fault, c.Tried, c.Booked, c.ByHand, c.At = 0, "", false, false, true, now
	return c
}

// Returned is the outcome that a return carries.
func (c Command) Returned() Outcome {
	var o Outcome
	o.Result, _ = c.Args["result"].(string)
	o.Reason, _ = c.Args["reason"].(string)
	o.Vars, _ = c.Args["vars"].(map[string]any)
	return o
}
