package record

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/journey/pause"
)

// A Pause is what a pause keeps from an enrollment.
type Pause struct {
	// N is the number of the resume that it was last treated for.
	N int `json:"n,omitempty"`
	// Due is when it would have gone on.
	Due time.Time `json:"due,omitzero"`
	// Arrived: it came to its node and did nothing there yet.
	Arrived bool `json:"arrived,omitempty"`
	// From is since when it stands still, where one pause is over and another holds it.
	From time.Time `json:"from,omitzero"`
	// Lost is how much of the time at its node does not count.
	Lost marque.Duration `json:"lost,omitzero"`
	// Matched is when the event of State.Best came.
	Matched time.Time `json:"matched,omitzero"`
	// Held is the command that it awaits and that was not handed out, or not answered.
	Held *Command `json:"held,omitempty"`
	// Control: it is nobody's enrollment, but what is paused.
	Control *pause.Control `json:"control,omitempty"`
}

// ControlID is the ID of the State that keeps what is paused: nobody's, with no Profile and no Journey.
const ControlID = "control"

// Keep is the State that keeps the control, one version after old. It is due while a resume is pending.
func Keep(c pause.Control, old State, now time.Time) State {
	s := State{ID: ControlID, Entered: old.Entered, Version: old.Version + 1, Pause: &Pause{Control: &c}}
	if s.Entered.IsZero() {
		s.Entered = now
	}
	s.Since = s.Entered
	if _, pending := c.Pending(); pending {
		s.Due = now
	}
	return s
}
