package graph

// The outcomes that edges are named for. A call may have others.
const (
	Sent        = "sent"
	Unreachable = "unreachable" // on none of the channels
	Suppressed  = "suppressed"  // consent is missing
	Outside     = "audience"    // no longer in the audience
	Capped      = "capped"      // a cap is full
	Silent      = "quiet"       // quiet hours, and not held
	Failed      = "failed"
	Refused     = "refused"
	Timeout     = "timeout"
	TooLate     = "late"    // later than Late allows
	Past        = "past"    // the date is over
	Missing     = "missing" // the person has no such date
	Full        = "full"    // a gate lets nobody through
	Again       = "max"     // came more often than Max
)
