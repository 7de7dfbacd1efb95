package step

import (
	"github.com/marque-go/marque/journey/record"

	"time"
)

// begin lets the result list things in the scratch.
func (w *walk) begin() {
	if x := w.in.Scratch; x != nil {
		w.res.Tally, w.res.Commands, w.res.Emit, w.res.Holds = x.Tally[:0], x.Commands[:0], x.Emit[:0], x.Holds[:0]
	}
}

// done gives the result. Lists that have grown are kept for the next.
func (w *walk) done() record.Result {
	if x := w.in.Scratch; x != nil {
		x.Tally, x.Commands = wider(x.Tally, w.res.Tally), wider(x.Commands, w.res.Commands)
		x.Emit, x.Holds = wider(x.Emit, w.res.Emit), wider(x.Holds, w.res.Holds)
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
