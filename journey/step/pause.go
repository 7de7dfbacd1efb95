package step

import "time"

// A Pause is what a pause keeps from an enrollment.
type Pause struct {
	// N is the number of the journey's pause that it was last treated for.
	N int `json:"n,omitempty"`
	// Due is when it would have gone on.
	Due time.Time `json:"due,omitzero"`
	// Arrived: it came to its node and did nothing there yet.
	Arrived bool `json:"arrived,omitempty"`
}
