package pause

import "github.com/marque-go/marque"

// An Order stops a journey, or one node of it, until it is resumed. Meanwhile nobody is moved by time, nothing is
// handed out, and nobody goes past a node; goals and exits act at once as always, events that a wait waits for are
// remembered, and what was handed out before may still answer.
type Order struct {
	Journey string `json:"journey"`
	// Node is the only node that stops. Default all.
	Node string `json:"node,omitempty"`
	// Enter says what becomes of those who would enter while the whole journey is paused: "refuse" or "keep" (they come
	// in and stand at the first node). Default "refuse": THEY ARE LOST to the journey, for the reason "paused", and no
	// resume takes them in later; the count "no/paused" has how many. A pause of a node refuses nobody.
	Enter string `json:"enter,omitempty"`
	// Reason is for people.
	Reason string `json:"reason,omitempty"`
}

// Validate lists every fault.
func (o Order) Validate() error {
	var f marque.Faults
	if o.Journey == "" {
		f.Add("journey", "is missing")
	}
	if o.Enter != "" && o.Enter != "refuse" && o.Enter != "keep" {
		f.Add("enter", "%q: want \"refuse\" or \"keep\"", o.Enter)
	} else if o.Enter != "" && o.Node != "" {
		f.Add("enter", "is for a pause of the whole journey")
	}
	return f.Err()
}

// A Policy says how those who stood still under a pause go on.
type Policy string

// The policies. An event that was remembered is acted on under each, unless the wait was over before it came; a
// message that was held passes the gate again.
const (
	// Elapse: the timers ran on. Who is overdue goes now; bound that with Late.
	Elapse Policy = "elapse"
	// Freeze: time stood still. A wait is over as if the person had come to it later by as long as they stood there
	// paused; one for a time of day, at the next such time. A date stays.
	Freeze Policy = "freeze"
	// Restart: waits begin anew.
	Restart Policy = "restart"
	// Expire: who was to go on while it was paused exits for the reason "expired".
	Expire Policy = "expire"
)
