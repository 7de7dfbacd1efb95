package step

import (
	"time"

	"github.com/marque-go/marque"
	"github.com/marque-go/marque/limit"
)

// A Scratch is memory that steps use again: what a result lists stands in it until the next step with the same
// Scratch. It spares most of what a step allocates. Nobody gets a trace of such a step. One step at a time may use it.
type Scratch struct {
	tally    []Count
	commands []Command
	emit     []marque.Event
	holds    []limit.Hold
}

// begin lets the result list things in the scratch.
func (w *walk) begin() {
	if x := w.in.Scratch; x != nil {
		w.res.Tally, w.res.Commands, w.res.Emit, w.res.Holds = x.tally[:0], x.commands[:0], x.emit[:0], x.holds[:0]
	}
}

// done gives the result. Lists that have grown are kept for the next.
func (w *walk) done() Result {
	if x := w.in.Scratch; x != nil {
		x.tally, x.commands = wider(x.tally, w.res.Tally), wider(x.commands, w.res.Commands)
		x.emit, x.holds = wider(x.emit, w.res.Emit), wider(x.holds, w.res.Holds)
	}
	return w.res
}

func wider[T any](a, b []T) []T {
	if cap(b) > cap(a) {
		return b[:cap(b)]
	}
	return a
}

// stamp is an instant in a trace, which costs nothing where there is none.
func (w *walk) stamp(t time.Time) string {
	if w.in.Scratch != nil {
		return ""
	}
	return stamp(t)
}
