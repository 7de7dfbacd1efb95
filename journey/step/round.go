package step

import (
	"time"

	"github.com/marque-go/marque"
)

// A Round is how far a journey has come in entering many people: those of a schedule's instant, of a date, of a
// signal. It is kept as a State with no Profile.
type Round struct {
	// At is the instant, or the day, that it is for.
	At time.Time `json:"at"`
	// After is the last person that was looked at.
	After string `json:"after,omitempty"`
	// Event is the signal.
	Event *marque.Event `json:"event,omitempty"`
}
